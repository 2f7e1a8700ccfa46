/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/session.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rf_event_rule *rule(const char *name, const char *first, const char *second)
{
	struct rf_event_rule *made = rf_event_rule_new();

	snprintf(made->name, sizeof(made->name), "%s", name);
	made->loglevel = -1;
	if (!first)
		return made;
	made->exclusion_count = second ? 2 : 1;
	made->exclusions = calloc(made->exclusion_count, sizeof(*made->exclusions));
	snprintf(made->exclusions[0], sizeof(made->exclusions[0]), "%s", first);
	if (second)
		snprintf(made->exclusions[1], sizeof(made->exclusions[1]), "%s", second);
	return made;
}

static void expect_same(struct rf_event_rule *a, struct rf_event_rule *b, bool same)
{
	cr_expect_eq(rf_event_rule_same(a, b), same);
	cr_expect_eq(rf_event_rule_same(b, a), same);
	rf_event_rule_unref(a);
	rf_event_rule_unref(b);
}

Test(rule, is_its_name_and_exclusions_in_any_order)
{
	expect_same(rule("a*", NULL, NULL), rule("a*", NULL, NULL), true);
	expect_same(rule("a*", NULL, NULL), rule("a", NULL, NULL), false);
	expect_same(rule("a*", "b", "c"), rule("a*", "c", "b"), true);
	expect_same(rule("a*", "b", "c"), rule("a*", "b", NULL), false);
	expect_same(rule("a*", "b", NULL), rule("a*", "c", NULL), false);
	expect_same(rule("a*", "b", NULL), rule("a*", NULL, NULL), false);
}

Test(rule, is_its_log_level)
{
	struct rf_event_rule *a = rule("a", NULL, NULL), *b = rule("a", NULL, NULL);

	a->loglevel = 5;
	cr_expect(rf_event_rule_same(a, b), "without a level rule the value means nothing");
	a->loglevel_type = b->loglevel_type = RF_LOGLEVEL_RANGE;
	cr_expect_not(rf_event_rule_same(a, b));
	b->loglevel = 5;
	cr_expect(rf_event_rule_same(a, b));
	b->loglevel_type = RF_LOGLEVEL_SINGLE;
	cr_expect_not(rf_event_rule_same(a, b));
	rf_event_rule_unref(a);
	rf_event_rule_unref(b);
}

Test(rule, is_its_program_but_not_its_text)
{
	struct rf_event_rule *a = rule("a", NULL, NULL), *b = rule("a", NULL, NULL);

	a->bytecode = (uint8_t *)strdup("abc");
	a->bytecode_len = 3;
	cr_expect_not(rf_event_rule_same(a, b));
	b->bytecode = (uint8_t *)strdup("abd");
	b->bytecode_len = 3;
	cr_expect_not(rf_event_rule_same(a, b));
	b->bytecode[2] = 'c';
	a->filter = strdup("i>3");
	cr_expect(rf_event_rule_same(a, b));
	rf_event_rule_unref(a);
	rf_event_rule_unref(b);
}

Test(session, is_found_by_exact_name_until_it_is_destroyed)
{
	struct rf_sessions sessions;

	rf_sessions_init(&sessions, "host");

	struct rf_session *a = rf_session_new(&sessions, "a", 1000, 100),
			  *b = rf_session_new(&sessions, "b", 1001, 100);

	cr_expect_eq(rf_session_find(&sessions, "a"), a);
	cr_expect_null(rf_session_find(&sessions, "A"));
	cr_expect_null(rf_session_find(&sessions, ""));
	cr_expect_neq(a->id, b->id);
	cr_expect_eq(sessions.list.next, &b->node, "newest first");
	cr_expect(rf_session_may_control(a, 0) && rf_session_may_control(a, 1000));
	cr_expect_not(rf_session_may_control(a, 1001));
	a->destroyed = true;
	cr_expect_null(rf_session_find(&sessions, "a"));
	rf_session_free(a);
	rf_session_free(b);
}

Test(session, frees_its_channels_rules_and_contexts)
{
	struct rf_sessions sessions;
	struct rf_channel_attr attr = {.subbuf_size = 4096, .subbuf_count = 4};

	rf_sessions_init(&sessions, "host");

	struct rf_session *session = rf_session_new(&sessions, "a", 0, 0);
	struct rf_channel *first = rf_channel_new(session, "c", &attr), *second = rf_channel_new(session, "d", &attr);
	struct rf_event_rule *shared = rule("a", "b", NULL);

	rf_list_append(&session->ust.channels, &first->node);
	rf_list_append(&session->ust.channels, &second->node);

	struct rf_channel_rule *in_first = rf_channel_add_rule(session, first, shared);
	struct rf_channel_rule *in_second = rf_channel_add_rule(session, second, shared);

	cr_expect(first->id != second->id && in_first->id != in_second->id && in_first->id != first->id);
	cr_expect_eq(rf_channel_find(&session->ust, "d"), second);
	cr_expect_eq(rf_channel_find_rule(second, shared), in_second);
	cr_expect_eq(atomic_load(&shared->refs), 3);
	rf_session_free(session);
	cr_expect_eq(atomic_load(&shared->refs), 1, "the rule belongs to whoever still holds it");
	rf_event_rule_unref(shared);
}
