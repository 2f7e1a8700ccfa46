/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/event_codec.h"

#include <string.h>

#define BYTECODE_HEADER 48u
#define EVENT_HEADER 43u
#define LOCATION_FUNCTION 0
#define LOCATION_MARKER 1

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

static void read_text(struct rf_reader *r, uint32_t len, size_t room, const char **out)
{
	*out = len <= room ? rf_read_cstr(r, len) : NULL;
	if (!*out)
		rf_reader_fail(r);
}

static void read_probe(struct rf_reader *r, struct rf_client_event *event)
{
	event->address = rf_read_u64(r);
	event->offset = rf_read_u64(r);
	read_text(r, rf_read_u32(r), RF_NAME_SIZE, &event->symbol);
}

static void read_function(struct rf_reader *r, struct rf_client_event *event)
{
	read_text(r, rf_read_u32(r), RF_NAME_SIZE, &event->symbol);
}

static void read_location(struct rf_reader *r, struct rf_client_event *event)
{
	int8_t kind = rf_read_i8(r);
	bool marker = kind == LOCATION_MARKER;
	uint32_t name = rf_read_u32(r), provider = marker ? rf_read_u32(r) : 0, path = rf_read_u32(r);

	read_text(r, name, RF_NAME_SIZE, &event->symbol);
	if (marker)
		read_text(r, provider, RF_NAME_SIZE, &event->provider);
	read_text(r, path, RF_PATH_SIZE, &event->path);
	event->location = marker ? RF_USER_PROBE_MARKER : RF_USER_PROBE_FUNCTION;
	/* How it is looked up has the same numbers as what we call its kind. */
	if (rf_read_i8(r) != (int8_t)event->location || (!marker && kind != LOCATION_FUNCTION))
		rf_reader_fail(r);
}

/* The part that only some types have: always at the end, and its length where that of the type stands. */
static void read_type_part(
	struct rf_reader *r, struct rf_client_event *event, const struct part_lengths *len, uint32_t fd_count)
{
	bool probe = event->type == RF_EVENT_PROBE || event->type == RF_EVENT_FUNCTION;
	bool entry = event->type == RF_EVENT_FUNCTION_ENTRY;
	bool location = event->type == RF_EVENT_USERSPACE_PROBE;
	struct rf_reader part = rf_read_sub(r, probe ? len->probe : entry ? len->function : len->location);

	if (event->type < RF_EVENT_ALL || event->type > RF_EVENT_USERSPACE_PROBE || !!len->probe != probe ||
		!!len->function != entry || !!len->location != location || fd_count != (location ? 1 : 0)) {
		rf_reader_fail(r);
		return;
	}
	if (probe)
		read_probe(&part, event);
	else if (entry)
		read_function(&part, event);
	else if (location)
		read_location(&part, event);
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

static uint32_t filter_size(const struct rf_event_line *line)
{
	return line->rule && line->rule->filter ? (uint32_t)strlen(line->rule->filter) + 1 : 0;
}

static uint32_t exclusion_count(const struct rf_event_line *line)
{
	return line->rule ? line->rule->exclusion_count : 0;
}

static uint32_t text_size(const char *text)
{
	return (uint32_t)strlen(text) + 1;
}

/* Lengths of what the type adds; 0 for most. */
static uint32_t probe_size(const struct rf_event_line *line)
{
	bool probe = line->rule && (line->type == RF_EVENT_PROBE || line->type == RF_EVENT_FUNCTION);

	return probe ? 2 * sizeof(uint64_t) + sizeof(uint32_t) + text_size(line->rule->probe.symbol) : 0;
}

static uint32_t function_size(const struct rf_event_line *line)
{
	bool entry = line->rule && line->type == RF_EVENT_FUNCTION_ENTRY;

	return entry ? sizeof(uint32_t) + text_size(line->rule->probe.symbol) : 0;
}

static uint32_t location_size(const struct rf_event_line *line)
{
	const struct rf_user_probe *probe = line->rule ? line->rule->user_probe : NULL;
	uint32_t size = 2 * (uint32_t)sizeof(int8_t) + 2 * (uint32_t)sizeof(uint32_t);

	if (!probe)
		return 0;
	size += text_size(probe->name) + text_size(probe->path);
	if (probe->kind == RF_USER_PROBE_MARKER)
		size += (uint32_t)sizeof(uint32_t) + text_size(probe->provider);
	return size;
}

uint32_t rf_event_size(const struct rf_event_line *line)
{
	uint32_t size = EVENT_HEADER + text_size(line->name) + filter_size(line) + location_size(line) +
		probe_size(line) + function_size(line);

	for (uint32_t i = 0; i < exclusion_count(line); i++)
		size += (uint32_t)sizeof(uint32_t) + text_size(line->rule->exclusions[i]);
	return size;
}

static void write_text(struct rf_writer *w, const char *text)
{
	rf_write_u32(w, text_size(text));
	rf_write_cstr(w, text);
}

static void write_location(struct rf_writer *w, const struct rf_user_probe *probe)
{
	bool marker = probe->kind == RF_USER_PROBE_MARKER;

	rf_write_i8(w, marker ? LOCATION_MARKER : LOCATION_FUNCTION);
	rf_write_u32(w, text_size(probe->name));
	if (marker)
		rf_write_u32(w, text_size(probe->provider));
	rf_write_u32(w, text_size(probe->path));
	rf_write_cstr(w, probe->name);
	if (marker)
		rf_write_cstr(w, probe->provider);
	rf_write_cstr(w, probe->path);
	rf_write_i8(w, (int8_t)probe->kind);
}

static void write_type_part(struct rf_writer *w, const struct rf_event_line *line)
{
	if (location_size(line))
		write_location(w, line->rule->user_probe);
	if (probe_size(line)) {
		rf_write_u64(w, line->rule->probe.address);
		rf_write_u64(w, line->rule->probe.offset);
	}
	if (probe_size(line) || function_size(line))
		write_text(w, line->rule->probe.symbol);
}

void rf_event_write(struct rf_writer *w, const struct rf_event_line *line)
{
	rf_write_i8(w, line->type);
	rf_write_i8(w, line->loglevel_type);
	rf_write_i32(w, line->loglevel);
	rf_write_i8(w, line->enabled);
	rf_write_i32(w, line->pid);
	rf_write_u32(w, line->flags);
	rf_write_u32(w, text_size(line->name));
	rf_write_u32(w, exclusion_count(line));
	rf_write_u32(w, filter_size(line));
	rf_write_u32(w, 0); /* filter program: never sent back */
	rf_write_u32(w, location_size(line));
	rf_write_u32(w, probe_size(line));
	rf_write_u32(w, function_size(line));
	rf_write_cstr(w, line->name);
	for (uint32_t i = 0; i < exclusion_count(line); i++)
		write_text(w, line->rule->exclusions[i]);
	if (filter_size(line))
		rf_write_cstr(w, line->rule->filter);
	write_type_part(w, line);
}
