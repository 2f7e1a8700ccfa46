/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events of a state dump: their fields, and how they are made of what the broker read. Any thread.
 */
#ifndef RF_SESSIOND_KERNEL_TRACEFS_STATE_EVENTS_H
#define RF_SESSIOND_KERNEL_TRACEFS_STATE_EVENTS_H

#include "common/kernel_state.h"

#include <stdbool.h>

enum rf_state_event {
	RF_STATE_EVENT_START,
	RF_STATE_EVENT_END,
	RF_STATE_EVENT_PROCESS,
	RF_STATE_EVENT_INTERRUPT,
	RF_STATE_EVENT_INTERFACE,
	RF_STATE_EVENT_BLOCK_DEVICE,
	RF_STATE_EVENT_CPU,
	RF_STATE_EVENTS,
};

const char *rf_state_event_name(enum rf_state_event event);
/* Its fields: the part of its block that rf_ctf_event() takes. */
const char *rf_state_event_body(enum rf_state_event event);
/*
 * Writes the fields of the event that a record of KIND with BODY is; *EVENT says which one that is. False: the record
 * is none, or malformed.
 */
bool rf_state_event_write(uint32_t kind, struct rf_reader *body, struct rf_writer *fields, enum rf_state_event *event);

#endif
