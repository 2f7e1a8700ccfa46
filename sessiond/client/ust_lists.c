/* SPDX-License-Identifier: GPL-2.0-only */
/* Listing what applications offer. */
#include "sessiond/client/ust_domain.h"

#include <lttng/lttng-error.h>
#include <string.h>

#define FIELD_OTHER 0u

static struct rf_event_line line_of(const struct rf_ust_tracepoint *tracepoint)
{
	return (struct rf_event_line){
		.name = tracepoint->name,
		.type = RF_EVENT_TRACEPOINT,
		.loglevel_type = RF_LOGLEVEL_ALL,
		.loglevel = tracepoint->loglevel,
		.enabled = -1,
		.pid = (int32_t)tracepoint->pid,
	};
}

static void write_tracepoint(struct rf_writer *w, const struct rf_ust_tracepoint *tracepoint)
{
	struct rf_event_line line = line_of(tracepoint);

	rf_event_write(w, &line);
}

static void write_field(struct rf_writer *w, const struct rf_ust_tracepoint *field)
{
	struct rf_event_line line = line_of(field);

	rf_write_u8(w, field->field_type < 0 ? FIELD_OTHER : (uint8_t)field->field_type);
	rf_write_u8(w, field->field_nowrite ? 1 : 0);
	rf_write_u32(w, (uint32_t)strlen(field->field_name) + 1);
	rf_write_u32(w, rf_event_size(&line));
	rf_write_cstr(w, field->field_name);
	rf_event_write(w, &line);
}

typedef void (*write_entry_fn)(struct rf_writer *w, const struct rf_ust_tracepoint *entry);

static void answer(struct rf_call *call, int code, const struct rf_ust_tracepoint *entries, size_t count,
	write_entry_fn write_entry)
{
	if (code == LTTNG_OK) {
		rf_write_u32(&call->header, (uint32_t)count);
		for (size_t i = 0; i < count; i++)
			write_entry(&call->data, &entries[i]);
	}
	rf_call_finish(call, code);
}

static void have_tracepoints(void *data, int code, const struct rf_ust_tracepoint *entries, size_t count)
{
	answer(data, code, entries, count, write_tracepoint);
}

static void have_fields(void *data, int code, const struct rf_ust_tracepoint *entries, size_t count)
{
	answer(data, code, entries, count, write_field);
}

int rf_ust_list_tracepoints(struct rf_call *call)
{
	rf_ust_list(call->context->recorder, call->request.uid, false, have_tracepoints, call);
	return RF_LATER;
}

int rf_ust_list_fields(struct rf_call *call)
{
	rf_ust_list(call->context->recorder, call->request.uid, true, have_fields, call);
	return RF_LATER;
}
