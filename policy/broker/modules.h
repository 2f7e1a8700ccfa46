/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's link to the module helper. Loading takes seconds: who asks for the kernel's tracer waits for it here,
 * and goes on to the kernel worker when the helper has answered, whatever it was. Loop thread.
 */
#ifndef RF_POLICY_BROKER_MODULES_H
#define RF_POLICY_BROKER_MODULES_H

#include "policy/broker/passed.h"
#include "policy/broker/state.h"

struct rf_modules {
	struct rf_broker *broker;
	struct rf_link link;
	bool linked;
	bool asked;
	struct rf_list waiting; /* struct rf_passed: requests for the kernel worker */
	struct rf_timer deadline;
};

/* Takes SOCK, the link that rf_module_helper_start() made, when there is a loop. 0 or a negative errno. */
int rf_modules_attach(struct rf_broker *broker, int sock);
/* True when PEER's request FRAME, without a body, waits now; false: there is no helper to wait for. */
bool rf_modules_wait(struct rf_broker *broker, struct rf_peer *peer, const struct rf_frame *frame, const char *op,
	const char *object);
void rf_modules_forget_peer(struct rf_broker *broker, const struct rf_peer *peer);
/* Nobody has anything of the tracer any more: the helper unloads what it loaded and ends. True when it has. */
bool rf_modules_end(struct rf_broker *broker);

#endif
