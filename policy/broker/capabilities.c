/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/capabilities.h"

#include "policy/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define PRIORITY_HIGHEST (-20)

static int set_caps(
	const cap_value_t *permitted, int permitted_count, const cap_value_t *effective, int effective_count)
{
	cap_t caps = cap_init();
	int err = 0;

	if (!caps)
		return -ENOMEM;
	if (permitted_count && cap_set_flag(caps, CAP_PERMITTED, permitted_count, permitted, CAP_SET) < 0)
		err = -errno;
	if (!err && effective_count && cap_set_flag(caps, CAP_EFFECTIVE, effective_count, effective, CAP_SET) < 0)
		err = -errno;
	if (!err && cap_set_proc(caps) < 0)
		err = -errno;
	cap_free(caps);
	return err;
}

/* Takes everything but KEPT out of the bounding set. */
static int limit_bounding(const cap_value_t *kept, int count)
{
	for (cap_value_t cap = 0; cap_valid(cap) && prctl(PR_CAPBSET_READ, cap) >= 0; cap++) {
		bool keep = false;

		for (int i = 0; i < count; i++)
			keep |= kept[i] == cap;
		if (!keep && prctl(PR_CAPBSET_DROP, cap) < 0)
			return -errno;
	}
	return 0;
}

/* In the order of need: all at start, the first four for good, the next two never effective in the broker itself. */
static const cap_value_t broker_caps[] = {
	CAP_SETUID,
	CAP_SETGID,
	CAP_SETPCAP,
	CAP_KILL,
	CAP_DAC_OVERRIDE,
	CAP_SYS_NICE,
	CAP_CHOWN,
	CAP_FOWNER,
	CAP_SYS_RESOURCE,
};
#define START_CAPS ((int)(sizeof(broker_caps) / sizeof(broker_caps[0])))
#define PERMITTED_CAPS 6
#define EFFECTIVE_CAPS 4

static int keep_caps(int count)
{
	cap_value_t here[START_CAPS];
	int found = 0;
	cap_t now = cap_get_proc();

	if (!now)
		return -errno;
	for (int i = 0; i < count; i++) {
		cap_flag_value_t value = CAP_CLEAR;

		if (cap_get_flag(now, broker_caps[i], CAP_PERMITTED, &value) == 0 && value == CAP_SET)
			here[found++] = broker_caps[i];
	}
	cap_free(now);
	return set_caps(here, found, here, found);
}

int rf_caps_begin(void)
{
	const unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

	if (geteuid() != 0 || !RF_DROP_IDENTITY || !RF_REDUCE_CAPS)
		return 0;
	if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0)
		return -errno;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);

	int err = limit_bounding(broker_caps, START_CAPS);

	/* A service manager may have taken some away: what is there counts, what is missing shows where it is needed.
	 */
	return err < 0 ? err : keep_caps(START_CAPS);
}

int rf_caps_reduce(void)
{
	if (!RF_REDUCE_CAPS || geteuid() != 0)
		return 0;

	int err = limit_bounding(broker_caps, PERMITTED_CAPS);

	return err < 0 ? err : set_caps(broker_caps, PERMITTED_CAPS, broker_caps, EFFECTIVE_CAPS);
}

bool rf_caps_have_modules(void)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (!caps)
		return false;
	cap_get_flag(caps, CAP_SYS_MODULE, CAP_PERMITTED, &value);
	cap_free(caps);
	return value == CAP_SET && prctl(PR_CAPBSET_READ, CAP_SYS_MODULE) == 1;
}

int rf_caps_keep_modules(void)
{
	const cap_value_t kept[] = {CAP_SYS_MODULE};
	int err = RF_REDUCE_CAPS ? limit_bounding(kept, 1) : 0;

	if (!err && setgroups(0, NULL) < 0)
		err = -errno;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (!err && RF_REDUCE_CAPS)
		err = set_caps(kept, 1, kept, 1);
	if (!err && RF_NO_NEW_PRIVS && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err = -errno;
	return err;
}

/*
 * Where the scheduler groups processes by session, a priority counts within its session alone; the session has another
 * one. The kernel lets it be changed only so often, on the whole machine. A kernel that does not group has no such
 * file.
 */
static int raise_session(void)
{
	const struct timespec pause = {.tv_nsec = 110000000};
	int fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
	int err = -EAGAIN;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; err == -EAGAIN && i < 5; i++) {
		if (i)
			nanosleep(&pause, NULL);
		err = dprintf(fd, "%d", PRIORITY_HIGHEST) < 0 ? -errno : 0;
	}
	close(fd);
	return err;
}

/* It lasts through a change of identity and execve(). */
int rf_priority_raise(void)
{
	const cap_value_t nice = CAP_SYS_NICE;
	cap_t caps = geteuid() == 0 ? cap_get_proc() : NULL;
	int err = 0;

	if (caps && (cap_set_flag(caps, CAP_EFFECTIVE, 1, &nice, CAP_SET) < 0 || cap_set_proc(caps) < 0))
		err = -errno;
	if (caps)
		cap_free(caps);
	if (!err && setpriority(PRIO_PROCESS, 0, PRIORITY_HIGHEST) < 0)
		err = -errno;
	return err ? err : raise_session();
}

static int take_identity(const struct rf_identity *identity)
{
	if (setgroups(identity->group_count, identity->groups) < 0 ||
		setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
		setresuid(identity->uid, identity->uid, identity->uid) < 0)
		return -errno;
	return 0;
}

int rf_identity_confine(const struct rf_identity *identity)
{
	int err = 0;

	if (RF_DROP_IDENTITY && geteuid() == 0) {
		err = limit_bounding(NULL, 0);
		if (!err)
			err = take_identity(identity);
		if (!err)
			err = set_caps(NULL, 0, NULL, 0);
	}
	if (!err && RF_NO_NEW_PRIVS && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err = -errno;
	return err;
}

int rf_identity_run_as(const struct rf_identity *identity)
{
	static const cap_value_t kept[] = {CAP_DAC_OVERRIDE};
	bool root_owner = identity->uid == 0;
	int err = 0;

	if (RF_WORKER_IDENTITY && geteuid() == 0) {
		err = limit_bounding(kept, root_owner ? 1 : 0);
		if (!err)
			err = take_identity(identity);
		if (!err)
			err = set_caps(kept, root_owner ? 1 : 0, kept, root_owner ? 1 : 0);
	}
	if (!err && RF_NO_NEW_PRIVS && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		err = -errno;
	return err;
}
