/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What records, as client commands see it: sessions are started, stopped, rotated and so on here, whatever domains they
 * have. Commands change the model (sessiond/model) and then call one of these, or one of a domain's own
 * (sessiond/ust/domain.h, sessiond/kernel/domain.h); nothing blocks, a completion is called later (never before the
 * call returned) from the loop thread.
 *
 * Completion status: an LTTNG_ERR code of <lttng/lttng-error.h>, LTTNG_OK (10) for success.
 * All functions belong to the loop thread. The session must stay until the completion was called.
 */
#ifndef RF_SESSIOND_RECORDING_RECORDER_H
#define RF_SESSIOND_RECORDING_RECORDER_H

#include "sessiond/model/session.h"

struct rf_recorder;

typedef void (*rf_done_fn)(void *data, int code);

/*
 * Makes the output tree if this is the first start, then starts every domain of the session: every application that it
 * may trace, and the kernel. The model's `active` and `ever_started` must be set by the caller when the completion says
 * LTTNG_OK; on failure the session is as before.
 */
void rf_recording_start(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);
/* Stops it everywhere, flushes; done when all recorded data is in files. */
void rf_recording_stop(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);
/*
 * Releases everything in applications, kernel and consumers. session->recording is NULL when done. The session must be
 * stopped. One that was ever rotated ends with a rotation of what is not archived yet: session->rotation tells.
 */
void rf_recording_destroy(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);
/* Refreshes discarded_events and lost_packets of the session's channels, and session->written. */
void rf_recording_statistics(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);

/*
 * Ends the session's chunk and, while it is active, begins the next. DONE comes when that is under way, or over if it
 * is quick: session->rotation says ongoing, and later how it ended; the session need not stay busy after DONE. The
 * session must have output and a chunk, no rotation of it may be under way.
 */
void rf_recording_rotate(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);
/*
 * Drops what rings and files of the session's chunk hold; an active session begins a new one. Statistics stay. DONE
 * when the files are gone. A rotation that is under way is waited for first.
 */
void rf_recording_clear(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);
/* Writes what the rings hold to a new directory in OUTPUT (copied), and counts it in session->snapshot_count. */
void rf_recording_snapshot(struct rf_recorder *recorder, struct rf_session *session,
	const struct rf_snapshot_output *output, rf_done_fn done, void *data);
/* The metadata of all traces is made anew, with a clock offset of now. The session is active. */
void rf_recording_regenerate_metadata(
	struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);
/* Every application and the kernel tell their state again. The session is active. */
void rf_recording_regenerate_statedump(
	struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);

#endif
