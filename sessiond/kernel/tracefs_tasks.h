/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads that are there already, for channels with contexts of threads (tracefs_watch.h): their consumer cannot know
 * them from records. Collected while the state of the kernel is read, and sent in parts. Kernel thread only.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_TASKS_H
#define RF_SESSIOND_KERNEL_TRACEFS_TASKS_H

#include "common/kernel_state.h"
#include "sessiond/kernel/tracefs_parts.h"

struct rf_tracefs_tasks {
	const struct rf_tracefs_trace *trace;
	struct rf_writer rows; /* not sent yet */
};

/* Whether a channel of TRACE wants them. */
bool rf_tracefs_tasks_wanted(const struct rf_tracefs_trace *trace);
void rf_tracefs_tasks_init(struct rf_tracefs_tasks *tasks, const struct rf_tracefs_trace *trace);
/* 0 or negative errno. */
int rf_tracefs_tasks_add(struct rf_tracefs_tasks *tasks, const struct rf_state_process *thread);
/* Sends what is left and frees. 0 or negative errno. */
int rf_tracefs_tasks_end(struct rf_tracefs_tasks *tasks);

#endif
