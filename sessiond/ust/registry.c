/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/registry.h"

#include <errno.h>
#include <pthread.h>
#include <search.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A described thing, found by its name and its text. */
struct described {
	char *name;
	char *body;
	size_t body_len;
	uint64_t id;
	struct rf_enum_mapping mapping; /* of enumerations; its text is BODY */
};

struct registry_channel {
	bool described;
	char *contexts; /* text of the context fields, NULL without */
	size_t contexts_len;
	void *events; /* tsearch(3) tree of struct described */
	uint32_t event_count;
};

struct rf_registry {
	atomic_uint refs;
	struct rf_trace_facts facts;
	struct rf_registry_output output;
	pthread_mutex_t lock; /* guards what follows */
	uint64_t pushed;      /* bytes of text that the consumer was sent */
	uint64_t remembered;  /* bytes that applications made us keep or send */
	int broken;           /* why a push failed: what follows would not be readable without it */
	struct registry_channel *channels;
	uint32_t channel_count;
	void *enums;                   /* tsearch(3) tree of struct described */
	struct described **enum_by_id; /* owned by the tree */
	uint32_t enum_count;
};

static int compare_described(const void *a, const void *b)
{
	const struct described *x = a;
	const struct described *y = b;

	if (x->body_len != y->body_len)
		return x->body_len < y->body_len ? -1 : 1;

	int order = strcmp(x->name, y->name);

	if (order || !x->body_len)
		return order;
	return memcmp(x->body, y->body, x->body_len);
}

static void free_described(void *node)
{
	struct described *d = node;

	free(d->name);
	free(d->body);
	free(d);
}

/* NULL when there is none like it. */
static struct described *find(void *const *tree, const char *name, const struct rf_text *text)
{
	const struct described key = {.name = (char *)(uintptr_t)name, .body = text->data, .body_len = text->len};
	struct described **found = tfind(&key, tree, compare_described);

	return found ? *found : NULL;
}

/* Adds what find() did not find; its body is taken from TEXT. NULL without memory. */
static struct described *add(void **tree, const char *name, struct rf_text *text, uint64_t id)
{
	struct described *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->name = strdup(name);
	d->body = text->data;
	d->body_len = text->len;
	d->id = id;
	if (d->name && tsearch(d, tree, compare_described)) {
		text->data = NULL; /* now the description's */
		return d;
	}
	free(d->name);
	free(d);
	return NULL;
}

/* With the lock held: whether that much more may be kept. */
static int afford(const struct rf_registry *registry, size_t len)
{
	if (registry->broken)
		return registry->broken;
	return len > RF_REGISTRY_TEXT_MAX - registry->remembered ? -ENOSPC : 0;
}

/* With the lock held. */
static int push(struct rf_registry *registry, const struct rf_text *text)
{
	int err = text->failed ? -ENOSPC : afford(registry, text->len);

	if (err < 0)
		return err;
	err = registry->output.push(
		registry->output.data, registry->output.trace, registry->pushed, 0, text->data, text->len);
	if (err < 0) {
		registry->broken = err;
		return err;
	}
	registry->pushed += text->len;
	registry->remembered += text->len;
	return 0;
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
		tdestroy(registry->channels[i].events, free_described);
		free(registry->channels[i].contexts);
	}
	free(registry->channels);
	tdestroy(registry->enums, free_described);
	free(registry->enum_by_id);
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

	return id < registry->enum_count ? &registry->enum_by_id[id]->mapping : NULL;
}

static struct rf_field_context field_context(struct rf_registry *registry)
{
	return (struct rf_field_context){
		.big_endian = registry->facts.app.big_endian, .enum_mapping = enum_mapping, .data = registry};
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
static int add_stream(struct rf_registry *registry, uint32_t number, const struct lttng_ust_ctl_field *fields,
	size_t count, struct rf_text *contexts)
{
	struct registry_channel *channel = &registry->channels[number];
	const struct rf_field_context context = field_context(registry);
	struct rf_text block;

	rf_text_init(&block, RF_REGISTRY_BLOCK_MAX);

	int err = rf_metadata_stream(&block, &context, number, true, fields, count);

	if (!err)
		err = push(registry, &block);
	rf_text_free(&block);
	if (err < 0)
		return err;
	channel->contexts = contexts->data;
	channel->contexts_len = contexts->len;
	channel->described = true;
	contexts->data = NULL;
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
		err = add_stream(registry, number, fields, count, &contexts);
	else if (!err &&
		(registry->channels[number].contexts_len != contexts.len ||
			(contexts.len &&
				memcmp(registry->channels[number].contexts, contexts.data, contexts.len) != 0)))
		err = -EINVAL;
	pthread_mutex_unlock(&registry->lock);
	rf_text_free(&contexts);
	return err;
}

/* With the lock held. */
static int push_event(
	struct rf_registry *registry, uint32_t number, const char *name, const struct rf_text *body, uint32_t id)
{
	struct rf_text block;

	rf_text_init(&block, RF_REGISTRY_BLOCK_MAX + RF_REGISTRY_BLOCK_MAX / 2);
	rf_metadata_event(&block, name, id, number, body->data, body->len);

	int err = push(registry, &block);

	rf_text_free(&block);
	return err;
}

/* With the lock held. */
static int add_event(struct rf_registry *registry, uint32_t number, const struct rf_event_description *event,
	struct rf_text *body, uint32_t *id)
{
	struct registry_channel *channel = &registry->channels[number];
	struct described *d = find(&channel->events, event->name, body);

	if (d) {
		*id = (uint32_t)d->id;
		return registry->facts.per_pid ? -EINVAL : 0;
	}
	if (channel->event_count >= RF_REGISTRY_EVENTS_MAX)
		return -ENOSPC;
	/* Text before the id is known: an id that was pushed but could not be kept is only never used. */
	*id = channel->event_count;

	int err = push_event(registry, number, event->name, body, *id);

	if (err < 0)
		return err;
	channel->event_count++;
	return add(&channel->events, event->name, body, *id) ? 0 : -ENOMEM;
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
	struct described *d = find(&registry->enums, name, entries);

	if (d) {
		*id = d->id;
		return 0;
	}
	if (registry->enum_count >= RF_REGISTRY_ENUMS_MAX || afford(registry, entries->len) < 0)
		return registry->broken ? registry->broken : -ENOSPC;

	/* Room first: an enumeration in the tree but not in the index would be lost. */
	struct described **index = realloc(
		registry->enum_by_id, (registry->enum_count + 1) * sizeof(struct described *));

	if (!index)
		return -ENOMEM;
	registry->enum_by_id = index;
	d = add(&registry->enums, name, entries, registry->enum_count);
	if (!d)
		return -ENOMEM;
	d->mapping = *mapping;
	d->mapping.text = d->body;
	d->mapping.len = d->body_len;
	registry->remembered += d->body_len;
	registry->enum_by_id[registry->enum_count++] = d;
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
