/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The client socket: the input is a series of requests, each of which goes through a real connection into the command
 * table, over a user-space domain and a broker that answer when the input says so. A request is written short (see
 * read_request()) and blown up to its envelope, or sent as it is.
 */
#include "common/log.h"
#include "sessiond/client/connection.h"
#include "tests/unit/client_request.h"

#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TICKS 4 /* turns of the loop for one request: accept, call, completion, answer */

#define LONG_ARGS 255u /* instead of a length: that is in the next two bytes */

enum flag {
	FLAG_RAW = 1, /* the payload is all that is sent */
	FLAG_OTHER_USER = 2,
	FLAG_COMPLETE = 4,    /* the domain completes one request, or else the broker */
	FLAG_FAIL = 8,        /* ... with an error */
	FLAG_FIT_LENGTH = 16, /* the payload's length is put where most commands have it */
	FLAG_CUT = 32,        /* the last byte is missing */
	FLAG_ROTATED = 64,    /* rotations that are under way end */
	FLAG_GONE = 128,      /* the broker fails one request */
};

static struct rf_loop *loop;
static struct rf_timer ticker;
static int ticks;

static void tick(struct rf_timer *timer)
{
	if (++ticks >= TICKS)
		rf_loop_stop(loop);
	else
		rf_timer_arm(loop, timer, 0, tick);
}

static void turn(void)
{
	ticks = 0;
	rf_timer_arm(loop, &ticker, 0, tick);
	if (rf_loop_run(loop))
		abort();
}

static void slot_free(void *data, uid_t uid)
{
	(void)uid;
	--*(unsigned int *)data;
}

static const char *const names[] = {"a", "b", "none", ""};

static void fit_length(struct message *m)
{
	static const uint16_t at_256[] = {0, 3, 6};
	uint32_t len = (uint32_t)m->payload.len;
	size_t at = 0;

	for (size_t i = 0; i < sizeof(at_256) / sizeof(at_256[0]); i++)
		at = m->number == at_256[i] ? 256 : at;
	if (m->number == 32 || m->number == 33)
		at = 16;
	if (m->number == 49) {
		m->args.len = 0;
		put16(&m->args, 0);
		put64(&m->args, len);
		return;
	}
	if (m->args.len < at + sizeof(len))
		put_zeros(&m->args, at + sizeof(len) - m->args.len);
	memcpy(m->args.data + at, &len, sizeof(len));
}

static uint8_t read_request(struct rf_reader *r, struct message *m)
{
	uint8_t flags = rf_read_u8(r);

	*m = (struct message){.number = rf_read_u8(r) % 56};
	m->domain = rf_read_u8(r) % 7;
	m->buffers = rf_read_u8(r) % 3;
	m->session = names[rf_read_u8(r) % 4];
	m->fd_count = rf_read_u8(r) % 4 == 3;

	size_t args_len = rf_read_u8(r);

	if (args_len == LONG_ARGS)
		args_len = rf_read_u16(r);

	size_t payload_len = rf_read_u16(r);

	args_len = args_len < rf_reader_left(r) ? args_len : rf_reader_left(r);
	put(&m->args, rf_read_view(r, args_len), rf_reader_ok(r) ? args_len : 0);
	payload_len = payload_len < rf_reader_left(r) ? payload_len : rf_reader_left(r);
	put(&m->payload, rf_read_view(r, payload_len), rf_reader_ok(r) ? payload_len : 0);
	if (flags & FLAG_FIT_LENGTH)
		fit_length(m);
	return flags;
}

static void give(int fd, const void *data, size_t len)
{
	if (len && send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

/* A file that is no program. */
static void give_descriptor(int fd)
{
	static int null = -1;
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {.iov_base = "", .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	struct cmsghdr *rights = (struct cmsghdr *)control;

	if (null < 0)
		null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &null, sizeof(null));
	if (sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

static void one_request(struct rf_client_context *context, struct rf_list *all, unsigned int *slots, uint8_t flags,
	const struct message *m)
{
	uid_t uid = flags & FLAG_OTHER_USER ? 1000 : 0;
	uint8_t bytes[RF_ENVELOPE_SIZE];
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends))
		abort();
	if (rf_connection_open(loop, all, ends[0], uid, uid, context, slot_free, slots))
		abort();
	++*slots;
	envelope(m, bytes);
	if (!(flags & FLAG_RAW))
		give(ends[1], bytes, sizeof(bytes));
	give(ends[1], m->payload.data, m->payload.len - (flags & FLAG_CUT && m->payload.len ? 1 : 0));
	if (m->fd_count)
		give_descriptor(ends[1]);
	turn();
	close(ends[1]);
}

static bool end_rotations(struct bench *bench, bool failed)
{
	bool any = false;

	rf_list_for_each(node, &bench->sessions.list) {
		struct rf_session *session = rf_container_of(node, struct rf_session, node);

		if (session->rotation.state != RF_ROTATION_ONGOING)
			continue;
		fake_ust_end_rotation(session, failed);
		any = true;
	}
	return any;
}

static void go_on(struct bench *bench, uint8_t flags)
{
	if (flags & FLAG_ROTATED)
		end_rotations(bench, flags & FLAG_FAIL);
	if (flags & FLAG_GONE)
		fake_broker_drop(&bench->broker);
	if (flags & FLAG_COMPLETE &&
		!fake_ust_complete(&bench->ust, flags & FLAG_FAIL ? LTTNG_ERR_UST_START_FAIL : LTTNG_OK))
		fake_broker_answer(&bench->broker);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bench bench;
	static struct message m;
	struct rf_list all;
	struct rf_reader r;
	unsigned int slots = 0;

	if (!loop) {
		rf_log_init("fuzz", RF_LOG_ERROR);
		loop = rf_loop_create();
	}
	bench_init(&bench);
	bench.ust.kernel_ready = size & 1;
	bench.ust.kernel_uid = 1000;
	rf_list_init(&all);
	rf_reader_init(&r, data, size, RF_HOST_ORDER);
	for (int i = 0; i < 12 && rf_reader_left(&r); i++) {
		uint8_t flags = read_request(&r, &m);

		one_request(&bench.context, &all, &slots, flags, &m);
		go_on(&bench, flags);
	}
	while (fake_ust_complete(&bench.ust, LTTNG_OK) || fake_broker_answer(&bench.broker) ||
		end_rotations(&bench, false))
		;
	turn();
	rf_list_for_each_safe(node, tmp, &all)
		rf_connection_close(rf_connection_of(node));
	/* Every connection and call came to its end. */
	if (slots)
		__builtin_trap();
	bench_fini(&bench);
	return 0;
}
