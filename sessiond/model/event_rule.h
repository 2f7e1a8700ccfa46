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

struct rf_event_rule {
	atomic_uint refs;
	char name[RF_NAME_SIZE]; /* pattern, '*' allowed, runs of it collapsed */
	enum rf_loglevel_type loglevel_type;
	int32_t loglevel; /* -1 for RF_LOGLEVEL_ALL */
	char *filter;     /* expression text, NULL without */
	/* Filter program that passed rf_filter_check() (code, then relocation table), NULL without. */
	uint8_t *bytecode;
	uint32_t bytecode_len;
	uint32_t bytecode_reloc; /* offset of the relocation table in it */
	uint64_t bytecode_seqnum;
	uint32_t exclusion_count;
	char (*exclusions)[RF_NAME_SIZE];
};

/* A zeroed rule with one reference, whose members (malloc'd where pointers) the maker fills before sharing it. */
struct rf_event_rule *rf_event_rule_new(void);
struct rf_event_rule *rf_event_rule_ref(struct rf_event_rule *rule);
void rf_event_rule_unref(struct rf_event_rule *rule);
/* The same name, log level rule, filter program and set of exclusions (in any order). */
bool rf_event_rule_same(const struct rf_event_rule *a, const struct rf_event_rule *b);

#endif
