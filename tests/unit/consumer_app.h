/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A real application that records through a consumer in a child process (consumer_peer.h), and what can be said of the
 * result. For one test program each: static.
 */
#ifndef RF_TESTS_CONSUMER_APP_H
#define RF_TESTS_CONSUMER_APP_H

#include "tests/unit/consumer_peer.h"

#include <dlfcn.h>
#include <lttng/ust-ctl.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include <time.h>

#define SESSION 7u
#define TRACE 70u
#define CHANNEL 3u

static const uint8_t trace_uuid[RF_UUID_SIZE] = {
	0x0e, 0xc0, 0xe0, 0x2b, 0xa6, 0x85, 0x4b, 0x0d, 0x91, 0xbe, 0x9e, 0x1b, 0xc1, 0x4d, 0xf5, 0x99};

static const char preamble[] =
	"/* CTF 1.8 */\n\n"
	"typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	"trace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"0ec0e02b-a685-4b0d-91be-9e1bc14df599\";\n\tbyte_order = le;\n"
	"\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint8_t  uuid[16];\n\t\tuint32_t stream_id;\n"
	"\t\tuint64_t stream_instance_id;\n\t};\n};\n\n"
	"env {\n\tdomain = \"ust\";\n\ttracer_name = \"lttng-ust\";\n\ttracer_major = 2;\n\ttracer_minor = 13;\n};\n\n"
	"clock {\n\tname = \"monotonic\";\n\tfreq = 1000000000;\n\toffset = 0;\n};\n\n"
	"typealias integer { size = 32; align = 8; signed = false; map = clock.monotonic.value; } := clock32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; map = clock.monotonic.value; } := clock64_t;\n"
	"struct packet_context {\n\tclock64_t timestamp_begin;\n\tclock64_t timestamp_end;\n\tuint64_t content_size;\n"
	"\tuint64_t packet_size;\n\tuint64_t packet_seq_num;\n\tuint64_t events_discarded;\n\tuint32_t cpu_id;\n};\n\n"
	"struct event_header {\n\tenum : uint16_t { compact = 0 ... 65534, extended = 65535 } id;\n"
	"\tvariant <id> {\n\t\tstruct {\n\t\t\tclock32_t timestamp;\n\t\t} compact;\n"
	"\t\tstruct {\n\t\t\tuint32_t id;\n\t\t\tclock64_t timestamp;\n\t\t} extended;\n\t} v;\n} align(8);\n\n"
	"stream {\n\tid = 0;\n\tevent.header := struct event_header;\n\tpacket.context := struct "
	"packet_context;\n};\n\n";

static const char event_block[] =
	"event {\n\tname = \"lttng_ust_tracef:event\";\n\tid = 0;\n\tstream_id = 0;\n\tloglevel = 14;\n"
	"\tfields := struct {\n\t\tuint32_t __msg_length;\n"
	"\t\tinteger { size = 8; align = 8; signed = 1; encoding = UTF8; base = 10; } _msg[ __msg_length "
	"];\n\t};\n};\n\n";

struct app {
	pid_t pid;
	int listener;
	int command;
	int notify;
	int go;   /* write end: the application begins to record */
	int said; /* read end: it has recorded */
	pthread_t notify_thread;
	struct peer *peer;
	int session;
	struct lttng_ust_abi_object_data *channel;
	struct lttng_ust_abi_object_data *event;
};

/* In the child: registers with us through LTTNG_HOME; each time it is told, it records COUNT events and says so. */
static void run_app(const char *home, int go, int said, unsigned int count, const char *text)
{
	char c;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setenv("LTTNG_HOME", home, 1);
	setenv("HOME", home, 1);

	void *ust = dlopen("liblttng-ust.so.1", RTLD_NOW);
	void (*trace)(const char *format, ...) = ust ? (void (*)(const char *, ...))dlsym(ust, "lttng_ust__tracef")
						     : NULL;

	if (!trace)
		_exit(1);
	for (unsigned int i = 0; read(go, &c, 1) == 1;) {
		for (unsigned int end = i + count; i < end; i++)
			trace("%u %s", i, text);
		(void)!write(said, "x", 1);
	}
	_exit(0);
}

static int accept_registration(int listener, enum lttng_ust_ctl_socket_type *type)
{
	struct pollfd ready = {.fd = listener, .events = POLLIN};
	struct timeval wait = {.tv_sec = 5};
	uint32_t u[11];
	int byte_order;
	char name[LTTNG_UST_ABI_PROCNAME_LEN];

	cr_assert_eq(poll(&ready, 1, PEER_WAIT_MS), 1, "the application does not register");

	int sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	cr_assert_eq(lttng_ust_ctl_recv_reg_msg(sock, type, &u[0], &u[1], &u[2], &u[3], &u[4], &u[5], &u[6], &u[7],
			     &u[8], &u[9], &u[10], &(uint32_t){0}, &byte_order, name),
		0);
	return sock;
}

/* Answers what the application asks; the description of an event goes to the consumer first. */
static void *serve_notify(void *data)
{
	struct app *app = data;
	enum lttng_ust_ctl_notify_cmd command;

	while (lttng_ust_ctl_recv_notify(app->notify, &command) == 0) {
		char name[LTTNG_UST_ABI_SYM_NAME_LEN];
		int session;
		int channel;
		int level;
		char *signature = NULL;
		char *uri = NULL;
		size_t count;
		struct lttng_ust_ctl_field *fields = NULL;

		if (command == LTTNG_UST_CTL_NOTIFY_CMD_EVENT) {
			lttng_ust_ctl_recv_register_event(
				app->notify, &session, &channel, name, &level, &signature, &count, &fields, &uri);
			peer_push_metadata(app->peer, TRACE, strlen(preamble), event_block);
			lttng_ust_ctl_reply_register_event(app->notify, 0, 0);
		} else {
			lttng_ust_ctl_recv_register_channel(app->notify, &session, &channel, &count, &fields);
			lttng_ust_ctl_reply_register_channel(app->notify, 0, LTTNG_UST_CTL_CHANNEL_HEADER_LARGE, 0);
		}
		free(signature);
		free(fields);
		free(uri);
	}
	return NULL;
}

static void app_start(struct app *app, struct peer *peer, unsigned int count, const char *text)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char dir[96];
	int go[2];
	int said[2];

	*app = (struct app){.peer = peer};
	snprintf(dir, sizeof(dir), "%s/.lttng", peer->dir);
	cr_assert_eq(mkdir(dir, 0700), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/.lttng/lttng-ust-sock-8", peer->dir);
	app->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(app->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(app->listener, 4), 0);
	cr_assert_eq(pipe2(go, O_CLOEXEC), 0);
	cr_assert_eq(pipe2(said, O_CLOEXEC), 0);
	fflush(NULL);
	app->pid = fork();
	if (!app->pid)
		run_app(peer->dir, go[0], said[1], count, text);
	close(go[0]);
	close(said[1]);
	app->go = go[1];
	app->said = said[0];
	for (int i = 0; i < 2; i++) {
		enum lttng_ust_ctl_socket_type type;
		int sock = accept_registration(app->listener, &type);

		*(type == LTTNG_UST_CTL_SOCKET_CMD ? &app->command : &app->notify) = sock;
	}
	app->session = lttng_ust_ctl_create_session(app->command);
	cr_assert(app->session >= 0);
}

/* Passes the channel on from the consumer to the application and starts to trace. */
static void app_trace(struct app *app, int handover)
{
	struct lttng_ust_abi_object_data *stream;
	struct lttng_ust_abi_event wanted = {.instrumentation = LTTNG_UST_ABI_TRACEPOINT, .loglevel = -1};

	strcpy(wanted.name, "lttng_ust_tracef:*");
	cr_assert_eq(lttng_ust_ctl_recv_channel_from_consumer(handover, &app->channel), 0);
	cr_assert_eq(lttng_ust_ctl_send_channel_to_ust(app->command, app->session, app->channel), 0);
	while (lttng_ust_ctl_recv_stream_from_consumer(handover, &stream) >= 0) {
		cr_assert_eq(lttng_ust_ctl_send_stream_to_ust(app->command, app->channel, stream), 0);
		lttng_ust_ctl_release_object(-1, stream);
		free(stream);
	}
	close(handover);
	cr_assert_eq(pthread_create(&app->notify_thread, NULL, serve_notify, app), 0);
	int rc = lttng_ust_ctl_create_event(app->command, &wanted, app->channel, &app->event);

	cr_assert_eq(rc, 0, "create event: %d", rc);
	cr_assert_eq(lttng_ust_ctl_enable(app->command, app->event), 0);
	cr_assert_eq(lttng_ust_ctl_start_session(app->command, app->session), 0);
	cr_assert_eq(lttng_ust_ctl_register_done(app->command), 0);
}

static void app_begin_to_record(struct app *app)
{
	cr_assert_eq(write(app->go, "x", 1), 1);
}

static void app_wait(struct app *app)
{
	struct pollfd ready = {.fd = app->said, .events = POLLIN};
	char c;

	cr_assert_eq(poll(&ready, 1, 60000), 1, "the application does not get done");
	cr_assert_eq(read(app->said, &c, 1), 1);
}

static void app_record(struct app *app)
{
	app_begin_to_record(app);
	app_wait(app);
}

static void app_stop(struct app *app)
{
	int status;

	kill(app->pid, SIGKILL);
	waitpid(app->pid, &status, 0);
	shutdown(app->notify, SHUT_RDWR);
	pthread_join(app->notify_thread, NULL);
	lttng_ust_ctl_release_object(-1, app->event);
	free(app->event);
	lttng_ust_ctl_release_object(-1, app->channel);
	free(app->channel);
	close(app->command);
	close(app->notify);
	close(app->listener);
	close(app->go);
	close(app->said);
}

/* Events that babeltrace2 reads in all directories of traces; it must not complain about anything else than discarded
 * events. */
__attribute__((unused)) static unsigned long count_events(const struct peer *peer)
{
	char command[512];
	unsigned long count = 0;

	snprintf(command, sizeof(command),
		"babeltrace2 --no-delta %1$s $(ls -d %1$s/d* 2>%1$s/.none) 2>%1$s/.stderr | grep -c "
		"'lttng_ust_tracef:event'; "
		"test -z \"$(grep -v -e discarded -e '^ *$' %1$s/.stderr)\"",
		peer->dir);

	FILE *out = popen(command, "r");

	cr_assert_eq(fscanf(out, "%lu", &count), 1);
	cr_assert_eq(pclose(out), 0, "babeltrace2 complains");
	return count;
}

/* Of the one channel. Returns the bytes written. */
__attribute__((unused)) static uint64_t statistics(struct peer *peer, uint64_t *discarded, uint64_t *lost)
{
	struct rf_consumer_statistics message;
	struct rf_frame frame;
	struct rf_reader r;

	peer_request(peer, RF_CONSUMER_STATISTICS, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
	cr_assert(rf_consumer_statistics_decode(&frame.body, &message));
	rf_reader_init(&r, message.rows.data, message.rows.len, RF_HOST_ORDER);
	cr_assert_eq(rf_read_u32(&r), CHANNEL);
	*discarded = rf_read_u64(&r);
	*lost = rf_read_u64(&r);

	uint64_t written = rf_read_u64(&r);

	cr_assert(rf_reader_done(&r));
	return written;
}

__attribute__((unused)) static int cpus(void)
{
	return lttng_ust_ctl_get_nr_stream_per_channel();
}

__attribute__((unused)) static void flush(struct peer *peer)
{
	struct rf_frame frame;

	peer_request(peer, RF_CONSUMER_FLUSH_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
}

__attribute__((unused)) static void settle(struct peer *peer, int expected)
{
	struct rf_frame frame;

	peer_request(peer, RF_CONSUMER_SETTLE_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, expected, "settled with %d", frame.status);
}

/* The session's orderly end, and then that of everybody. */
__attribute__((unused)) static void finish(struct peer *peer, struct app *app)
{
	struct rf_frame frame;

	peer_request(peer, RF_CONSUMER_DESTROY_SESSION, SESSION, &frame);
	cr_assert_eq(frame.status, 0);
	app_stop(app);
	peer_stop(peer);
}

/* The events that were discarded, of a channel of which no packet was lost. */
__attribute__((unused)) static uint64_t discarded_without_loss(struct peer *peer)
{
	uint64_t discarded;
	uint64_t lost;

	statistics(peer, &discarded, &lost);
	cr_assert_eq(lost, 0);
	return discarded;
}

/* Each of so many events is in a file or was discarded. */
__attribute__((unused)) static void expect_accounted(struct peer *peer, unsigned long events)
{
	uint64_t discarded = discarded_without_loss(peer);
	unsigned long recorded = count_events(peer);

	cr_assert_eq(recorded + discarded, events, "%lu and %lu", recorded, (unsigned long)discarded);
}

static void begin_in(struct peer *peer, struct app *app, const struct rf_consumer_create_channel *channel,
	unsigned int events, const char *text, uint32_t dir, uint32_t buffer_dir)
{
	int32_t status;

	peer_start(peer);
	app_start(app, peer, events, text);
	peer_create_trace_in(peer, TRACE, SESSION, trace_uuid, dir, buffer_dir);

	int handover = peer_create_channel(peer, channel, &status);

	cr_assert_eq(status, 0);
	peer_push_metadata(peer, TRACE, 0, preamble);
	app_trace(app, handover);
}

__attribute__((unused)) static void begin(struct peer *peer, struct app *app,
	const struct rf_consumer_create_channel *channel, unsigned int events, const char *text)
{
	begin_in(peer, app, channel, events, text, 1, 0);
}

__attribute__((unused)) static const struct rf_consumer_create_channel roomy = {
	.trace = TRACE, .channel = {.number = CHANNEL, .name = "channel0"}, .subbuf_size = 65536, .subbuf_count = 4};

#endif
