/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/session.h"

#include <criterion/criterion.h>

static struct rf_sessions sessions;
static struct rf_session *session;

static void set_up(void)
{
	rf_sessions_init(&sessions, "host");
	session = rf_session_new(&sessions, "s", 0, 0);
	cr_assert_not_null(session);
}

static void tear_down(void)
{
	rf_sessions_fini(&sessions);
}

TestSuite(snapshot_size, .init = set_up, .fini = tear_down);

/* With that many streams of each channel of user space. */
static uint32_t packets(uint64_t max_size, uint64_t streams)
{
	return rf_snapshot_packets(session, max_size, &(struct rf_snapshot_streams){.ust = streams, .kernel = 1});
}

static void add(const char *name, uint64_t size, uint64_t count)
{
	const struct rf_channel_attr attr = {.subbuf_size = size, .subbuf_count = count};
	struct rf_channel *channel = rf_channel_new(session, name, &attr);

	cr_assert_not_null(channel);
	rf_list_append(&session->ust.channels, &channel->node);
}

Test(snapshot_size, is_shared_by_all_streams)
{
	static const struct {
		uint64_t size;
		uint32_t packets;
	} cases[] = {{1, 0}, {24575, 0}, {24576, 1}, {49151, 1}, {49152, 2}, {57343, 2}, {57344, 3}, {65535, 3},
		{65536, UINT32_MAX}, {UINT64_MAX, UINT32_MAX}, {0, UINT32_MAX}};

	add("a", 4096, 4);
	add("b", 8192, 2);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(packets(cases[i].size, 2), cases[i].packets, "case %zu: %u", i, packets(cases[i].size, 2));
	cr_expect_eq(packets(24576, 4), 0);
}

Test(snapshot_size, is_no_matter_without_channels)
{
	cr_expect_eq(packets(1, 8), UINT32_MAX);
}

Test(snapshot_size, does_not_overflow_and_ends_soon)
{
	add("huge", 1ull << 63, 1ull << 62);
	cr_expect_eq(packets(UINT64_MAX - 1, 2), 0);
	cr_expect_eq(packets(UINT64_MAX, 1), 1);
	add("many", 4096, 1ull << 63);
	cr_expect_eq(packets(1ull << 62, 1), 0);
	rf_channel_free(rf_channel_find(&session->ust, "huge"));
	cr_expect_eq(packets(1ull << 62, 1), UINT32_MAX, "of 2^50 packets");
	cr_expect_eq(packets(1ull << 40, 1), 1u << 28);
}

Test(snapshot_size, counts_channels_of_the_kernel)
{
	const struct rf_channel_attr attr = {.subbuf_size = 8192, .subbuf_count = 4};
	struct rf_channel *channel = rf_channel_new(session, "k", &attr);

	cr_assert_not_null(channel);
	rf_list_append(&session->kernel.channels, &channel->node);
	cr_expect_eq(packets(8191, 2), 0);
	cr_expect_eq(packets(8192, 2), 1);
	add("u", 4096, 4);
	cr_expect_eq(packets(16383, 2), 0);
	cr_expect_eq(packets(16384, 2), 1);
}
