/* SPDX-License-Identifier: GPL-2.0-only */
/* The notification codec, against the tracer's own library: what it reads and writes is what ours reads and writes. */
#include "sessiond/ust/notify_wire.h"
#include "tests/unit/ust_fields.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct rf_writer w;
static int pair[2];

static void setup(void)
{
	rf_writer_init_growing(&w, NOTIFICATION_ROOM, RF_HOST_ORDER);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
}

static void teardown(void)
{
	rf_writer_free(&w);
	close(pair[0]);
	close(pair[1]);
}

TestSuite(notify_wire, .init = setup, .fini = teardown, .timeout = 30);

/* The library receives what was written; returns the kind that it sees. */
static enum lttng_ust_ctl_notify_cmd give_library(void)
{
	enum lttng_ust_ctl_notify_cmd kind;

	cr_assert(rf_writer_ok(&w));
	cr_assert_eq(send(pair[0], w.base, w.at, 0), (ssize_t)w.at);
	cr_assert_eq(lttng_ust_ctl_recv_notify(pair[1], &kind), 0);
	return kind;
}

static struct rf_notification decode(void)
{
	struct rf_notification n;

	cr_assert_eq(rf_notification_length(w.base, w.at), (ssize_t)w.at);
	cr_assert_eq(rf_notification_decode(w.base, w.at, &n), 0);
	return n;
}

Test(notify_wire, event_as_the_library_reads_it)
{
	const struct lttng_ust_ctl_field fields[] = {integer_field("a", 32, 1, 10), integer_field("b", 8, 0, 16)};
	char name[LTTNG_UST_ABI_SYM_NAME_LEN];
	struct lttng_ust_ctl_field *got;
	char *signature;
	char *uri;
	int session;
	int channel;
	int loglevel;
	size_t count;

	write_event(&w, 7, 9, "prov:event", -3, "int, a", fields, 2, "http://model");
	cr_assert_eq(w.at, 316 + 7 + 2 * 920 + 13);
	cr_assert_eq(give_library(), LTTNG_UST_CTL_NOTIFY_CMD_EVENT);
	cr_assert_eq(lttng_ust_ctl_recv_register_event(
			     pair[1], &session, &channel, name, &loglevel, &signature, &count, &got, &uri),
		0);

	struct rf_notification n = decode();

	cr_assert_eq(n.session, (uint32_t)session);
	cr_assert_eq(n.channel, (uint32_t)channel);
	cr_assert_eq(session, 7);
	cr_assert_eq(channel, 9);
	cr_assert_str_eq(n.name, name);
	cr_assert_eq(n.loglevel, loglevel);
	cr_assert_eq(loglevel, -3);
	cr_assert_str_eq(signature, "int, a");
	cr_assert_eq(n.field_count, count);
	cr_assert_eq(memcmp(n.fields, got, sizeof(fields)), 0);
	cr_assert_eq(memcmp(fields, got, sizeof(fields)), 0);
	cr_assert_str_eq(n.uri, uri);
	free(signature);
	free(uri);
	free(got);
}

Test(notify_wire, channel_as_the_library_reads_it)
{
	const struct lttng_ust_ctl_field fields[] = {integer_field("vpid", 32, 1, 10)};
	struct lttng_ust_ctl_field *got;
	int session;
	int channel;
	size_t count;

	write_channel(&w, 1, 2, fields, 1);
	cr_assert_eq(w.at, 48 + 920);
	cr_assert_eq(give_library(), LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL);
	cr_assert_eq(lttng_ust_ctl_recv_register_channel(pair[1], &session, &channel, &count, &got), 0);

	struct rf_notification n = decode();

	cr_assert_eq(n.session, 1);
	cr_assert_eq(session, 1);
	cr_assert_eq(n.channel, 2);
	cr_assert_eq(channel, 2);
	cr_assert_eq(n.field_count, 1);
	cr_assert_eq(count, 1);
	cr_assert_eq(memcmp(n.fields, got, sizeof(fields)), 0);
	free(got);
}

Test(notify_wire, enum_as_the_library_reads_it)
{
	const struct lttng_ust_ctl_enum_entry entries[] = {enum_entry("A", 1, 1, 1), enum_entry("B", 2, 9, 0)};
	char name[LTTNG_UST_ABI_SYM_NAME_LEN];
	struct lttng_ust_ctl_enum_entry *got;
	int session;
	size_t count;

	write_enum(&w, 3, "prov_colours", entries, 2);
	cr_assert_eq(w.at, 300 + 2 * 336);
	cr_assert_eq(give_library(), LTTNG_UST_CTL_NOTIFY_CMD_ENUM);
	cr_assert_eq(lttng_ust_ctl_recv_register_enum(pair[1], &session, name, &got, &count), 0);

	struct rf_notification n = decode();

	cr_assert_eq(n.session, 3);
	cr_assert_eq(session, 3);
	cr_assert_str_eq(n.name, name);
	cr_assert_eq(n.entry_count, 2);
	cr_assert_eq(count, 2);
	cr_assert_eq(memcmp(n.entries, got, sizeof(entries)), 0);
	free(got);
}

/* What the library wrote to the socket is, byte for byte, OURS. */
static void expect_written(const uint8_t *ours, size_t len, size_t expected)
{
	uint8_t theirs[256];

	cr_assert_eq(len, expected);
	cr_assert_eq(recv(pair[1], theirs, sizeof(theirs), 0), (ssize_t)len);
	cr_assert_eq(memcmp(ours, theirs, len), 0);
}

Test(notify_wire, replies_as_the_library_writes_them)
{
	static const int codes[] = {0, -EINVAL};
	uint8_t ours[RF_NOTIFY_REPLY_MAX];

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		cr_assert_eq(lttng_ust_ctl_reply_register_event(pair[0], 0x12345, codes[i]), 0);
		expect_written(
			ours, rf_notification_reply(ours, LTTNG_UST_CTL_NOTIFY_CMD_EVENT, codes[i], 0x12345, 0), 44);
		cr_assert_eq(
			lttng_ust_ctl_reply_register_channel(pair[0], 4, LTTNG_UST_CTL_CHANNEL_HEADER_LARGE, codes[i]),
			0);
		expect_written(ours,
			rf_notification_reply(ours, LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL, codes[i], 4,
				LTTNG_UST_CTL_CHANNEL_HEADER_LARGE),
			48);
		cr_assert_eq(lttng_ust_ctl_reply_register_enum(pair[0], 0x123456789abull, codes[i]), 0);
		expect_written(ours,
			rf_notification_reply(ours, LTTNG_UST_CTL_NOTIFY_CMD_ENUM, codes[i], 0x123456789abull, 0), 48);
	}
}

Test(notify_wire, length_is_told_from_the_fixed_part)
{
	const struct lttng_ust_ctl_field field = integer_field("a", 32, 1, 10);

	write_event(&w, 1, 2, "p:e", 0, "", &field, 1, NULL);
	for (size_t have = 0; have < 316; have++)
		cr_assert_eq(rf_notification_length(w.base, have), 0);
	cr_assert_eq(rf_notification_length(w.base, 316), (ssize_t)w.at);
}

static void expect_refused(size_t at, uint32_t value)
{
	struct rf_notification n;

	rf_write_u32_at(&w, at, value);
	cr_assert(rf_notification_length(w.base, w.at) < 0 || rf_notification_decode(w.base, w.at, &n) == -EPROTO,
		"%u at %zu was taken", value, at);
}

Test(notify_wire, lengths_that_cannot_be)
{
	static const uint32_t bad[] = {1, 919, 921, 1840, 0x7fffffff, 0xfffffc68, UINT32_MAX};
	const struct lttng_ust_ctl_field field = integer_field("a", 32, 1, 10);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		rf_writer_free(&w);
		rf_writer_init_growing(&w, NOTIFICATION_ROOM, RF_HOST_ORDER);
		write_event(&w, 1, 2, "p:e", 0, "s", &field, 1, "u");
		expect_refused(276, bad[i]);
	}
}

Test(notify_wire, kinds_that_are_none)
{
	static const uint32_t kinds[] = {3, 4, 0x80000000, UINT32_MAX};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		cr_assert_eq(rf_notification_length((const uint8_t *)&kinds[i], sizeof(kinds[i])), -EPROTO);
}

Test(notify_wire, names_must_end)
{
	struct rf_notification n;

	write_event(&w, 1, 2, "p:e", 0, "s", NULL, 0, "uri");
	memset(w.base + 12, 'x', LTTNG_UST_ABI_SYM_NAME_LEN);
	cr_assert_lt(rf_notification_length(w.base, w.at), 0);
	memset(w.base + 12 + 10, 0, 1);
	cr_assert_eq(rf_notification_decode(w.base, w.at, &n), 0);
	w.base[w.at - 1] = 'x';
	cr_assert_eq(rf_notification_decode(w.base, w.at, &n), -EPROTO);
}

Test(notify_wire, counts_are_bounded)
{
	static uint8_t head[48];
	const uint32_t most = RF_NOTIFY_FIELDS_MAX * sizeof(struct lttng_ust_ctl_field);
	uint32_t len = most;

	head[0] = LTTNG_UST_CTL_NOTIFY_CMD_CHANNEL;
	memcpy(head + 12, &len, sizeof(len));
	cr_assert_eq(rf_notification_length(head, sizeof(head)), (ssize_t)(48 + most));
	/* One more is refused before a byte of it is kept. */
	len = most + sizeof(struct lttng_ust_ctl_field);
	memcpy(head + 12, &len, sizeof(len));
	cr_assert_eq(rf_notification_length(head, sizeof(head)), -EPROTO);
}
