/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy file, ringfence-policy.conf(5): opened as root, read and understood as somebody who is nobody, since the
 * account data bases that it names users of may do anything. In a process of its own.
 */
#ifndef RF_POLICY_BROKER_POLICY_FILE_H
#define RF_POLICY_BROKER_POLICY_FILE_H

#include "policy/broker/capabilities.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define RF_POLICY_FILE "/etc/ringfence/policy.conf"
#define RF_POLICY_UIDS_MAX 8192u

/* What a file says. */
struct rf_policy_text {
	const char *path;      /* for messages; the caller's */
	uint32_t *kernel_uids; /* malloc'd; ascending, each once, root never */
	size_t kernel_count;
};

/* Reads FILE. 0, or -EINVAL when it makes no sense: which file and line, is said. Whoever cannot be found is left out.
 */
int rf_policy_text_read(struct rf_policy_text *text, FILE *file);
void rf_policy_text_free(struct rf_policy_text *text);

/* A stream of PATH if it is root's and nobody else may write it, else NULL with ERR and a message. -ENOENT: no message.
 */
FILE *rf_policy_file_open(const char *path, int *err);

/*
 * Opens PATH, becomes IDENTITY, reads, sends an RF_BROKER_POLICY with a status on SOCK, exits. A file that is not there
 * says nothing, unless it MUST_BE_THERE.
 */
_Noreturn void rf_policy_file_send(int sock, const struct rf_identity *identity, const char *path, bool must_be_there);

#endif
