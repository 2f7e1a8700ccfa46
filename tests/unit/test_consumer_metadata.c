/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a trace, and the files that follow it: packets of whole blocks, or the text as it is. */
#include "consumerd/metadata_file.h"
#include "tests/unit/consumer_output.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The text of all packets in FD, checked for their headers. */
static char *read_metadata(int fd, const uint8_t uuid[RF_UUID_SIZE], size_t *packets)
{
	size_t size = (size_t)size_of(fd);
	char *text = calloc(1, size + 1);
	uint8_t page[4096];
	size_t at = 0;

	cr_assert_eq(size % sizeof(page), 0);
	*packets = size / sizeof(page);
	for (size_t i = 0; i < *packets; i++) {
		struct rf_reader r;
		uint8_t id[RF_UUID_SIZE];

		cr_assert_eq(pread(fd, page, sizeof(page), (off_t)(i * sizeof(page))), (ssize_t)sizeof(page));
		rf_reader_init(&r, page, sizeof(page), RF_HOST_ORDER);
		cr_assert_eq(rf_read_u32(&r), RF_CTF_METADATA_MAGIC);
		rf_read_bytes(&r, id, sizeof(id));
		cr_assert_arr_eq(id, uuid, sizeof(id));
		cr_assert_eq(rf_read_u32(&r), 0);

		uint32_t content = rf_read_u32(&r);

		cr_assert_eq(rf_read_u32(&r), sizeof(page) * 8);
		cr_assert_eq(rf_read_u8(&r) | rf_read_u8(&r) | rf_read_u8(&r), 0);
		cr_assert_eq(rf_read_u8(&r), 1);
		cr_assert_eq(rf_read_u8(&r), 8);
		cr_assert(content % 8 == 0 && content >= 37 * 8 && content <= sizeof(page) * 8);
		memcpy(text + at, page + 37, content / 8 - 37);
		at += content / 8 - 37;
	}
	return text;
}

static void expect_text(int fd, const uint8_t uuid[RF_UUID_SIZE], const char *expected, size_t expected_packets)
{
	size_t packets;
	char *text = read_metadata(fd, uuid, &packets);

	cr_assert_str_eq(text, expected);
	cr_assert_eq(packets, expected_packets, "%zu packets", packets);
	free(text);
}

/* A text and one file that follows it. */
struct metadata {
	struct rf_metadata_text text;
	struct rf_metadata_file file;
};

static const struct rf_metadata_format format = {.uuid = {9}, .packet_size = 4096};

static void metadata_begin(struct metadata *metadata, int fd)
{
	*metadata = (struct metadata){0};
	rf_metadata_file_init(&metadata->file, false);
	if (fd >= 0)
		rf_metadata_file_set(&metadata->file, dup(fd));
}

static void metadata_end(struct metadata *metadata)
{
	rf_metadata_file_fini(&metadata->file);
	rf_metadata_text_fini(&metadata->text);
}

static int try_push(struct metadata *metadata, uint32_t version, uint64_t offset, const char *text, size_t len)
{
	int err = rf_metadata_text_push(&metadata->text, version, offset, (const uint8_t *)text, len);

	return err ? err : rf_metadata_file_write(&metadata->file, &format, &metadata->text);
}

static void push(struct metadata *metadata, uint32_t version, uint64_t offset, const char *text)
{
	cr_assert_eq(try_push(metadata, version, offset, text, strlen(text)), 0);
}

/* Block NUMBER, LEN bytes long. */
static void make_block(char *out, unsigned int number, size_t len)
{
	int at = sprintf(out, "event {\n\tid = %u;\n\t/* ", number);

	memset(out + at, 'x', len - (size_t)at);
	memcpy(out + len - 8, " */\n};\n\n", 9);
}

Test(consumer_metadata, metadata_grows_in_place)
{
	struct metadata metadata;
	int fd = memory_file();

	metadata_begin(&metadata, -1);
	push(&metadata, 0, 0, "a {\n};\n"); /* before there is a file */
	rf_metadata_file_set(&metadata.file, dup(fd));
	cr_assert_eq(rf_metadata_file_write(&metadata.file, &format, &metadata.text), 0);
	expect_text(fd, format.uuid, "a {\n};\n", 1);
	push(&metadata, 0, 7, "b {\n};\n");
	expect_text(fd, format.uuid, "a {\n};\nb {\n};\n", 1);
	push(&metadata, 0, 7, "b {\n};\nc {\n};\n"); /* overlaps */
	expect_text(fd, format.uuid, "a {\n};\nb {\n};\nc {\n};\n", 1);
	cr_assert_eq(try_push(&metadata, 0, 100, "z", 1), -EINVAL);
	push(&metadata, 1, 0, "new {\n};\n");
	expect_text(fd, format.uuid, "new {\n};\n", 1);
	metadata_end(&metadata);
	close(fd);
}

/* At every length of the file that a killed writer could leave, what is there is whole blocks. */
Test(consumer_metadata, metadata_packets_hold_whole_blocks)
{
	static char all[200 * 1024];
	struct metadata metadata;
	char block[1200];
	size_t len = 0;
	size_t packets;
	int fd = memory_file();

	metadata_begin(&metadata, fd);
	for (unsigned int i = 0; i < 40; i++) {
		make_block(block, i, 700 + 12 * i);
		strcpy(all + len, block);
		push(&metadata, 0, len, block);
		len += strlen(block);
	}
	/* Many blocks at once. */
	size_t pushed = len;

	for (unsigned int i = 40; i < 60; i++) {
		make_block(block, i, 900);
		strcpy(all + len, block);
		len += strlen(block);
	}
	push(&metadata, 0, pushed, all + pushed);

	char *text = read_metadata(fd, format.uuid, &packets);

	cr_assert_str_eq(text, all);
	cr_assert(packets > len / 4096);
	free(text);
	for (size_t keep = 1; keep <= packets; keep++) {
		int cut = memory_file();
		uint8_t page[4096];

		for (size_t i = 0; i < keep; i++) {
			cr_assert_eq(pread(fd, page, sizeof(page), (off_t)(i * 4096)), 4096);
			cr_assert_eq(pwrite(cut, page, sizeof(page), (off_t)(i * 4096)), 4096);
		}

		size_t count;

		text = read_metadata(cut, format.uuid, &count);
		size_t end = strlen(text);

		while (end && text[end - 1] == '\n')
			end--;
		cr_assert(end > 3 && memcmp(text + end - 3, "\n};", 3) == 0, "packet %zu ends within a block", keep);
		free(text);
		close(cut);
	}
	metadata_end(&metadata);
	close(fd);
}

Test(consumer_metadata, metadata_longer_than_a_packet_and_a_full_disk)
{
	static char all[20000];
	struct metadata metadata;
	int fd = memory_file();

	metadata_begin(&metadata, fd);
	make_block(all, 1, 300);
	push(&metadata, 0, 0, all);
	make_block(all + 300, 2, 10000);
	limit_files(8192);
	cr_assert_eq(try_push(&metadata, 0, 300, all + 300, 10000), -EFBIG);
	limit_files(RLIM_INFINITY);
	make_block(all + 10300, 3, 300);
	push(&metadata, 0, 10300, all + 10300);
	expect_text(fd, format.uuid, all, 4);
	metadata_end(&metadata);
	cr_assert(!rf_metadata_packet_size_ok(5000));
	cr_assert(!rf_metadata_packet_size_ok(0));
	close(fd);
}

/* One text in several files, begun at different times, and as it is. */
Test(consumer_metadata, metadata_goes_to_every_file_from_its_beginning)
{
	static char all[60000];
	struct metadata metadata;
	struct rf_metadata_file later;
	struct rf_metadata_file raw;
	size_t len = 0;
	int fds[3] = {memory_file(), memory_file(), memory_file()};

	metadata_begin(&metadata, fds[0]);
	rf_metadata_file_init(&later, false);
	rf_metadata_file_init(&raw, true);
	rf_metadata_file_set(&raw, dup(fds[2]));
	for (unsigned int i = 0; i < 50; i++) {
		make_block(all + len, i, 1000);
		push(&metadata, 0, len, all + len);
		len += 1000;
		if (i == 25)
			rf_metadata_file_set(&later, dup(fds[1]));
		cr_assert_eq(rf_metadata_file_write(&later, &format, &metadata.text), 0);
		cr_assert_eq(rf_metadata_file_write(&raw, &format, &metadata.text), 0);
	}
	cr_assert(metadata.text.room <= len + len / 8 + 1024);
	for (unsigned int i = 0; i < 2; i++) {
		size_t packets;
		char *text = read_metadata(fds[i], format.uuid, &packets);

		cr_assert_str_eq(text, all);
		free(text);
	}
	cr_assert_eq(size_of(fds[2]), (off_t)len);

	static char plain[60000];

	cr_assert_eq(pread(fds[2], plain, sizeof(plain), 0), (ssize_t)len);
	cr_assert_arr_eq(plain, all, len);
	/* Another version takes the place of the old text everywhere. */
	push(&metadata, 1, 0, "new {\n};\n");
	cr_assert_eq(rf_metadata_file_write(&later, &format, &metadata.text), 0);
	cr_assert_eq(rf_metadata_file_write(&raw, &format, &metadata.text), 0);
	expect_text(fds[0], format.uuid, "new {\n};\n", 1);
	expect_text(fds[1], format.uuid, "new {\n};\n", 1);
	cr_assert_eq(size_of(fds[2]), 9);
	rf_metadata_file_fini(&later);
	rf_metadata_file_fini(&raw);
	metadata_end(&metadata);
	for (unsigned int i = 0; i < 3; i++)
		close(fds[i]);
}
