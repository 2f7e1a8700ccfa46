/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What it takes to convert the kernel's own tracer's rings, and whether one processor's events get lost. As root, with
 * tracefs. Prints a line a measure.
 *
 * usage: ring_speed [THOUSANDS of calls for the second part]
 */
#include "consumerd/sink_file.h"
#include "consumerd/source_ring.h"
#include "tests/unit/ring_instance.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define RING_KB 65536u
#define STREAM_KB 4096u
#define FILL 750000u /* calls */

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Two events a call. */
#define EXIT "events/syscalls/sys_exit_getppid/"

static struct rf_record_table *describe(const struct instance *instance)
{
	/* As the session daemon would with a tid context: nothing but that. */
	const struct rf_record_op op = {.kind = RF_OP_COPY, .at = 4, .len = 4};
	struct rf_record_table *table = rf_record_table_new();
	uint8_t ops[RF_RECORD_OP_SIZE];
	struct rf_writer w;
	int err;

	rf_writer_init_fixed(&w, ops, sizeof(ops), RF_HOST_ORDER);
	rf_record_op_write(&w, &op);
	rf_record_table_put(table, instance->record, rf_record_program_new(1, 8, ops, sizeof(ops), &err));
	rf_record_table_put(table, (uint16_t)instance_number(instance, EXIT "id"),
		rf_record_program_new(2, 8, ops, sizeof(ops), &err));
	(void)instance_write(instance, EXIT "enable", "1");
	return table;
}

static struct rf_source *open_source(const struct instance *instance, struct rf_record_table *table, size_t packet_size)
{
	return rf_source_ring_new(&(struct rf_source_ring_def){
		.pipe_fd = instance_open(instance, 0, "trace_pipe_raw"),
		.stats_fd = instance_open(instance, 0, "stats"),
		.page_size = instance->page_size,
		.ring_size = instance->ring_size,
		.packet_size = packet_size,
		.table = table,
		.origin = {.abi_bits = 64},
	});
}

static uint64_t get_all(struct rf_source *source, struct rf_sink *sink, uint64_t *discarded)
{
	struct rf_packet packet;
	uint64_t bytes = 0;

	while (source->ops->get(source, &packet) == 0) {
		bytes += packet.facts.content_bits / 8 - packet.header_len;
		*discarded = packet.facts.discarded;
		if (sink)
			(void)sink->ops->write(sink, &packet);
		source->ops->put(source);
	}
	return bytes;
}

static int convert(unsigned int page_kb, size_t packet_size)
{
	struct instance instance;
	double best = 1e9;
	uint64_t discarded = 0;

	if (!instance_begin(&instance, RING_KB, page_kb, false))
		return -1;

	struct rf_record_table *table = describe(&instance);
	struct rf_source *source = open_source(&instance, table, packet_size);

	for (int i = 0; i < 5; i++) {
		instance_on(&instance, true);
		record(0, FILL);
		instance_on(&instance, false);
		source->ops->flush(source);

		double from = seconds(CLOCK_THREAD_CPUTIME_ID);
		uint64_t events = get_all(source, NULL, &discarded) / 10;
		double took = (seconds(CLOCK_THREAD_CPUTIME_ID) - from) / (double)events * 1e9;

		best = took < best ? took : best;
	}
	printf("convert, pages of %zu KiB, packets of %zu KiB: %.1f ns an event, %llu discarded\n",
		instance.page_size / 1024, packet_size / 1024, best, (unsigned long long)discarded);
	source->ops->destroy(source);
	rf_record_table_free(table);
	instance_end(&instance);
	return 0;
}

/* Where the scheduler groups processes by session, a nice value counts within that, and the group has one of its own.
 */
static void take_priority(void)
{
	(void)setsid();

	int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);

	if (setpriority(PRIO_PROCESS, 0, -20) < 0 || (fd >= 0 && write(fd, "-20", 3) != 3))
		perror("nice -20");
	if (fd >= 0)
		close(fd);
}

/* A child reads on CPU 1, which is what the consumer's priority gets it. */
static void stream_child(struct rf_source *source, int data, int done)
{
	struct rf_sink *sink = rf_sink_file_new(data, -1);
	struct pollfd ready[2] = {{.fd = source->wait_fd, .events = POLLIN}, {.fd = done, .events = POLLIN}};
	uint64_t discarded = 0;
	uint64_t bytes = 0;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(1, &one);
	sched_setaffinity(0, sizeof(one), &one);
	take_priority();

	double from = seconds(CLOCK_PROCESS_CPUTIME_ID);

	while (!(ready[1].revents & (POLLIN | POLLHUP))) {
		(void)poll(ready, 2, -1);
		bytes += get_all(source, sink, &discarded);
	}
	source->ops->flush(source);
	bytes += get_all(source, sink, &discarded);

	double took = seconds(CLOCK_PROCESS_CPUTIME_ID) - from;

	printf("stream to a file: %llu events, %llu lost, %.1f ns of the reader's time an event\n",
		(unsigned long long)(bytes / 10), (unsigned long long)discarded, took / (double)(bytes / 10) * 1e9);
	fflush(stdout);
	_exit(0);
}

static int stream(unsigned int count)
{
	struct instance instance;
	int done[2];

	if (!instance_begin(&instance, STREAM_KB, 64, false) || pipe2(done, O_CLOEXEC) < 0)
		return -1;

	struct rf_record_table *table = describe(&instance);
	struct rf_source *source = open_source(&instance, table, 1u << 20);
	int data = open("/dev/shm", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	fflush(stdout);

	pid_t child = fork();

	if (!child) {
		close(done[1]);
		stream_child(source, data, done[0]);
	}
	usleep(100000);

	instance_on(&instance, true);

	double from = seconds(CLOCK_MONOTONIC);

	record(0, count);

	double took = seconds(CLOCK_MONOTONIC) - from;

	instance_on(&instance, false);
	close(done[1]);
	waitpid(child, NULL, 0);
	printf("written: %.2f million events a second\n", 2 * count / took / 1e6);
	source->ops->destroy(source);
	rf_record_table_free(table);
	instance_end(&instance);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int thousands = argc > 1 ? (unsigned int)atoi(argv[1]) : 4000;

	if (convert(64, 1u << 20) < 0) {
		fprintf(stderr, "no tracefs here, or not root\n");
		return 77;
	}
	convert(64, 65536);
	convert(4, 1u << 20);
	return stream(thousands * 1000) < 0;
}
