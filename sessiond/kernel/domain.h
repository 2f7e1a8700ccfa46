/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel domain as client commands see it; what all domains do together (start, stop, rotation, ...) is in
 * recording/recorder.h, whose rules hold here, too. Each of these goes to the kernel thread and completes when the
 * tracer has done it: with the tracer's code, and then the model is to be as it was before.
 *
 * The tracer is looked for at the first command, and again at each one as long as there is none.
 */
#ifndef RF_SESSIOND_KERNEL_DOMAIN_H
#define RF_SESSIOND_KERNEL_DOMAIN_H

#include "sessiond/kernel/tracer.h"
#include "sessiond/recording/recorder.h"

struct rf_kernel_domain;

/* BROKER_SOCK: the kernel thread's own link, taken. The thread is started: before the sandbox. NULL on failure. */
struct rf_kernel_domain *rf_kernel_domain_create(struct rf_recorder *recorder, int broker_sock);
/* Sessions must be destroyed before. Waits for the thread. */
void rf_kernel_domain_destroy(struct rf_kernel_domain *domain);
/* Any thread: one command has run for far longer than any should. */
bool rf_kernel_stuck(struct rf_kernel_domain *domain);
/* Who may trace the kernel besides root, as the broker says. */
void rf_kernel_set_policy(struct rf_recorder *recorder, const struct rf_broker_policy *policy);

/* Whether the policy lets UID trace the kernel. */
bool rf_kernel_may_trace(const struct rf_recorder *recorder, uid_t uid);
/* A tracer was found; it stays. */
bool rf_kernel_ready(const struct rf_recorder *recorder);
/* Looks for one. */
void rf_kernel_look(struct rf_recorder *recorder, rf_done_fn done, void *data);

/* NAMES belong to the domain and are valid during the call. */
typedef void (*rf_kernel_list_fn)(void *data, int code, const struct rf_kernel_names *names);
void rf_kernel_list(struct rf_recorder *recorder, bool syscalls, rf_kernel_list_fn done, void *data);

/* CHANNEL is in the session's model; a session without kernel part gets one. */
void rf_kernel_add_channel(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	rf_done_fn done, void *data);
/* A channel that was added for something that then failed. DONE: the model may forget it. */
void rf_kernel_drop_channel(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	rf_done_fn done, void *data);
void rf_kernel_enable_channel(struct rf_recorder *recorder, struct rf_session *session,
	const struct rf_channel *channel, bool on, rf_done_fn done, void *data);
/* Finds the places of PROBE, which nobody else may use until DONE; before a rule with it is added. */
void rf_kernel_find_places(struct rf_recorder *recorder, struct rf_user_probe *probe, rf_done_fn done, void *data);
void rf_kernel_add_rule(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_channel_rule *rule, rf_done_fn done, void *data);
void rf_kernel_enable_rule(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_channel_rule *rule, bool on, rf_done_fn done, void *data);
void rf_kernel_add_context(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_context *context, rf_done_fn done, void *data);
/* The tracker is in the session's model as it is to be. A session without kernel part gets one. */
void rf_kernel_track(struct rf_recorder *recorder, struct rf_session *session, enum rf_tracker_kind kind,
	rf_done_fn done, void *data);

#endif
