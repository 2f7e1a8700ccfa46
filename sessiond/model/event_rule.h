/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An event rule: which events a channel records. Immutable once made and shared by reference counting: the model holds
 * it, and so does every command on its way to an application. Any thread may take and drop references.
 */
#ifndef RF_SESSIOND_MODEL_EVENT_RULE_H
#define RF_SESSIOND_MODEL_EVENT_RULE_H

#include "common/message.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum rf_loglevel_type {
	RF_LOGLEVEL_ALL = 0,
	RF_LOGLEVEL_RANGE = 1, /* at least as severe: numerically lower or equal */
	RF_LOGLEVEL_SINGLE = 2,
};

/* Numbers of the client protocol. User space has tracepoints only. */
enum rf_event_type {
	RF_EVENT_ALL = -1, /* of the kernel: tracepoints and system calls */
	RF_EVENT_TRACEPOINT = 0,
	RF_EVENT_PROBE = 1,    /* the name is the event's own, as for all probes */
	RF_EVENT_FUNCTION = 2, /* entry and return of a kernel function */
	RF_EVENT_FUNCTION_ENTRY = 3,
	RF_EVENT_NOOP = 4,
	RF_EVENT_SYSCALL = 5,
	RF_EVENT_USERSPACE_PROBE = 6,
};

/* RF_EVENT_PROBE and RF_EVENT_FUNCTION. */
struct rf_probe_location {
	char symbol[RF_NAME_SIZE]; /* empty: an address */
	uint64_t offset;           /* from the symbol */
	uint64_t address;
};

enum rf_user_probe_kind {
	RF_USER_PROBE_FUNCTION = 1, /* a function of an ELF file */
	RF_USER_PROBE_MARKER = 2,   /* a static probe of it (SDT) */
};

#define RF_USER_PROBE_PLACES_MAX 32u
/* RF_EVENT_USERSPACE_PROBE */
struct rf_user_probe {
	enum rf_user_probe_kind kind;
	int fd; /* the program as the client opened it; closed with the rule */
	char path[RF_PATH_SIZE];
	char provider[RF_NAME_SIZE]; /* of a marker */
	char name[RF_NAME_SIZE];     /* of the function or the marker */
	uint32_t place_count;
	uint64_t places[RF_USER_PROBE_PLACES_MAX]; /* offsets in the file */
};

struct rf_event_rule {
	atomic_uint refs;
	enum rf_event_type type;
	char name[RF_NAME_SIZE]; /* pattern, '*' allowed, runs of it collapsed */
	enum rf_loglevel_type loglevel_type;
	int32_t loglevel; /* -1 for RF_LOGLEVEL_ALL; rules of the kernel have no log level: 0 */
	char *filter;     /* expression text, NULL without */
	/* Filter program that passed rf_filter_check() (code, then relocation table), NULL without. */
	uint8_t *bytecode;
	uint32_t bytecode_len;
	uint32_t bytecode_reloc; /* offset of the relocation table in it */
	uint64_t bytecode_seqnum;
	uint32_t exclusion_count;
	char (*exclusions)[RF_NAME_SIZE];
	struct rf_probe_location probe;
	struct rf_user_probe *user_probe; /* malloc'd, NULL without */
};

/* A zeroed rule with one reference, whose members (malloc'd where pointers) the maker fills before sharing it. */
struct rf_event_rule *rf_event_rule_new(void);
struct rf_event_rule *rf_event_rule_ref(struct rf_event_rule *rule);
void rf_event_rule_unref(struct rf_event_rule *rule);
/* The same name, log level rule, filter program and set of exclusions (in any order). */
bool rf_event_rule_same(const struct rf_event_rule *a, const struct rf_event_rule *b);

#endif
