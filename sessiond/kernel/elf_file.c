/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/elf_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_LEN 64u /* of a section that somebody looks for, with its NUL */

int rf_elf_read(struct rf_elf *elf, uint64_t offset, void *out, size_t len)
{
	uint8_t *to = out;

	if (offset > elf->size || len > elf->size - offset)
		return -ENOEXEC;
	if (len > elf->left)
		return -EFBIG;
	elf->left -= len;
	while (len) {
		ssize_t got = pread(elf->fd, to, len, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got) /* it was cut meanwhile */
			return -ENOEXEC;
		to += got;
		offset += (uint64_t)got;
		len -= (size_t)got;
	}
	return 0;
}

int rf_elf_load(struct rf_elf *elf, uint64_t offset, uint64_t len, size_t max, struct rf_reader *reader)
{
	rf_reader_init(reader, NULL, 0, RF_LITTLE_ENDIAN);
	if (len > max)
		return -EFBIG;

	uint8_t *bytes = malloc(len ? (size_t)len : 1);

	if (!bytes)
		return -ENOMEM;

	int status = rf_elf_read(elf, offset, bytes, (size_t)len);

	if (status)
		free(bytes);
	else
		rf_reader_init(reader, bytes, (size_t)len, RF_LITTLE_ENDIAN);
	return status;
}

uint64_t rf_elf_word(const struct rf_elf *elf, struct rf_reader *reader)
{
	return elf->wide ? rf_read_u64(reader) : rf_read_u32(reader);
}

/* What the file's header says of the tables. */
struct tables {
	uint64_t segments_at;
	uint64_t sections_at;
	uint32_t segment_count;
	uint32_t section_count;
	uint32_t names;
};

static int read_header(struct rf_elf *elf, struct tables *tables)
{
	uint8_t bytes[sizeof(Elf64_Ehdr)] = {0};
	struct rf_reader r;
	int status = rf_elf_read(elf, 0, bytes, EI_NIDENT);

	if (status)
		return status;
	if (memcmp(bytes, ELFMAG, SELFMAG) != 0 || bytes[EI_DATA] != ELFDATA2LSB || bytes[EI_VERSION] != EV_CURRENT ||
		(bytes[EI_CLASS] != ELFCLASS32 && bytes[EI_CLASS] != ELFCLASS64))
		return -ENOEXEC;
	elf->wide = bytes[EI_CLASS] == ELFCLASS64;

	size_t size = elf->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);

	status = rf_elf_read(elf, 0, bytes, size);
	if (status)
		return status;
	rf_reader_init(&r, bytes, size, RF_LITTLE_ENDIAN);
	rf_read_skip(&r, EI_NIDENT);

	uint16_t type = rf_read_u16(&r);

	rf_read_skip(&r, sizeof(uint16_t) + sizeof(uint32_t)); /* machine, version */
	rf_elf_word(elf, &r);                                  /* entry */
	tables->segments_at = rf_elf_word(elf, &r);
	tables->sections_at = rf_elf_word(elf, &r);
	rf_read_skip(&r, sizeof(uint32_t) + sizeof(uint16_t)); /* flags, size of this header */

	uint16_t segment_size = rf_read_u16(&r);

	tables->segment_count = rf_read_u16(&r);

	uint16_t section_size = rf_read_u16(&r);

	tables->section_count = rf_read_u16(&r);
	tables->names = rf_read_u16(&r);
	if (!rf_reader_done(&r) || (type != ET_EXEC && type != ET_DYN))
		return -ENOEXEC;
	if (tables->segment_count && segment_size != (elf->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)))
		return -ENOEXEC;
	if (tables->sections_at && section_size != (elf->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)))
		return -ENOEXEC;
	return 0;
}

static struct rf_elf_section read_section(const struct rf_elf *elf, struct rf_reader *r)
{
	struct rf_elf_section section = {.name = rf_read_u32(r)};

	section.type = rf_read_u32(r);
	section.flags = rf_elf_word(elf, r);
	section.address = rf_elf_word(elf, r);
	section.offset = rf_elf_word(elf, r);
	section.size = rf_elf_word(elf, r);
	section.link = rf_read_u32(r);
	rf_read_u32(r);      /* info */
	rf_elf_word(elf, r); /* alignment */
	section.entry_size = rf_elf_word(elf, r);
	return section;
}

static struct rf_elf_segment read_segment(const struct rf_elf *elf, struct rf_reader *r)
{
	struct rf_elf_segment segment = {.type = rf_read_u32(r)};

	if (elf->wide)
		segment.flags = rf_read_u32(r);
	segment.offset = rf_elf_word(elf, r);
	segment.address = rf_elf_word(elf, r);
	rf_elf_word(elf, r); /* physical address */
	segment.file_size = rf_elf_word(elf, r);
	rf_elf_word(elf, r); /* size in memory */
	if (!elf->wide)
		segment.flags = rf_read_u32(r);
	rf_elf_word(elf, r); /* alignment */
	return segment;
}

/* Numbers that the header has no room for are in the first section. */
static int read_large_counts(struct rf_elf *elf, struct tables *tables)
{
	size_t size = elf->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	struct rf_reader r;

	if (!tables->sections_at)
		return 0;

	int status = rf_elf_load(elf, tables->sections_at, size, size, &r);

	if (status)
		return status;

	struct rf_elf_section first = read_section(elf, &r);

	free((void *)r.base);
	if (!tables->section_count)
		tables->section_count = first.size > RF_ELF_SECTIONS_MAX ? RF_ELF_SECTIONS_MAX + 1
									 : (uint32_t)first.size;
	if (tables->names == SHN_XINDEX)
		tables->names = first.link;
	return 0;
}

static int read_sections(struct rf_elf *elf, const struct tables *tables)
{
	size_t size = elf->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	struct rf_reader r;

	if (!tables->sections_at || !tables->section_count)
		return 0;
	if (tables->section_count > RF_ELF_SECTIONS_MAX)
		return -EFBIG;

	int status = rf_elf_load(
		elf, tables->sections_at, tables->section_count * size, RF_ELF_SECTIONS_MAX * size, &r);

	if (status)
		return status;
	elf->sections = calloc(tables->section_count, sizeof(*elf->sections));
	for (; elf->sections && elf->section_count < tables->section_count; elf->section_count++)
		elf->sections[elf->section_count] = read_section(elf, &r);
	free((void *)r.base);
	elf->names = tables->names < elf->section_count ? tables->names : 0;
	return elf->sections ? 0 : -ENOMEM;
}

static int read_segments(struct rf_elf *elf, const struct tables *tables)
{
	size_t size = elf->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	struct rf_reader r;

	if (!tables->segment_count)
		return 0;
	if (tables->segment_count > RF_ELF_SEGMENTS_MAX)
		return -EFBIG;

	int status = rf_elf_load(
		elf, tables->segments_at, tables->segment_count * size, RF_ELF_SEGMENTS_MAX * size, &r);

	if (status)
		return status;
	elf->segments = calloc(tables->segment_count, sizeof(*elf->segments));
	for (; elf->segments && elf->segment_count < tables->segment_count; elf->segment_count++)
		elf->segments[elf->segment_count] = read_segment(elf, &r);
	free((void *)r.base);
	return elf->segments ? 0 : -ENOMEM;
}

int rf_elf_open(struct rf_elf *elf, int fd)
{
	struct tables tables;
	struct stat st;

	*elf = (struct rf_elf){.fd = fd, .left = RF_ELF_READ_MAX};
	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size < 0)
		return -ENOEXEC;
	elf->size = (uint64_t)st.st_size;

	int status = read_header(elf, &tables);

	if (!status)
		status = read_large_counts(elf, &tables);
	if (!status)
		status = read_sections(elf, &tables);
	if (!status)
		status = read_segments(elf, &tables);
	return status;
}

void rf_elf_close(struct rf_elf *elf)
{
	free(elf->sections);
	free(elf->segments);
	elf->sections = NULL;
	elf->segments = NULL;
	elf->section_count = 0;
	elf->segment_count = 0;
}

/* Whether the name of SECTION is NAME. Or an error in *STATUS. */
static bool is_named(struct rf_elf *elf, const struct rf_elf_section *section, const char *name, int *status)
{
	const struct rf_elf_section *names = &elf->sections[elf->names];
	size_t len = strlen(name) + 1;
	char found[NAME_MAX_LEN];

	if (len > sizeof(found) || section->name > names->size || len > names->size - section->name ||
		names->offset > UINT64_MAX - section->name)
		return false;
	*status = rf_elf_read(elf, names->offset + section->name, found, len);
	return !*status && !memcmp(found, name, len);
}

const struct rf_elf_section *rf_elf_find_section(struct rf_elf *elf, const char *name, int *status)
{
	*status = 0;
	for (size_t i = 1; elf->names && i < elf->section_count && !*status; i++)
		if (elf->sections[i].type != SHT_NOBITS && is_named(elf, &elf->sections[i], name, status))
			return &elf->sections[i];
	return NULL;
}

/* Of LEN bytes in the file for memory from START on, where ADDRESS is. */
static bool offset_in(
	const struct rf_elf *elf, uint64_t start, uint64_t at, uint64_t len, uint64_t address, uint64_t *offset)
{
	if (address < start || address - start >= len || at > elf->size || address - start >= elf->size - at)
		return false;
	*offset = at + (address - start);
	return true;
}

bool rf_elf_code_offset(const struct rf_elf *elf, uint64_t address, uint64_t *offset)
{
	for (size_t i = 0; i < elf->segment_count; i++) {
		const struct rf_elf_segment *s = &elf->segments[i];

		if (s->type == PT_LOAD && s->flags & PF_X &&
			offset_in(elf, s->address, s->offset, s->file_size, address, offset))
			return true;
	}
	/* What is mapped is what segments say; only without them sections are all there is. */
	for (size_t i = 0; !elf->segment_count && i < elf->section_count; i++) {
		const struct rf_elf_section *s = &elf->sections[i];

		if (s->type == SHT_PROGBITS && s->flags & SHF_ALLOC && s->flags & SHF_EXECINSTR &&
			offset_in(elf, s->address, s->offset, s->size, address, offset))
			return true;
	}
	return false;
}
