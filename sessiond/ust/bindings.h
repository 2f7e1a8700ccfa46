/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles of applications and what they stand for: (application, handle) to a registry and, for channels, its number
 * there. A liburcu hash table: any RCU-registered thread adds, removes and looks up, none waits for another.
 */
#ifndef RF_SESSIOND_UST_BINDINGS_H
#define RF_SESSIOND_UST_BINDINGS_H

#include "sessiond/ust/registry.h"

#include <stdint.h>

struct rf_bindings;

struct rf_bindings *rf_bindings_create(void);
/* Drops every binding. */
void rf_bindings_destroy(struct rf_bindings *bindings);
/* Takes a reference of REGISTRY. -EEXIST when the handle is bound. */
int rf_bindings_add(
	struct rf_bindings *bindings, uint64_t app, uint32_t handle, struct rf_registry *registry, uint32_t number);
void rf_bindings_remove(struct rf_bindings *bindings, uint64_t app, uint32_t handle);
/* A reference for the caller, NULL when the handle is not bound. */
struct rf_registry *rf_bindings_find(struct rf_bindings *bindings, uint64_t app, uint32_t handle, uint32_t *number);

#endif
