/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel domain's own state, and how its two threads talk. The loop thread makes a command, posts it, and gets it
 * back when the kernel thread has run it; commands run one after the other in the order of posting.
 */
#ifndef RF_SESSIOND_KERNEL_DOMAIN_STATE_H
#define RF_SESSIOND_KERNEL_DOMAIN_STATE_H

#include "sessiond/kernel/domain.h"
#include "sessiond/kernel/link.h"
#include "sessiond/mailbox.h"
#include "sessiond/recording/op.h"
#include "sessiond/recording/recorder_state.h"

#include <pthread.h>
#include <stdatomic.h>

/* What the kernel thread works with; nobody else touches it. */
struct rf_kernel_thread {
	pthread_t id;
	struct rf_loop *loop;
	struct rf_mailbox inbox;
	struct rf_kernel_link *link;
	struct rf_kernel_tracer *tracer; /* NULL until one is found */
	atomic_uint_least64_t began;     /* when the command that runs now was begun, 0: none does. Any thread */
};

struct rf_kernel_domain {
	struct rf_recorder *recorder;
	struct rf_kernel_thread thread;
	struct rf_mailbox answers; /* commands that were run */
	bool ready;                /* there is a tracer */
	uint32_t *uids;            /* malloc'd, ascending: who may trace besides root */
	size_t uid_count;
};

/* A session's part in the kernel. The loop's, but for `trace` and what follows. */
struct rf_kernel_part {
	struct rf_output_trace out;
	struct rf_kernel_trace_def def;
	struct rf_kernel_trace *trace; /* the kernel thread's; NULL: none */
	bool started;                  /* the same */
	struct rf_watch watch;         /* the kernel thread's */
};

struct rf_kernel_command {
	struct rf_mail mail;
	struct rf_kernel_domain *domain;
	struct rf_kernel_part *part; /* a reference of `out`; NULL without session */
	/* Kernel thread; a tracer is there. Its code. */
	int (*run)(struct rf_kernel_command *command, struct rf_kernel_thread *thread);
	/* Loop thread, with `code`, before DONE; may be NULL. */
	void (*back)(struct rf_kernel_command *command);
	rf_done_fn done; /* may be NULL */
	void *data;
	int code;
	/* Of one that waits for the consumer before it is posted. */
	struct rf_loop *loop;
	struct rf_timer go;
	/* Arguments, as far as the verb needs them. */
	struct rf_channel_def channel;
	uint32_t rule_id;
	struct rf_event_rule *rule; /* a reference */
	struct rf_user_probe *probe;
	bool on;
	struct rf_context context;
	struct rf_kernel_tracker_def tracker; /* values: malloc'd */
	int64_t clock_offset;
	struct rf_kernel_names names;
	rf_kernel_list_fn list_done;
};

/* NULL without memory. PART may be NULL. */
struct rf_kernel_command *rf_kernel_command_new(struct rf_kernel_domain *domain, struct rf_kernel_part *part,
	int (*run)(struct rf_kernel_command *, struct rf_kernel_thread *), rf_done_fn done, void *data);
/* Loop thread. It comes back and frees itself. NULL (without memory): DONE hears of it from the loop. */
void rf_kernel_post(struct rf_kernel_command *command);

/* thread.c. 0 or a negative errno. SOCK is taken. */
int rf_kernel_thread_start(struct rf_kernel_thread *thread, int sock);
/* Runs what was posted, then ends. */
void rf_kernel_thread_stop(struct rf_kernel_thread *thread);

/* part.c: the session's part, made when there is none (posting its creation). NULL: CODE says why. */
struct rf_kernel_part *rf_kernel_part_get(struct rf_recorder *recorder, struct rf_session *session, int *code);

#endif
