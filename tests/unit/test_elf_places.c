/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/elf_places.h"
#include "tests/unit/elf_builder.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>

#ifdef __LP64__
#define WORD ".8byte"
#else
#define WORD ".4byte"
#endif

/* What <sys/sdt.h> makes of a probe without arguments. */
#define PROBE(name, semaphore)                                                                                         \
	__asm__ volatile("990: nop\n"                                                                                  \
			 ".pushsection .note.stapsdt,\"\",\"note\"\n.balign 4\n"                                       \
			 ".4byte 992f-991f, 994f-993f, 3\n991: .asciz \"stapsdt\"\n992: .balign 4\n"                   \
			 "993: " WORD " 990b\n" WORD " _.stapsdt.base\n" WORD " " semaphore "\n"                       \
			 ".asciz \"rf_test\"\n.asciz \"" name "\"\n.asciz \"\"\n994: .balign 4\n.popsection\n"         \
			 ".ifndef _.stapsdt.base\n"                                                                    \
			 ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"                       \
			 ".weak _.stapsdt.base\n.hidden _.stapsdt.base\n_.stapsdt.base: .space 1\n"                    \
			 ".size _.stapsdt.base, 1\n.popsection\n.endif\n")

__attribute__((noinline, used)) static void rf_test_local_function(void)
{
	PROBE("local", "0");
}

__attribute__((noinline, used)) void rf_test_global_function(void);
__attribute__((noinline, used)) void rf_test_global_function(void)
{
	PROBE("global", "0");
	PROBE("twice", "0");
	PROBE("twice", "0");
	PROBE("counted", "1");
}

/* Where the loader says that an address of this process is in its file. */
struct wanted {
	uintptr_t address;
	uint64_t offset;
};

static int look_in(struct dl_phdr_info *object, size_t size, void *data)
{
	struct wanted *wanted = data;

	(void)size;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		uintptr_t start = object->dlpi_addr + segment->p_vaddr;

		if (segment->p_type == PT_LOAD && wanted->address >= start &&
			wanted->address - start < segment->p_filesz) {
			wanted->offset = segment->p_offset + (wanted->address - start);
			return 1;
		}
	}
	return 0;
}

static uint64_t offset_of(const void *address)
{
	struct wanted wanted = {.address = (uintptr_t)address};

	cr_assert(dl_iterate_phdr(look_in, &wanted));
	return wanted.offset;
}

static int open_self(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	return fd;
}

Test(elf_places, finds_functions_of_this_program)
{
	int fd = open_self();
	uint64_t offset;

	cr_assert_eq(rf_elf_function(fd, "rf_test_global_function", &offset), 0);
	cr_expect_eq(offset, offset_of((const void *)rf_test_global_function));
	cr_assert_eq(rf_elf_function(fd, "rf_test_local_function", &offset), 0);
	cr_expect_eq(offset, offset_of((const void *)rf_test_local_function));
	cr_expect_eq(rf_elf_function(fd, "rf_test_no_function", &offset), -ENOENT);
	cr_expect_eq(rf_elf_function(fd, "_function", &offset), -ENOENT);
	cr_expect_eq(rf_elf_function(fd, "", &offset), -ENOENT);
	close(fd);
}

Test(elf_places, finds_markers_of_this_program)
{
	uint64_t offsets[4], offset = offset_of((const void *)rf_test_global_function);
	int fd = open_self();
	size_t count;
	uint8_t byte;

	cr_assert_eq(rf_elf_marker(fd, "rf_test", "global", offsets, 4, &count), 0);
	cr_assert_eq(count, 1);
	cr_expect_geq(offsets[0], offset);
	cr_expect_lt(offsets[0], offset + 256);
	cr_assert_eq(pread(fd, &byte, 1, (off_t)offsets[0]), 1);
	cr_expect_eq(byte, 0x90);
	cr_assert_eq(rf_elf_marker(fd, "rf_test", "twice", offsets, 4, &count), 0);
	cr_assert_eq(count, 2);
	cr_expect_eq(rf_elf_marker(fd, "rf_test", "twice", offsets, 1, &count), -ENOSPC);
	cr_expect_eq(rf_elf_marker(fd, "rf_test", "counted", offsets, 4, &count), -EOPNOTSUPP);
	cr_expect_eq(rf_elf_marker(fd, "rf_test", "nothing", offsets, 4, &count), -ENOENT);
	cr_expect_eq(rf_elf_marker(fd, "rf_other", "global", offsets, 4, &count), -ENOENT);
	close(fd);
}

Test(elf_places, finds_dynamic_functions_of_libraries)
{
	void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
	const void *function = libc ? dlsym(libc, "gnu_get_libc_version") : NULL;
	Dl_info info;
	uint64_t offset;

	cr_assert(function);
	cr_assert(dladdr(function, &info));

	int fd = open(info.dli_fname, O_RDONLY | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	cr_assert_eq(rf_elf_function(fd, "gnu_get_libc_version", &offset), 0);
	cr_expect_eq(offset, offset_of(function));
	close(fd);
	dlclose(libc);
}

Test(elf_places, refuses_what_programs_without_names_have_not)
{
	int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);
	uint64_t offset;
	size_t count;

	if (fd < 0)
		cr_skip_test("there is no /bin/true");
	cr_expect_eq(rf_elf_function(fd, "rf_test_no_function", &offset), -ENOENT);
	cr_expect_eq(rf_elf_marker(fd, "prov", "name", &offset, 1, &count), -ENOENT);
	close(fd);
}

Test(elf_places, refuses_markers_of_python)
{
	int fd = open("/usr/bin/python3", O_RDONLY | O_CLOEXEC);
	uint64_t offsets[32];
	size_t count;

	if (fd < 0)
		cr_skip_test("there is no python3");

	int status = rf_elf_marker(fd, "python", "function__entry", offsets, 32, &count);

	close(fd);
	if (status == -ENOENT)
		cr_skip_test("python3 has no static probes");
	cr_expect_eq(status, -EOPNOTSUPP);
}

static void check_built(bool wide)
{
	struct built b;

	build_elf(&b, wide);

	int fd = memory_file(b.bytes, b.size);
	uint64_t offset = 0, offsets[4] = {0};
	size_t count;

	cr_assert_geq(fd, 0);
	cr_expect_eq(rf_elf_function(fd, "my_first", &offset), 0);
	cr_expect_eq(offset, BUILT_CODE + 0x10);
	/* Linkers let names share their ends. */
	cr_expect_eq(rf_elf_function(fd, "first", &offset), 0);
	cr_expect_eq(offset, BUILT_CODE + 0x20);
	cr_expect_eq(rf_elf_function(fd, "twice", &offset), 0);
	cr_expect_eq(offset, BUILT_CODE + 0x40, "the global one");
	cr_expect_eq(rf_elf_function(fd, "second", &offset), 0);
	cr_expect_eq(offset, BUILT_CODE + 0x50, "the first one");
	cr_expect_eq(rf_elf_function(fd, "data", &offset), -ENOENT);
	cr_expect_eq(rf_elf_function(fd, "elsewhere", &offset), -ENOENT);
	cr_expect_eq(rf_elf_marker(fd, "prov", "one", offsets, 4, &count), 0);
	cr_expect_eq(count, 1);
	cr_expect_eq(offsets[0], BUILT_CODE + 0x11);
	cr_expect_eq(rf_elf_marker(fd, "prov", "two", offsets, 4, &count), 0);
	cr_expect_eq(count, 2);
	cr_expect_eq(offsets[1], BUILT_CODE + 0x33);
	cr_expect_eq(rf_elf_marker(fd, "prov", "counted", offsets, 4, &count), -EOPNOTSUPP);
	cr_expect_eq(rf_elf_marker(fd, "prov", "outside", offsets, 4, &count), -ENOEXEC);
	close(fd);
}

Test(elf_places, reads_both_widths)
{
	check_built(true);
	check_built(false);
}

Test(elf_places, says_client_codes)
{
	static const struct {
		enum rf_user_probe_kind kind;
		const char *name;
		int code;
		uint32_t count;
	} cases[] = {
		{RF_USER_PROBE_FUNCTION, "my_first", LTTNG_OK, 1},
		{RF_USER_PROBE_FUNCTION, "nothing", LTTNG_ERR_PROBE_LOCATION_INVAL, 0},
		{RF_USER_PROBE_MARKER, "two", LTTNG_OK, 2},
		{RF_USER_PROBE_MARKER, "nothing", LTTNG_ERR_PROBE_LOCATION_INVAL, 0},
		{RF_USER_PROBE_MARKER, "counted", LTTNG_ERR_SDT_PROBE_SEMAPHORE, 0},
		{RF_USER_PROBE_MARKER, "outside", LTTNG_ERR_ELF_PARSING, 0},
	};
	struct built b;

	build_elf(&b, true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rf_user_probe *probe = calloc(1, sizeof(*probe));

		probe->kind = cases[i].kind;
		probe->fd = memory_file(b.bytes, b.size);
		strcpy(probe->provider, "prov");
		strcpy(probe->name, cases[i].name);
		cr_expect_eq(rf_user_probe_find_places(probe), cases[i].code, "%s", cases[i].name);
		cr_expect_eq(probe->place_count, cases[i].count, "%s", cases[i].name);
		close(probe->fd);
		free(probe);
	}
}

/* Whatever is in the file: an answer, and an offset inside it when it is 0. */
static void try_file(const uint8_t *bytes, size_t size)
{
	int fd = memory_file(bytes, size);
	uint64_t offset = 0, offsets[4];
	size_t count;

	cr_assert_geq(fd, 0);
	if (!rf_elf_function(fd, "first", &offset))
		cr_expect_lt(offset, size);
	if (!rf_elf_marker(fd, "prov", "two", offsets, 4, &count))
		for (size_t i = 0; i < count; i++)
			cr_expect_lt(offsets[i], size);
	close(fd);
}

static void damage(bool wide)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	struct built b;

	build_elf(&b, wide);
	for (size_t size = 0; size < b.size; size += size < 256 || size > BUILT_CODE + BUILT_CODE_SIZE ? 1 : 64)
		try_file(b.bytes, size);
	for (size_t at = 0; at < b.size; at = at == 255 ? BUILT_CODE + BUILT_CODE_SIZE : at + 1) {
		uint8_t was = b.bytes[at];

		for (size_t i = 0; i < sizeof(values); i++) {
			b.bytes[at] = values[i];
			try_file(b.bytes, b.size);
		}
		b.bytes[at] = was;
	}
}

Test(elf_places, survives_damaged_files)
{
	damage(true);
	damage(false);
}

Test(elf_places, refuses_what_is_no_program)
{
	uint64_t offset;
	int ends[2];
	int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int text = memory_file("#!/bin/sh\necho a script of some length, more than a header\n", 58);
	int empty = memory_file("", 0);

	cr_assert_eq(pipe(ends), 0);
	cr_expect_eq(rf_elf_function(directory, "f", &offset), -ENOEXEC);
	cr_expect_eq(rf_elf_function(text, "f", &offset), -ENOEXEC);
	cr_expect_eq(rf_elf_function(empty, "f", &offset), -ENOEXEC);
	cr_expect_eq(rf_elf_function(ends[0], "f", &offset), -ENOEXEC, "a pipe, which would have us wait");
	cr_expect_eq(rf_elf_function(-1, "f", &offset), -EBADF);
	close(directory);
	close(text);
	close(empty);
	close(ends[0]);
	close(ends[1]);
}

static void put_word(struct built *b, size_t at, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		b->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

/* A file of a terabyte that is nearly all holes, with tables as large as it. */
Test(elf_places, does_not_read_for_ever)
{
	struct built b;
	uint64_t offset, sections;

	build_elf(&b, true);
	memcpy(&sections, b.bytes + offsetof(Elf64_Ehdr, e_shoff), sizeof(sections));
	put_word(&b, sections + 3 * sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_size), UINT64_C(1) << 39, 8);

	int fd = memory_file(b.bytes, b.size);

	cr_assert_eq(ftruncate(fd, (off_t)1 << 40), 0);
	cr_expect_eq(rf_elf_function(fd, "first", &offset), -EFBIG);
	put_word(&b, sections + 3 * sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_size), UINT64_MAX, 8);
	cr_assert_eq(pwrite(fd, b.bytes, b.size, 0), (ssize_t)b.size);
	cr_expect_eq(rf_elf_function(fd, "first", &offset), -EFBIG);
	/* As many sections as there can be said to be. */
	put_word(&b, offsetof(Elf64_Ehdr, e_shnum), 0, 2);
	put_word(&b, sections + offsetof(Elf64_Shdr, sh_size), UINT64_MAX, 8);
	cr_assert_eq(pwrite(fd, b.bytes, b.size, 0), (ssize_t)b.size);
	cr_expect_eq(rf_elf_function(fd, "first", &offset), -EFBIG);
	close(fd);
}
