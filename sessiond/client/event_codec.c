/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/event_codec.h"

#include "common/names.h"
#include "sessiond/model/filter_check.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTECODE_HEADER 48u
#define EVENT_HEADER 43u

/* Lengths of the parts that follow the fixed fields. */
struct part_lengths {
	uint32_t name;
	uint32_t filter;
	uint32_t bytecode;
	uint32_t location;
	uint32_t probe;
	uint32_t function;
};

static void read_exclusions(struct rf_reader *r, struct rf_client_event *event)
{
	size_t start = r->at;

	if (event->exclusion_count > RF_EXCLUSIONS_MAX)
		rf_reader_fail(r);
	for (uint32_t i = 0; i < event->exclusion_count && rf_reader_ok(r); i++) {
		uint32_t len = rf_read_u32(r);

		if (len > RF_NAME_SIZE || !rf_read_cstr(r, len))
			rf_reader_fail(r);
	}
	if (rf_reader_ok(r))
		rf_reader_init(&event->exclusions, r->base + start, r->at - start, r->order);
}

static void read_bytecode(struct rf_reader *r, uint32_t len, struct rf_client_event *event)
{
	if (!len)
		return;

	struct rf_reader part = rf_read_sub(r, len);

	event->program_len = rf_read_u32(&part);
	event->program_reloc = rf_read_u32(&part);
	event->program_seqnum = rf_read_u64(&part);
	rf_read_skip(&part, 32);
	event->program = rf_read_view(&part, event->program_len);
	if (!rf_reader_done(&part) || event->program_reloc > event->program_len)
		rf_reader_fail(r);
}

static void read_symbol(struct rf_reader *r, uint32_t len)
{
	if (len > RF_NAME_SIZE || !rf_read_cstr(r, len))
		rf_reader_fail(r);
}

static void read_location(struct rf_reader *r)
{
	int8_t kind = rf_read_i8(r);
	uint32_t first = rf_read_u32(r), second = rf_read_u32(r), third = kind == 1 ? rf_read_u32(r) : 0;

	if (kind != 0 && kind != 1)
		rf_reader_fail(r);
	rf_read_cstr(r, first);
	rf_read_cstr(r, second);
	if (kind == 1)
		rf_read_cstr(r, third);

	int8_t lookup = rf_read_i8(r);

	if (lookup != 1 && lookup != 2)
		rf_reader_fail(r);
}

/* Kernel and user-space probes are not ours to use, but they must be well-formed to be told what they are. */
static void read_type_part(
	struct rf_reader *r, const struct rf_client_event *event, const struct part_lengths *len, uint32_t fd_count)
{
	bool probe = event->type == RF_EVENT_PROBE || event->type == RF_EVENT_FUNCTION;
	bool entry = event->type == RF_EVENT_FUNCTION_ENTRY;
	bool location = event->type == RF_EVENT_USERSPACE_PROBE;
	struct rf_reader part = rf_read_sub(r, len->probe);

	if (event->type < RF_EVENT_ALL || event->type > RF_EVENT_USERSPACE_PROBE || !!len->probe != probe ||
		!!len->function != entry || !!len->location != location || fd_count != (location ? 1 : 0)) {
		rf_reader_fail(r);
		return;
	}
	if (probe) {
		rf_read_skip(&part, 2 * sizeof(uint64_t));
		read_symbol(&part, rf_read_u32(&part));
	} else if (entry) {
		part = rf_read_sub(r, len->function);
		read_symbol(&part, rf_read_u32(&part));
	} else if (location) {
		part = rf_read_sub(r, len->location);
		read_location(&part);
	}
	if (!rf_reader_done(&part))
		rf_reader_fail(r);
}

bool rf_event_read(struct rf_reader *r, uint32_t fd_count, struct rf_client_event *event)
{
	struct part_lengths len;

	*event = (struct rf_client_event){.type = rf_read_i8(r)};
	event->loglevel_type = rf_read_i8(r);
	event->loglevel = rf_read_i32(r);
	event->enabled = rf_read_i8(r);
	event->pid = rf_read_i32(r);
	event->flags = rf_read_u32(r);
	len.name = rf_read_u32(r);
	event->exclusion_count = rf_read_u32(r);
	len.filter = rf_read_u32(r);
	len.bytecode = rf_read_u32(r);
	len.location = rf_read_u32(r);
	len.probe = rf_read_u32(r);
	len.function = rf_read_u32(r);

	const char *name = len.name <= RF_NAME_SIZE ? rf_read_cstr(r, len.name) : NULL;

	if (!name)
		return false;
	memcpy(event->name, name, len.name);
	read_exclusions(r, event);
	if (len.filter)
		event->filter = rf_read_cstr(r, len.filter);
	event->filter_len = len.filter;
	read_bytecode(r, len.bytecode, event);
	if (event->program && !event->filter)
		rf_reader_fail(r);
	read_type_part(r, event, &len, fd_count);
	return rf_reader_done(r);
}

static int copy_exclusions(const struct rf_client_event *event, struct rf_event_rule *rule)
{
	struct rf_reader r = event->exclusions;

	if (!event->exclusion_count)
		return LTTNG_OK;
	rule->exclusions = calloc(event->exclusion_count, sizeof(*rule->exclusions));
	if (!rule->exclusions)
		return LTTNG_ERR_EXCLUSION_NOMEM;
	for (uint32_t i = 0; i < event->exclusion_count; i++) {
		const char *text = rf_read_cstr(&r, rf_read_u32(&r));

		if (!text)
			return LTTNG_ERR_INVALID;
		snprintf(rule->exclusions[i], sizeof(rule->exclusions[i]), "%s", text);
		rf_collapse_stars(rule->exclusions[i]);
		for (uint32_t k = 0; k < i; k++) {
			if (!strcmp(rule->exclusions[k], rule->exclusions[i]))
				return LTTNG_ERR_INVALID;
		}
	}
	rule->exclusion_count = event->exclusion_count;
	return LTTNG_OK;
}

static int copy_filter(const struct rf_client_event *event, struct rf_event_rule *rule)
{
	if (!event->filter)
		return LTTNG_OK;
	if (!event->program)
		return LTTNG_ERR_INVALID;
	if (!rf_filter_check(event->program, event->program_len, event->program_reloc))
		return LTTNG_ERR_FILTER_INVAL;
	rule->filter = malloc(event->filter_len);
	rule->bytecode = malloc(event->program_len);
	if (!rule->filter || !rule->bytecode)
		return LTTNG_ERR_FILTER_NOMEM;
	memcpy(rule->filter, event->filter, event->filter_len);
	memcpy(rule->bytecode, event->program, event->program_len);
	rule->bytecode_len = event->program_len;
	rule->bytecode_reloc = event->program_reloc;
	rule->bytecode_seqnum = event->program_seqnum;
	return LTTNG_OK;
}

static int fill_rule(const struct rf_client_event *event, struct rf_event_rule *rule)
{
	if (event->type != RF_EVENT_TRACEPOINT)
		return LTTNG_ERR_INVALID;
	if (event->loglevel_type < RF_LOGLEVEL_ALL || event->loglevel_type > RF_LOGLEVEL_SINGLE)
		return LTTNG_ERR_INVALID;
	/* Library users may leave the name empty; to the tracer that is every event. */
	snprintf(rule->name, sizeof(rule->name), "%s", event->name);
	rf_collapse_stars(rule->name);
	rule->loglevel_type = (enum rf_loglevel_type)event->loglevel_type;
	rule->loglevel = rule->loglevel_type == RF_LOGLEVEL_ALL ? -1 : event->loglevel;

	int code = copy_exclusions(event, rule);

	return code == LTTNG_OK ? copy_filter(event, rule) : code;
}

int rf_event_make_rule(const struct rf_client_event *event, struct rf_event_rule **rule)
{
	struct rf_event_rule *made = rf_event_rule_new();
	int code = made ? fill_rule(event, made) : LTTNG_ERR_NOMEM;

	if (code != LTTNG_OK) {
		rf_event_rule_unref(made);
		made = NULL;
	}
	*rule = made;
	return code;
}

static uint32_t filter_size(const struct rf_event_line *line)
{
	return line->rule && line->rule->filter ? (uint32_t)strlen(line->rule->filter) + 1 : 0;
}

static uint32_t exclusion_count(const struct rf_event_line *line)
{
	return line->rule ? line->rule->exclusion_count : 0;
}

uint32_t rf_event_size(const struct rf_event_line *line)
{
	uint32_t size = EVENT_HEADER + (uint32_t)strlen(line->name) + 1 + filter_size(line);

	for (uint32_t i = 0; i < exclusion_count(line); i++)
		size += (uint32_t)(sizeof(uint32_t) + strlen(line->rule->exclusions[i]) + 1);
	return size;
}

void rf_event_write(struct rf_writer *w, const struct rf_event_line *line)
{
	rf_write_i8(w, line->type);
	rf_write_i8(w, line->loglevel_type);
	rf_write_i32(w, line->loglevel);
	rf_write_i8(w, line->enabled);
	rf_write_i32(w, line->pid);
	rf_write_u32(w, 0); /* flags, of system calls */
	rf_write_u32(w, (uint32_t)strlen(line->name) + 1);
	rf_write_u32(w, exclusion_count(line));
	rf_write_u32(w, filter_size(line));
	rf_write_zeros(w, 4 * sizeof(uint32_t)); /* filter program, location, probe, function */
	rf_write_cstr(w, line->name);
	for (uint32_t i = 0; i < exclusion_count(line); i++) {
		rf_write_u32(w, (uint32_t)strlen(line->rule->exclusions[i]) + 1);
		rf_write_cstr(w, line->rule->exclusions[i]);
	}
	if (filter_size(line))
		rf_write_cstr(w, line->rule->filter);
}
