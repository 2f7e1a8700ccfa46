/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event rules as the client protocol writes them. Pure functions.
 */
#ifndef RF_SESSIOND_CLIENT_EVENT_CODEC_H
#define RF_SESSIOND_CLIENT_EVENT_CODEC_H

#include "common/wire.h"
#include "sessiond/model/event_rule.h"

#include <stdbool.h>
#include <stdint.h>

#define RF_EXCLUSIONS_MAX 1024u /* far above what a command line holds; keeps comparisons of sets short */

/* An event as it stands in a message; pointers point into that. */
struct rf_client_event {
	int8_t type;
	int8_t loglevel_type;
	int32_t loglevel;
	int8_t enabled;
	int32_t pid;
	uint32_t flags;
	char name[RF_NAME_SIZE];
	uint32_t exclusion_count;
	struct rf_reader exclusions; /* count × (length, text), checked */
	const char *filter;          /* NULL without */
	uint32_t filter_len;         /* with its NUL */
	const uint8_t *program;      /* NULL without */
	uint32_t program_len;
	uint32_t program_reloc;
	uint64_t program_seqnum;
	/* Of probes. Clients of the stock library put the address where the offset belongs, too. */
	uint64_t address;
	uint64_t offset;
	const char *symbol;               /* function entries as well; of user-space probes: the function or marker */
	enum rf_user_probe_kind location; /* of user-space probes, as all that follows */
	const char *provider;             /* of markers */
	const char *path;
};

/* The whole payload must be one event. */
bool rf_event_read(struct rf_reader *r, uint32_t fd_count, struct rf_client_event *event);

/* What listings say of one event. */
struct rf_event_line {
	const char *name;
	int8_t type;
	int8_t loglevel_type;
	int32_t loglevel;
	int8_t enabled; /* -1: neither */
	int32_t pid;
	uint32_t flags;                   /* of system calls: for programs of which word sizes */
	const struct rf_event_rule *rule; /* for the rest, NULL without */
};

void rf_event_write(struct rf_writer *w, const struct rf_event_line *line);
/* The encoded length of it. */
uint32_t rf_event_size(const struct rf_event_line *line);

#endif
