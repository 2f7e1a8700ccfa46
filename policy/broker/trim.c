/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/trim.h"

#include "common/ctf.h"
#include "common/log.h"
#include "common/wire.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_in(int dir, const char *name, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
}

static off_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : -1;
}

/* Where the packet of entry NUMBER ends in the data file; -1 when the entry cannot be read. */
static off_t packet_end(int index, off_t number)
{
	uint8_t entry[RF_INDEX_ENTRY];
	struct rf_reader r;

	if (pread(index, entry, sizeof(entry), RF_INDEX_HEADER + number * RF_INDEX_ENTRY) != sizeof(entry))
		return -1;
	rf_reader_init(&r, entry, sizeof(entry), RF_BIG_ENDIAN);

	uint64_t offset = rf_read_u64(&r);
	uint64_t bits = rf_read_u64(&r);

	if (offset > INT64_MAX / 2 || bits / 8 > INT64_MAX / 2)
		return -1;
	return (off_t)(offset + bits / 8);
}

static void trim_pair(const char *name, int index, int data)
{
	off_t index_size = size_of(index);
	off_t data_size = size_of(data);
	off_t entries = index_size < (off_t)RF_INDEX_HEADER ? 0 : (index_size - RF_INDEX_HEADER) / RF_INDEX_ENTRY;
	off_t end = 0;
	char safe[256];

	if (index_size < 0 || data_size < 0)
		return;
	for (; entries > 0; entries--) {
		end = packet_end(index, entries - 1);
		if (end >= 0 && end <= data_size)
			break;
		end = 0;
	}
	/* Also where nothing is torn: blocks that were reserved behind the end are given back. */
	if (data_size >= end && ftruncate(data, end) == 0 && data_size > end)
		rf_warning("cut %lld bytes of a torn packet off %s", (long long)(data_size - end),
			rf_log_safe(safe, sizeof(safe), name));
	if (index_size > (off_t)RF_INDEX_HEADER + entries * RF_INDEX_ENTRY &&
		ftruncate(index, RF_INDEX_HEADER + entries * RF_INDEX_ENTRY) < 0)
		rf_warning("cannot cut the index of %s", rf_log_safe(safe, sizeof(safe), name));
}

static void trim_named(int dir, int index_dir, const char *index_name)
{
	char name[NAME_MAX + 1];
	size_t len = strlen(index_name);

	if (len <= 4 || len > NAME_MAX || strcmp(index_name + len - 4, ".idx") != 0)
		return;
	memcpy(name, index_name, len - 4);
	name[len - 4] = '\0';

	int index = open_in(index_dir, index_name, O_RDWR);
	int data = open_in(dir, name, O_RDWR);

	if (index >= 0 && data >= 0)
		trim_pair(name, index, data);
	if (index >= 0)
		close(index);
	if (data >= 0)
		close(data);
}

/* Offset just behind the last packet that is there as a whole. */
static off_t metadata_end(int fd, off_t size)
{
	uint8_t header[RF_CTF_METADATA_HEADER];
	off_t end = 0;

	while (pread(fd, header, sizeof(header), end) == sizeof(header)) {
		struct rf_reader r;

		/* Traces are of this machine, so is their order. */
		rf_reader_init(&r, header, sizeof(header), RF_HOST_ORDER);

		uint32_t magic = rf_read_u32(&r);

		rf_read_skip(&r, 16 + 4 + 4);

		off_t packet = rf_read_u32(&r) / 8;

		if (magic != RF_CTF_METADATA_MAGIC || packet < (off_t)sizeof(header) || packet > size - end)
			break;
		end += packet;
	}
	return end;
}

/* Offset just behind the last packet that is there as a whole. */
static off_t stream_end(int fd, off_t size)
{
	uint8_t header[RF_CTF_PACKET_BITS_AT + 8];
	off_t end = 0;

	while (pread(fd, header, sizeof(header), end) == sizeof(header)) {
		struct rf_reader r;

		/* Traces are of this machine, so is their order. */
		rf_reader_init(&r, header, sizeof(header), RF_HOST_ORDER);

		uint32_t magic = rf_read_u32(&r);

		rf_read_skip(&r, RF_CTF_PACKET_BITS_AT - 4);

		uint64_t packet = rf_read_u64(&r) / 8;

		if (magic != RF_CTF_PACKET_MAGIC || packet < sizeof(header) || packet > (uint64_t)(size - end))
			break;
		end += (off_t)packet;
	}
	return end;
}

/* Cuts NAME in DIR to the whole packets that END_OF finds in it. */
static void trim_to(int dir, const char *name, off_t (*end_of)(int fd, off_t size))
{
	int fd = open_in(dir, name, O_RDWR);
	off_t size = fd < 0 ? -1 : size_of(fd);
	off_t end = size > 0 ? end_of(fd, size) : size;
	char safe[256];

	if (end < size && ftruncate(fd, end) == 0)
		rf_warning("cut %lld bytes of a torn packet off %s", (long long)(size - end),
			rf_log_safe(safe, sizeof(safe), name));
	if (fd >= 0)
		close(fd);
}

void rf_trim_stream(int dir, const char *name)
{
	trim_to(dir, name, stream_end);
}

void rf_trim_trace(int dir)
{
	/* Without whole metadata no packet of the trace can be read. */
	trim_to(dir, "metadata", metadata_end);

	int index_dir = open_in(dir, "index", O_RDONLY | O_DIRECTORY);
	DIR *list = index_dir < 0 ? NULL : fdopendir(index_dir);
	const struct dirent *entry;

	if (!list) {
		if (index_dir >= 0)
			close(index_dir);
		return;
	}
	while ((entry = readdir(list)))
		trim_named(dir, index_dir, entry->d_name);
	closedir(list);
}
