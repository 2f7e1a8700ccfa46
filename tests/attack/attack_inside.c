/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attack_inside --list               one line an attempt: ROLE NAME NEEDS; "none" if this kernel has nothing against it
 * attack_inside --sanitized          exits 0 when this is a sanitised build, whose filters let more through
 * attack_inside ROLE NAME SCRATCH    tries it; SCRATCH is a new, empty directory
 *
 * The parent does what the broker does before it starts anybody, the child what that role does before it serves, with
 * the same functions; then the child does the forbidden thing. Prints one line and exits with
 *
 *   0  SUCCEEDED
 *   1  KILLED (by the filter) or FAILED errno
 *   2  the test itself is broken
 */
#include "policy/broker/capabilities.h"
#include "policy/landlock/paths.h"
#include "policy/landlock/rights.h"
#include "policy/seccomp/sandbox.h"
#include "tests/attack/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef RF_SANITIZED
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define EXIT_REFUSED 1
#define EXIT_BROKEN 2

static const struct {
	const char *name;
	unsigned int bit;
	enum rf_role role;
	uid_t uid;
	int paths; /* enum rf_paths_of; -1: Landlock is not for it */
} roles[] = {
	{"sessiond", IN_SESSIOND, RF_ROLE_SESSIOND, SESSIOND_UID, -1},
	{"consumer", IN_CONSUMER, RF_ROLE_CONSUMER, CONSUMER_UID, -1},
	{"worker", IN_WORKER, RF_ROLE_WORKER, ALICE_UID, -1},
	{"kernel-consumer", IN_KERNEL_CONSUMER, RF_ROLE_KERNEL_CONSUMER, CONSUMER_UID, -1},
	{"kernel-worker", IN_KERNEL_WORKER, RF_ROLE_KERNEL, 0, RF_PATHS_KERNEL_WORKER},
	{"program", IN_PROGRAM, RF_ROLE_PROGRAM, SESSIOND_UID, -1},
	{"state-reader", IN_STATE, RF_ROLE_STATE, CONSUMER_UID, RF_PATHS_STATE_READER},
};
#define ROLES (sizeof(roles) / sizeof(roles[0]))

static const struct {
	const struct attempt *attempts;
	const size_t *count;
} tables[] = {
	{system_attempts, &system_attempt_count},
	{process_attempts, &process_attempt_count},
	{file_attempts, &file_attempt_count},
	{kernel_attempts, &kernel_attempt_count},
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static _Noreturn void broken(const char *what)
{
	printf("BROKEN %s: %s\n", what, strerror(errno));
	exit(EXIT_BROKEN);
}

static void list_one(size_t role, const struct attempt *attempt)
{
	int version = rf_paths_version();
	bool besides = (version > 0 && (attempt->roles & BY_PATHS)) ||
		(version >= RF_LANDLOCK_SCOPES && (attempt->roles & BY_SCOPES));
	bool none = version <= 0 && !strcmp(attempt->needs, "landlock");

	printf("%s %s %s%s\n", roles[role].name, attempt->name, none ? "none" : attempt->needs,
		besides && roles[role].paths >= 0 ? "+landlock" : "");
}

static int list(void)
{
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < *tables[t].count; i++)
			for (size_t r = 0; r < ROLES; r++)
				if (tables[t].attempts[i].roles & roles[r].bit)
					list_one(r, &tables[t].attempts[i]);
	return EXIT_SUCCESS;
}

static const struct attempt *find(const char *name, unsigned int role)
{
	for (size_t t = 0; t < TABLES; t++)
		for (size_t i = 0; i < *tables[t].count; i++)
			if (!strcmp(tables[t].attempts[i].name, name) && (tables[t].attempts[i].roles & role))
				return &tables[t].attempts[i];
	return NULL;
}

static int drop_caps(void)
{
	cap_t none = cap_init();
	int err = none ? cap_set_proc(none) : -1;

	cap_free(none);
	return err;
}

/* A process that the attacker's identity owns. A change of uid makes a process undumpable. */
static pid_t make_victim(uid_t uid, int dumpable)
{
	int ready[2];
	char byte;

	if (pipe(ready) < 0)
		broken("pipe");

	pid_t victim = fork();

	if (victim < 0)
		broken("fork");
	if (victim == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGUSR1, SIG_IGN);
		/* One of root's, too, has no more capabilities than the attacker: it would be out of reach for them. */
		if (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0 || drop_caps() < 0 ||
			prctl(PR_SET_DUMPABLE, dumpable) < 0)
			_exit(EXIT_BROKEN);
		/* Where a module of the kernel asks for consent, it has it. */
		prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)!write(ready[1], "", 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		broken("a victim");
	close(ready[0]);
	return victim;
}

/* There are no modules here; the other files of the kernel worker are in the scratch directory. */
static int keep_to_paths(size_t role)
{
	const int given[] = {
		[RF_GIVEN_TRACEFS] = open(scratch_path("tracefs"), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		[RF_GIVEN_MODULES] = -1,
	};

	return roles[role].paths < 0 ? 0 : rf_paths_enter((enum rf_paths_of)roles[role].paths, given);
}

static _Noreturn void attack(size_t role, const struct attempt *attempt)
{
	const struct rf_identity identity = {.uid = roles[role].uid, .gid = roles[role].uid};
	const struct rlimit no_core = {0};
	bool worker = roles[role].role == RF_ROLE_WORKER;

	setrlimit(RLIMIT_CORE, &no_core);

	int err = worker ? rf_identity_run_as(&identity) : rf_identity_confine(&identity);

	prctl(PR_SET_DUMPABLE, 0);
	if (!err)
		err = keep_to_paths(role);
	if (!err)
		err = rf_sandbox_enter(roles[role].role);
	if (err < 0) {
		errno = -err;
		broken("confinement");
	}
	/* To the end of the pipe at once: the attempt may not return. */
	err = attempt->run();
	if (err < 0)
		dprintf(STDOUT_FILENO, "FAILED %s\n", strerror(-err));
	else
		dprintf(STDOUT_FILENO, "SUCCEEDED\n");
	_exit(err < 0 ? EXIT_REFUSED : EXIT_SUCCESS);
}

static int try(size_t role, const struct attempt *attempt)
{
	int status;

	if (make_scene() < 0)
		broken("scratch directory");
	scene.broker = getpid();
	scene.open_victim = make_victim(roles[role].uid, 1);
	scene.shut_victim = make_victim(roles[role].uid, 0);

	int err = rf_caps_begin();

	if (!err)
		err = rf_caps_reduce();
	prctl(PR_SET_DUMPABLE, 0);
	if (!err)
		err = rf_sandbox_enter(RF_ROLE_BROKER);
	if (err < 0) {
		errno = -err;
		broken("the broker's own confinement");
	}
	fflush(stdout);

	pid_t child = fork();

	if (child == 0)
		attack(role, attempt);
	if (child < 0 || waitpid(child, &status, 0) != child)
		broken("attacker");
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (WTERMSIG(status) == SIGSYS) {
		printf("KILLED\n");
		return EXIT_REFUSED;
	}
	printf("BROKEN signal %d\n", WTERMSIG(status));
	return EXIT_BROKEN;
}

/* What an attack has started: the same program, so that it is where everybody may execute it. */
static int started(const char *how)
{
	if (!strcmp(how, "--succeed-as-root") && geteuid() != 0) {
		printf("FAILED uid %d\n", (int)geteuid());
		return EXIT_REFUSED;
	}
	printf("SUCCEEDED\n");
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static char self[PATH_MAX];
	static char setuid_self[PATH_MAX + 16];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	if (argc == 2 && !strcmp(argv[1], "--sanitized"))
		return SANITIZED ? EXIT_SUCCESS : EXIT_FAILURE;
	if (argc == 2 && !strncmp(argv[1], "--succeed", strlen("--succeed")))
		return started(argv[1]);
	if (argc != 4 || len < 0)
		broken("arguments");
	snprintf(setuid_self, sizeof(setuid_self), "%s-setuid", self);
	scene.self = self;
	scene.setuid_self = setuid_self;
	scene.scratch = argv[3];
	for (size_t r = 0; r < ROLES; r++) {
		const struct attempt *attempt = find(argv[2], roles[r].bit);

		if (!strcmp(roles[r].name, argv[1]) && attempt)
			return try(r, attempt);
	}
	broken("no such attempt");
}
