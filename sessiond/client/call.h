/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call: one complete request on its way through the command table to its one answer. It may outlive its
 * client: one that goes away does not cancel what it asked for, only nobody hears the answer.
 *
 * A call frees itself once it was answered. Loop thread only.
 *
 * Order of checks, the same for all commands: number known; who may trace the kernel, and that it has a tracer; session
 * found; permission; wait in line when a long command has the session; domain; then the command itself.
 */
#ifndef RF_SESSIOND_CLIENT_CALL_H
#define RF_SESSIOND_CLIENT_CALL_H

#include "common/list.h"
#include "common/loop.h"
#include "common/wire.h"
#include "sessiond/broker_client.h"
#include "sessiond/client/answer.h"
#include "sessiond/client/request.h"
#include "sessiond/client/turns.h"
#include "sessiond/model/session.h"
#include "sessiond/ust/domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At one time; of one user one. A look-up is a process, a save as well, and up to 64 MiB of text. */
#define RF_LOOKUPS_AT_ONCE 8u
#define RF_SAVES_AT_ONCE 4u

/* What all commands work on. */
struct rf_client_context {
	struct rf_sessions *sessions;
	struct rf_recorder *recorder;
	struct rf_broker_client *broker;
	struct rf_loop *loop;
	bool rootless;        /* the daemon runs as its user */
	struct rf_list calls; /* all that are not answered yet */
	struct rf_turns lookups;
	struct rf_turns saves;
	void (*on_session_gone)(void *owner); /* may be NULL */
	void *owner;
};

/* All of them stay the caller's. */
void rf_client_context_init(struct rf_client_context *context, struct rf_loop *loop, struct rf_sessions *sessions,
	struct rf_recorder *recorder, struct rf_broker_client *broker, bool rootless);
/*
 * Ends all calls without an answer (NULL); none may be completed afterwards, so the user-space domain is gone and the
 * broker's replies are dropped.
 */
void rf_client_context_fini(struct rf_client_context *context);

struct rf_call;
struct rf_command;

/* Takes the content of ANSWER, or clears it. The last that a call does. */
typedef void (*rf_answer_fn)(void *data, struct rf_answer *answer);

struct rf_call {
	struct rf_list node; /* in its session's line while it waits there */
	struct rf_list all;  /* in the context's calls */
	struct rf_client_context *context;
	const struct rf_command *command;
	struct rf_request request;
	struct rf_session *session; /* NULL for commands without one */
	struct rf_writer header;    /* what the command answers on success */
	struct rf_writer data;
	struct rf_answer answer;
	rf_answer_fn take_answer;
	void *answer_data;
	struct rf_turn turn; /* of commands that need one */
	/* Kept by commands of several steps. */
	int code;
	void *steps;
	void (*steps_free)(void *steps);
};

/* Takes the content of REQUEST. NULL without memory, and the request is untouched. */
struct rf_call *rf_call_new(
	struct rf_client_context *context, struct rf_request *request, rf_answer_fn take_answer, void *answer_data);
/* Runs it; the answer may have been given (and the call freed) on return, or comes later. */
void rf_call_start(struct rf_call *call);
/* Answers without running anything: CODE is an LTTNG_ERR code. */
void rf_call_refuse(struct rf_call *call, int code);

/*
 * For commands.
 *
 * A command returns its LTTNG_ERR code, and then the dispatcher answers (with what it wrote to call->header and
 * call->data if that is LTTNG_OK). Or it returns RF_LATER, and one of the functions below is called exactly once.
 */
#define RF_LATER 0

/* SIZE zeroed bytes that the command has until its call was answered; FREE_STEPS frees them. NULL without memory. */
void *rf_call_begin_steps(struct rf_call *call, size_t size, void (*free_steps)(void *steps));
/* Answers a call whose command returned RF_LATER and did not take its session. */
void rf_call_finish(struct rf_call *call, int code);
/* Makes the session busy with this call: commands that would change it wait in line. */
void rf_call_take_session(struct rf_call *call);
/* The long command is over: answers, and serves the line. */
void rf_call_release_session(struct rf_call *call, int code);
/* The same for a command of which nothing is left to be done; a rf_done_fn. */
void rf_call_session_done(void *call, int code);
/* The same where the session itself is gone; whatever waited in its line finds no such session. */
void rf_call_end_session(struct rf_call *call, int code);
/* Answers everything that waits in the session's line with CODE. */
void rf_call_dismiss_line(struct rf_session *session, int code);

#endif
