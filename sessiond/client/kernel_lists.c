/* SPDX-License-Identifier: GPL-2.0-only */
/* Listing what the kernel offers. */
#include "sessiond/client/kernel_domain.h"

#include <lttng/lttng-error.h>

static void answer(struct rf_call *call, int code, const struct rf_kernel_names *names, enum rf_event_type type)
{
	if (code == LTTNG_OK)
		rf_write_u32(&call->header, (uint32_t)names->count);
	for (size_t i = 0; code == LTTNG_OK && i < names->count; i++) {
		struct rf_event_line line = {
			.name = names->text + names->offsets[i],
			.type = (int8_t)type,
			.enabled = -1,
			.flags = names->flags ? names->flags[i] : 0,
		};

		rf_event_write(&call->data, &line);
	}
	rf_call_finish(call, code);
}

static void have_tracepoints(void *data, int code, const struct rf_kernel_names *names)
{
	answer(data, code, names, RF_EVENT_TRACEPOINT);
}

static void have_syscalls(void *data, int code, const struct rf_kernel_names *names)
{
	answer(data, code, names, RF_EVENT_SYSCALL);
}

int rf_kernel_list_tracepoints(struct rf_call *call)
{
	rf_kernel_list(call->context->recorder, false, have_tracepoints, call);
	return RF_LATER;
}

int rf_kernel_list_syscalls(struct rf_call *call)
{
	rf_kernel_list(call->context->recorder, true, have_syscalls, call);
	return RF_LATER;
}
