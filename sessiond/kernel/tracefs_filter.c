/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/tracefs_filter.h"

#include "common/log.h"
#include "sessiond/ctf/text.h"
#include "sessiond/kernel/filter_text.h"
#include "sessiond/kernel/tracefs_watch.h"

#include <errno.h>
#include <string.h>

bool rf_tracefs_filters(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event)
{
	rf_list_for_each(node, &channel->rules) {
		const struct rf_tracefs_rule *rule = rf_container_of(node, struct rf_tracefs_rule, node);

		if (rule->enabled && rule->rule->filter && rf_tracefs_rule_takes(rule, event))
			return true;
	}
	return false;
}

static int refuse(struct rf_tracefs_rule *rule, const struct rf_tracefs_event *event)
{
	rule->filter_refused = true;
	return rf_tracefs_rule_leave_out(rule, event);
}

/* Adds what RULE lets through; *ALL: that is everything. */
static int add(const struct rf_tracefs_channel *channel, struct rf_text *text, struct rf_tracefs_rule *rule,
	const struct rf_tracefs_event *event, const struct rf_format *format, bool *all)
{
	char own[RF_FILTER_TEXT_SIZE];

	if (!rule->rule->filter) {
		*all = true;
		return 0;
	}
	if (rf_tracefs_watches(channel, event)) {
		rf_warning(
			"event %s is left out of %s: the contexts of channel %s need all its records; record it with "
			"that filter in another channel",
			event->kernel.id, rule->rule->name, channel->name);
		return refuse(rule, event);
	}

	int err = rf_filter_to_tracefs(rule->rule->filter, format, event->name, own, sizeof(own));

	if (err < 0) {
		rf_debug("event %s is left out of %s: %s", event->kernel.id, rule->rule->name, own);
		return refuse(rule, event);
	}
	/* That takes a filter away: it lets everything through. */
	if (strcmp(own, "0") == 0) {
		*all = true;
		return 0;
	}
	if (text->len)
		rf_text_add(text, " || ", 4);
	rf_text_add(text, "(", 1);
	rf_text_add(text, own, strlen(own));
	rf_text_add(text, ")", 1);
	return 0;
}

static int join(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event,
	const struct rf_format *format, struct rf_text *text, bool *all)
{
	rf_list_for_each(node, &channel->rules) {
		struct rf_tracefs_rule *rule = rf_container_of(node, struct rf_tracefs_rule, node);
		int err = rule->enabled && rf_tracefs_rule_takes(rule, event)
			? add(channel, text, rule, event, format, all)
			: 0;

		if (err < 0)
			return err;
	}
	return 0;
}

int rf_tracefs_filter(const struct rf_tracefs_channel *channel, const struct rf_tracefs_event *event,
	const struct rf_format *format, struct rf_tracefs_rule *changed, char **filter)
{
	*filter = NULL;
	for (;;) {
		struct rf_text text;
		bool all = false;

		rf_text_init(&text, RF_FILTER_TEXT_SIZE);

		int err = join(channel, event, format, &text, &all);

		rf_text_add(&text, "", 1);
		if (err < 0 || all || text.len == 1) {
			rf_text_free(&text);
			return err;
		}
		if (!text.failed) {
			*filter = text.data;
			return 0;
		}
		rf_text_free(&text);
		/* Too long together: they go on without the last one. */
		if (!changed->enabled || !rf_tracefs_rule_takes(changed, event))
			return -ENOMEM;
		err = refuse(changed, event);
		if (err < 0)
			return err;
	}
}
