/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/kernel-vm/road_consumer.h"

#include "common/log.h"
#include "common/proto_broker.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 120000 /* a machine without virtualisation support is slow */
#define SOCKET_ROOM (16 << 20)

static int open_file(const struct road *road, uint32_t dir, const char *name)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/d%u", road->dir, dir);
	mkdir(path, 0770);
	snprintf(path, sizeof(path), "%s/d%u/index", road->dir, dir);
	mkdir(path, 0770);
	snprintf(path, sizeof(path), "%s/d%u/%s", road->dir, dir, name);

	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0660);

	if (fd < 0)
		warn("%s", path);
	return fd;
}

static unsigned int open_streams(const struct road *road, struct rf_frame *frame, int *fds)
{
	struct rf_broker_open_streams wanted;
	unsigned int count = 0;
	char name[300];

	if (!rf_broker_open_streams_decode(&frame->body, &wanted) || wanted.file_number != RF_NO_FILE_NUMBER)
		return 0;
	for (uint32_t cpu = wanted.first_cpu; cpu < wanted.first_cpu + wanted.cpu_count; cpu++) {
		snprintf(name, sizeof(name), "%s_%u", wanted.channel, cpu);
		fds[count++] = open_file(road, wanted.dir, name);
		if (wanted.without_index)
			continue;
		snprintf(name, sizeof(name), "index/%s_%u.idx", wanted.channel, cpu);
		fds[count++] = open_file(road, wanted.dir, name);
	}
	return count;
}

static void *play_broker(void *data)
{
	struct road *road = data;
	struct rf_frame_buffer *buffer = malloc(sizeof(*buffer));
	struct rf_frame frame;

	while (buffer && rf_frame_recv(road->broker, buffer, &frame, 0) == 1) {
		int fds[2 * RF_OPEN_STREAMS_MAX];
		struct rf_broker_id dir;
		unsigned int count = 0;
		int status = 0;

		if (frame.type == RF_BROKER_OPEN_METADATA && rf_broker_id_decode(&frame.body, &dir))
			fds[count++] = open_file(road, dir.id, "metadata");
		else if (frame.type == RF_BROKER_OPEN_STREAMS)
			count = open_streams(road, &frame, fds);
		for (unsigned int i = 0; i < count; i++)
			status = fds[i] < 0 ? -EEXIST : status;
		if (!count)
			status = -EPROTO;
		rf_frame_send(road->broker, frame.type | RF_FRAME_REPLY, frame.serial, status, NULL, 0, fds,
			status ? 0 : count);
		for (unsigned int i = 0; i < count; i++)
			close(fds[i]);
	}
	free(buffer);
	return NULL;
}

static void run(const char *program, int broker, int control)
{
	/* Above the numbers that they are to get. */
	broker = fcntl(broker, F_DUPFD, 10);
	control = fcntl(control, F_DUPFD, 10);
	if (broker < 0 || control < 0 || dup2(broker, RF_BROKER_FD) < 0 || dup2(control, RF_CONSUMER_CONTROL_FD) < 0)
		err(1, "descriptors of the consumer");
	close(broker);
	close(control);
	execl(program, program, (char *)NULL);
	err(1, "%s", program);
}

static void not_here(struct rf_link *link, struct rf_frame *frame)
{
	(void)link;
	(void)frame;
}

static void gone(struct rf_link *link, int status)
{
	(void)link;
	errx(1, "the consumer is gone: %s", strerror(-status));
}

void road_start(struct road *road, const char *program, const char *dir)
{
	const struct rf_broker_consumer_start start = {
		.consumer = 1, .abi_bits = 64, .kernel = 1, .log_level = RF_LOG_INFO};
	const int room = SOCKET_ROOM;
	int broker[2];
	int control[2];
	struct rf_writer w;

	memset(road, 0, sizeof(*road));
	snprintf(road->dir, sizeof(road->dir), "%s", dir);
	if (mkdir(dir, 0770) < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, broker) < 0 ||
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0)
		err(1, "%s", dir);
	/* Nobody runs a loop that would send on what the socket does not take. */
	if (setsockopt(control[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0)
		err(1, "SO_SNDBUFFORCE");
	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_broker_consumer_start_encode(&w, &start);
	if (rf_frame_send(broker[0], RF_BROKER_CONSUMER_START, 0, 0, w.base, w.at, NULL, 0) < 0)
		errx(1, "cannot start the consumer");
	rf_writer_free(&w);
	road->pid = fork();
	if (!road->pid)
		run(program, broker[1], control[1]);
	close(broker[1]);
	close(control[1]);
	road->broker = broker[0];
	atomic_init(&road->consumer.refs, 1);
	rf_list_init(&road->consumer.node);
	if (rf_link_init(&road->consumer.link, control[0], not_here, gone, &road->consumer) < 0 ||
		pthread_create(&road->broker_thread, NULL, play_broker, road) != 0)
		errx(1, "cannot play the broker");
}

int road_stop(struct road *road)
{
	int status = 0;

	shutdown(road->consumer.link.sock, SHUT_RDWR);
	if (waitpid(road->pid, &status, 0) < 0)
		err(1, "waitpid");
	pthread_join(road->broker_thread, NULL);
	close(road->broker);
	rf_link_fini(&road->consumer.link);
	return status;
}

static void receive(struct road *road, struct rf_frame *frame)
{
	struct pollfd ready = {.fd = road->consumer.link.sock, .events = POLLIN};

	if (poll(&ready, 1, WAIT_MS) != 1)
		errx(1, "the consumer does not answer");
	if (rf_frame_recv(road->consumer.link.sock, &road->buffer, frame, MSG_DONTWAIT) != 1)
		errx(1, "the consumer closed its link");
	if (frame->type == RF_CONSUMER_STREAM_FAILED)
		road->failed++;
}

int road_request(struct road *road, uint32_t type, uint64_t id, struct rf_frame *reply)
{
	const struct rf_consumer_id message = {.id = id};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_id_encode(&w, &message);
	if (rf_link_send_writer(&road->consumer.link, type, ++road->serial, 0, &w, NULL, 0) < 0)
		errx(1, "cannot ask the consumer");
	do
		receive(road, reply);
	while (reply->type != (type | RF_FRAME_REPLY) || reply->serial != road->serial);
	return reply->status;
}

static void tell(struct road *road, uint32_t type, struct rf_writer *w)
{
	if (rf_consumer_send(&road->consumer, type, w) < 0)
		errx(1, "cannot tell the consumer");
}

void road_create_trace(struct road *road, uint64_t trace, uint64_t session, uint32_t dir)
{
	const struct rf_consumer_create_trace message = {
		.trace = trace, .session = session, .dir = dir, .packet_size = 4096};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_create_trace_encode(&w, &message);
	tell(road, RF_CONSUMER_CREATE_TRACE, &w);
}

void road_move_trace(struct road *road, uint64_t trace, uint32_t dir)
{
	const struct rf_consumer_move_trace message = {.trace = trace, .dir = dir};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_move_trace_encode(&w, &message);
	tell(road, RF_CONSUMER_MOVE_TRACE, &w);
}

void road_snapshot_trace(struct road *road, uint64_t trace, uint32_t dir, uint32_t max_packets)
{
	const struct rf_consumer_snapshot_trace message = {.trace = trace, .dir = dir, .max_packets = max_packets};
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	rf_consumer_snapshot_trace_encode(&w, &message);
	tell(road, RF_CONSUMER_SNAPSHOT_TRACE, &w);
}
