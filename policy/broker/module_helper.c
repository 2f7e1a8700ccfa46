/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/module_helper.h"

#include "common/frame.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/proto_broker.h"
#include "policy/broker/capabilities.h"
#include "policy/broker/module_names.h"
#include "policy/landlock/paths.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRACER "/proc/lttng"
#define LOADED "/proc/modules"
#define NAME_LONGEST 64u
#define PROBES_MAX 256u
#define LOADED_MAX 1024u
/* While the tracer is not there it is tried again, but not all the time. */
#define PAUSE (5 * RF_SECOND)
#define UNLOAD_PATIENCE (5 * RF_SECOND)
#define UNLOAD_PAUSE_MS 100

typedef char name[NAME_LONGEST];

struct helper {
	const char *modprobe;
	struct rf_module_wishes wishes;
	bool loaded;
	int status;
	uint64_t tried;
	name ours[LOADED_MAX]; /* loaded by us, the newest first */
	size_t count;
};

static const char *const programs[] = {"/sbin/modprobe", "/usr/sbin/modprobe"};

static const char *find_modprobe(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (access(programs[i], X_OK) == 0)
			return programs[i];
	return NULL;
}

bool rf_modules_possible(void)
{
	return access(LOADED, R_OK) == 0 && find_modprobe() && rf_caps_have_modules();
}

/* The next name in *AT: its length, 0 at the end; *AT goes behind its comma. */
static size_t next_name(const char **at, const char **name_at)
{
	size_t len;

	do {
		while (**at == ' ')
			++*at;
		*name_at = *at;
		len = strcspn(*at, ",");
		*at += len + ((*at)[len] == ',');
	} while (!len && **at);
	return len;
}

bool rf_module_names_ok(const char *names)
{
	const char *at = names;
	const char *one;
	size_t len;

	while ((len = next_name(&at, &one))) {
		if (len >= NAME_LONGEST - sizeof(RF_PROBE_MODULE))
			return false;
		for (size_t i = 0; i < len; i++)
			if ((unsigned char)one[i] > 0x7f || (!isalnum((unsigned char)one[i]) && !strchr("_-", one[i])))
				return false;
	}
	return true;
}

/* Runs modprobe over NAMES, of COUNT; those that are not there or do not load are passed over. */
static void modprobe(const char *program, name *names, size_t count)
{
	static char *const environment[] = {(char *)(uintptr_t) "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	char *argv[PROBES_MAX + 4] = {(char *)(uintptr_t) "modprobe", (char *)(uintptr_t) "-qa"};
	pid_t pid;

	for (size_t i = 0; i < count; i++)
		argv[2 + i] = names[i];
	pid = count ? fork() : -1;
	if (pid == 0) {
		/* What it says of modules that a kernel does not have is of no use. */
		dup2(STDOUT_FILENO, STDERR_FILENO);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execve(program, argv, environment);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* The modules that are loaded now, the newest first. */
static size_t list_loaded(name *names)
{
	FILE *file = fopen(LOADED, "re");
	char *line = NULL;
	size_t size = 0;
	size_t count = 0;

	while (file && count < LOADED_MAX && getline(&line, &size, file) > 0) {
		size_t len = strcspn(line, " ");

		if (len >= NAME_LONGEST)
			continue;
		memcpy(names[count], line, len);
		names[count++][len] = '\0';
	}
	free(line);
	if (file)
		fclose(file);
	return count;
}

static bool is_among(name *names, size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], wanted))
			return true;
	return false;
}

/* Of the tracer's own only: others may have been loaded by others meanwhile. */
static void remember(struct helper *helper, name *before, size_t before_count)
{
	static name after[LOADED_MAX];
	static name ours[LOADED_MAX];
	size_t count = list_loaded(after);
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		if (!strncmp(after[i], "lttng", 5) && !is_among(before, before_count, after[i]))
			memcpy(ours[found++], after[i], NAME_LONGEST);
	for (size_t i = 0; i < helper->count && found < LOADED_MAX; i++)
		memcpy(ours[found++], helper->ours[i], NAME_LONGEST);
	memcpy(helper->ours, ours, sizeof(ours));
	helper->count = found;
}

static void load_control(const struct helper *helper)
{
	static name names[PROBES_MAX];
	size_t count = 0;

	for (size_t i = 0; rf_control_modules[i].name; i++)
		snprintf(names[count++], NAME_LONGEST, "%s", rf_control_modules[i].name);
	modprobe(helper->modprobe, names, count);
}

static size_t add_probes(name *names, size_t count, const char *list)
{
	const char *at = list;
	const char *one;
	size_t len;

	while (count < PROBES_MAX && (len = next_name(&at, &one)))
		snprintf(names[count++], NAME_LONGEST, RF_PROBE_MODULE "%.*s", (int)len, one);
	return count;
}

static void load_probes(const struct helper *helper)
{
	static name names[PROBES_MAX];
	size_t count = 0;

	if (helper->wishes.probes)
		count = add_probes(names, count, helper->wishes.probes);
	else
		for (size_t i = 0; rf_probe_modules[i]; i++)
			snprintf(names[count++], NAME_LONGEST, RF_PROBE_MODULE "%s", rf_probe_modules[i]);
	if (helper->wishes.extra)
		count = add_probes(names, count, helper->wishes.extra);
	modprobe(helper->modprobe, names, count);
}

/* Also one that is built in. */
static bool is_there(const char *module)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	for (char *at = path; *at; at++)
		if (*at == '-')
			*at = '_';
	return access(path, F_OK) == 0;
}

static const char *missing(void)
{
	for (size_t i = 0; rf_control_modules[i].name; i++)
		if (rf_control_modules[i].required && !is_there(rf_control_modules[i].name))
			return rf_control_modules[i].name;
	return NULL;
}

/* True when something is still in use. */
static bool unload_once(struct helper *helper)
{
	size_t left = 0;

	for (size_t i = 0; i < helper->count; i++)
		if (syscall(SYS_delete_module, helper->ours[i], O_NONBLOCK) < 0 && errno != ENOENT)
			memmove(helper->ours[left++], helper->ours[i], NAME_LONGEST);
	helper->count = left;
	return left != 0;
}

static void unload(struct helper *helper)
{
	uint64_t until = rf_now() + UNLOAD_PATIENCE;
	size_t count = helper->count;

	while (unload_once(helper) && rf_now() < until)
		poll(NULL, 0, UNLOAD_PAUSE_MS);
	if (count)
		rf_audit("op=unload-modules role=module-helper modules=%zu result=%s", count,
			helper->count ? "left" : "granted");
}

static int load(struct helper *helper)
{
	static name before[LOADED_MAX];
	size_t before_count = list_loaded(before);
	const char *lacks;

	load_control(helper);
	lacks = access(TRACER, F_OK) == 0 ? missing() : rf_control_modules[0].name;
	if (!lacks)
		load_probes(helper);
	remember(helper, before, before_count);
	rf_audit("op=load-modules role=module-helper modules=%zu result=%s", helper->count,
		lacks ? "refused" : "granted");
	if (!lacks)
		return 0;
	if (access(TRACER, F_OK) == 0)
		rf_warning("lttng-modules cannot be used: module %s could not be loaded", lacks);
	unload(helper);
	return -ENODEV;
}

static int load_if_due(struct helper *helper)
{
	if (helper->loaded || (helper->tried && rf_now() - helper->tried < PAUSE))
		return helper->status;
	helper->status = load(helper);
	helper->loaded = !helper->status;
	helper->tried = rf_now();
	return helper->status;
}

static _Noreturn void serve(struct helper *helper)
{
	static struct rf_frame_buffer buffer;
	struct rf_frame frame;

	while (rf_frame_recv(RF_BROKER_FD, &buffer, &frame, 0) > 0) {
		if (frame.type == RF_MODULES_LOAD)
			rf_frame_send(RF_BROKER_FD, frame.type | RF_FRAME_REPLY, frame.serial, load_if_due(helper),
				NULL, 0, NULL, 0);
		rf_frame_close_fds(&frame);
	}
	unload(helper);
	_exit(EXIT_SUCCESS);
}

static int arrange_fds(int sock, bool silent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
		(silent && dup2(null, STDERR_FILENO) < 0) || dup2(sock, RF_BROKER_FD) < 0 ||
		fcntl(RF_BROKER_FD, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	return close_range(RF_BROKER_FD + 1, ~0u, 0) < 0 ? -errno : 0;
}

static _Noreturn void become_helper(int sock, const struct rf_module_wishes *wishes)
{
	static struct helper helper;
	int err;

	rf_log_init("ringfence-modules", rf_log_get_level());
	setsid();
	/* It ends when the broker's end of the link does, not when somebody tells everybody to. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "rf-modules");
	helper.modprobe = find_modprobe();
	helper.wishes = *wishes;
	err = arrange_fds(sock, wishes->silent);
	if (!err)
		err = rf_caps_keep_modules();
	if (!err)
		err = rf_paths_enter(RF_PATHS_MODULE_HELPER, NULL);
	prctl(PR_SET_DUMPABLE, 0);
	if (err < 0) {
		rf_error("cannot confine the module helper: %s", strerror(-err));
		_exit(EXIT_FAILURE);
	}
	if (chdir("/") < 0)
		_exit(EXIT_FAILURE);
	serve(&helper);
}

int rf_module_helper_start(const struct rf_module_wishes *wishes)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		become_helper(ends[1], wishes);
	close(ends[1]);
	if (pid < 0) {
		int err = -errno;

		close(ends[0]);
		return err;
	}
	rf_audit("op=start program=rf-modules pid=%d uid=0 gid=0 result=granted", (int)pid);
	return ends[0];
}
