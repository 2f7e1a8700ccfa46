/* SPDX-License-Identifier: GPL-2.0-only */
/* Notifications as an application may send them, into a registry whose text goes nowhere. */
#include "sessiond/ust/notify_wire.h"
#include "sessiond/ust/registry.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int no_push(void *data, uint64_t trace, uint64_t offset, uint32_t version, const char *text, size_t len)
{
	uint64_t *pushed = data;

	(void)trace;
	(void)version;
	(void)text;
	/* Without gaps, and each block ends what it begins. */
	if (offset != *pushed || len < 2 || memcmp(text + len - 2, "\n\n", 2) != 0)
		abort();
	*pushed += len;
	return 0;
}

static void serve(struct rf_registry *registry, const struct rf_notification *n)
{
	const struct rf_event_description event = {.name = n->name,
		.loglevel = n->loglevel,
		.model_emf_uri = n->uri,
		.fields = n->fields,
		.field_count = n->field_count};
	uint32_t header_type;
	uint32_t event_id;
	uint64_t id;

	if (n->kind == LTTNG_UST_CTL_NOTIFY_CMD_EVENT)
		rf_registry_add_event(registry, n->channel % 2, &event, &event_id);
	else if (n->kind == LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL)
		rf_registry_describe_channel(registry, n->channel % 2, n->fields, n->field_count, &header_type);
	else
		rf_registry_add_enum(registry, n->name, n->entries, n->entry_count, &id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct rf_trace_facts facts = {.app.layout = {.abi_bits = 64, .big_endian = size & 1}};
	uint64_t pushed = 0;
	const struct rf_registry_output output = {.push = no_push, .data = &pushed};
	struct rf_registry *registry = rf_registry_create(&facts, &output);
	uint32_t channel;

	if (!registry)
		return 0;
	rf_registry_add_channel(registry, &channel);
	for (size_t at = 0; at < size;) {
		struct rf_notification n;
		ssize_t len = rf_notification_length(data + at, size - at);

		if (len <= 0 || (size_t)len > size - at)
			break;
		if (rf_notification_decode(data + at, (size_t)len, &n) == 0)
			serve(registry, &n);
		at += (size_t)len;
	}
	rf_registry_unref(registry);
	return 0;
}
