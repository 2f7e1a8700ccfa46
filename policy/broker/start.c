/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/start.h"

#include "common/log.h"
#include "policy/broker/accounts.h"
#include "policy/broker/background.h"
#include "policy/broker/kernel_service.h"
#include "policy/broker/lifecycle.h"
#include "policy/broker/module_helper.h"
#include "policy/broker/tracefs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILES_WANTED 65535u

static enum rf_log_level level_of(const struct rf_options *options)
{
	if (options->quiet)
		return RF_LOG_ERROR;
	return options->verbose > 1 ? RF_LOG_DEBUG : options->verbose ? RF_LOG_INFO : RF_LOG_WARNING;
}

/* The other programs: beside this one in a build tree, in the libexec directory of an installation. */
static int find_helpers(struct rf_broker *broker)
{
	static const char *const places[] = {"", "/../libexec/ringfence"};
	char self[PATH_MAX];
	char probe[PATH_MAX + 64];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		return -errno;
	self[len] = '\0';
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(broker->helper_dir, sizeof(broker->helper_dir), "%.3000s%s", self, places[i]);
		snprintf(probe, sizeof(probe), "%s/ringfence-sessiond", broker->helper_dir);
		if (access(probe, X_OK) == 0)
			return 0;
	}
	rf_error("ringfence-sessiond is neither beside this program in %s nor in %s", self, broker->helper_dir);
	return -ENOENT;
}

static int find_account(const char *name, const char *option, const char *given, struct rf_identity *identity)
{
	int err = rf_account_find(name, given, identity);

	if (err == -EINVAL && given)
		rf_error("--%s=%s: not UID[:GID] of an account other than root", option, given);
	else if (err < 0)
		rf_error("there is no account %s to run a part of this daemon: install the package's sysusers.d file "
			 "and run "
			 "systemd-sysusers, or run \"useradd --system %s\", or give --%s=UID[:GID]",
			name, name, option);
	return err;
}

static int find_accounts(struct rf_broker *broker)
{
	if (broker->runtime->rootless) {
		broker->sessiond_identity = (struct rf_identity){.uid = getuid(), .gid = getgid()};
		broker->consumer_identity = broker->sessiond_identity;
		return 0;
	}

	int err = find_account(
		"ringfence", "sessiond-user", broker->options->sessiond_user, &broker->sessiond_identity);

	if (!err)
		err = find_account(
			"ringfence-io", "consumer-user", broker->options->consumer_user, &broker->consumer_identity);
	if (!err && broker->sessiond_identity.uid == broker->consumer_identity.uid) {
		rf_error("session daemon and consumers need different accounts, both are uid %u",
			broker->sessiond_identity.uid);
		err = -EINVAL;
	}
	return err;
}

static void raise_file_limit(void)
{
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now) < 0)
		return;

	struct rlimit files = {.rlim_cur = FILES_WANTED, .rlim_max = now.rlim_max};

	if (files.rlim_max < FILES_WANTED && geteuid() == 0)
		files.rlim_max = FILES_WANTED;
	if (setrlimit(RLIMIT_NOFILE, &files) == 0)
		return;
	files.rlim_cur = files.rlim_max = now.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) < 0)
		rf_warning("cannot raise the limit of open files: %s", strerror(errno));
	else
		rf_info("limit of open files: %llu", (unsigned long long)files.rlim_cur);
}

/* With the daemon in its final process. */
static int serve(struct rf_broker *broker)
{
	int err = rf_runtime_create(broker->runtime, broker->options);

	if (err < 0) {
		rf_runtime_remove(broker->runtime);
		return EXIT_FAILURE;
	}
	if (broker->options->daemonize || broker->options->background)
		rf_background_detach(broker->options->daemonize);
	err = rf_caps_reduce();
	prctl(PR_SET_DUMPABLE, 0);
	if (err < 0) {
		rf_error("cannot give up capabilities: %s", strerror(-err));
		rf_runtime_remove(broker->runtime);
		return EXIT_FAILURE;
	}

	int status = rf_lifecycle_run(broker);

	rf_runtime_remove(broker->runtime);
	return status;
}

static enum rf_tracer_choice choose_tracer(const struct rf_options *options)
{
	return !strcmp(options->kernel_tracer, "modules")    ? RF_TRACER_CHOOSE_MODULES
		: !strcmp(options->kernel_tracer, "tracefs") ? RF_TRACER_CHOOSE_TRACEFS
							     : RF_TRACER_CHOOSE_ANY;
}

/* With all that root has: tracefs may have to be mounted, modules to be loaded. */
static int prepare_kernel(struct rf_broker *broker)
{
	const struct rf_options *options = broker->options;
	const struct rf_module_wishes wishes = {
		.probes = options->kmod_probes, .extra = options->extra_kmod_probes, .silent = options->daemonize};
	enum rf_tracer_choice choice = choose_tracer(options);
	int tracefs = -1;

	if (broker->runtime->rootless || options->no_kernel)
		return 0;
	if (choice != RF_TRACER_CHOOSE_TRACEFS && rf_modules_possible()) {
		broker->module_sock = rf_module_helper_start(&wishes);
		if (broker->module_sock < 0)
			return broker->module_sock;
	}
	if (choice != RF_TRACER_CHOOSE_MODULES)
		tracefs = rf_tracefs_root();
	return rf_kernel_service_new(broker, tracefs < 0 ? -1 : tracefs, choice);
}

int rf_broker_main(int argc, char **argv)
{
	static struct rf_options options;
	static struct rf_runtime runtime;
	static struct rf_broker broker = {.options = &options, .runtime = &runtime, .ready_fd = -1, .module_sock = -1};
	pid_t starter = getppid();

	/* Who started us may wait for the end of a pipe that we would keep open; and nobody here needs its descriptors.
	 */
	close_range(STDERR_FILENO + 1, ~0u, 0);
	rf_log_init("ringfenced", RF_LOG_WARNING);

	const char *home = rf_runtime_home();

	/* For children, which cannot ask for the account's. */
	if (home)
		setenv("HOME", home, 0);

	int got = rf_options_read(&options, argc, argv, home);

	if (got != RF_OPTIONS_RUN) {
		rf_options_free(&options);
		return got < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	rf_log_init("ringfenced", level_of(&options));
	tzset();
	runtime.rootless = getuid() != 0;
	gethostname(broker.hostname, sizeof(broker.hostname) - 1);

	int err = prepare_kernel(&broker);

	if (err < 0) {
		rf_error("cannot prepare for the kernel's tracers: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	err = rf_caps_begin();
	if (err < 0) {
		rf_error("cannot give up capabilities: %s", strerror(-err));
		return EXIT_FAILURE;
	}
	if (find_helpers(&broker) < 0 || find_accounts(&broker) < 0)
		return EXIT_FAILURE;
	raise_file_limit();
	broker.starter = options.sig_parent ? starter : 0;
	if (options.daemonize || options.background) {
		broker.ready_fd = rf_background();
		if (broker.ready_fd < 0) {
			rf_error("cannot go into the background: %s", strerror(-broker.ready_fd));
			return EXIT_FAILURE;
		}
	}
	return serve(&broker);
}
