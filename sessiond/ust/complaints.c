/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/complaints.h"

/* That of UID, or a free one, or the oldest, which is given up for it. */
static struct rf_complaint *complaint_of(struct rf_complaints *complaints, uid_t uid)
{
	struct rf_complaint *oldest = &complaints->of_uid[0];

	for (size_t i = 0; i < RF_COMPLAINTS_UIDS; i++) {
		struct rf_complaint *c = &complaints->of_uid[i];

		if (c->at && c->uid == uid)
			return c;
		if (c->at < oldest->at)
			oldest = c;
	}
	*oldest = (struct rf_complaint){.uid = uid};
	return oldest;
}

bool rf_complaint_worth_a_line(struct rf_complaints *complaints, uid_t uid, unsigned int *untold)
{
	struct rf_complaint *c = complaint_of(complaints, uid);
	uint64_t now = rf_now();

	if (c->at && now - c->at < RF_COMPLAINTS_QUIET) {
		c->untold++;
		return false;
	}
	*untold = c->untold;
	*c = (struct rf_complaint){.uid = uid, .at = now};
	return true;
}
