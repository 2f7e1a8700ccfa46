/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of the mainline kernel's tracer, below descriptors of its directories: never through a link, never out of the
 * directory, never created. Opening needs uid 0 and no capability; who holds a descriptor needs nothing. Any process;
 * negative errno on failure.
 */
#ifndef RF_POLICY_BROKER_TRACEFS_H
#define RF_POLICY_BROKER_TRACEFS_H

#include "common/message.h"
#include "common/proto_broker.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The top directory: where the machine has it mounted, else a mount of our own that is in nobody's mount table, which
 * needs sys_admin. -ENODEV: this kernel has none, or does not let us.
 */
int rf_tracefs_root(void);

int rf_tracefs_open(int dir, const char *path, int flags);
/* Writes TEXT with one call, which is what these files expect. */
int rf_tracefs_put(int dir, const char *path, const char *text);
/* The same at the end of a list, whose other lines stay. */
int rf_tracefs_append(int dir, const char *path, const char *text);
/* The number that the file begins with. */
int rf_tracefs_number(int dir, const char *path, uint64_t *value);
/* The whole text, malloc'd; NULL when it cannot be had or is larger than LIMIT. */
char *rf_tracefs_text(int dir, const char *path, size_t limit);

/* A part of an event's name as the kernel makes them: short, of [A-Za-z0-9_.:-], not of dots alone. */
bool rf_tracefs_name_ok(const char *name, size_t len);
/* A kernel symbol, or `module:symbol`: of [A-Za-z0-9_.], and what could be read as a number is none. */
bool rf_tracefs_symbol_ok(const char *symbol);
/*
 * The texts `system/event` of an RF_BROKER_OPEN_EVENTS, views of BLOB. False when there is none, are too many, or one
 * is no name.
 */
bool rf_tracefs_event_names(const struct rf_blob *blob, const char *names[RF_OPEN_EVENTS_MAX], unsigned int *count);

#endif
