/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/sink_file.h"

#include "common/list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * A trace is written once and read much later, if ever: left alone it would push out of memory what the traced
 * applications work with, and take a fresh page for every page of trace. So writing to the disk is started a window at
 * a time, without waiting for it, and what has got there is dropped from the page cache a little later.
 */
#define WRITE_OUT_WINDOW ((uint64_t)1 << 19)
#define WRITE_OUT_LAG (1 * WRITE_OUT_WINDOW)
/*
 * To find blocks page by page takes the file system a good part of what writing takes. A file that has shown to be a
 * large one gets them in larger pieces, ahead of its end; what it did not need is given back when it is closed.
 */
#define RESERVE ((uint64_t)16 << 20)
#define RESERVE_REFUSED UINT64_MAX
/* Pages that were still on their way to the disk when they were asked to go are asked again for so long. */
#define DROP_AGAIN (4 * WRITE_OUT_WINDOW)

struct sink_file {
	struct rf_sink sink;
	int data_fd;
	int index_fd;      /* -1: no index */
	uint64_t data_at;  /* end of the last complete packet */
	uint64_t started;  /* bytes whose way to the disk was started */
	uint64_t reserved; /* blocks up to there are the file's; 0: none beyond its end; RESERVE_REFUSED: not to be had
			    */
	uint64_t index_at; /* end of the last complete entry; 0: not even the header */
	bool torn;         /* the last roll-back failed: bytes of a dropped packet may follow */
};

/* Writes all of PARTS (which it changes) at OFFSET. 0 or a negative errno. */
static int write_parts(int fd, struct iovec *parts, int count, uint64_t offset)
{
	while (count) {
		if (!parts->iov_len) {
			parts++;
			count--;
			continue;
		}

		ssize_t wrote = pwritev(fd, parts, count, (off_t)offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return wrote < 0 ? -errno : -EIO;
		offset += (uint64_t)wrote;
		for (size_t left = (size_t)wrote; left;) {
			size_t step = left < parts->iov_len ? left : parts->iov_len;

			parts->iov_base = (char *)parts->iov_base + step;
			parts->iov_len -= step;
			left -= step;
			if (!parts->iov_len && count > 1) {
				parts++;
				count--;
			}
		}
	}
	return 0;
}

static int write_bytes(int fd, const void *bytes, size_t len, uint64_t offset)
{
	struct iovec part = {.iov_base = (void *)bytes, .iov_len = len};

	return write_parts(fd, &part, 1, offset);
}

/* Makes the files end after the last complete packet and its entry. */
static void roll_back(struct sink_file *file)
{
	file->reserved = file->reserved == RESERVE_REFUSED ? RESERVE_REFUSED : 0;
	file->torn = ftruncate(file->data_fd, (off_t)file->data_at) < 0;
	if (file->index_fd >= 0 && ftruncate(file->index_fd, (off_t)file->index_at) < 0)
		file->torn = true;
}

static int ensure_index_header(struct sink_file *file)
{
	uint8_t header[RF_INDEX_HEADER];

	if (file->index_fd < 0 || file->index_at)
		return 0;
	rf_index_header(header);

	int err = write_bytes(file->index_fd, header, sizeof(header), 0);

	if (!err)
		file->index_at = sizeof(header);
	return err;
}

/* A hint only: a file system that cannot do it, or has no more room, is not asked again. */
static void reserve(struct sink_file *file, uint64_t size)
{
	if (file->data_at < RESERVE || file->data_at + size <= file->reserved)
		return;
	if (fallocate(file->data_fd, FALLOC_FL_KEEP_SIZE, (off_t)file->data_at, (off_t)(size + RESERVE)) == 0)
		file->reserved = file->data_at + size + RESERVE;
	else
		file->reserved = RESERVE_REFUSED;
}

static int write_packet(struct sink_file *file, const struct rf_packet *packet)
{
	struct iovec parts[2] = {
		{.iov_base = (void *)packet->header, .iov_len = packet->header_len},
		{.iov_base = (void *)packet->body, .iov_len = packet->body_len},
	};
	uint8_t entry[RF_INDEX_ENTRY];
	int err = ensure_index_header(file);

	if (!err)
		err = write_parts(file->data_fd, parts, 2, file->data_at);
	if (err || file->index_fd < 0)
		return err;
	rf_index_entry(entry, packet, file->data_at);
	return write_bytes(file->index_fd, entry, sizeof(entry), file->index_at);
}

/* Hints only: what the file system makes of them does not matter here. */
static void write_out(struct sink_file *file)
{
	if (file->data_at - file->started < WRITE_OUT_WINDOW)
		return;
	(void)sync_file_range(
		file->data_fd, (off_t)file->started, (off_t)(file->data_at - file->started), SYNC_FILE_RANGE_WRITE);
	if (file->started > WRITE_OUT_LAG) {
		uint64_t end = file->started - WRITE_OUT_LAG;
		uint64_t begin = end > DROP_AGAIN ? end - DROP_AGAIN : 0;

		(void)posix_fadvise(file->data_fd, (off_t)begin, (off_t)(end - begin), POSIX_FADV_DONTNEED);
	}
	file->started = file->data_at;
}

static int sink_file_write(struct rf_sink *sink, const struct rf_packet *packet)
{
	struct sink_file *file = rf_container_of(sink, struct sink_file, sink);

	if (file->torn)
		roll_back(file);
	reserve(file, packet->header_len + packet->body_len);

	int err = write_packet(file, packet);

	if (err) {
		roll_back(file);
		return err;
	}
	file->data_at += packet->header_len + packet->body_len;
	file->index_at += RF_INDEX_ENTRY;
	write_out(file);
	return 0;
}

static void sink_file_close(struct rf_sink *sink)
{
	struct sink_file *file = rf_container_of(sink, struct sink_file, sink);

	if (file->torn || (file->reserved && file->reserved != RESERVE_REFUSED))
		roll_back(file);
	close(file->data_fd);
	if (file->index_fd >= 0)
		close(file->index_fd);
	free(file);
}

static const struct rf_sink_ops sink_file_ops = {
	.write = sink_file_write,
	.close = sink_file_close,
};

struct rf_sink *rf_sink_file_new(int data_fd, int index_fd)
{
	struct sink_file *file = calloc(1, sizeof(*file));

	if (!file) {
		close(data_fd);
		if (index_fd >= 0)
			close(index_fd);
		return NULL;
	}
	file->sink.ops = &sink_file_ops;
	file->data_fd = data_fd;
	file->index_fd = index_fd;
	(void)ensure_index_header(file);
	return &file->sink;
}
