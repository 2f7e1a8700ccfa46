/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What commands do differently in each of the domains that sessions have: the user space (ust_*.c) and the kernel
 * (kernel_*.c). Commands decode, check what is the same everywhere, and go on here. Loop thread only.
 *
 * Functions that take a call return its code or RF_LATER, as commands do (call.h). What reaches the kernel's tracer
 * comes back later, and a refusal takes the change of the model back; applications learn of the model when they are
 * traced.
 */
#ifndef RF_SESSIOND_CLIENT_DOMAIN_H
#define RF_SESSIOND_CLIENT_DOMAIN_H

#include "sessiond/client/call.h"
#include "sessiond/client/event_codec.h"

/* The channel that a command about events means. */
struct rf_event_target {
	char channel[RF_CHANNEL_NAME_FIELD];
	bool named; /* by the client; otherwise it is the default one */
};

struct rf_domain {
	struct rf_session_domain *(*of)(struct rf_session *session);
	int channel_exists; /* codes */
	int channel_unknown;
	/* What channels get that nobody configured. */
	void (*channel_defaults)(const struct rf_session *session, struct rf_channel_attr *attr);
	/* BUFFERS as in the envelope. */
	int (*check_channel)(const struct rf_session *session, const struct rf_channel_attr *attr, uint32_t buffers);
	/* Makes what was checked. NAMED: by the client. */
	int (*make_channel)(struct rf_call *call, const char *name, const struct rf_channel_attr *attr, bool named);
	/* CHANNEL was enabled or disabled. */
	int (*switch_channel)(struct rf_call *call, struct rf_channel *channel);
	int (*enable_event)(
		struct rf_call *call, const struct rf_event_target *target, const struct rf_client_event *event);
	/* Whether it can be asked for at all. */
	int (*check_disable)(const struct rf_client_event *event);
	int (*disable_event)(struct rf_call *call, struct rf_channel *channel, const struct rf_client_event *event);
	/* NAME is a channel's, or empty: all of them. */
	int (*add_context)(struct rf_call *call, const char *name, const struct rf_context *context);
	unsigned int trackers; /* bits: enum rf_tracker_kind */
	/* The tracker was changed; rf_tracker_undo() takes that back until the call is answered. */
	int (*track)(struct rf_call *call, enum rf_tracker_kind kind);
	int (*list_tracepoints)(struct rf_call *call);
};

extern const struct rf_domain rf_domain_ust;
extern const struct rf_domain rf_domain_kernel;

/* By the number in the envelope (enum rf_client_domain). NULL: sessions have nothing of it. */
const struct rf_domain *rf_domain_find(uint32_t number);
/* The part of the call's session in DOMAIN. */
struct rf_session_domain *rf_domain_of(const struct rf_domain *domain, const struct rf_call *call);

#endif
