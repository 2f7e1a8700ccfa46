/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/capabilities.h"

#include "policy/hooks.h"

#include <errno.h>
#include <grp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

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

int rf_caps_reduce(void)
{
	static const cap_value_t permitted[] = {CAP_SETUID, CAP_SETGID, CAP_SETPCAP, CAP_KILL, CAP_DAC_OVERRIDE};
	const int count = sizeof(permitted) / sizeof(permitted[0]);

	if (geteuid() != 0)
		return 0;

	int err = limit_bounding(permitted, count);

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	/* Root's magic ends here: exec and uid changes give nothing back. */
	return err < 0 ? err : set_caps(permitted, count, permitted, count - 1);
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
