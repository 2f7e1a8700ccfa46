/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mainline tracer between two ends that tests play: a broker on a thread, which makes instances in the real tracefs
 * of this machine, and a consumer that notes what it is told.
 */
#ifndef RF_TESTS_UNIT_TRACEFS_SCENE_H
#define RF_TESTS_UNIT_TRACEFS_SCENE_H

#include "common/record_ops.h"
#include "sessiond/kernel/link.h"
#include "sessiond/kernel/system_name.h"
#include "sessiond/kernel/tracefs.h"
#include "tests/unit/kernel_formats.h"

#include <dirent.h>
#include <errno.h>
#include <lttng/lttng-error.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define SCENE_PREFIX "rftest."
#define SCENE_TRACE 77
#define SCENE_NOTES 8192

struct note {
	uint32_t type;
	uint32_t record;
	uint32_t event;
	size_t ops;
	struct rf_record_watch watch;
};

struct scene {
	int broker;
	pthread_t thread;
	struct rf_kernel_link *link;
	struct rf_kernel_tracer *tracer;
	struct rf_consumer consumer;
	int consumer_end;
	struct rf_kernel_trace *trace;
	/* What the broker was asked last. */
	struct rf_broker_make_instance make;
	struct rf_broker_track track;
	int32_t tracked[8];
	int fail_next; /* a status for the next request */
	uint32_t fail_type;
	/* What the consumer was told. */
	struct note notes[SCENE_NOTES];
	size_t note_count;
	struct rf_consumer_create_rings rings;
	char *metadata;
	size_t metadata_len;
	uint32_t metadata_version;
};

static struct scene scene;

static inline void instance_path(char out[512], uint32_t instance, const char *file)
{
	snprintf(
		out, 512, TRACEFS "/instances/" SCENE_PREFIX "%d.%u%s%s", getpid(), instance, file[0] ? "/" : "", file);
}

static inline int open_instance_file(uint32_t instance, const char *file, int flags)
{
	char path[512];

	instance_path(path, instance, file);
	return open(path, flags | O_CLOEXEC);
}

static inline void put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	cr_assert_geq(fd, 0, "%s", path);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text), "%s: %s", path, text);
	close(fd);
}

static inline void put_instance_file(uint32_t instance, const char *file, const char *text)
{
	char path[512];

	instance_path(path, instance, file);
	put_file(path, text);
}

/* The text of a file of an instance, without the line's end. */
static inline const char *instance_text(uint32_t instance, const char *file)
{
	static char text[65536];
	int fd = open_instance_file(instance, file, O_RDONLY);
	size_t len = 0;
	ssize_t got;

	while ((got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	cr_assert_eq(got, 0, "%s", file);
	close(fd);
	while (len && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	return text;
}

static inline void reply(const struct rf_frame *frame, int32_t status, const struct rf_writer *body, const int *fds,
	unsigned int fd_count)
{
	cr_assert_eq(rf_frame_send(scene.broker, frame->type | RF_FRAME_REPLY, frame->serial, status,
			     body ? body->base : NULL, body ? body->at : 0, fds, fd_count),
		0);
	for (unsigned int i = 0; i < fd_count; i++)
		close(fds[i]);
}

static inline void serve_make(struct rf_frame *frame)
{
	struct rf_broker_instance made = {.page_size = 65536, .ring_size = 4u << 20};
	struct rf_writer body;
	char path[512];

	cr_assert(rf_broker_make_instance_decode(&frame->body, &scene.make));
	instance_path(path, scene.make.instance, "");
	cr_assert_eq(mkdir(path, 0700), 0);
	put_instance_file(scene.make.instance, "tracing_on", "0");
	put_instance_file(scene.make.instance, "trace_clock", "mono");

	int fds[2] = {open_instance_file(scene.make.instance, "set_event", O_WRONLY | O_APPEND),
		open_instance_file(scene.make.instance, "tracing_on", O_RDWR)};

	rf_writer_init_growing(&body, 1024, RF_HOST_ORDER);
	rf_broker_instance_encode(&body, &made);
	reply(frame, 0, &body, fds, 2);
	rf_writer_free(&body);
}

static inline void serve_remove(struct rf_frame *frame)
{
	char path[512];

	instance_path(path, rf_read_u32(&frame->body), "");
	reply(frame, rmdir(path) == 0 ? 0 : -errno, NULL, NULL, 0);
}

static inline void serve_open(struct rf_frame *frame)
{
	struct rf_broker_open_events request;
	struct rf_broker_events_opened opened = {0};
	struct rf_writer body;
	int fds[RF_OPEN_EVENTS_MAX];
	unsigned int count = 0;
	unsigned int event = 0;

	cr_assert(rf_broker_open_events_decode(&frame->body, &request));
	for (size_t at = 0; at < request.events.len; event++) {
		const char *name = (const char *)request.events.data + at;
		char file[300];

		cr_assert_lt(event, RF_OPEN_EVENTS_MAX);
		snprintf(file, sizeof(file), "events/%s/%s", name,
			request.file == RF_EVENT_FORMAT ? "format" : "filter");

		int fd = open_instance_file(
			request.instance, file, request.file == RF_EVENT_FORMAT ? O_RDONLY : O_WRONLY);

		if (fd >= 0) {
			opened.present |= UINT64_C(1) << event;
			fds[count++] = fd;
		}
		at += strlen(name) + 1;
	}
	rf_writer_init_growing(&body, 1024, RF_HOST_ORDER);
	rf_broker_events_opened_encode(&body, &opened);
	reply(frame, 0, &body, fds, count);
	rf_writer_free(&body);
}

static inline void serve_track(struct rf_frame *frame)
{
	cr_assert(rf_broker_track_decode(&frame->body, &scene.track));
	memset(scene.tracked, 0, sizeof(scene.tracked));
	if (scene.track.pids.len)
		memcpy(scene.tracked, scene.track.pids.data, scene.track.pids.len);
	reply(frame, 0, NULL, NULL, 0);
}

static inline void probe_group(char out[RF_NAME_SIZE], uint32_t instance)
{
	snprintf(out, RF_NAME_SIZE, "rftest_%d_%u", getpid(), instance);
}

static inline void probe_event(char out[64], const struct rf_broker_add_probe *request, size_t place, size_t places)
{
	if (places > 1)
		snprintf(out, 64, "p%u_%zu", request->probe, place);
	else
		snprintf(out, 64, "p%u", request->probe);
}

static inline void serve_add_probe(struct rf_frame *frame)
{
	struct rf_broker_add_probe request;
	struct rf_broker_probe_group group = {0};
	struct rf_writer body;

	cr_assert(rf_broker_add_probe_decode(&frame->body, &request));
	if (request.kind != RF_PROBE_USER) {
		reply(frame, -EOPNOTSUPP, NULL, NULL, 0);
		return;
	}
	probe_group(group.system, request.instance);
	for (size_t i = 0; i < request.places.len / 8; i++) {
		char event[64];
		char line[512];
		uint64_t place;

		memcpy(&place, request.places.data + i * 8, 8);
		probe_event(event, &request, i, request.places.len / 8);
		snprintf(line, sizeof(line), "p:%s/%s /proc/self/fd/%d:0x%lx\n", group.system, event, frame->fds[0],
			(unsigned long)place);
		put_file(TRACEFS "/uprobe_events", line);
	}
	rf_writer_init_growing(&body, 1024, RF_HOST_ORDER);
	rf_broker_probe_group_encode(&body, &group);
	reply(frame, 0, &body, NULL, 0);
	rf_writer_free(&body);
}

static inline void serve_remove_probe(struct rf_frame *frame)
{
	struct rf_broker_remove_probe request;
	char group[RF_NAME_SIZE];
	char line[512];

	cr_assert(rf_broker_remove_probe_decode(&frame->body, &request));
	probe_group(group, request.instance);
	snprintf(line, sizeof(line), "-:%s/p%u\n", group, request.probe);

	int fd = open(TRACEFS "/uprobe_events", O_WRONLY | O_APPEND | O_CLOEXEC);
	int err = write(fd, line, strlen(line)) < 0 ? -errno : 0;

	for (int i = 0; i < 2 && err == -ENOENT; i++) {
		snprintf(line, sizeof(line), "-:%s/p%u_%d\n", group, request.probe, i);
		if (write(fd, line, strlen(line)) < 0)
			break;
		err = i ? 0 : -ENOENT;
	}
	close(fd);
	reply(frame, err, NULL, NULL, 0);
}

#ifndef SCENE_READ_STATE
#define SCENE_READ_STATE(frame) reply(frame, -ENOSYS, NULL, NULL, 0)
#endif

static inline void serve_one(struct rf_frame *frame)
{
	if (scene.fail_next && frame->type == scene.fail_type) {
		/* Taken before the answer: whoever has it may set the next one. */
		int err = scene.fail_next;

		scene.fail_next = 0;
		reply(frame, err, NULL, NULL, 0);
		return;
	}
	switch (frame->type) {
	case RF_BROKER_MAKE_INSTANCE:
		serve_make(frame);
		break;
	case RF_BROKER_REMOVE_INSTANCE:
		serve_remove(frame);
		break;
	case RF_BROKER_OPEN_EVENTS:
		serve_open(frame);
		break;
	case RF_BROKER_TRACK:
		serve_track(frame);
		break;
	case RF_BROKER_ADD_PROBE:
		serve_add_probe(frame);
		break;
	case RF_BROKER_REMOVE_PROBE:
		serve_remove_probe(frame);
		break;
	case RF_BROKER_READ_STATE:
		SCENE_READ_STATE(frame);
		break;
	default:
		cr_assert_fail("request %u", frame->type);
	}
}

static inline void *serve(void *data)
{
	static struct rf_frame_buffer buffer;
	struct rf_frame frame;

	(void)data;
	while (rf_frame_recv(scene.broker, &buffer, &frame, 0) == 1) {
		serve_one(&frame);
		rf_frame_close_fds(&frame);
	}
	return NULL;
}

/* What tests left that did not come to their end. */
static inline void sweep(void)
{
	DIR *dir = opendir(TRACEFS "/instances");
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char path[512];
		int pid;

		if (sscanf(entry->d_name, SCENE_PREFIX "%d.", &pid) != 1 || kill(pid, 0) == 0)
			continue;
		snprintf(path, sizeof(path), TRACEFS "/instances/%s", entry->d_name);
		rmdir(path);
	}
	if (dir)
		closedir(dir);
}

static inline void connect_consumer(void)
{
	int ends[2];
	int room = 8 << 20;

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	scene.consumer_end = ends[1];
	scene.consumer.id = 5;
	atomic_init(&scene.consumer.refs, 2);
	cr_assert_eq(rf_link_init(&scene.consumer.link, ends[0], NULL, NULL, NULL), 0);
}

static inline void scene_begin(void)
{
	const struct rf_broker_kernel facts = {.tracer = RF_TRACER_TRACEFS, .cpus = 2};
	struct rf_kernel_trace_def def = {
		.trace = SCENE_TRACE,
		.session = 3,
		.consumer = &scene.consumer,
		.uid = 0,
		.uuid = {1, 2, 3},
		.session_name = "s",
		.hostname = "h",
		.clock_offset = 1700000000000000000,
	};
	int ends[2];
	int available = open(TRACEFS "/available_events", O_RDONLY | O_CLOEXEC);

	if (available < 0 || geteuid() != 0)
		cr_skip_test("skipped: no tracefs, or not root");
	sweep();
	rf_system_name_init();
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	scene.broker = ends[0];
	cr_assert_eq(pthread_create(&scene.thread, NULL, serve, NULL), 0);
	scene.link = rf_kernel_link_new(ends[1]);
	scene.tracer = rf_tracefs_tracer_new(scene.link, &facts, available);
	cr_assert(scene.tracer);
	connect_consumer();
	cr_assert_eq(scene.tracer->ops->trace_new(scene.tracer, &def, &scene.trace), LTTNG_OK);
}

static inline void scene_end(void)
{
	if (!scene.tracer)
		return;
	if (scene.trace)
		scene.tracer->ops->trace_free(scene.trace);
	scene.tracer->ops->destroy(scene.tracer);
	rf_kernel_link_free(scene.link);
	pthread_join(scene.thread, NULL);
	close(scene.broker);
	rf_link_fini(&scene.consumer.link);
	close(scene.consumer_end);
	free(scene.metadata);

	char path[512];

	instance_path(path, scene.make.instance, "");
	cr_expect(access(path, F_OK) < 0, "the instance is left");
}

static inline void note_metadata(struct rf_frame *frame)
{
	struct rf_consumer_push_metadata push;

	cr_assert(rf_consumer_push_metadata_decode(&frame->body, &push));
	if (push.version != scene.metadata_version)
		scene.metadata_len = 0;
	scene.metadata_version = push.version;
	cr_assert_eq(push.offset, scene.metadata_len);
	scene.metadata = realloc(scene.metadata, scene.metadata_len + push.text.len + 1);
	memcpy(scene.metadata + scene.metadata_len, push.text.data, push.text.len);
	scene.metadata_len += push.text.len;
	scene.metadata[scene.metadata_len] = '\0';
}

static inline void note_one(struct rf_frame *frame)
{
	struct note *note = &scene.notes[scene.note_count++];
	struct rf_consumer_describe_record record;

	cr_assert_lt(scene.note_count, SCENE_NOTES);
	*note = (struct note){.type = frame->type};
	if (frame->type == RF_CONSUMER_PUSH_METADATA)
		note_metadata(frame);
	if (frame->type == RF_CONSUMER_CREATE_RINGS)
		cr_assert(rf_consumer_create_rings_decode(&frame->body, &scene.rings));
	if (frame->type == RF_CONSUMER_DESCRIBE_RECORD) {
		cr_assert(rf_consumer_describe_record_decode(&frame->body, &record));
		note->record = record.record;
		note->event = record.event;
		note->ops = record.ops.len / RF_RECORD_OP_SIZE;
		note->watch = record.watch;
	}
}

/* Takes what the consumer was told since the last time; how many messages there were. */
static inline size_t hear(void)
{
	static struct rf_frame_buffer buffer;
	struct rf_frame frame;

	scene.note_count = 0;
	while (rf_frame_recv(scene.consumer_end, &buffer, &frame, MSG_DONTWAIT) == 1) {
		note_one(&frame);
		rf_frame_close_fds(&frame);
	}
	return scene.note_count;
}

static inline size_t heard(uint32_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < scene.note_count; i++)
		count += scene.notes[i].type == type;
	return count;
}

static inline int add_channel(uint32_t id)
{
	struct rf_channel_def def = {
		.id = id,
		.attr = {.subbuf_size = 1u << 20, .subbuf_count = 4, .switch_interval = 7},
	};

	snprintf(def.name, sizeof(def.name), "c%u", id);
	return scene.tracer->ops->add_channel(scene.trace, &def);
}

static inline int add_rule(uint32_t id, enum rf_event_type type, const char *name, const char *filter)
{
	struct rf_event_rule *rule = rf_event_rule_new();

	rule->type = type;
	snprintf(rule->name, sizeof(rule->name), "%s", name);
	rule->filter = filter ? strdup(filter) : NULL;

	int code = scene.tracer->ops->add_rule(scene.trace, 1, id, rule);

	rf_event_rule_unref(rule);
	return code;
}

static inline int enable_rule(uint32_t id, bool on)
{
	return scene.tracer->ops->enable_rule(scene.trace, 1, id, on);
}

static inline const char *on_now(void)
{
	return instance_text(scene.make.instance, "set_event");
}

static inline const char *filter_of(const char *event)
{
	char file[256];

	snprintf(file, sizeof(file), "events/%s/filter", event);
	return instance_text(scene.make.instance, file);
}

static inline bool described(const char *text)
{
	return scene.metadata && strstr(scene.metadata, text);
}

#endif
