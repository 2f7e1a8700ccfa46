/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the CTF 1.8 metadata of a user-space trace has beyond what all traces have (sessiond/ctf/blocks.h). Pure text
 * makers; any thread.
 */
#ifndef RF_SESSIOND_UST_METADATA_TEXT_H
#define RF_SESSIOND_UST_METADATA_TEXT_H

#include "common/message.h"
#include "sessiond/ctf/blocks.h"
#include "sessiond/ust/app.h"
#include "sessiond/ust/field_text.h"
#include "sessiond/ust/trace_clock.h"

#include <lttng/ust-abi.h>

/* Whose trace it is, as the preamble tells it. */
struct rf_trace_facts {
	uint8_t uuid[RF_UUID_SIZE];
	bool per_pid;
	struct rf_app_facts app; /* of the application that the trace was made for */
	time_t app_since;        /* per-pid */
	struct lttng_ust_abi_tracer_version tracer;
	char session_name[RF_NAME_SIZE];
	bool session_name_generated;
	time_t session_created;
	char hostname[RF_NAME_SIZE];
	struct rf_trace_clock clock;
	int64_t clock_offset; /* ticks */
};

void rf_metadata_preamble(struct rf_text *text, const struct rf_trace_facts *facts);
/* The part of an event block that says what it is, without its ids: equal text, equal event. */
struct rf_event_description {
	const char *name;
	int32_t loglevel;
	const char *model_emf_uri; /* NULL without */
	const struct lttng_ust_ctl_field *fields;
	size_t field_count;
};
int rf_metadata_event_body(
	struct rf_text *text, const struct rf_field_context *context, const struct rf_event_description *event);

#endif
