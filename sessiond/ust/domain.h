/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user-space domain as client commands see it: applications that registered, and what sessions make them do; what
 * all domains do together is in recording/recorder.h, whose rules hold here, too.
 */
#ifndef RF_SESSIOND_UST_DOMAIN_H
#define RF_SESSIOND_UST_DOMAIN_H

#include "sessiond/recording/recorder.h"

#include <lttng/ust-abi.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The session is going to record: what takes long to be there (consumers for the applications that it would trace now)
 * is begun. Never fails; what is missing is made at the start.
 */
void rf_ust_prepare(struct rf_recorder *recorder, struct rf_session *session);
/* The model changed (rules, channel or rule state, trackers): brings applications of an active session up to it. */
void rf_ust_update(struct rf_recorder *recorder, struct rf_session *session, rf_done_fn done, void *data);
/* Of how many CPUs a channel has a ring buffer: all that the machine may ever have. At least 1. */
unsigned int rf_ust_cpus(void);
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
void rf_ust_list(struct rf_recorder *recorder, uid_t uid, bool with_fields, rf_ust_list_fn done, void *data);

/* True when UID may trace applications of APP_UID. */
bool rf_ust_may_trace(uid_t uid, uid_t app_uid);

#endif
