/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instances of the mainline tracer: a ring for each CPU with events of its own, which are one channel of a session.
 * They are directories `ringfence.START.NUMBER`; START tells apart what was made by different processes, dead ones
 * included. A file of each is held open as long as it is to live, so that nobody else can take it for a leftover.
 *
 * Kernel worker only. Errors are negative errno.
 */
#ifndef RF_POLICY_BROKER_TRACEFS_INSTANCE_H
#define RF_POLICY_BROKER_TRACEFS_INSTANCE_H

#include "common/list.h"
#include "common/proto_broker.h"

#include <sys/types.h>

#define RF_INSTANCE_PREFIX "ringfence."
#define RF_PROBE_PREFIX "rf_"
#define RF_START_ID_SIZE 40u

/* For a user other than root. Ring bytes are of one CPU: memory grows with the machine. */
#define RF_INSTANCES_OF_USER_MAX 64u
#define RF_RING_BYTES_OF_USER_MAX (128ull * 1024 * 1024)
#define RF_INSTANCES_MAX 1024u
#define RF_RING_PAGE_MAX (1024u * 1024) /* bytes of a sub-buffer */

struct rf_tracefs {
	int root;
	int instances; /* the directory that they are in */
	char start_id[RF_START_ID_SIZE];
	struct rf_list all;
	unsigned int count;
};

struct rf_tracefs_instance {
	struct rf_list node;
	uint32_t id;
	uid_t uid;
	uint64_t ring_size; /* bytes for each CPU, as asked */
	bool removing;      /* but somebody has files of it open */
	int dir;
	int hold;            /* its tracing_on */
	uint32_t cpus_given; /* whose rings somebody has */
	char name[RF_START_ID_SIZE + 24];
	char group[RF_START_ID_SIZE + 24]; /* of its dynamic events */
	struct rf_list probes;             /* tracefs_probe.c */
	unsigned int probe_count;
};

/* ROOT stays open; -1: there is no such tracer. */
int rf_tracefs_init(struct rf_tracefs *fs, int root);
/* One that is not being removed. NULL: there is none. */
struct rf_tracefs_instance *rf_tracefs_find(struct rf_tracefs *fs, uint32_t id);
/* FDS: set_event, tracing_on; the caller's. -EDQUOT: the user has too much already. */
int rf_tracefs_make(struct rf_tracefs *fs, const struct rf_broker_make_instance *request,
	struct rf_broker_instance *made, int fds[2]);
/* -EBUSY: tried again by rf_tracefs_retry(). INSTANCE is no more after 0. */
int rf_tracefs_remove(struct rf_tracefs *fs, struct rf_tracefs_instance *instance);
/* True when nothing is left to be tried again. */
bool rf_tracefs_retry(struct rf_tracefs *fs);
/*
 * FDS: room for 1 + 2 * cpu_count; all or none. COUNT: how many there are. -EEXIST: not those that come next. Each
 * descriptor of free_buffer that is closed is the end of recording, and takes its time: there is one of each instance.
 */
int rf_tracefs_open_rings(struct rf_tracefs_instance *instance, const struct rf_broker_open_rings *request, int *fds,
	unsigned int *count);
/* FDS: of those in the mask PRESENT. */
int rf_tracefs_open_events(struct rf_tracefs_instance *instance, enum rf_event_file file, const char *const *names,
	unsigned int count, uint64_t *present, int *fds);

/* tracefs_track.c. After a failure nothing is recorded until the next success. */
int rf_tracefs_track(struct rf_tracefs_instance *instance, const struct rf_broker_track *request);

#endif
