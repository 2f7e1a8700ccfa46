/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/notify_wire.h"

#include <errno.h>
#include <string.h>

#define PADDING 32u

/* What a kind's fixed part is made of; variable parts follow in this order. */
struct shape {
	bool channel;
	bool name;
	bool loglevel;
	unsigned int lengths; /* u32 each, before the padding */
	uint32_t longest[3];  /* bytes that they may say */
};

#define FIELDS_MAX (RF_NOTIFY_FIELDS_MAX * (uint32_t)sizeof(struct lttng_ust_ctl_field))
#define ENTRIES_MAX (RF_NOTIFY_ENTRIES_MAX * (uint32_t)sizeof(struct lttng_ust_ctl_enum_entry))
_Static_assert(FIELDS_MAX + RF_NOTIFY_SIGNATURE_MAX + RF_NOTIFY_URI_MAX + 1024 < RF_NOTIFY_MESSAGE_MAX, "too long");
_Static_assert(ENTRIES_MAX + 1024 < RF_NOTIFY_MESSAGE_MAX, "too long");

static const struct shape shapes[] = {
	[LTTNG_UST_CTL_NOTIFY_CMD_EVENT] = {.channel = true,
		.name = true,
		.loglevel = true,
		.lengths = 3,
		.longest = {RF_NOTIFY_SIGNATURE_MAX, FIELDS_MAX, RF_NOTIFY_URI_MAX}},
	[LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL] = {.channel = true, .lengths = 1, .longest = {FIELDS_MAX}},
	[LTTNG_UST_CTL_NOTIFY_CMD_ENUM] = {.name = true, .lengths = 1, .longest = {ENTRIES_MAX}},
};

struct head {
	uint32_t lengths[3];
};

static void read_head(struct rf_reader *r, struct rf_notification *n, struct head *head)
{
	memset(n, 0, sizeof(*n));
	memset(head, 0, sizeof(*head));
	n->kind = rf_read_u32(r);
	if (n->kind >= sizeof(shapes) / sizeof(shapes[0])) {
		rf_reader_fail(r);
		return;
	}

	const struct shape *shape = &shapes[n->kind];

	n->session = rf_read_u32(r);
	if (shape->channel)
		n->channel = rf_read_u32(r);
	if (shape->name)
		rf_read_str_field(r, n->name, sizeof(n->name));
	if (shape->loglevel)
		n->loglevel = rf_read_i32(r);
	for (unsigned int i = 0; i < shape->lengths; i++) {
		head->lengths[i] = rf_read_u32(r);
		if (head->lengths[i] > shape->longest[i])
			rf_reader_fail(r);
	}
	rf_read_skip(r, PADDING);
}

static size_t head_size(uint32_t kind)
{
	const struct shape *shape = &shapes[kind];

	return 2 * sizeof(uint32_t) + (shape->channel ? sizeof(uint32_t) : 0) +
		(shape->name ? LTTNG_UST_ABI_SYM_NAME_LEN : 0) + (shape->loglevel ? sizeof(int32_t) : 0) +
		shape->lengths * sizeof(uint32_t) + PADDING;
}

ssize_t rf_notification_length(const uint8_t *bytes, size_t size)
{
	struct rf_notification n;
	struct rf_reader r;
	struct head head;

	rf_reader_init(&r, bytes, size, RF_HOST_ORDER);
	if (size < sizeof(uint32_t))
		return 0;
	n.kind = rf_read_u32(&r);
	if (n.kind >= sizeof(shapes) / sizeof(shapes[0]))
		return -EPROTO;
	if (size < head_size(n.kind))
		return 0;
	rf_reader_init(&r, bytes, size, RF_HOST_ORDER);
	read_head(&r, &n, &head);
	if (!rf_reader_ok(&r))
		return -EPROTO;

	/* Cannot overflow, nor be above RF_NOTIFY_MESSAGE_MAX: see the assertions. */
	return (ssize_t)(head_size(n.kind) + head.lengths[0] + head.lengths[1] + head.lengths[2]);
}

static const struct lttng_ust_ctl_field *read_fields(struct rf_reader *r, uint32_t len, size_t *count)
{
	const uint8_t *view = rf_read_view(r, len);

	*count = len / sizeof(struct lttng_ust_ctl_field);
	if (!view || len % sizeof(struct lttng_ust_ctl_field))
		rf_reader_fail(r);
	/* Packed structures: any address is aligned enough. */
	return (const struct lttng_ust_ctl_field *)(const void *)view;
}

int rf_notification_decode(const uint8_t *bytes, size_t size, struct rf_notification *n)
{
	struct rf_reader r;
	struct head head;

	rf_reader_init(&r, bytes, size, RF_HOST_ORDER);
	read_head(&r, n, &head);
	if (!rf_reader_ok(&r))
		return -EPROTO;
	if (n->kind == LTTNG_UST_CTL_NOTIFY_CMD_EVENT) {
		rf_read_skip(&r, head.lengths[0]); /* the signature: the fields say it better */
		n->fields = read_fields(&r, head.lengths[1], &n->field_count);
		if (head.lengths[2])
			n->uri = rf_read_cstr(&r, head.lengths[2]);
	} else if (n->kind == LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL) {
		n->fields = read_fields(&r, head.lengths[0], &n->field_count);
	} else {
		const uint8_t *view = rf_read_view(&r, head.lengths[0]);

		n->entries = (const struct lttng_ust_ctl_enum_entry *)(const void *)view;
		n->entry_count = head.lengths[0] / sizeof(*n->entries);
		if (head.lengths[0] % sizeof(*n->entries))
			rf_reader_fail(&r);
	}
	return rf_reader_done(&r) ? 0 : -EPROTO;
}

size_t rf_notification_reply(
	uint8_t out[static RF_NOTIFY_REPLY_MAX], uint32_t kind, int32_t code, uint64_t id, uint32_t header_type)
{
	struct rf_writer w;

	rf_writer_init_fixed(&w, out, RF_NOTIFY_REPLY_MAX, RF_HOST_ORDER);
	rf_write_u32(&w, kind);
	rf_write_i32(&w, code);
	if (kind == LTTNG_UST_CTL_NOTIFY_CMD_ENUM) {
		rf_write_u64(&w, id);
	} else {
		rf_write_u32(&w, (uint32_t)id);
		if (kind == LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL)
			rf_write_u32(&w, header_type);
	}
	rf_write_zeros(&w, PADDING);
	return w.at;
}
