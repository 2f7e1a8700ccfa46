/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/event_catalogue.h"

#include "common/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool parse_line(struct rf_kernel_event *event, const char *line, size_t len)
{
	char system[RF_KERNEL_NAME_SIZE];
	const char *colon = len ? memchr(line, ':', len) : NULL;

	if (!colon || len >= sizeof(event->id) || memchr(line, '/', len) || memchr(line, ' ', len))
		return false;
	*event = (struct rf_kernel_event){0};
	memcpy(event->id, line, len);
	memcpy(system, event->id, (size_t)(colon - line));
	system[colon - line] = '\0';

	const char *own = event->id + (colon - line) + 1;

	event->kind = rf_kernel_event_kind(system, own);
	event->in_all = event->kind != RF_KERNEL_TRACEPOINT || rf_kernel_system_in_all(system);
	return *system && *own && rf_kernel_event_name(system, own, event->name);
}

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

int rf_kernel_catalogue_parse(struct rf_kernel_catalogue *catalogue, const char *text, size_t len)
{
	*catalogue = (struct rf_kernel_catalogue){
		.events = calloc(count_lines(text, len), sizeof(catalogue->events[0]))};
	if (!catalogue->events)
		return -ENOMEM;

	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line = end ? (size_t)(end - (text + at)) : len - at;

		if (parse_line(&catalogue->events[catalogue->count], text + at, line))
			catalogue->count++;
		at += line + 1;
	}
	return 0;
}

void rf_kernel_catalogue_free(struct rf_kernel_catalogue *catalogue)
{
	free(catalogue->events);
	*catalogue = (struct rf_kernel_catalogue){0};
}

bool rf_kernel_event_selected(const struct rf_event_rule *rule, const struct rf_kernel_event *event)
{
	bool everything = strcmp(rule->name, "*") == 0;
	bool syscall = event->kind != RF_KERNEL_TRACEPOINT;

	switch (rule->type) {
	case RF_EVENT_ALL:
		return event->in_all && rf_star_match(rule->name, event->name);
	case RF_EVENT_TRACEPOINT:
		return !syscall && (everything ? event->in_all : rf_star_match(rule->name, event->name));
	case RF_EVENT_SYSCALL:
		return syscall && rf_star_match(rule->name, rf_kernel_syscall_name(event->name));
	default:
		return false;
	}
}
