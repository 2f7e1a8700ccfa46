/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of rf_domain_kernel (domain.h), one file a family. A command that reaches the tracer makes its session busy
 * until the tracer has answered, so that commands come one after the other, and nothing else changes the model
 * meanwhile. Loop thread only.
 */
#ifndef RF_SESSIOND_CLIENT_KERNEL_DOMAIN_H
#define RF_SESSIOND_CLIENT_KERNEL_DOMAIN_H

#include "sessiond/client/domain.h"
#include "sessiond/kernel/domain.h"

/* The channel that a command is about. The steps (call.h) of commands that may make one begin with it. */
struct rf_kernel_target {
	struct rf_channel *channel; /* NULL: it is still to be made */
	bool made;                  /* by this command: goes again when that fails */
	bool named;                 /* by the client */
	void (*then)(struct rf_call *call, int code);
};

/* kernel_channels.c */
void rf_kernel_channel_defaults(const struct rf_session *session, struct rf_channel_attr *attr);
int rf_kernel_check_channel(const struct rf_session *session, const struct rf_channel_attr *attr, uint32_t buffers);
int rf_kernel_make_channel(struct rf_call *call, const char *name, const struct rf_channel_attr *attr, bool named);
int rf_kernel_switch_channel(struct rf_call *call, struct rf_channel *channel);
/*
 * Makes the channel that the command's steps have as their target, with attributes that were checked; the session is
 * the call's. THEN goes on with the call, at once or later; after a failure the target has no channel.
 */
void rf_kernel_make_target(struct rf_call *call, const char *name, const struct rf_channel_attr *attr,
	void (*then)(struct rf_call *, int));
/* Answers the call, whose steps begin with a target: after a failure without the channel that it made. */
void rf_kernel_end(struct rf_call *call, int code);

/* kernel_events.c */
int rf_kernel_enable_event(
	struct rf_call *call, const struct rf_event_target *target, const struct rf_client_event *event);
int rf_kernel_check_disable(const struct rf_client_event *event);
int rf_kernel_disable_event(struct rf_call *call, struct rf_channel *channel, const struct rf_client_event *event);

/* kernel_contexts.c */
int rf_kernel_add_contexts(struct rf_call *call, const char *name, const struct rf_context *context);

/* kernel_lists.c */
int rf_kernel_list_tracepoints(struct rf_call *call);
int rf_kernel_list_syscalls(struct rf_call *call);

#endif
