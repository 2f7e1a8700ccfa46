/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/wire.h"
#include "sessiond/ust/registration.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void make_message(uint8_t out[RF_REGISTRATION_SIZE], uint32_t major, uint32_t type)
{
	struct rf_writer w;

	rf_writer_init_fixed(&w, out, RF_REGISTRATION_SIZE, RF_HOST_ORDER);
	rf_write_u32(&w, RF_REGISTRATION_MAGIC);
	rf_write_u32(&w, major);
	rf_write_u32(&w, 0);
	for (uint32_t i = 0; i < 4; i++)
		rf_write_u32(&w, 4242); /* pid, ppid, uid, gid: lies */
	rf_write_u32(&w, 64);
	for (uint32_t i = 0; i < 5; i++)
		rf_write_u32(&w, 8);
	rf_write_u32(&w, type);
	rf_write_str_field(&w, "demo", 16);
	rf_write_zeros(&w, 64);
	cr_assert(rf_writer_ok(&w));
	cr_assert_eq(w.at, RF_REGISTRATION_SIZE);
}

static void put_u32(uint8_t *message, size_t field, uint32_t value)
{
	memcpy(message + field * sizeof(value), &value, sizeof(value));
}

Test(registration, what_a_message_says)
{
	uint8_t message[RF_REGISTRATION_SIZE];
	struct rf_app_facts facts;
	uint32_t type;

	make_message(message, 9, RF_REGISTRATION_NOTIFY);
	cr_assert_eq(rf_registration_parse(message, &facts, &type), 0);
	cr_assert_eq(type, RF_REGISTRATION_NOTIFY);
	cr_assert_eq(facts.major, 9);
	cr_assert_eq(facts.layout.abi_bits, 64);
	cr_assert_eq(facts.layout.align64, 8);
	cr_assert_str_eq(facts.name, "demo");
	cr_assert_eq(facts.pid, 0, "who it is, the kernel says");
	memset(message + 14 * 4, 'x', 16);
	cr_assert_eq(rf_registration_parse(message, &facts, &type), 0);
	cr_assert_eq(strlen(facts.name), 16, "a name that is not terminated ends all the same");
}

Test(registration, nonsense_is_refused)
{
	static const struct {
		size_t field;
		uint32_t value;
	} nonsense[] = {{0, 0xC57C57C6}, {0, 0xC5577CC5}, {8, 0}, {8, 3}, {9, 128}, {12, 0x80000000}, {13, 2}, {13, 5}};
	uint8_t message[RF_REGISTRATION_SIZE];
	struct rf_app_facts facts;
	uint32_t type;

	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		make_message(message, 9, RF_REGISTRATION_COMMAND);
		put_u32(message, nonsense[i].field, nonsense[i].value);
		cr_expect_eq(rf_registration_parse(message, &facts, &type), -EPROTO, "row %zu", i);
	}
}

/* A listening socket in the abstract name space, the loop, and what has come of it. */
struct scene {
	struct rf_loop *loop;
	struct rf_registration registration;
	struct sockaddr_un address;
	socklen_t address_len;
	unsigned int registered;
	struct rf_app_facts facts;
	struct rf_timer deadline;
	struct rf_watch closed;
};

static void note_registered(void *data, const struct rf_app_facts *facts, int command_sock, int notify_sock)
{
	struct scene *scene = data;

	scene->registered++;
	scene->facts = *facts;
	close(command_sock);
	close(notify_sock);
	rf_loop_stop(scene->loop);
}

static void deadline_passed(struct rf_timer *timer)
{
	rf_loop_stop(rf_container_of(timer, struct scene, deadline)->loop);
}

static void set_scene(struct scene *scene)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memset(scene, 0, sizeof(*scene));
	scene->loop = rf_loop_create();
	scene->address.sun_family = AF_UNIX;
	/* An empty name makes the kernel choose one. */
	cr_assert_eq(bind(sock, (struct sockaddr *)&scene->address, sizeof(sa_family_t)), 0);
	scene->address_len = sizeof(scene->address);
	cr_assert_eq(getsockname(sock, (struct sockaddr *)&scene->address, &scene->address_len), 0);
	cr_assert_eq(listen(sock, 16), 0);
	cr_assert_eq(rf_registration_init(&scene->registration, scene->loop, sock, note_registered, scene), 0);
}

static int knock(const struct scene *scene, const void *bytes, size_t len)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(connect(sock, (const struct sockaddr *)&scene->address, scene->address_len), 0);
	cr_assert_eq(send(sock, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
	return sock;
}

static void run_for(struct scene *scene, uint64_t time)
{
	rf_timer_arm(scene->loop, &scene->deadline, time, deadline_passed);
	rf_loop_run(scene->loop);
	rf_timer_cancel(&scene->deadline);
}

static bool is_closed(int sock)
{
	char byte;

	return recv(sock, &byte, 1, MSG_DONTWAIT) == 0;
}

Test(registration, two_connections_of_a_process_make_an_application, .timeout = 20)
{
	uint8_t message[RF_REGISTRATION_SIZE];
	struct scene scene;

	set_scene(&scene);
	make_message(message, 9, RF_REGISTRATION_COMMAND);
	/* In two pieces: nobody waits for the second. */
	int command = knock(&scene, message, 50);

	run_for(&scene, 20 * RF_MS);
	cr_assert_eq(send(command, message + 50, sizeof(message) - 50, 0), (ssize_t)sizeof(message) - 50);
	make_message(message, 9, RF_REGISTRATION_NOTIFY);

	int notify = knock(&scene, message, sizeof(message));

	run_for(&scene, 5 * RF_SECOND);
	cr_assert_eq(scene.registered, 1);
	cr_assert_eq(scene.facts.pid, getpid());
	cr_assert_eq(scene.facts.uid, getuid());
	cr_assert_eq(scene.registration.count, 0);
	close(command);
	close(notify);
	rf_registration_fini(&scene.registration);
	rf_loop_destroy(scene.loop);
}

Test(registration, whoever_does_not_fit_is_hung_up_on, .timeout = 20)
{
	uint8_t message[RF_REGISTRATION_SIZE];
	struct scene scene;
	int socks[4];

	set_scene(&scene);
	make_message(message, 7, RF_REGISTRATION_COMMAND);
	socks[0] = knock(&scene, message, sizeof(message)); /* an ABI that nobody speaks */
	make_message(message, 9, RF_REGISTRATION_NOTIFY);
	socks[1] = knock(&scene, message, sizeof(message)); /* without a command connection before */
	make_message(message, 9, RF_REGISTRATION_COMMAND);
	put_u32(message, 7, 32);
	socks[2] = knock(&scene, message, sizeof(message)); /* 32-bit */
	memset(message, 0xff, sizeof(message));
	socks[3] = knock(&scene, message, sizeof(message));
	run_for(&scene, 100 * RF_MS);
	for (int i = 0; i < 4; i++) {
		cr_expect(is_closed(socks[i]), "connection %d", i);
		close(socks[i]);
	}
	cr_assert_eq(scene.registered, 0);
	cr_assert_eq(scene.registration.count, 0);
	rf_registration_fini(&scene.registration);
	rf_loop_destroy(scene.loop);
}

/* A command connection that waits for its partner goes with it. */
Test(registration, both_connections_of_a_refused_application_end, .timeout = 20)
{
	uint8_t message[RF_REGISTRATION_SIZE];
	struct scene scene;

	set_scene(&scene);
	make_message(message, 9, RF_REGISTRATION_COMMAND);

	int command = knock(&scene, message, sizeof(message));

	run_for(&scene, 50 * RF_MS);
	cr_assert_eq(scene.registration.count, 1);
	make_message(message, 10, RF_REGISTRATION_NOTIFY);

	int notify = knock(&scene, message, sizeof(message));

	run_for(&scene, 100 * RF_MS);
	cr_assert(is_closed(command));
	cr_assert(is_closed(notify));
	cr_assert_eq(scene.registration.count, 0);
	cr_assert_eq(scene.registered, 0);
	close(command);
	close(notify);
	rf_registration_fini(&scene.registration);
	rf_loop_destroy(scene.loop);
}

Test(registration, silence_is_ended_after_the_time_out, .timeout = 30)
{
	struct scene scene;

	set_scene(&scene);

	int silent = knock(&scene, "", 0);

	run_for(&scene, RF_REGISTRATION_TIMEOUT - RF_SECOND);
	cr_assert_not(is_closed(silent));
	run_for(&scene, 2 * RF_SECOND);
	cr_assert(is_closed(silent));
	cr_assert_eq(scene.registration.count, 0);
	close(silent);
	rf_registration_fini(&scene.registration);
	rf_loop_destroy(scene.loop);
}
