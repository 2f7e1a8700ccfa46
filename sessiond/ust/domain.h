/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user-space domain as the rest of the session daemon sees it: applications that registered, and what sessions make
 * them do. Client commands change the model (sessiond/model) and then call one of these; nothing here blocks, a
 * completion is called later (never before the call returned) from the loop thread.
 *
 * Completion status: an LTTNG_ERR code of <lttng/lttng-error.h>, LTTNG_OK (10) for success.
 * All functions belong to the loop thread. The session must stay until the completion was called.
 */
#ifndef RF_SESSIOND_UST_DOMAIN_H
#define RF_SESSIOND_UST_DOMAIN_H

#include "sessiond/model/session.h"

#include <lttng/ust-abi.h>
#include <stdint.h>
#include <sys/types.h>

struct rf_ust_domain;

typedef void (*rf_ust_done_fn)(void *data, int code);

/*
 * The session is going to record: what takes long to be there (consumers for the applications that it would trace now)
 * is begun. Never fails; what is missing is made at the start.
 */
void rf_ust_prepare(struct rf_ust_domain *domain, struct rf_session *session);
/*
 * Makes the output tree if this is the first start, then starts every application that the session may trace. The
 * model's `active` and `ever_started` must be set by the caller when the completion says LTTNG_OK; on failure the
 * session is as before.
 */
void rf_ust_start(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);
/* Stops it everywhere, flushes; done when all recorded data is in files. */
void rf_ust_stop(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);
/*
 * Releases everything in applications and consumers. session->ust is NULL when done. The session must be stopped. One
 * that was ever rotated ends with a rotation of what is not archived yet: session->rotation tells.
 */
void rf_ust_destroy(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);
/* The model changed (rules, channel or rule state, trackers): brings applications of an active session up to it. */
void rf_ust_update(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);
/* Refreshes discarded_events and lost_packets of the session's channels, and session->written. */
void rf_ust_statistics(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);

/*
 * Ends the session's chunk and, while it is active, begins the next. DONE comes when that is under way, or over if it
 * is quick: session->rotation says ongoing, and later how it ended; the session need not stay busy after DONE. The
 * session must have output and a chunk, no rotation of it may be under way.
 */
void rf_ust_rotate(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);
/*
 * Drops what rings and files of the session's chunk hold; an active session begins a new one. Statistics stay. DONE
 * when the files are gone. A rotation that is under way is waited for first.
 */
void rf_ust_clear(struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);
/* Writes what the rings hold to a new directory in OUTPUT (copied), and counts it in session->snapshot_count. */
void rf_ust_snapshot(struct rf_ust_domain *domain, struct rf_session *session, const struct rf_snapshot_output *output,
	rf_ust_done_fn done, void *data);
/* Of how many CPUs a channel has a ring buffer: all that the machine may ever have. At least 1. */
unsigned int rf_ust_cpus(void);
/* The metadata of all traces is made anew, with a clock offset of now. The session is active, its buffers per uid. */
void rf_ust_regenerate_metadata(
	struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);
/* Every application tells its state again. The session is active. */
void rf_ust_regenerate_statedump(
	struct rf_ust_domain *domain, struct rf_session *session, rf_ust_done_fn done, void *data);

/* What applications offer. */
struct rf_ust_tracepoint {
	uint32_t pid;
	char name[LTTNG_UST_ABI_SYM_NAME_LEN];
	int32_t loglevel;
	/* Only in a listing with fields; field_type -1: the tracepoint has none. */
	char field_name[LTTNG_UST_ABI_SYM_NAME_LEN];
	int32_t field_type; /* enum lttng_ust_abi_field_type */
	int32_t field_nowrite;
};

/* ENTRIES belong to the domain and are valid during the call. */
typedef void (*rf_ust_list_fn)(void *data, int code, const struct rf_ust_tracepoint *entries, size_t count);
/* Lists tracepoints (or fields) of the applications that UID may trace: its own; root: all. */
void rf_ust_list(struct rf_ust_domain *domain, uid_t uid, bool with_fields, rf_ust_list_fn done, void *data);

/* True when UID may trace applications of APP_UID. */
bool rf_ust_may_trace(uid_t uid, uid_t app_uid);

#endif
