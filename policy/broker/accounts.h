/* SPDX-License-Identifier: GPL-2.0-only */
/* Accounts by name or number, looked up before anybody is served or later by uid for a session's owner. */
#ifndef RF_POLICY_BROKER_ACCOUNTS_H
#define RF_POLICY_BROKER_ACCOUNTS_H

#include "policy/broker/capabilities.h"

/* Fills IDENTITY (no supplementary groups) for account NAME, or for UID[:GID] in OVERRIDE if that is given. */
int rf_account_find(const char *name, const char *override, struct rf_identity *identity);
/*
 * The groups and the home of a session's owner, from the account database; none without an entry there. A gid that is
 * none of them was not the owner's to give (the session daemon passes on what it was told): the account's own takes its
 * place. Without root the home alone. Slow data bases make it slow: call it in the run-as worker. 0 or a negative
 * errno.
 */
int rf_account_complete(struct rf_identity *identity);
/* Group id by name, -1 when there is none. */
gid_t rf_group_find(const char *name);

#endif
