/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A broker without a link, for tests of what asks it: it knows a few accounts, keeps what it is given to save, and
 * answers when the test says so, in the order of the requests.
 */
#ifndef RF_TESTS_UNIT_FAKE_BROKER_H
#define RF_TESTS_UNIT_FAKE_BROKER_H

#include "common/list.h"
#include "sessiond/broker_client.h"

struct fake_broker {
	struct rf_broker_client client; /* only its address is used */
	struct rf_list pending;
	bool refuse;                    /* requests fail at once */
	void (*on_request)(void *data); /* one for a program came */
	unsigned int lookups, saves;
	int program_status; /* a negative errno: programs are not taken */
	/* Of the last save. The text is malloc'd and ends with a NUL. */
	struct rf_broker_save_session saved;
	char *text;
	size_t text_len;
	int seals;
	/* How saving fails: a negative errno, and whether it got as far as the file. */
	int save_status;
	bool save_at_file;
};

void fake_broker_init(struct fake_broker *broker);
void fake_broker_fini(struct fake_broker *broker);
/* Answers the oldest request; false when there is none. Accounts: root 0, alice 1000, bob 1001; groups the same. */
bool fake_broker_answer(struct fake_broker *broker);
/* The same, but as if the broker went away. */
bool fake_broker_drop(struct fake_broker *broker);

#endif
