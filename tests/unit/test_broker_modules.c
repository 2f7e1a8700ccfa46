/* SPDX-License-Identifier: GPL-2.0-only */
/* The module helper: names, and on a machine with lttng-modules that they are loaded and unloaded. */
#include "policy/broker/module_helper.h"

#include "common/frame.h"
#include "common/loop.h"
#include "policy/broker/module_names.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Test(broker_modules, names_of_probes)
{
	static const char *const good[] = {"", "sched", "sched,irq", " sched, x86-irq_vectors", ",,a,", "9p"};
	static const char *const bad[] = {"a b", "a;b", "../x", "a/b", "$x", "a,-q --x", "a\n", "\xc3\xa4",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect(rf_module_names_ok(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not(rf_module_names_ok(bad[i]), "%s", bad[i]);
}

Test(broker_modules, every_name_of_ours_is_one)
{
	for (size_t i = 0; rf_control_modules[i].name; i++)
		cr_expect(rf_module_names_ok(rf_control_modules[i].name));
	for (size_t i = 0; rf_probe_modules[i]; i++)
		cr_expect(rf_module_names_ok(rf_probe_modules[i]));
}

static unsigned int count_loaded(void)
{
	FILE *file = fopen("/proc/modules", "r");
	unsigned int count = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		count += !strncmp(line, "lttng", 5);
	if (file)
		fclose(file);
	return count;
}

static int ask_to_load(int sock)
{
	static struct rf_frame_buffer buffer;
	struct rf_frame frame;

	cr_assert_eq(rf_frame_send(sock, RF_MODULES_LOAD, 1, 0, NULL, 0, NULL, 0), 0);
	cr_assert_eq(rf_frame_recv(sock, &buffer, &frame, 0), 1);
	cr_expect_eq(frame.type, RF_MODULES_LOAD | RF_FRAME_REPLY);
	return frame.status;
}

Test(broker_modules, what_was_loaded_is_unloaded, .timeout = 120)
{
	const struct rf_module_wishes wishes = {.probes = "sched,no-such-probe", .extra = "irq"};
	unsigned int before = count_loaded();
	struct pollfd ended = {.events = POLLIN};
	unsigned int loaded;
	int sock;

	if (geteuid() != 0 || !rf_modules_possible())
		cr_skip_test("this machine cannot load modules, or we may not");
	sock = rf_module_helper_start(&wishes);
	cr_assert_geq(sock, 0);
	if (ask_to_load(sock) < 0) {
		cr_expect_eq(count_loaded(), before);
		cr_skip_test("no lttng-modules for this kernel");
	}
	cr_expect_eq(access("/proc/lttng", F_OK), 0);
	loaded = count_loaded();
	cr_expect_gt(loaded, before);
	if (!before) {
		cr_expect_eq(access("/sys/module/lttng_probe_sched", F_OK), 0);
		cr_expect_eq(access("/sys/module/lttng_probe_irq", F_OK), 0);
		cr_expect_neq(access("/sys/module/lttng_probe_timer", F_OK), 0);
	}
	/* Again is nothing. */
	cr_expect_eq(ask_to_load(sock), 0);
	cr_expect_eq(count_loaded(), loaded);
	shutdown(sock, SHUT_WR);
	ended.fd = sock;
	cr_expect_eq(poll(&ended, 1, 60000), 1);
	cr_expect_eq(count_loaded(), before);
	close(sock);
}
