/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events that the mainline tracer has now, and which of them a client's rule selects. Made from the text of
 * available_events; immutable, any thread.
 */
#ifndef RF_SESSIOND_KERNEL_EVENT_CATALOGUE_H
#define RF_SESSIOND_KERNEL_EVENT_CATALOGUE_H

#include "sessiond/kernel/event_names.h"
#include "sessiond/model/event_rule.h"

#include <stdint.h>

#define RF_KERNEL_CATALOGUE_MAX (4u * 1024 * 1024) /* bytes of available_events */

struct rf_kernel_event {
	char id[RF_KERNEL_NAME_SIZE];   /* the kernel's, SYSTEM:EVENT */
	char name[RF_KERNEL_NAME_SIZE]; /* the clients' */
	enum rf_kernel_event_kind kind;
	bool in_all;
};

struct rf_kernel_catalogue {
	struct rf_kernel_event *events; /* in the order of the text */
	size_t count;
};

/* Lines that are no events, or have names that are too long, are left out. 0 or -ENOMEM. */
int rf_kernel_catalogue_parse(struct rf_kernel_catalogue *catalogue, const char *text, size_t len);
void rf_kernel_catalogue_free(struct rf_kernel_catalogue *catalogue);
/* Whether RULE (of tracepoints, system calls or both) is about EVENT. */
bool rf_kernel_event_selected(const struct rf_event_rule *rule, const struct rf_kernel_event *event);

#endif
