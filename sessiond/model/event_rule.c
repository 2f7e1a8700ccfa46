/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/model/event_rule.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rf_event_rule *rf_event_rule_new(void)
{
	struct rf_event_rule *rule = calloc(1, sizeof(*rule));

	if (rule)
		atomic_init(&rule->refs, 1);
	return rule;
}

struct rf_event_rule *rf_event_rule_ref(struct rf_event_rule *rule)
{
	atomic_fetch_add_explicit(&rule->refs, 1, memory_order_relaxed);
	return rule;
}

void rf_event_rule_unref(struct rf_event_rule *rule)
{
	if (!rule || atomic_fetch_sub_explicit(&rule->refs, 1, memory_order_acq_rel) != 1)
		return;
	free(rule->filter);
	free(rule->bytecode);
	free(rule->exclusions);
	if (rule->user_probe && rule->user_probe->fd >= 0)
		close(rule->user_probe->fd);
	free(rule->user_probe);
	free(rule);
}

static bool excludes(const struct rf_event_rule *rule, const char *name)
{
	for (uint32_t i = 0; i < rule->exclusion_count; i++) {
		if (!strcmp(rule->exclusions[i], name))
			return true;
	}
	return false;
}

/* Neither holds a name twice, so equal counts and inclusion mean equal sets. */
static bool same_exclusions(const struct rf_event_rule *a, const struct rf_event_rule *b)
{
	if (a->exclusion_count != b->exclusion_count)
		return false;
	for (uint32_t i = 0; i < a->exclusion_count; i++) {
		if (!excludes(b, a->exclusions[i]))
			return false;
	}
	return true;
}

bool rf_event_rule_same(const struct rf_event_rule *a, const struct rf_event_rule *b)
{
	if (a->type != b->type || strcmp(a->name, b->name) != 0 || a->loglevel_type != b->loglevel_type)
		return false;
	if (a->loglevel_type != RF_LOGLEVEL_ALL && a->loglevel != b->loglevel)
		return false;
	if (a->bytecode_len != b->bytecode_len || a->bytecode_reloc != b->bytecode_reloc)
		return false;
	if (a->bytecode_len && memcmp(a->bytecode, b->bytecode, a->bytecode_len) != 0)
		return false;
	return same_exclusions(a, b);
}
