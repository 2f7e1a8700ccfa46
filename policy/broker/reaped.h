/* SPDX-License-Identifier: GPL-2.0-only */
/* What the audit log says of children that ended. Loop thread. */
#ifndef RF_POLICY_BROKER_REAPED_H
#define RF_POLICY_BROKER_REAPED_H

#include <stdbool.h>

/*
 * Audits one that a signal ended, by its wait status; a filter's violation is told apart. FORMAT: op= and what else is
 * known of it. False: it exited, and nothing was said.
 */
bool rf_audit_killed(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
