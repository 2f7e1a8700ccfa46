/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which uids' applications were refused with a line in the log lately: an application that is refused comes back again
 * and again, and so may hostile ones. All zero is an empty book. One thread at a time.
 */
#ifndef RF_SESSIOND_UST_COMPLAINTS_H
#define RF_SESSIOND_UST_COMPLAINTS_H

#include "common/loop.h"

#include <stdbool.h>
#include <sys/types.h>

#define RF_COMPLAINTS_QUIET (10 * RF_SECOND)
#define RF_COMPLAINTS_UIDS 16u /* that are kept quiet at a time */

struct rf_complaint {
	uid_t uid;
	uint64_t at;         /* 0: free */
	unsigned int untold; /* refusals since */
};

struct rf_complaints {
	struct rf_complaint of_uid[RF_COMPLAINTS_UIDS];
};

/* Whether a refusal is to be logged: once in RF_COMPLAINTS_QUIET. *UNTOLD: how many were not since the last line. */
bool rf_complaint_worth_a_line(struct rf_complaints *complaints, uid_t uid, unsigned int *untold);

#endif
