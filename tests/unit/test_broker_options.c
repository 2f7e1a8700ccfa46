/* SPDX-License-Identifier: GPL-2.0-only */
/* Options, configuration files and environment of the broker, and its accounts. */
#include "policy/broker/accounts.h"
#include "policy/broker/options.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[64];

static void set_up(void)
{
	strcpy(home, "/tmp/rf-unit-XXXXXX");
	cr_assert(mkdtemp(home));
	unsetenv("LTTNG_APP_SOCKET_TIMEOUT");
	unsetenv("LTTNG_CONSUMERD32_BIN");
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", home);
	cr_expect_eq(system(command), 0);
}

TestSuite(broker_options, .init = set_up, .fini = tear_down);

static int parse(struct rf_options *options, int count, const char *const *arguments)
{
	char *argv[40] = {(char *)(uintptr_t) "ringfenced"};

	cr_assert_lt(count, 38);
	for (int i = 0; i < count; i++)
		argv[i + 1] = (char *)(uintptr_t)arguments[i];
	return rf_options_read(options, count + 1, argv, home);
}

#define PARSE(options, ...)                                                                                            \
	parse(options, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)),                             \
		(const char *const[]){__VA_ARGS__})

Test(broker_options, every_stock_option_is_accepted)
{
	struct rf_options options;

	cr_expect_eq(
		PARSE(&options, "--background", "--daemonize", "-g", "adm", "--load=/tmp/l", "-S", "--no-kernel",
			"--extra-kmod-probes=a,b", "--kmod-probes=c", "--agent-tcp-port=5350", "-a", "/tmp/a", "-c",
			"/tmp/c", "--consumerd32-libdir=/x", "--consumerd32-path=/x", "--consumerd64-libdir=/x",
			"--consumerd64-path=/x", "--kconsumerd-cmd-sock=/x", "--kconsumerd-err-sock=/x",
			"--ustconsumerd32-cmd-sock=/x", "--ustconsumerd64-cmd-sock=/x", "--ustconsumerd32-err-sock=/x",
			"--ustconsumerd64-err-sock=/x", "--event-notifier-error-buffer-size-kernel=3",
			"--event-notifier-error-buffer-size-userspace=3", "-vvv", "--verbose-consumer", "-q", "-p",
			"/tmp/p"),
		RF_OPTIONS_RUN);
	cr_expect(options.background && options.daemonize && options.sig_parent && options.quiet);
	cr_expect_eq(options.verbose, 3);
	cr_expect_str_eq(options.group, "adm");
	cr_expect_str_eq(options.apps_sock, "/tmp/a");
	cr_expect_str_eq(options.client_sock, "/tmp/c");
	cr_expect_str_eq(options.pidfile, "/tmp/p");
	cr_expect_str_eq(options.load, "/tmp/l");
	cr_expect_str_eq(options.consumer32, "/x");
	cr_expect_eq(options.app_timeout_ms, 5000);
	rf_options_free(&options);
}

Test(broker_options, defaults)
{
	struct rf_options options;

	cr_expect_eq(PARSE(&options, "-S"), RF_OPTIONS_RUN);
	cr_expect_str_eq(options.group, "tracing");
	cr_expect_null(options.client_sock);
	cr_expect_not(options.daemonize);
	rf_options_free(&options);
}

Test(broker_options, what_is_unknown_is_an_error)
{
	struct rf_options options;

	cr_expect_lt(PARSE(&options, "--no-such-option"), 0);
	rf_options_free(&options);
	cr_expect_lt(PARSE(&options, "--group"), 0);
	rf_options_free(&options);
}

Test(broker_options, the_version_is_that_of_the_protocol, .init = set_up)
{
	struct rf_options options;

	cr_redirect_stdout();
	cr_expect_eq(PARSE(&options, "-V"), RF_OPTIONS_EXIT);
	fflush(stdout);
	cr_expect_stdout_eq_str("2.13.9\n");
	rf_options_free(&options);
}

Test(broker_options, relative_paths_are_from_here)
{
	struct rf_options options;

	cr_assert_eq(chdir(home), 0);
	cr_expect_eq(PARSE(&options, "-p", "x.pid"), RF_OPTIONS_RUN);
	cr_expect_eq(options.pidfile[0], '/');
	cr_expect(strstr(options.pidfile, "/x.pid"));
	rf_options_free(&options);
	cr_assert_eq(chdir("/"), 0);
}

static void put_config(const char *name, const char *text)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/.lttng", home);
	mkdir(full, 0700);
	snprintf(full, sizeof(full), "%s/%s", home, name);

	FILE *file = fopen(full, "w");

	cr_assert(file);
	fputs(text, file);
	fclose(file);
}

Test(broker_options, later_sources_override_earlier_ones)
{
	struct rf_options options;
	char given[256];

	put_config(".lttng/lttng.conf", "[sessiond]\ngroup=fromhome\nsig-parent=yes\nnonsense=1\nversion=yes\n");
	cr_expect_eq(PARSE(&options, "-v"), RF_OPTIONS_RUN);
	cr_expect_str_eq(options.group, "fromhome");
	cr_expect(options.sig_parent);
	rf_options_free(&options);
	put_config("given.conf", "[other]\ngroup=no\n[sessiond]\ngroup=fromfile\nsig-parent=no\n");
	snprintf(given, sizeof(given), "--config=%s/given.conf", home);
	cr_expect_eq(PARSE(&options, given), RF_OPTIONS_RUN);
	cr_expect_str_eq(options.group, "fromfile");
	cr_expect_not(options.sig_parent);
	rf_options_free(&options);
	cr_expect_eq(PARSE(&options, given, "--group=fromline"), RF_OPTIONS_RUN);
	cr_expect_str_eq(options.group, "fromline");
	rf_options_free(&options);
}

Test(broker_options, a_missing_config_file_is_fatal)
{
	struct rf_options options;

	cr_expect_lt(PARSE(&options, "--config=/no/such/file"), 0);
	rf_options_free(&options);
}

Test(broker_options, application_timeout)
{
	struct rf_options options;

	setenv("LTTNG_APP_SOCKET_TIMEOUT", "-1", 1);
	cr_expect_eq(PARSE(&options, "-v"), RF_OPTIONS_RUN);
	cr_expect_eq(options.app_timeout_ms, 0);
	rf_options_free(&options);
	setenv("LTTNG_APP_SOCKET_TIMEOUT", "12", 1);
	cr_expect_eq(PARSE(&options, "-v"), RF_OPTIONS_RUN);
	cr_expect_eq(options.app_timeout_ms, 12000);
	rf_options_free(&options);
	setenv("LTTNG_APP_SOCKET_TIMEOUT", "99999999999", 1);
	cr_expect_lt(PARSE(&options, "-v"), 0);
	rf_options_free(&options);
}

Test(broker_options, the_line_overrides_the_environment)
{
	struct rf_options options;

	setenv("LTTNG_CONSUMERD32_BIN", "/from/environment", 1);
	cr_expect_eq(PARSE(&options, "-v"), RF_OPTIONS_RUN);
	cr_expect_str_eq(options.consumer32, "/from/environment");
	rf_options_free(&options);
	cr_expect_eq(PARSE(&options, "--consumerd32-path=/from/line"), RF_OPTIONS_RUN);
	cr_expect_str_eq(options.consumer32, "/from/line");
	rf_options_free(&options);
	unsetenv("LTTNG_CONSUMERD32_BIN");
	cr_expect_eq(PARSE(&options, "-v"), RF_OPTIONS_RUN);
	cr_expect_null(options.consumer32);
	rf_options_free(&options);
}

Test(broker_options, tracers_of_the_kernel)
{
	struct rf_options options;

	cr_expect_eq(PARSE(&options, "-v"), RF_OPTIONS_RUN);
	cr_expect_str_eq(options.kernel_tracer, "auto");
	cr_expect_not(options.no_kernel);
	cr_expect_null(options.kmod_probes);
	rf_options_free(&options);
	setenv("LTTNG_KMOD_PROBES", "sched", 1);
	setenv("LTTNG_EXTRA_KMOD_PROBES", "irq", 1);
	cr_expect_eq(
		PARSE(&options, "--kernel-tracer=tracefs", "--no-kernel", "--kmod-probes=timer, net"), RF_OPTIONS_RUN);
	cr_expect_str_eq(options.kernel_tracer, "tracefs");
	cr_expect(options.no_kernel);
	cr_expect_str_eq(options.kmod_probes, "timer, net");
	cr_expect_str_eq(options.extra_kmod_probes, "irq");
	rf_options_free(&options);
	setenv("LTTNG_KMOD_PROBES", "a b", 1);
	cr_expect_lt(PARSE(&options, "-v"), 0);
	rf_options_free(&options);
	unsetenv("LTTNG_KMOD_PROBES");
	unsetenv("LTTNG_EXTRA_KMOD_PROBES");
	cr_expect_lt(PARSE(&options, "--kernel-tracer=none"), 0);
	rf_options_free(&options);
	cr_expect_lt(PARSE(&options, "--extra-kmod-probes=../x"), 0);
	rf_options_free(&options);
	cr_expect_lt(PARSE(&options, "--policy=/no/such/file"), 0);
	rf_options_free(&options);
}

Test(broker_options, accounts_by_number)
{
	static const char *const bad[] = {"", "0", "0:5", "5:0", "x", "5:", "5:x", "5:6:7", "-1", "4294967295", "5 "};
	struct rf_identity identity;

	cr_expect_eq(rf_account_find("ringfence", "901:902", &identity), 0);
	cr_expect_eq(identity.uid, 901);
	cr_expect_eq(identity.gid, 902);
	cr_expect_eq(rf_account_find("ringfence", "901", &identity), 0);
	cr_expect_eq(identity.gid, 901);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(rf_account_find("ringfence", bad[i], &identity), -EINVAL, "%s", bad[i]);
	cr_expect_eq(rf_account_find("no-such-account-here", NULL, &identity), -ENOENT);
	/* An account that is root's is no account for this. */
	cr_expect_eq(rf_account_find("root", NULL, &identity), -EINVAL);
}

Test(broker_options, a_group_that_is_not_the_owners_is_not_taken)
{
	struct rf_identity root = {.uid = 0, .gid = 54321};
	struct rf_identity nobody_knows = {.uid = 3999999, .gid = 7};

	cr_expect_eq(rf_account_complete(&root), 0);
	cr_expect_eq(root.gid, 0);
	cr_expect_geq(root.group_count, 1);
	cr_expect_eq(rf_account_complete(&nobody_knows), 0);
	cr_expect_eq(nobody_knows.gid, 7);
	cr_expect_eq(nobody_knows.group_count, 0);
	free(root.groups);
}
