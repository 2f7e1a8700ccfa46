/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/seccomp/sandbox.h"

#include "common/log.h"
#include "policy/hooks.h"

#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool with_32bit;

void rf_sandbox_allow_32bit(void)
{
	with_32bit = true;
}

static int add_rule(scmp_filter_ctx filter, const struct rf_call_rule *rule)
{
	int call = seccomp_syscall_resolve_name(rule->call);

	if (call == __NR_SCMP_ERROR)
		return 0;
	switch (rule->test) {
	case RF_ARG_EQUAL:
		return seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(rule->argument, SCMP_CMP_EQ, rule->value, 0));
	case RF_ARG_NO_BITS:
		return seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(rule->argument, SCMP_CMP_MASKED_EQ, rule->value, 0));
	case RF_ARG_BIT_SET:
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
			SCMP_CMP(rule->argument, SCMP_CMP_MASKED_EQ, rule->value, rule->value));
	case RF_ARG_IOCTL_OF:
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
			SCMP_CMP(rule->argument, SCMP_CMP_MASKED_EQ, _IOC_TYPEMASK << _IOC_TYPESHIFT,
				rule->value << _IOC_TYPESHIFT));
	case RF_ARG_OWN_PID:
		return seccomp_rule_add(
			filter, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(rule->argument, SCMP_CMP_EQ, (uint64_t)getpid(), 0));
	case RF_ARG_CONNECTED_UNIX:
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 2, SCMP_CMP(0, SCMP_CMP_EQ, AF_UNIX, 0),
			SCMP_CMP(1, SCMP_CMP_MASKED_EQ, SOCK_DGRAM, 0));
	case RF_ARG_ANY:
		break;
	}
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

static int fill(scmp_filter_ctx filter, enum rf_role role)
{
	for (const struct rf_call_table *const *table = rf_sandbox_tables(role); *table; table++) {
		for (size_t i = 0; i < (*table)->count; i++) {
			int err = add_rule(filter, &(*table)->rules[i]);

			if (err < 0 && err != -EEXIST) {
				rf_error("cannot allow system call %s: %s", (*table)->rules[i].call, strerror(-err));
				return err;
			}
		}
	}
	/* The C library falls back to clone(), whose flags a filter can see. */
	int err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	return err == -EEXIST ? 0 : err;
}

int rf_sandbox_enter(enum rf_role role)
{
	if (RF_NO_NEW_PRIVS && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	if (!RF_USE_SECCOMP)
		return 0;

	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);

	if (!filter)
		return -ENOMEM;

	int err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	if (!err && !RF_NO_NEW_PRIVS)
		err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
	if (!err && with_32bit && role == RF_ROLE_BROKER) {
		err = seccomp_arch_add(filter, SCMP_ARCH_X86);
		err = err == -EEXIST ? 0 : err;
	}
	if (!err)
		err = fill(filter, role);
	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}
