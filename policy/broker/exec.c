/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/exec.h"

#include "common/log.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define ENVIRONMENT_MAX 16

/* What every program may know of our environment, and why. */
static const char *const passed_to_all[] = {
	"TZ",             /* dates in names */
	"JOURNAL_STREAM", /* form of log lines */
	"ASAN_OPTIONS",   /* sanitised test builds */
	"UBSAN_OPTIONS",
	"TSAN_OPTIONS",
	"LSAN_OPTIONS",
	NULL,
};

static size_t pass_on(const char *const *names, char **environment, size_t count)
{
	for (; *names && count < ENVIRONMENT_MAX; names++) {
		const char *value = getenv(*names);
		char *entry;

		if (value && asprintf(&entry, "%s=%s", *names, value) > 0)
			environment[count++] = entry;
	}
	return count;
}

_Noreturn void rf_exec_confined(const struct rf_program *program, const struct rf_identity *identity, pid_t broker)
{
	char *environment[ENVIRONMENT_MAX + 2] = {0};
	const struct rlimit no_core = {0};
	size_t count = pass_on(passed_to_all, environment, 0);
	sigset_t none;
	int err;

	count = pass_on(program->passed_on, environment, count);
	environment[count] = (char *)(uintptr_t)program->setting;
	setrlimit(RLIMIT_CORE, &no_core);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	err = rf_identity_confine(identity);
	/* After the identity: changing that clears it. */
	prctl(PR_SET_PDEATHSIG, program->death_signal);
	if (!err && getppid() == broker) {
		execve(program->path, program->argv, environment);
		err = -errno;
	}
	if (err)
		rf_error("cannot start %s: %s", program->path, strerror(-err));
	_exit(127);
}
