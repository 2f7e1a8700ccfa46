/* SPDX-License-Identifier: GPL-2.0-only */
/* A small ELF library with two functions and some static probes, for tests that then break it. */
#ifndef RF_TESTS_UNIT_ELF_BUILDER_H
#define RF_TESTS_UNIT_ELF_BUILDER_H

#include "common/wire.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUILT_ADDRESS 0x10000u /* of what is at BUILT_CODE in the file */
#define BUILT_CODE 0x1000u
#define BUILT_CODE_SIZE 0x100u
#define BUILT_BASE 0x20000u /* .stapsdt.base */
#define BUILT_MOVED 0x30u   /* notes were written when the base was lower by so much */

struct built {
	uint8_t bytes[8192];
	size_t size;
	bool wide;
};

static inline void built_word(struct rf_writer *w, bool wide, uint64_t value)
{
	if (wide)
		rf_write_u64(w, value);
	else
		rf_write_u32(w, (uint32_t)value);
}

static inline void built_note(
	struct rf_writer *w, bool wide, uint64_t address, uint64_t semaphore, const char *provider, const char *name)
{
	size_t len = 3 * (wide ? 8 : 4) + strlen(provider) + strlen(name) + 2 + 1;

	rf_write_u32(w, 8);
	rf_write_u32(w, (uint32_t)len);
	rf_write_u32(w, 3);
	rf_write_cstr(w, "stapsdt");
	built_word(w, wide, address - BUILT_MOVED);
	built_word(w, wide, BUILT_BASE - BUILT_MOVED);
	built_word(w, wide, semaphore);
	rf_write_cstr(w, provider);
	rf_write_cstr(w, name);
	rf_write_cstr(w, "");
	rf_write_zeros(w, -len & 3);
}

static inline void built_symbol(
	struct rf_writer *w, bool wide, uint32_t name, uint64_t value, uint8_t info, uint16_t section)
{
	rf_write_u32(w, name);
	if (!wide) {
		rf_write_u32(w, (uint32_t)value);
		rf_write_u32(w, 16);
	}
	rf_write_u8(w, info);
	rf_write_u8(w, 0);
	rf_write_u16(w, section);
	if (wide) {
		rf_write_u64(w, value);
		rf_write_u64(w, 16);
	}
}

static inline void built_section(struct rf_writer *w, bool wide, uint32_t name, uint32_t type, uint64_t flags,
	uint64_t address, const size_t from_to[2], uint32_t link, uint64_t entry)
{
	rf_write_u32(w, name);
	rf_write_u32(w, type);
	built_word(w, wide, flags);
	built_word(w, wide, address);
	built_word(w, wide, from_to[0]);
	built_word(w, wide, from_to[1] - from_to[0]);
	rf_write_u32(w, link);
	rf_write_u32(w, 0);
	built_word(w, wide, 1);
	built_word(w, wide, entry);
}

static inline void built_header(struct rf_writer *w, bool wide, size_t sections_at, uint16_t sections)
{
	static const uint8_t ident[EI_NIDENT] = {0x7f, 'E', 'L', 'F', 0, ELFDATA2LSB, EV_CURRENT};
	size_t ident_at = w->at;

	rf_write_bytes(w, ident, sizeof(ident));
	w->base[ident_at + EI_CLASS] = wide ? ELFCLASS64 : ELFCLASS32;
	rf_write_u16(w, ET_DYN);
	rf_write_u16(w, wide ? EM_X86_64 : EM_386);
	rf_write_u32(w, EV_CURRENT);
	built_word(w, wide, 0);
	built_word(w, wide, wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
	built_word(w, wide, sections_at);
	rf_write_u32(w, 0);
	rf_write_u16(w, wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
	rf_write_u16(w, wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
	rf_write_u16(w, 1);
	rf_write_u16(w, wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	rf_write_u16(w, sections);
	rf_write_u16(w, 1);
	/* The code. */
	rf_write_u32(w, PT_LOAD);
	if (wide)
		rf_write_u32(w, PF_R | PF_X);
	built_word(w, wide, BUILT_CODE);
	built_word(w, wide, BUILT_ADDRESS);
	built_word(w, wide, BUILT_ADDRESS);
	built_word(w, wide, BUILT_CODE_SIZE);
	built_word(w, wide, BUILT_CODE_SIZE);
	if (!wide)
		rf_write_u32(w, PF_R | PF_X);
	built_word(w, wide, 1);
}

static inline void build_elf(struct built *b, bool wide)
{
	/*                                1          11       19       27             41 */
	static const char section_names[] = "\0.shstrtab\0.symtab\0.strtab\0.note.stapsdt\0.stapsdt.base";
	/*                        1        9       16        24 */
	static const char names[] = "\0"
				    "my_first\0"
				    "second\0"
				    "twice\0"
				    "data\0"
				    "elsewhere";
	size_t at[5][2] = {{0}}, nothing[2] = {0, 0};
	struct rf_writer w;

	b->wide = wide;
	rf_writer_init_fixed(&w, b->bytes, sizeof(b->bytes), RF_LITTLE_ENDIAN);
	built_header(&w, wide, 0, 0);
	rf_write_zeros(&w, BUILT_CODE + BUILT_CODE_SIZE - w.at);
	at[0][0] = w.at;
	rf_write_bytes(&w, section_names, sizeof(section_names));
	at[0][1] = at[1][0] = w.at;
	built_symbol(&w, wide, 0, 0, 0, 0);
	built_symbol(&w, wide, 1, BUILT_ADDRESS + 0x10, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 5);
	built_symbol(&w, wide, 4, BUILT_ADDRESS + 0x20, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 5);
	built_symbol(&w, wide, 17, BUILT_ADDRESS + 0x30, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 5);
	built_symbol(&w, wide, 17, BUILT_ADDRESS + 0x40, ELF64_ST_INFO(STB_WEAK, STT_FUNC), 5);
	built_symbol(&w, wide, 10, BUILT_ADDRESS + 0x50, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 5);
	built_symbol(&w, wide, 10, BUILT_ADDRESS + 0x60, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 5);
	built_symbol(&w, wide, 23, BUILT_ADDRESS + 0x70, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 5);
	built_symbol(&w, wide, 28, BUILT_ADDRESS + 0x80, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), SHN_UNDEF);
	at[1][1] = at[2][0] = w.at;
	rf_write_bytes(&w, names, sizeof(names));
	at[2][1] = w.at;
	rf_write_zeros(&w, -w.at & 3);
	at[3][0] = w.at;
	built_note(&w, wide, BUILT_ADDRESS + 0x11, 0, "prov", "one");
	built_note(&w, wide, BUILT_ADDRESS + 0x22, 0, "prov", "two");
	built_note(&w, wide, BUILT_ADDRESS + 0x33, 0, "prov", "two");
	built_note(&w, wide, BUILT_ADDRESS + 0x22, 0, "prov", "two");
	built_note(&w, wide, BUILT_ADDRESS + 0x44, 0x5000, "prov", "counted");
	built_note(&w, wide, BUILT_ADDRESS + BUILT_CODE_SIZE, 0, "prov", "outside");
	at[3][1] = at[4][0] = at[4][1] = w.at;

	size_t sections_at = w.at, entry = wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);

	built_section(&w, wide, 0, SHT_NULL, 0, 0, nothing, 0, 0);
	built_section(&w, wide, 1, SHT_STRTAB, 0, 0, at[0], 0, 0);
	built_section(&w, wide, 11, SHT_SYMTAB, 0, 0, at[1], 3, entry);
	built_section(&w, wide, 19, SHT_STRTAB, 0, 0, at[2], 0, 0);
	built_section(&w, wide, 27, SHT_NOTE, 0, 0, at[3], 0, 0);
	built_section(&w, wide, 41, SHT_PROGBITS, SHF_ALLOC, BUILT_BASE, at[4], 0, 0);
	b->size = w.at;
	rf_writer_init_fixed(&w, b->bytes, sizeof(b->bytes), RF_LITTLE_ENDIAN);
	built_header(&w, wide, sections_at, 6);
}

/* A file of SIZE bytes; the caller closes it. */
static inline int memory_file(const void *bytes, size_t size)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	if (fd >= 0 && pwrite(fd, bytes, size, 0) != (ssize_t)size) {
		close(fd);
		return -1;
	}
	return fd;
}

#endif
