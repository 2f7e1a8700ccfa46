/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/registry.h"

#include "common/log.h"
#include "sessiond/ust/catalogue.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct registry_channel {
	bool described;
	char *contexts; /* text of the context fields, NULL without */
	size_t contexts_len;
	struct rf_catalogue events;
};

struct rf_registry {
	atomic_uint refs;
	struct rf_trace_facts facts;
	struct rf_registry_output output;
	pthread_mutex_t lock; /* guards what follows */
	uint32_t version;     /* of the text: counts the times that it was begun again */
	uint64_t pushed;      /* bytes of this version that the consumer was sent */
	uint64_t remembered;  /* bytes that applications made us keep or send */
	bool full;            /* something was refused for its length, and the log says so */
	int broken;           /* why a push failed: what follows would not be readable without it */
	struct registry_channel *channels;
	uint32_t channel_count;
	struct rf_catalogue enums;
};

/* With the lock held: whether that much more may be kept. */
static int afford(const struct rf_registry *registry, size_t len)
{
	if (registry->broken)
		return registry->broken;
	return len > RF_REGISTRY_TEXT_MAX - registry->remembered ? -ENOSPC : 0;
}

/* With the lock held: the text goes on with this. */
static int send_on(struct rf_registry *registry, const struct rf_text *text)
{
	int err = registry->output.push(registry->output.data, registry->output.trace, registry->pushed,
		registry->version, text->data, text->len);

	if (err < 0) {
		registry->broken = err;
		return err;
	}
	registry->pushed += text->len;
	return 0;
}

/* With the lock held. */
static int push(struct rf_registry *registry, const struct rf_text *text)
{
	int err = text->failed ? -ENOSPC : afford(registry, text->len);

	if (err == -ENOSPC && !registry->full)
		rf_warning(
			"trace %llu of uid %u: an event is not recorded, the descriptions of its events are too long",
			(unsigned long long)registry->output.trace, registry->facts.app.uid);
	registry->full |= err == -ENOSPC;
	if (!err)
		err = send_on(registry, text);
	if (!err)
		registry->remembered += text->len;
	return err;
}

struct rf_registry *rf_registry_create(const struct rf_trace_facts *facts, const struct rf_registry_output *output)
{
	struct rf_registry *registry = calloc(1, sizeof(*registry));
	struct rf_text text;

	if (!registry) {
		if (output->release)
			output->release(output->data);
		return NULL;
	}
	atomic_init(&registry->refs, 1);
	registry->facts = *facts;
	registry->output = *output;
	pthread_mutex_init(&registry->lock, NULL);
	rf_text_init(&text, RF_REGISTRY_BLOCK_MAX);
	rf_metadata_preamble(&text, facts);

	bool made = !text.failed;

	/* A push that fails marks the registry as broken. */
	push(registry, &text);
	rf_text_free(&text);
	if (!made) {
		rf_registry_unref(registry);
		return NULL;
	}
	return registry;
}

struct rf_registry *rf_registry_ref(struct rf_registry *registry)
{
	atomic_fetch_add(&registry->refs, 1);
	return registry;
}

void rf_registry_unref(struct rf_registry *registry)
{
	if (!registry || atomic_fetch_sub(&registry->refs, 1) != 1)
		return;
	for (uint32_t i = 0; i < registry->channel_count; i++) {
		rf_catalogue_free(&registry->channels[i].events);
		free(registry->channels[i].contexts);
	}
	free(registry->channels);
	rf_catalogue_free(&registry->enums);
	if (registry->output.release)
		registry->output.release(registry->output.data);
	pthread_mutex_destroy(&registry->lock);
	free(registry);
}

const struct rf_trace_facts *rf_registry_facts(const struct rf_registry *registry)
{
	return &registry->facts;
}

/* With the lock held. */
static const struct rf_enum_mapping *enum_mapping(void *data, uint64_t id)
{
	const struct rf_registry *registry = data;

	return id < registry->enums.count ? &registry->enums.by_id[id]->mapping : NULL;
}

static struct rf_field_context field_context(struct rf_registry *registry)
{
	return (struct rf_field_context){
		.big_endian = registry->facts.app.layout.big_endian, .enum_mapping = enum_mapping, .data = registry};
}

int rf_registry_add_channel(struct rf_registry *registry, uint32_t *channel)
{
	int err = 0;

	pthread_mutex_lock(&registry->lock);

	size_t count = registry->channel_count;
	struct registry_channel *more = NULL;

	if (count >= RF_REGISTRY_CHANNELS_MAX)
		err = -ENOSPC;
	else
		more = realloc(registry->channels, (count + 1) * sizeof(*more));
	if (more) {
		more[count] = (struct registry_channel){0};
		registry->channels = more;
		registry->channel_count++;
		*channel = (uint32_t)count;
	} else if (!err) {
		err = -ENOMEM;
	}
	pthread_mutex_unlock(&registry->lock);
	return err;
}

/* With the lock held: a channel's first description, whose context fields as text are in CONTEXTS (taken). */
static int add_stream(struct rf_registry *registry, uint32_t number, struct rf_text *contexts)
{
	struct registry_channel *channel = &registry->channels[number];
	struct rf_text block;

	rf_text_init(&block, RF_REGISTRY_BLOCK_MAX + RF_REGISTRY_BLOCK_MAX / 2);
	rf_ctf_stream(&block, number, true, contexts->data, contexts->len);

	int err = push(registry, &block);

	rf_text_free(&block);
	if (err < 0)
		return err;
	channel->contexts = contexts->data;
	channel->contexts_len = contexts->len;
	channel->described = true;
	contexts->data = NULL;
	if (registry->output.described)
		registry->output.described(registry->output.data, registry->output.trace, number);
	return 0;
}

int rf_registry_describe_channel(struct rf_registry *registry, uint32_t number,
	const struct lttng_ust_ctl_field *fields, size_t count, uint32_t *header_type)
{
	const struct rf_field_context context = field_context(registry);
	struct rf_text contexts;

	*header_type = LTTNG_UST_CTL_CHANNEL_HEADER_LARGE;
	rf_text_init(&contexts, RF_REGISTRY_BLOCK_MAX);
	pthread_mutex_lock(&registry->lock);

	int err = number < registry->channel_count ? rf_field_text(&contexts, &context, fields, count, 2) : -ENOENT;

	if (!err && !registry->channels[number].described)
		err = add_stream(registry, number, &contexts);
	else if (!err &&
		(registry->channels[number].contexts_len != contexts.len ||
			(contexts.len &&
				memcmp(registry->channels[number].contexts, contexts.data, contexts.len) != 0)))
		err = -EINVAL;
	pthread_mutex_unlock(&registry->lock);
	rf_text_free(&contexts);
	return err;
}

static void print_event(struct rf_text *text, uint32_t number, const struct rf_described *d)
{
	rf_ctf_event(text, d->name, d->id, number, d->body, d->body_len);
}

/* With the lock held. */
static int add_event(struct rf_registry *registry, uint32_t number, const struct rf_event_description *event,
	struct rf_text *body, uint32_t *id)
{
	struct rf_catalogue *events = &registry->channels[number].events;
	struct rf_described *d = rf_catalogue_find(events, event->name, body);
	struct rf_text block;

	if (d) {
		*id = d->id;
		return registry->facts.per_pid ? -EINVAL : 0;
	}
	d = rf_catalogue_add(events, event->name, body);
	if (!d)
		return -ENOMEM;
	*id = d->id;
	rf_text_init(&block, RF_REGISTRY_BLOCK_MAX + RF_REGISTRY_BLOCK_MAX / 2);
	print_event(&block, number, d);

	int err = push(registry, &block);

	rf_text_free(&block);
	if (err < 0)
		rf_catalogue_drop_last(events);
	return err;
}

int rf_registry_add_event(
	struct rf_registry *registry, uint32_t channel, const struct rf_event_description *event, uint32_t *id)
{
	const struct rf_field_context context = field_context(registry);
	struct rf_text body;

	rf_text_init(&body, RF_REGISTRY_BLOCK_MAX);
	pthread_mutex_lock(&registry->lock);

	int err = channel < registry->channel_count ? rf_metadata_event_body(&body, &context, event) : -ENOENT;

	if (!err && body.failed)
		err = -ENOSPC;
	if (!err)
		err = add_event(registry, channel, event, &body, id);
	pthread_mutex_unlock(&registry->lock);
	rf_text_free(&body);
	return err;
}

/* With the lock held. */
static int add_enum(struct rf_registry *registry, const char *name, struct rf_text *entries,
	const struct rf_enum_mapping *mapping, uint64_t *id)
{
	struct rf_described *d = rf_catalogue_find(&registry->enums, name, entries);
	int err = d ? 0 : afford(registry, entries->len);

	if (err < 0)
		return err;
	if (!d) {
		if (registry->enums.count >= RF_REGISTRY_ENUMS_MAX)
			return -ENOSPC;
		d = rf_catalogue_add(&registry->enums, name, entries);
		if (!d)
			return -ENOMEM;
		d->mapping = *mapping;
		d->mapping.text = d->body;
		d->mapping.len = d->body_len;
		registry->remembered += d->body_len;
	}
	*id = d->id;
	return 0;
}

int rf_registry_add_enum(struct rf_registry *registry, const char *name, const struct lttng_ust_ctl_enum_entry *entries,
	size_t count, uint64_t *id)
{
	struct rf_enum_mapping mapping;
	struct rf_text text;

	rf_text_init(&text, RF_REGISTRY_BLOCK_MAX);

	int err = rf_enum_entries_text(&text, &mapping, entries, count, 2);

	if (!err) {
		pthread_mutex_lock(&registry->lock);
		err = add_enum(registry, name, &text, &mapping, id);
		pthread_mutex_unlock(&registry->lock);
	}
	rf_text_free(&text);
	return err;
}

/* With the lock held: all that is known, as one text. */
static void print_all(struct rf_registry *registry, struct rf_text *text, int64_t clock_offset)
{
	struct rf_trace_facts facts = registry->facts;

	facts.clock_offset = clock_offset;
	rf_metadata_preamble(text, &facts);
	for (uint32_t i = 0; i < registry->channel_count; i++) {
		const struct registry_channel *channel = &registry->channels[i];

		if (channel->described)
			rf_ctf_stream(text, i, true, channel->contexts, channel->contexts_len);
		for (uint32_t id = 0; id < channel->events.count; id++)
			print_event(text, i, channel->events.by_id[id]);
	}
}

int rf_registry_regenerate(struct rf_registry *registry, int64_t clock_offset)
{
	struct rf_text text;

	/* It was affordable piece by piece; only the digits of the offset may be more than they were. */
	rf_text_init(&text, RF_REGISTRY_TEXT_MAX + RF_REGISTRY_BLOCK_MAX);
	pthread_mutex_lock(&registry->lock);

	int err = registry->broken;

	if (!err)
		print_all(registry, &text, clock_offset);
	if (!err && text.failed)
		err = -ENOMEM;
	if (!err) {
		registry->version++;
		registry->pushed = 0;
		err = send_on(registry, &text);
	}
	pthread_mutex_unlock(&registry->lock);
	rf_text_free(&text);
	return err;
}
