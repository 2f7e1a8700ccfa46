/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that the broker forks and that stays this program: run-as workers, account look-ups. */
#ifndef RF_POLICY_BROKER_FORKED_H
#define RF_POLICY_BROKER_FORKED_H

#include <sys/types.h>

/*
 * In the child, at once: it dies with BROKER, has no signal blocked and no descriptor but stderr and SOCK, which
 * becomes RF_BROKER_FD. Identity and filter are still the broker's. Negative errno on failure: the child must exit.
 */
int rf_forked_begin(int sock, pid_t broker);

#endif
