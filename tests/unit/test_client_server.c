/* SPDX-License-Identifier: GPL-2.0-only */
/* The socket: the server runs in a thread of its own, clients are plain sockets here. */
#include "sessiond/client/server.h"
#include "tests/unit/client_request.h"
#include "tests/unit/send_copies.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char directory[] = "/tmp/rf-client-XXXXXX";
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static pthread_t thread;
static struct rf_loop *loop;
static struct rf_client_server *server;
static struct rf_sessions sessions;
static struct rf_recorder ust;
static struct fake_broker broker;
static struct rf_watch wake;
static atomic_int wish; /* what the loop's thread does when it is woken */
static atomic_int pending, done_count;

enum wish {
	WISH_NOTHING,
	WISH_COMPLETE,
	WISH_SHUTDOWN,
	WISH_END,
};

static void noted(void *data)
{
	(void)data;
	atomic_store(&pending, (int)fake_ust_pending(&ust) + rf_list_linked(&broker.pending));
}

static void shut_down(void *data)
{
	(void)data;
	atomic_fetch_add(&done_count, 1);
}

static void woken(struct rf_watch *watch, uint32_t events)
{
	uint64_t count;
	int what = atomic_load(&wish);

	(void)events;
	if (read(watch->fd, &count, sizeof(count)) < 0)
		abort();
	if (what == WISH_END)
		rf_loop_stop(loop);
	if (what == WISH_SHUTDOWN)
		rf_client_server_shutdown(server, shut_down, NULL);
	if (what == WISH_COMPLETE)
		(void)(fake_broker_answer(&broker) || fake_ust_complete(&ust, LTTNG_OK));
	noted(NULL);
	atomic_store(&wish, WISH_NOTHING);
}

/* Until CONDITION, for ten seconds at most. */
#define wait_until(condition)                                                                                          \
	do {                                                                                                           \
		uint64_t end = rf_now() + 10 * RF_SECOND;                                                              \
		while (!(condition) && rf_now() < end)                                                                 \
			poll(NULL, 0, 1);                                                                              \
		cr_assert(condition);                                                                                  \
	} while (0)

static void let_loop(enum wish what)
{
	uint64_t one = 1;

	atomic_store(&wish, what);
	cr_assert_eq(write(wake.fd, &one, sizeof(one)), (ssize_t)sizeof(one));
	if (what != WISH_END)
		wait_until(atomic_load(&wish) == WISH_NOTHING);
}

static void *serve(void *data)
{
	int listener = *(int *)data;
	int events = eventfd(0, EFD_CLOEXEC);

	loop = rf_loop_create();
	rf_sessions_init(&sessions, "host");
	fake_ust_init(&ust);
	ust.on_request = noted;
	fake_broker_init(&broker);
	broker.on_request = noted;
	server = rf_client_server_create(loop, listener, &sessions, &ust, &broker.client, false);
	if (!loop || !server || rf_watch_add(loop, &wake, events, EPOLLIN, woken))
		abort();
	atomic_store(&pending, 0);
	rf_loop_run(loop);
	rf_watch_remove(&wake);
	fake_ust_forget(&ust);
	rf_client_server_destroy(server);
	fake_broker_fini(&broker);
	rf_sessions_fini(&sessions);
	rf_loop_destroy(loop);
	close(events);
	return NULL;
}

static int listener;
static bool ended;

static void set_up(void)
{
	cr_assert_not_null(mkdtemp(directory));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", directory);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(listener, 4096), 0);
	atomic_store(&pending, -1);
	cr_assert_eq(pthread_create(&thread, NULL, serve, &listener), 0);
	wait_until(atomic_load(&pending) == 0);
}

static void end_server(void)
{
	let_loop(WISH_END);
	pthread_join(thread, NULL);
	ended = true;
}

static void tear_down(void)
{
	if (!ended)
		end_server();
	unlink(address.sun_path);
	rmdir(directory);
}

TestSuite(server, .init = set_up, .fini = tear_down, .timeout = 60);

static int dial(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void give(int fd, const void *data, size_t len)
{
	cr_assert_eq(send(fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void give_message(int fd, const struct message *m)
{
	uint8_t bytes[RF_ENVELOPE_SIZE];

	envelope(m, bytes);
	give(fd, bytes, sizeof(bytes));
	if (m->payload.len)
		give(fd, m->payload.data, m->payload.len);
}

/* Reads until the server closes; how many bytes came, -1 when the connection was reset. Closes FD. */
static ssize_t hear(int fd, struct answer *answer)
{
	size_t at = 0;
	ssize_t got;

	while ((got = recv(fd, answer->bytes + at, sizeof(answer->bytes) - at, 0)) > 0)
		at += (size_t)got;
	close(fd);
	answer->total = at;
	if (at >= RF_REPLY_HEADER_SIZE)
		memcpy(&answer->number, answer->bytes, 4);
	if (at >= RF_REPLY_HEADER_SIZE)
		memcpy(&answer->code, answer->bytes + 4, 4);
	return got < 0 ? -1 : (ssize_t)at;
}

static uint32_t call(const struct message *m)
{
	struct answer answer;
	int fd = dial();

	give_message(fd, m);
	cr_assert_geq(hear(fd, &answer), (ssize_t)RF_REPLY_HEADER_SIZE);
	return answer.code;
}

static void make_session(void)
{
	struct message create = create_message("s", "/tmp/out");
	struct channel_spec spec = CHANNEL("c");
	struct message channel = channel_message("s", &spec);

	cr_assert_eq(call(&create), LTTNG_OK);
	cr_assert_eq(call(&channel), LTTNG_OK);
}

static bool alive(void)
{
	struct message list = {.number = 13};

	return call(&list) == LTTNG_OK;
}

Test(server, takes_requests_byte_by_byte)
{
	struct message create = create_message("s", "/tmp/out");
	uint8_t bytes[RF_ENVELOPE_SIZE];
	struct answer answer;
	int fd = dial();

	envelope(&create, bytes);
	for (size_t i = 0; i < 40; i++)
		give(fd, bytes + i, 1);
	give(fd, bytes + 40, sizeof(bytes) - 40);
	for (size_t i = 0; i < create.payload.len; i++)
		give(fd, create.payload.data + i, 1);
	cr_expect_eq(hear(fd, &answer), 24 + 8219);
	cr_expect_eq(answer.code, LTTNG_OK);
}

Test(server, is_silent_to_probes_and_halves)
{
	struct message list = {.number = 13}, create = create_message("s", "/tmp/out");
	uint8_t bytes[RF_ENVELOPE_SIZE];
	static const size_t lengths[] = {0, 1, 3, RF_ENVELOPE_SIZE - 1};
	struct answer answer;

	envelope(&list, bytes);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		int fd = dial();

		if (lengths[i])
			give(fd, bytes, lengths[i]);
		shutdown(fd, SHUT_WR);
		cr_expect_eq(hear(fd, &answer), 0, "%zu bytes", lengths[i]);
	}
	envelope(&create, bytes);

	int fd = dial();

	give(fd, bytes, sizeof(bytes));
	give(fd, create.payload.data, create.payload.len - 1);
	shutdown(fd, SHUT_WR);
	cr_expect_eq(hear(fd, &answer), 0, "half a payload");
	cr_expect(alive());
}

Test(server, serves_others_while_somebody_holds_half_a_message)
{
	int silent = dial(), half = dial(), payload = dial();
	struct message create = create_message("s", "/tmp/out");
	uint8_t bytes[RF_ENVELOPE_SIZE];

	envelope(&create, bytes);
	give(half, bytes, 3);
	give(payload, bytes, sizeof(bytes));
	for (int i = 0; i < 20; i++)
		cr_expect(alive());
	close(silent);
	close(half);
	close(payload);
}

Test(server, hangs_up_on_who_takes_too_long)
{
	struct answer answer;
	uint64_t begin = rf_now();
	int silent = dial(), half = dial();

	give(half, "abc", 3);
	cr_expect_eq(hear(silent, &answer), 0);
	cr_expect_leq(hear(half, &answer), 0);
	cr_expect_geq(rf_now() - begin, 4 * RF_SECOND);
	cr_expect_lt(rf_now() - begin, 9 * RF_SECOND);
	cr_expect(alive());
}

/* The stock client dies of SIGPIPE when it is answered before it has written everything. */
Test(server, drains_what_it_refuses)
{
	struct message m = ust_message(6, "nosuch");
	uint8_t bytes[RF_ENVELOPE_SIZE];
	struct answer answer;
	int fd = dial();
	struct pollfd readable = {.fd = fd, .events = POLLIN};

	put_zeros(&m.args, 256);
	put32(&m.args, 60000);
	m.fd_count = 1;
	envelope(&m, bytes);
	give(fd, bytes, sizeof(bytes));
	put_zeros(&m.payload, 59999);
	give(fd, m.payload.data, m.payload.len);
	cr_expect_eq(poll(&readable, 1, 50), 0, "no answer before the payload is complete");
	give(fd, "", 1);
	cr_expect_eq(poll(&readable, 1, 50), 0, "nor before the descriptors");

	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {.iov_base = "", .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);

	*rights = (struct cmsghdr){
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
	memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
	cr_assert_eq(sendmsg(fd, &message, MSG_NOSIGNAL), 1);
	cr_expect_eq(hear(fd, &answer), 24);
	cr_expect_eq(answer.code, LTTNG_ERR_SESS_NOT_FOUND);
}

static unsigned int open_descriptors(void)
{
	unsigned int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void send_file(int fd, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);

	send_copies(fd, file, 1);
	close(file);
}

/* What a client sent comes back as its own descriptor, behind the message. */
Test(server, passes_descriptors_on_and_back)
{
	static const char bytes[] =
		"06 00 00000000 00 00000000 00000000 03000000 00000000 00000000 00000000 19000000 00000000 00000000"
		"757000 00 05000000 0a000000 6d61696e00 2f6465762f6e756c6c00 01";
	struct message m = kernel_message(6, "s"), list = kernel_message(12, "s");
	struct answer answer;
	struct stat ours, theirs;
	int fd;

	make_session();
	put_hex(&m.payload, bytes);
	put_field(&m.args, "c", 256);
	put32(&m.args, (int64_t)m.payload.len);
	put_field(&list.args, "c", 256);
	m.fd_count = 1;
	fd = dial();
	give_message(fd, &m);
	send_file(fd, "/dev/null");
	/* The descriptor, a look for the tracer, the places of the probe, the channel, the rule. */
	for (int i = 0; i < 5; i++) {
		wait_until(atomic_load(&pending) == 1);
		let_loop(WISH_COMPLETE);
	}
	cr_assert_eq(hear(fd, &answer), 24);
	cr_assert_eq(answer.code, LTTNG_OK);

	char control[CMSG_SPACE(2 * sizeof(int))];
	char reply[1024];
	struct iovec part = {.iov_base = reply, .iov_len = sizeof(reply)};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	uint32_t fd_count = 0;
	size_t len = 24 + 4 + m.payload.len;

	fd = dial();
	give_message(fd, &list);
	cr_assert_eq(recv(fd, reply, len, MSG_WAITALL), (ssize_t)len);
	memcpy(&fd_count, reply + 20, sizeof(fd_count));
	cr_expect_eq(fd_count, 1);
	cr_assert_eq(recvmsg(fd, &message, MSG_CMSG_CLOEXEC), 1);
	close(fd);
	cr_expect_eq(reply[0], 0);
	cr_assert_not_null(CMSG_FIRSTHDR(&message));
	cr_assert_eq(CMSG_FIRSTHDR(&message)->cmsg_len, CMSG_LEN(sizeof(int)));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	cr_assert(fstat(fd, &theirs) == 0 && stat("/dev/null", &ours) == 0);
	cr_expect_eq(theirs.st_ino, ours.st_ino);
	close(fd);
}

/* What no command takes is never had, however many it is. */
Test(server, takes_no_descriptor_that_no_command_needs)
{
	static const struct {
		uint32_t said;
		unsigned int sent;
		bool right;
	} cases[] = {{1, 0, false}, {300, 253, false}, {UINT32_MAX, 1, false}, {1, 1, true}, {1, 2, true}, {2, 1, true},
		{253, 253, true}};
	unsigned int before = open_descriptors();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message m = {.number = 13, .fd_count = cases[i].said};
		struct answer answer;
		int fd = dial();

		give_message(fd, &m);
		send_copies(fd, fd, cases[i].sent);
		cr_expect_eq(hear(fd, &answer), 24);
		cr_expect_eq(answer.code, cases[i].right ? LTTNG_OK : LTTNG_ERR_INVALID_PROTOCOL, "case %zu", i);
	}
	/* Client and server share this process: what the server had kept would be here. */
	wait_until(open_descriptors() == before);
}

static const char user_probe[] =
	"06 00 00000000 00 00000000 00000000 03000000 00000000 00000000 00000000 19000000 00000000 00000000"
	"757000 00 05000000 0a000000 6d61696e00 2f6465762f6e756c6c00 01";

/* A probe in a program, with COUNT descriptors where it has one; the code when the program was not taken. */
static uint32_t probe_with(unsigned int count, int status)
{
	struct message m = kernel_message(6, "s");
	struct answer answer = {.code = 0};
	int fd = dial();

	broker.program_status = status;
	put_hex(&m.payload, user_probe);
	put_field(&m.args, "c", 256);
	put32(&m.args, (int64_t)m.payload.len);
	m.fd_count = 1;
	give_message(fd, &m);
	send_copies(fd, fd, count);
	wait_until(atomic_load(&pending) == 1);
	let_loop(WISH_COMPLETE);
	/* A look for the tracer, the first time. */
	if (atomic_load(&pending))
		let_loop(WISH_COMPLETE);
	cr_expect_eq(hear(fd, &answer), 24);
	return answer.code;
}

Test(server, says_why_a_program_was_not_taken)
{
	static const struct {
		int status;
		uint32_t code;
	} cases[] = {{-EOPNOTSUPP, LTTNG_ERR_PROBE_LOCATION_INVAL}, {-ETIMEDOUT, LTTNG_ERR_PROBE_LOCATION_INVAL},
		{-EAGAIN, LTTNG_ERR_PROBE_LOCATION_INVAL}, {-ENOEXEC, LTTNG_ERR_ELF_PARSING}, {-EPERM, LTTNG_ERR_EPERM},
		{-ENOMEM, LTTNG_ERR_NOMEM}, {-EPROTO, LTTNG_ERR_INVALID_PROTOCOL}};
	unsigned int before = open_descriptors();

	make_session();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(probe_with(1, cases[i].status), cases[i].code, "case %zu", i);
	cr_expect_eq(probe_with(2, 0), LTTNG_ERR_INVALID_PROTOCOL);
	cr_expect_eq(probe_with(0, 0), LTTNG_ERR_INVALID_PROTOCOL);
	wait_until(open_descriptors() == before);
}

Test(server, a_client_may_leave_while_its_program_is_taken)
{
	struct message m = kernel_message(6, "s");
	unsigned int before = open_descriptors();
	int fd = dial();

	make_session();
	put_hex(&m.payload, user_probe);
	put_field(&m.args, "c", 256);
	put32(&m.args, (int64_t)m.payload.len);
	m.fd_count = 1;
	give_message(fd, &m);
	send_file(fd, "/dev/null");
	wait_until(atomic_load(&pending) == 1);
	close(fd);
	/* The connection's socket goes; the program, which nobody waits for, with the answer. */
	wait_until(open_descriptors() == before + 1);
	let_loop(WISH_COMPLETE);
	wait_until(open_descriptors() == before);
	cr_expect_eq(atomic_load(&pending), 0);
}

Test(server, does_not_wait_for_a_payload_that_nobody_may_send)
{
	struct message m = ust_message(6, "nosuch");
	struct answer answer;

	put_zeros(&m.args, 256);
	put32(&m.args, RF_PAYLOAD_MAX + 1);
	cr_expect_eq(call(&m), LTTNG_ERR_INVALID_PROTOCOL);
	m = simple(5, "nosuch");
	put32(&m.args, -1);
	cr_expect_eq(call(&m), LTTNG_ERR_INVALID);

	/* The largest is awaited. */
	int fd = dial();
	struct pollfd readable = {.fd = fd, .events = POLLIN};

	m = simple(5, "nosuch");
	put32(&m.args, RF_PAYLOAD_MAX);
	give_message(fd, &m);
	cr_expect_eq(poll(&readable, 1, 50), 0);
	shutdown(fd, SHUT_WR);
	cr_expect_eq(hear(fd, &answer), 0);
}

Test(server, limits_the_connections_of_a_user)
{
	int fds[RF_CLIENTS_PER_UID + 1];
	struct answer answer;

	for (unsigned int i = 0; i <= RF_CLIENTS_PER_UID; i++)
		fds[i] = dial();
	uint64_t begin = rf_now();

	cr_expect_eq(hear(fds[RF_CLIENTS_PER_UID], &answer), 0, "one too many");
	cr_expect_lt(rf_now() - begin, RF_CLIENT_DEADLINE / 2, "at once, not by its deadline");
	close(fds[0]);
	/* A slot is free as soon as the server has seen the hang-up. */
	wait_until(({
		struct message list = {.number = 13};
		uint8_t bytes[RF_ENVELOPE_SIZE];
		int fd = dial();

		envelope(&list, bytes);
		send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL);
		hear(fd, &answer) >= 24;
	}));
	for (unsigned int i = 1; i < RF_CLIENTS_PER_UID; i++)
		close(fds[i]);
}

/* One client starts the session, which takes time; another waits in line behind it to stop it. */
static void start_and_stop(int *first, int *second)
{
	struct message start = simple(16, "s"), stop = simple(17, "s");

	make_session();
	*first = dial();
	give_message(*first, &start);
	wait_until(atomic_load(&pending) == 1);
	*second = dial();
	give_message(*second, &stop);
	cr_expect(alive());
}

Test(server, goes_on_for_clients_that_left)
{
	struct message stop = simple(17, "s");
	int first, second;

	start_and_stop(&first, &second);
	close(first);
	close(second);
	cr_expect(alive());
	let_loop(WISH_COMPLETE);
	wait_until(atomic_load(&pending) == 1);
	let_loop(WISH_COMPLETE);
	cr_expect_eq(call(&stop), LTTNG_ERR_TRACE_ALREADY_STOPPED, "both were done");
	/* Their slots are free again. */
	for (unsigned int i = 0; i < 3 * RF_CLIENTS_PER_UID; i++)
		cr_expect(alive());
}

Test(server, sends_long_answers_to_slow_readers)
{
	struct message list = {.number = 13};
	struct answer *answer = malloc(sizeof(*answer));
	char name[32];
	int fd;

	for (int i = 0; i < 31; i++) {
		snprintf(name, sizeof(name), "s%d", i);

		struct message create = create_message(name, "/tmp/out");

		cr_assert_eq(call(&create), LTTNG_OK);
	}
	fd = dial();

	int small = 4096;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	give_message(fd, &list);
	cr_expect(alive());
	cr_expect_eq(hear(fd, answer), 24 + 31 * 4385);
	free(answer);
}

/* What is left unfinished is freed (a sanitised build looks), and whoever waits is hung up on. */
Test(server, leaves_nothing_behind_at_its_end)
{
	struct answer answer;
	int first, second;

	start_and_stop(&first, &second);
	close(first);
	end_server();
	cr_expect_eq(hear(second, &answer), 0);
}

Test(server, ends_all_sessions_in_order)
{
	struct message start = simple(16, "s"), other = create_message("t", "/tmp/t");
	struct answer answer;
	int waiting, half;

	make_session();
	cr_assert_eq(call(&other), LTTNG_OK);
	waiting = dial();
	give_message(waiting, &start);
	wait_until(atomic_load(&pending) == 1);
	half = dial();
	give(half, "abc", 3);
	let_loop(WISH_SHUTDOWN);
	cr_expect_leq(hear(half, &answer), 0);
	cr_expect_eq(atomic_load(&done_count), 0);
	while (!atomic_load(&done_count)) {
		wait_until(atomic_load(&pending) > 0);
		let_loop(WISH_COMPLETE);
	}
	cr_expect_eq(hear(waiting, &answer), 24);
	cr_expect_eq(answer.code, LTTNG_OK, "who waited gets the answer");
	cr_expect_eq(atomic_load(&done_count), 1);
	cr_expect_eq(ust.count[FAKE_STOP], 1);
	cr_expect_eq(ust.count[FAKE_DESTROY], 2);
}
