/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/elf_places.h"

#include "sessiond/kernel/elf_file.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK (64u * 1024)            /* bytes of a table that are read at once */
#define NAMES_MAX (1024u * 1024)      /* places where a table of names has one of them */
#define NOTES_MAX (16u * 1024 * 1024) /* bytes of notes about static probes */
#define MARKER_TYPE 3u                /* of a note */
#define BASE_SECTION ".stapsdt.base"  /* its address moves as the code does */
#define MARKER_SECTION ".note.stapsdt"
#define MARKER_OWNER "stapsdt"

/* Where a name is in a table of names, ascending: also as the end of longer names. */
struct spots {
	uint32_t *at;
	size_t count;
	size_t room;
};

static int add_spot(struct spots *spots, uint64_t at)
{
	if (at > UINT32_MAX || spots->count == NAMES_MAX)
		return -EFBIG;
	if (spots->count == spots->room) {
		size_t room = spots->room ? 2 * spots->room : 64;
		uint32_t *more = reallocarray(spots->at, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		spots->at = more;
		spots->room = room;
	}
	spots->at[spots->count++] = (uint32_t)at;
	return 0;
}

static bool has_spot(const struct spots *spots, uint32_t at)
{
	size_t low = 0, high = spots->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (spots->at[middle] == at)
			return true;
		if (spots->at[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Finds NAME and its NUL in TABLE, block by block; each block begins with what may be the start of it in the last. */
static int find_spots(struct rf_elf *elf, const struct rf_elf_section *table, const char *name, struct spots *spots)
{
	size_t len = strlen(name) + 1;
	uint8_t *block = malloc(BLOCK);
	int status = block ? 0 : -ENOMEM;

	for (uint64_t at = 0; !status && len <= table->size - at;) {
		size_t want = table->size - at < BLOCK ? (size_t)(table->size - at) : BLOCK;
		const uint8_t *from = block;

		status = table->offset > UINT64_MAX - at ? -ENOEXEC : rf_elf_read(elf, table->offset + at, block, want);
		while (!status && (from = memmem(from, want - (size_t)(from - block), name, len))) {
			status = add_spot(spots, at + (uint64_t)(from - block));
			from++;
		}
		at += want - (len - 1);
	}
	free(block);
	return status;
}

struct symbol {
	uint32_t name;
	uint8_t info;
	uint16_t section;
	uint64_t value;
};

static struct symbol read_symbol(const struct rf_elf *elf, struct rf_reader *r)
{
	struct symbol symbol = {.name = rf_read_u32(r)};

	if (!elf->wide) {
		symbol.value = rf_read_u32(r);
		rf_read_u32(r); /* size */
	}
	symbol.info = rf_read_u8(r);
	rf_read_u8(r); /* visibility */
	symbol.section = rf_read_u16(r);
	if (elf->wide) {
		symbol.value = rf_read_u64(r);
		rf_read_u64(r); /* size */
	}
	return symbol;
}

struct search {
	struct rf_elf *elf;
	struct spots spots;
	bool found; /* a local function, so far */
	uint64_t offset;
};

/* True: it need not be searched on. */
static bool take_symbol(struct search *search, const struct symbol *symbol)
{
	bool local = ELF64_ST_BIND(symbol->info) == STB_LOCAL;
	uint64_t offset;

	if (ELF64_ST_TYPE(symbol->info) != STT_FUNC || symbol->section == SHN_UNDEF ||
		!has_spot(&search->spots, symbol->name) || (local && search->found) ||
		!rf_elf_code_offset(search->elf, symbol->value, &offset))
		return false;
	search->found = true;
	search->offset = offset;
	return !local;
}

static int search_symbols(struct search *search, const struct rf_elf_section *table)
{
	struct rf_elf *elf = search->elf;
	size_t size = elf->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	uint8_t *block = malloc(BLOCK);
	int status = block ? 0 : -ENOMEM;
	bool done = false;

	for (uint64_t at = 0; !status && !done && size <= table->size - at;) {
		uint64_t whole = (table->size - at) / size * size;
		size_t want = whole < BLOCK ? (size_t)whole : BLOCK / size * size;
		struct rf_reader r;

		status = table->offset > UINT64_MAX - at ? -ENOEXEC : rf_elf_read(elf, table->offset + at, block, want);
		rf_reader_init(&r, block, status ? 0 : want, RF_LITTLE_ENDIAN);
		while (!done && rf_reader_left(&r)) {
			struct symbol symbol = read_symbol(elf, &r);

			done = take_symbol(search, &symbol);
		}
		at += want;
	}
	free(block);
	return status;
}

/* The function NAME in tables of symbols of TYPE. 0, also if there is none. */
static int search_tables(struct search *search, uint32_t type, const char *name)
{
	struct rf_elf *elf = search->elf;
	size_t size = elf->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	for (size_t i = 1; i < elf->section_count && !search->found; i++) {
		const struct rf_elf_section *table = &elf->sections[i];

		if (table->type != type)
			continue;
		if (table->link >= elf->section_count || elf->sections[table->link].type != SHT_STRTAB ||
			table->entry_size != size)
			return -ENOEXEC;
		search->spots.count = 0;

		int status = find_spots(elf, &elf->sections[table->link], name, &search->spots);

		if (!status && search->spots.count)
			status = search_symbols(search, table);
		if (status)
			return status;
	}
	return 0;
}

int rf_elf_function(int fd, const char *function, uint64_t *offset)
{
	struct rf_elf elf;
	struct search search = {.elf = &elf};
	int status = rf_elf_open(&elf, fd);

	if (!*function || strlen(function) >= RF_NAME_SIZE)
		status = status ? status : -ENOENT;
	if (!status)
		status = search_tables(&search, SHT_SYMTAB, function);
	if (!status && !search.found)
		status = search_tables(&search, SHT_DYNSYM, function);
	if (!status && !search.found)
		status = -ENOENT;
	if (!status)
		*offset = search.offset;
	free(search.spots.at);
	rf_elf_close(&elf);
	return status;
}

/* A static probe's note. */
struct marker {
	uint64_t address;
	uint64_t base;
	uint64_t semaphore;
	const char *provider; /* in the reader's memory */
	const char *name;
};

static const char *read_text(struct rf_reader *r)
{
	return rf_read_cstr(r, strnlen((const char *)r->base + r->at, rf_reader_left(r)) + 1);
}

/* The next note. *IS_MARKER: what it says of a probe is in *MARKER. False: it is malformed. */
static bool read_note(const struct rf_elf *elf, struct rf_reader *notes, bool *is_marker, struct marker *marker)
{
	uint32_t owner_len = rf_read_u32(notes), len = rf_read_u32(notes), type = rf_read_u32(notes);
	size_t owner_room = (owner_len + UINT64_C(3)) & ~UINT64_C(3), room = (len + UINT64_C(3)) & ~UINT64_C(3);
	const uint8_t *owner = rf_read_view(notes, owner_room);

	/* The last one may lack what fills it up. */
	if (room > rf_reader_left(notes) && len <= rf_reader_left(notes))
		room = len;

	struct rf_reader r = rf_read_sub(notes, room);

	if (!rf_reader_ok(notes))
		return false;
	*is_marker = type == MARKER_TYPE && owner_len == sizeof(MARKER_OWNER) &&
		!memcmp(owner, MARKER_OWNER, sizeof(MARKER_OWNER));
	if (!*is_marker)
		return true;
	marker->address = rf_elf_word(elf, &r);
	marker->base = rf_elf_word(elf, &r);
	marker->semaphore = rf_elf_word(elf, &r);
	marker->provider = read_text(&r);
	marker->name = marker->provider ? read_text(&r) : NULL;
	return rf_reader_ok(&r) && marker->name;
}

struct places {
	uint64_t *offsets; /* the caller's */
	size_t max;
	size_t count;
};

static int add_place(struct places *places, uint64_t offset)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->offsets[i] == offset)
			return 0;
	if (places->count == places->max)
		return -ENOSPC;
	places->offsets[places->count++] = offset;
	return 0;
}

static int search_notes(
	struct rf_elf *elf, struct rf_reader *notes, const char *provider, const char *name, struct places *places)
{
	int status;
	const struct rf_elf_section *base = rf_elf_find_section(elf, BASE_SECTION, &status);

	while (!status && rf_reader_left(notes)) {
		struct marker marker = {0};
		bool is_marker;
		uint64_t offset;

		if (!read_note(elf, notes, &is_marker, &marker))
			return -ENOEXEC;
		if (!is_marker || strcmp(marker.provider, provider) != 0 || strcmp(marker.name, name) != 0)
			continue;
		if (marker.semaphore)
			return -EOPNOTSUPP;
		/* Tools that move a linked file's code leave notes as they were. */
		if (base && marker.base)
			marker.address += base->address - marker.base;
		if (!elf->wide)
			marker.address &= UINT32_MAX;
		status = rf_elf_code_offset(elf, marker.address, &offset) ? add_place(places, offset) : -ENOEXEC;
	}
	return status;
}

int rf_elf_marker(int fd, const char *provider, const char *name, uint64_t *offsets, size_t max, size_t *count)
{
	struct places places = {.offsets = offsets, .max = max};
	struct rf_reader notes;
	struct rf_elf elf;
	int status = rf_elf_open(&elf, fd);
	const struct rf_elf_section *section = status ? NULL : rf_elf_find_section(&elf, MARKER_SECTION, &status);

	*count = 0;
	if (!status && !section)
		status = -ENOENT;
	if (!status)
		status = rf_elf_load(&elf, section->offset, section->size, NOTES_MAX, &notes);
	if (!status) {
		status = search_notes(&elf, &notes, provider, name, &places);
		free((void *)notes.base);
		if (!status && !places.count)
			status = -ENOENT;
	}
	if (!status)
		*count = places.count;
	rf_elf_close(&elf);
	return status;
}

int rf_user_probe_find_places(struct rf_user_probe *probe)
{
	size_t count = 1;
	int status = probe->kind == RF_USER_PROBE_FUNCTION ? rf_elf_function(probe->fd, probe->name, probe->places)
							   : rf_elf_marker(probe->fd, probe->provider, probe->name,
								     probe->places, RF_USER_PROBE_PLACES_MAX, &count);

	probe->place_count = status ? 0 : (uint32_t)count;
	switch (status) {
	case 0:
		return LTTNG_OK;
	case -ENOENT:
	case -ENOSPC:
		return LTTNG_ERR_PROBE_LOCATION_INVAL;
	case -EOPNOTSUPP:
		return LTTNG_ERR_SDT_PROBE_SEMAPHORE;
	case -ENOMEM:
		return LTTNG_ERR_NOMEM;
	default:
		return LTTNG_ERR_ELF_PARSING;
	}
}
