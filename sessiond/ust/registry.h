/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A registry: the ids and descriptions of everything that one CTF trace can contain, and the metadata text that says
 * so. It grows while applications register events, by whole blocks, and each block is pushed to the consumer before
 * the call that added it returns: who then answers the application can be sure that no event overtakes its description.
 * What could not be pushed is not in the registry.
 *
 * Two descriptions are the same when their texts are: the text is all that a reader has to decode an event by.
 *
 * Reference counted; any thread. Contents are guarded by the registry's own mutex, which is held while a description is
 * made and queued, so that texts arrive in the order of their offsets, but never while somebody is waited for.
 *
 * Errors are negative errno: -EINVAL for a description that makes no sense, -ENOSPC for one above the bounds below,
 * -ENOENT for a channel that is none, and whatever the push gave once the trace has lost its consumer.
 */
#ifndef RF_SESSIOND_UST_REGISTRY_H
#define RF_SESSIOND_UST_REGISTRY_H

#include "sessiond/ust/metadata_text.h"

#include <lttng/ust-ctl.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the applications of one trace may make us remember: texts of blocks and enumerations together. 1000 event types
 * of real programs are half a MiB, and half of a link's send queue fits the whole of it. Events have no other
 * bound: an id is 32 bits long, and those above 65534 are written with the long event header.
 */
#define RF_REGISTRY_TEXT_MAX (32u * 1024 * 1024)
/* One block, so that nobody can make us write (and refuse) much at a time: 4096 plain fields are 0.4 MiB. */
#define RF_REGISTRY_BLOCK_MAX (2u * 1024 * 1024)
#define RF_REGISTRY_ENUMS_MAX 65535u
#define RF_REGISTRY_CHANNELS_MAX 4096u

struct rf_registry;

/*
 * Queues text for the consumer without waiting; called with the registry locked. 0, or a negative errno: the trace has
 * lost its consumer, and the registry takes nothing more.
 */
typedef int (*rf_registry_push_fn)(
	void *data, uint64_t trace, uint64_t offset, uint32_t version, const char *text, size_t len);

struct rf_registry_output {
	uint64_t trace;
	rf_registry_push_fn push;
	/* The text pushed so far describes CHANNEL; called with the registry locked, must not wait. NULL for none. */
	void (*described)(void *data, uint64_t trace, uint32_t channel);
	void (*release)(void *data); /* called once, when the registry is freed; any thread. NULL for none */
	void *data;
};

/*
 * Pushes the preamble. NULL without memory; OUTPUT's data is released then, too. A consumer that is gone already is
 * noticed by whoever adds something.
 */
struct rf_registry *rf_registry_create(const struct rf_trace_facts *facts, const struct rf_registry_output *output);
struct rf_registry *rf_registry_ref(struct rf_registry *registry);
void rf_registry_unref(struct rf_registry *registry);
/* Immutable. */
const struct rf_trace_facts *rf_registry_facts(const struct rf_registry *registry);

/* Allocates the next channel number (the stream class of its packets). */
int rf_registry_add_channel(struct rf_registry *registry, uint32_t *channel);
/*
 * An application describes the context fields of a channel. The first description adds the stream block; later ones
 * must be the same (-EINVAL). *HEADER_TYPE: what to answer.
 */
int rf_registry_describe_channel(struct rf_registry *registry, uint32_t number,
	const struct lttng_ust_ctl_field *fields, size_t count, uint32_t *header_type);
/* The same description gives the same id (per-pid: -EINVAL, an application has no event twice). */
int rf_registry_add_event(
	struct rf_registry *registry, uint32_t channel, const struct rf_event_description *event, uint32_t *id);
int rf_registry_add_enum(struct rf_registry *registry, const char *name, const struct lttng_ust_ctl_enum_entry *entries,
	size_t count, uint64_t *id);
/*
 * The text is begun again, as its next version, with another clock offset (ticks): the same UUID and everything that is
 * known by now, pushed from offset 0 in one piece while nothing can be added. What is added later follows it. -ENOMEM:
 * nothing was pushed, the text is what it was.
 */
int rf_registry_regenerate(struct rf_registry *registry, int64_t clock_offset);

#endif
