/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dynamic events: places in the kernel or in a program that become events of the group of one instance, `rf_START_N`.
 * They are defined for the whole machine; the files that list everybody's are opened here only, to read or to append.
 *
 * Kernel worker only. Errors are negative errno, those of the kernel among them: -ENOENT no such symbol, -EEXIST,
 * -EILSEQ not where an instruction begins, -EINVAL, -EBUSY still enabled. -EOPNOTSUPP: this kernel has none of that
 * kind.
 */
#ifndef RF_POLICY_BROKER_TRACEFS_PROBE_H
#define RF_POLICY_BROKER_TRACEFS_PROBE_H

#include "policy/broker/tracefs_instance.h"

/* FD: the program, for RF_PROBE_USER. ROOT: the top directory. */
int rf_probe_add(int root, struct rf_tracefs_instance *instance, const struct rf_broker_add_probe *request, int fd);
int rf_probe_remove(int root, struct rf_tracefs_instance *instance, uint32_t probe);
/* What can be removed is; then rf_probes_forget(). */
void rf_probes_remove_all(int root, struct rf_tracefs_instance *instance);
/* Frees what is known of them. */
void rf_probes_forget(struct rf_tracefs_instance *instance);
/* RF_TRACEFS_KPROBES, RF_TRACEFS_UPROBES. */
uint32_t rf_probe_features(int root);

/* Removes events of GROUP, whoever made them. False when some are still enabled. */
bool rf_probe_remove_group(int root, const char *group);
/*
 * Calls FOUND for the group of each event that is one of ours or our predecessors', once an event. The lists are read
 * first, so FOUND may remove.
 */
void rf_probe_each_group(int root, void (*found)(void *data, const char *group), void *data);

#endif
