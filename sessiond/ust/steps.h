/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps that programs for applications are made of: one kind for each thing that can be asked of an application,
 * in one table (steps.c) with what a failure means. Made by the planner in the loop thread, run by the actor's thread.
 *
 * Failures are of two sorts. An application that closed its socket, exits, does not answer in time or answers something
 * else is unusable: its socket is shut down, its actor dies, and the rest of the program is skipped. Any other refusal
 * is logged and the program goes on, since one context or event that an application cannot have must not cost it the
 * session.
 */
#ifndef RF_SESSIOND_UST_STEPS_H
#define RF_SESSIOND_UST_STEPS_H

#include "sessiond/model/channel.h"
#include "sessiond/ust/actor.h"
#include "sessiond/ust/app_session.h"
#include "sessiond/ust/domain.h"
#include "sessiond/ust/notify.h"

enum rf_step_kind {
	RF_STEP_VERSION,
	RF_STEP_CREATE_SESSION,
	RF_STEP_SEND_CHANNEL,
	RF_STEP_ADD_CONTEXT,
	RF_STEP_ENABLE_CHANNEL,
	RF_STEP_DISABLE_CHANNEL,
	RF_STEP_CREATE_EVENT,
	RF_STEP_ENABLE_EVENT,
	RF_STEP_DISABLE_EVENT,
	RF_STEP_START,
	RF_STEP_STOP,
	RF_STEP_STATEDUMP,
	RF_STEP_RELEASE_SESSION,
	RF_STEP_REGISTER_DONE,
	RF_STEP_LIST,
	RF_STEP_KINDS,
};

/* Tracepoints or fields that a LIST step gathers; owned by the program's maker. */
struct rf_listing {
	bool with_fields;
	struct rf_ust_tracepoint *entries; /* malloc'd */
	size_t count;
	size_t room;
};

struct rf_step {
	struct rf_list node;
	enum rf_step_kind kind;
	struct rf_app_session *session; /* a reference; NULL for steps on the application itself */
	struct rf_app_channel *channel;
	struct rf_app_event *event;
	union {
		struct rf_channel_def *channel_def; /* SEND_CHANNEL, malloc'd */
		struct rf_context *context;         /* ADD_CONTEXT, malloc'd copy */
		struct rf_event_rule *rule;         /* CREATE_EVENT, a reference */
		struct rf_listing *listing;         /* LIST, the maker's */
	};
};

struct rf_app_program {
	struct rf_program program;
	struct rf_notifier *notifier;
	struct rf_list steps;
	bool broken; /* a step could not be made: memory */
	/* Called in the loop thread with the program's status; the program is freed after it. */
	void (*finished)(struct rf_app_program *program, int status);
	void *data;
};

/* NULL without memory. FINISHED may be NULL. */
struct rf_app_program *rf_app_program_new(
	struct rf_notifier *notifier, void (*finished)(struct rf_app_program *, int), void *data);
/* For a program that is not submitted. */
void rf_app_program_free(struct rf_app_program *program);
bool rf_app_program_empty(const struct rf_app_program *program);
/* Appends a step; NULL (and the program is marked broken) without memory. Takes a reference of SESSION. */
struct rf_step *rf_app_program_add(
	struct rf_app_program *program, enum rf_step_kind kind, struct rf_app_session *session);

#endif
