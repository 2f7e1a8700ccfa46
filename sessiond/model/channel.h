/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A channel of a session as its clients configured it: attributes, rules, contexts. Owned by its session,
 * used by the loop thread only; the definitions that leave the thread (rules, contexts, attributes) are copied or
 * reference counted.
 */
#ifndef RF_SESSIOND_MODEL_CHANNEL_H
#define RF_SESSIOND_MODEL_CHANNEL_H

#include "common/list.h"
#include "common/message.h"
#include "sessiond/model/event_rule.h"

#include <stdbool.h>
#include <stdint.h>

/* Of the client protocol; splicing is for the kernel. */
#define RF_OUTPUT_SPLICE 0u
#define RF_OUTPUT_MMAP 1u

struct rf_channel_attr {
	bool overwrite;
	uint64_t subbuf_size; /* bytes */
	uint64_t subbuf_count;
	uint32_t switch_interval; /* µs */
	uint32_t read_interval;   /* µs */
	uint8_t output;           /* as in the client protocol */
	uint64_t tracefile_size;
	uint64_t tracefile_count;
	uint64_t monitor_interval; /* µs */
	int64_t blocking_timeout;  /* µs, -1 for ever */
};

/* What other threads need to know of a channel: a copy. */
struct rf_channel_def {
	uint32_t id;
	char name[RF_NAME_SIZE];
	struct rf_channel_attr attr;
};

/* A rule and whether the channel has it enabled now. */
struct rf_channel_rule {
	struct rf_list node; /* in rf_channel.rules, in the order of creation */
	uint32_t id;         /* unique in the session */
	bool enabled;
	struct rf_event_rule *rule;
};

/* Numbers of the client protocol; see docs/compatibility for which user space has. */
struct rf_context {
	struct rf_list node; /* in rf_channel.contexts, in the order of the commands */
	uint32_t type;       /* client protocol's context type */
	uint32_t perf_type;
	uint64_t perf_config;
	char perf_name[RF_NAME_SIZE];
	char app_provider[RF_NAME_SIZE];
	char app_name[RF_NAME_SIZE];
};

struct rf_session;
struct rf_session_domain;

struct rf_channel {
	struct rf_list node; /* in rf_session.channels, in the order of creation */
	struct rf_session *session;
	uint32_t id; /* unique in the session, never reused */
	char name[RF_NAME_SIZE];
	bool enabled;
	struct rf_channel_attr attr;
	struct rf_list rules;
	struct rf_list contexts;
	/* Last known statistics, refreshed before a listing. */
	uint64_t discarded_events;
	uint64_t lost_packets;
};

/* NULL without memory or above the owner's quota. The caller links it; rf_channel_free() unlinks and frees it with its
 * rules and contexts. */
struct rf_channel *rf_channel_new(struct rf_session *session, const char *name, const struct rf_channel_attr *attr);
struct rf_channel_def rf_channel_def_of(const struct rf_channel *channel);
void rf_channel_free(struct rf_channel *channel);
struct rf_channel *rf_channel_find(struct rf_session_domain *domain, const char *name);
struct rf_channel_rule *rf_channel_find_rule(struct rf_channel *channel, const struct rf_event_rule *rule);
/* Adds RULE (a reference is taken), enabled. NULL without memory. */
struct rf_channel_rule *rf_channel_add_rule(
	struct rf_session *session, struct rf_channel *channel, struct rf_event_rule *rule);
/* Takes a rule out of the channel and frees it. */
void rf_channel_remove_rule(struct rf_channel *channel, struct rf_channel_rule *rule);
/* A copy of CONTEXT is the channel's last one. NULL without memory or above the owner's quota. */
struct rf_context *rf_channel_add_context(struct rf_channel *channel, const struct rf_context *context);
void rf_channel_remove_context(struct rf_channel *channel, struct rf_context *context);
bool rf_channel_has_context(const struct rf_channel *channel, const struct rf_context *context);
/* It is a performance counter, with type, configuration and name. */
bool rf_context_counts(const struct rf_context *context);
/* The same kind; for counters also type, configuration and name, for application contexts also both names. */
bool rf_context_same(const struct rf_context *a, const struct rf_context *b);

#endif
