/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where in a program or library probes of user space go: functions by name, and static probes (SDT) by provider and
 * name, as offsets in the file. The file is a client's, who may mean harm (elf_file.h). Any thread; reading may wait as
 * long as the file system does, which is none in user space (RF_BROKER_RECEIVE_PROGRAM).
 *
 * Results: 0, or
 *   -ENOEXEC      not an ELF program or library, or a malformed one   LTTNG_ERR_ELF_PARSING
 *   -EFBIG        more to read than is read                           LTTNG_ERR_ELF_PARSING
 *   -ENOENT       it has no such function or probe                    LTTNG_ERR_PROBE_LOCATION_INVAL
 *   -ENOSPC       the probe is at more places than there is room for  LTTNG_ERR_PROBE_LOCATION_INVAL
 *   -EOPNOTSUPP   the probe has a semaphore, which has to be counted
 *                 up in each process for it to do anything            LTTNG_ERR_SDT_PROBE_SEMAPHORE
 *   -ENOMEM                                                           LTTNG_ERR_NOMEM
 *   other         reading failed                                      LTTNG_ERR_ELF_PARSING
 */
#ifndef RF_SESSIOND_KERNEL_ELF_PLACES_H
#define RF_SESSIOND_KERNEL_ELF_PLACES_H

#include "sessiond/model/event_rule.h"

#include <stddef.h>
#include <stdint.h>

/* A global function goes before local ones of the same name, of which the first is taken. */
int rf_elf_function(int fd, const char *function, uint64_t *offset);
/* Every place of the probe, each once, at most MAX. */
int rf_elf_marker(int fd, const char *provider, const char *name, uint64_t *offsets, size_t max, size_t *count);

/* Fills in the places of PROBE, whose file, kind and names are there. An LTTNG_ERR code, LTTNG_OK for success. */
int rf_user_probe_find_places(struct rf_user_probe *probe);

#endif
