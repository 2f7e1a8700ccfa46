/* SPDX-License-Identifier: GPL-2.0-only */
/* Becoming another program, in a child that the broker forked: with an identity, and a short environment of its own. */
#ifndef RF_POLICY_BROKER_EXEC_H
#define RF_POLICY_BROKER_EXEC_H

#include "policy/broker/capabilities.h"

struct rf_program {
	const char *path;
	char *const *argv;
	/* What it may know of our environment besides what every program may; NULL-terminated, at most eight. */
	const char *const *passed_on;
	const char *setting; /* `NAME=value`, NULL for none */
	int death_signal;    /* when the broker dies */
};

/* Descriptors are arranged already. IDENTITY and nothing else; BROKER must still be the parent. */
_Noreturn void rf_exec_confined(const struct rf_program *program, const struct rf_identity *identity, pid_t broker);

#endif
