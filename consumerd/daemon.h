/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The consumer process: its links, its control thread (which is the main thread) and its data threads, from start to
 * orderly end. Everything in it belongs to the control thread, but for sending on the links and posting jobs.
 */
#ifndef RF_CONSUMERD_DAEMON_H
#define RF_CONSUMERD_DAEMON_H

#include "consumerd/catch_up.h"
#include "consumerd/data_thread.h"
#include "consumerd/health.h"
#include "consumerd/hold.h"
#include "consumerd/opener.h"

#include <stdbool.h>
#include <sys/types.h>

#define RF_TRACE_BUCKETS 256u

struct rf_daemon {
	struct rf_loop *loop;
	struct rf_link broker;
	struct rf_link control;
	struct rf_opener opener;
	rf_watch_fn serve_control; /* the control link's own */
	struct rf_hold hold;       /* of what comes on the control link */
	bool serving;              /* frames that just came */
	struct rf_catch_up catch_up;
	struct rf_job_queue jobs; /* for the control thread */
	struct rf_watch jobs_watch;
	struct rf_data_thread threads[RF_DATA_THREADS_MAX];
	unsigned int thread_count;
	struct rf_health health;
	uint32_t id;
	bool kernel; /* serves channels of the kernel, and no others */
	uid_t uid;   /* of the traced applications */
	uint8_t abi_bits;
	struct rf_list sessions;
	struct rf_list traces[RF_TRACE_BUCKETS]; /* by id */
	unsigned int trace_count;
	bool end_wanted; /* when nothing is held any more */
	bool ending;
};

/*
 * Runs the consumer on the two links, which it takes, until it ended all traces because the session daemon or the
 * broker is gone or SIGTERM came. CONFINE is called when all threads are there and nothing needs the system any more; a
 * negative value ends the process. NULL: none (tests). Returns an exit status.
 */
int rf_daemon_run(int broker_fd, int control_fd, int (*confine)(bool kernel));
/* The last trace may have ended: leave the loop if that was asked for. */
void rf_daemon_trace_gone(struct rf_daemon *daemon);

#endif
