/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Headers, sections and segments of an ELF file (32 and 64 bits, little endian) of somebody who may mean harm, and may
 * change or cut it meanwhile: everything is read with pread() and checked, never mapped, and no file costs more than so
 * many bytes of reading. A part of elf_places.h; any thread.
 *
 * Errors: -ENOEXEC: not an ELF program or library, or a malformed one; -EFBIG: more than the limits; others are those
 * of reading.
 */
#ifndef RF_SESSIOND_KERNEL_ELF_FILE_H
#define RF_SESSIOND_KERNEL_ELF_FILE_H

#include "common/wire.h"

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RF_ELF_READ_MAX (UINT64_C(512) * 1024 * 1024) /* bytes read of one file */
#define RF_ELF_SECTIONS_MAX 65536u
#define RF_ELF_SEGMENTS_MAX 4096u

struct rf_elf_section {
	uint32_t name; /* offset in the table of names */
	uint32_t type;
	uint64_t flags;
	uint64_t address;
	uint64_t offset;
	uint64_t size;
	uint32_t link;
	uint64_t entry_size;
};

struct rf_elf_segment {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t address;
	uint64_t file_size;
};

struct rf_elf {
	int fd;        /* the caller's */
	bool wide;     /* 64 bits */
	uint64_t size; /* of the file when it was opened here */
	uint64_t left; /* of RF_ELF_READ_MAX */
	struct rf_elf_section *sections;
	size_t section_count;
	struct rf_elf_segment *segments;
	size_t segment_count;
	uint32_t names; /* the section with the sections' names; 0: there is none */
};

/* Reads the headers of FD, a regular file. Free it with rf_elf_close() in any case. */
int rf_elf_open(struct rf_elf *elf, int fd);
void rf_elf_close(struct rf_elf *elf);
/* LEN bytes from OFFSET on; all of them, or -ENOEXEC. */
int rf_elf_read(struct rf_elf *elf, uint64_t offset, void *out, size_t len);
/* The same to memory that the reader reads then, and the caller frees (reader->base). At most MAX bytes. */
int rf_elf_load(struct rf_elf *elf, uint64_t offset, uint64_t len, size_t max, struct rf_reader *reader);
/* A number of 4 or 8 bytes, as the file's are. */
uint64_t rf_elf_word(const struct rf_elf *elf, struct rf_reader *reader);
/* The first section of NAME that the file has bytes of; NULL: there is none. Or an error in *STATUS. */
const struct rf_elf_section *rf_elf_find_section(struct rf_elf *elf, const char *name, int *status);
/* Where in the file the code at ADDRESS is. False: nowhere. */
bool rf_elf_code_offset(const struct rf_elf *elf, uint64_t address, uint64_t *offset);

#endif
