/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/quota.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static const struct rf_channel_attr attr = {.subbuf_size = 4096, .subbuf_count = 4};

static struct rf_event_rule *big_rule(void)
{
	struct rf_event_rule *rule = rf_event_rule_new();

	rule->bytecode_len = 65536;
	rule->bytecode = calloc(1, rule->bytecode_len);
	return rule;
}

Test(quota, sessions_of_a_user_are_counted)
{
	struct rf_sessions sessions;
	char name[32];

	rf_sessions_init(&sessions, "host");
	for (unsigned int i = 0; i < RF_QUOTA_SESSIONS; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		cr_assert_not_null(rf_session_new(&sessions, name, 1000, 100));
	}
	cr_assert_null(rf_session_new(&sessions, "one more", 1000, 100));
	cr_assert_not_null(rf_session_new(&sessions, "of another", 1001, 100));
	cr_assert_not_null(rf_session_new(&sessions, "of root", 0, 0));
	rf_session_free(rf_session_find(&sessions, "s7"));
	cr_assert_not_null(rf_session_new(&sessions, "one more", 1000, 100));
	rf_sessions_fini(&sessions);
}

Test(quota, what_rules_take_is_limited_and_given_back)
{
	struct rf_sessions sessions;
	struct rf_event_rule *rule = big_rule();

	rf_sessions_init(&sessions, "host");

	struct rf_session *first = rf_session_new(&sessions, "a", 1000, 100);
	struct rf_session *second = rf_session_new(&sessions, "b", 1000, 100);
	struct rf_session *other = rf_session_new(&sessions, "c", 1001, 100);
	struct rf_session *roots = rf_session_new(&sessions, "d", 0, 0);
	struct rf_channel *channels[4] = {rf_channel_new(first, "c", &attr), rf_channel_new(second, "c", &attr),
		rf_channel_new(other, "c", &attr), rf_channel_new(roots, "c", &attr)};
	unsigned int added = 0;

	rf_list_append(&first->ust.channels, &channels[0]->node);
	rf_list_append(&second->ust.channels, &channels[1]->node);
	rf_list_append(&other->ust.channels, &channels[2]->node);
	rf_list_append(&roots->ust.channels, &channels[3]->node);
	while (rf_channel_add_rule(first, channels[0], rule))
		added++;
	cr_assert_eq(added, (RF_QUOTA_BYTES - 2 * sizeof(struct rf_channel)) / rf_quota_of_rule(rule));
	cr_assert_null(rf_channel_add_rule(second, channels[1], rule), "all sessions of a user count together");
	cr_assert_not_null(rf_channel_add_rule(other, channels[2], rule));
	for (unsigned int i = 0; i < added + 10; i++)
		cr_assert_not_null(rf_channel_add_rule(roots, channels[3], rule));
	rf_session_free(first);
	cr_assert_not_null(rf_channel_add_rule(second, channels[1], rule), "what was destroyed counts no more");
	rf_channel_free(channels[1]);
	cr_assert_eq(second->held_bytes, 0);
	rf_event_rule_unref(rule);
	rf_sessions_fini(&sessions);
}
