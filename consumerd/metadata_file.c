/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/metadata_file.h"

#include "common/ctf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096u
#define PACKET_MAX (1u << 20)

bool rf_metadata_packet_size_ok(uint32_t packet_size)
{
	return packet_size && packet_size % PAGE == 0 && packet_size <= PACKET_MAX;
}

void rf_metadata_file_init(struct rf_metadata_file *file, bool raw)
{
	*file = (struct rf_metadata_file){.fd = -1, .raw = raw};
}

void rf_metadata_file_fini(struct rf_metadata_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	rf_metadata_file_init(file, file->raw);
}

void rf_metadata_file_set(struct rf_metadata_file *file, int fd)
{
	rf_metadata_file_fini(file);
	file->fd = fd;
}

size_t rf_metadata_cut(const char *text, size_t len, size_t room)
{
	if (len <= room)
		return len;
	/* A block ends with a line that begins with "};". */
	for (size_t end = room; end >= 3; end--) {
		if (text[end - 1] != '\n' || text[end - 2] != ';' || text[end - 3] != '}')
			continue;
		if (end == 3 || text[end - 4] == '\n')
			return end;
	}
	return room;
}

static int write_whole(int fd, const uint8_t *bytes, size_t len, uint64_t offset)
{
	while (len) {
		ssize_t wrote = pwrite(fd, bytes, len, (off_t)offset);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return wrote < 0 ? -errno : -EIO;
		bytes += wrote;
		len -= (size_t)wrote;
		offset += (uint64_t)wrote;
	}
	return 0;
}

/* Writes the packet after the complete ones with LEN bytes of the text. */
static int write_packet(struct rf_metadata_file *file, const struct rf_metadata_format *format, uint8_t *packet,
	const char *text, size_t len)
{
	struct rf_writer w;

	rf_writer_init_fixed(&w, packet, format->packet_size, RF_HOST_ORDER);
	rf_write_u32(&w, RF_CTF_METADATA_MAGIC);
	rf_write_bytes(&w, format->uuid, RF_UUID_SIZE);
	rf_write_u32(&w, 0);
	rf_write_u32(&w, (uint32_t)(RF_CTF_METADATA_HEADER + len) * 8);
	rf_write_u32(&w, format->packet_size * 8);
	rf_write_zeros(&w, 3);
	rf_write_u8(&w, RF_CTF_MAJOR);
	rf_write_u8(&w, RF_CTF_MINOR);
	rf_write_bytes(&w, text, len);
	rf_write_zeros(&w, format->packet_size - w.at);
	if (!rf_writer_ok(&w))
		return -EINVAL;

	uint64_t offset = file->packets * format->packet_size;
	int err = write_whole(file->fd, packet, format->packet_size, offset);

	/* A packet that is only partly there would end the text for readers: better none, it is tried again. */
	if (err && !file->on_disk)
		(void)!ftruncate(file->fd, (off_t)offset);
	return err;
}

/* The packet that was rewritten so far is complete with LEN bytes. */
static void complete_packet(struct rf_metadata_file *file, size_t len)
{
	file->packets++;
	file->start += len;
	file->on_disk = 0;
}

static int write_packets(struct rf_metadata_file *file, const struct rf_metadata_format *format, uint8_t *packet,
	const struct rf_metadata_text *text)
{
	const size_t room = format->packet_size - RF_CTF_METADATA_HEADER;

	while (text->len - file->start > file->on_disk) {
		const char *rest = text->text + file->start;
		size_t rest_len = text->len - file->start;
		size_t len = rf_metadata_cut(rest, rest_len, room);

		/* The next block does not fit behind what is in the packet: leave that as it is. */
		if (file->on_disk && (len <= file->on_disk || (len == room && rest_len > room))) {
			complete_packet(file, file->on_disk);
			continue;
		}

		int err = write_packet(file, format, packet, rest, len);

		if (err)
			return err;
		file->on_disk = len;
		if (len < rest_len)
			complete_packet(file, len);
	}
	return 0;
}

static int write_raw(struct rf_metadata_file *file, const struct rf_metadata_text *text)
{
	int err = write_whole(
		file->fd, (const uint8_t *)text->text + file->start, text->len - file->start, file->start);

	if (!err)
		file->start = text->len;
	return err;
}

static int begin_again(struct rf_metadata_file *file, uint32_t rewrites)
{
	if (ftruncate(file->fd, 0) < 0)
		return -errno;
	file->rewrites = rewrites;
	file->packets = 0;
	file->start = 0;
	file->on_disk = 0;
	return 0;
}

int rf_metadata_file_write(
	struct rf_metadata_file *file, const struct rf_metadata_format *format, const struct rf_metadata_text *text)
{
	int err = file->fd >= 0 && file->rewrites != text->rewrites ? begin_again(file, text->rewrites) : 0;

	if (err || file->fd < 0 || text->len - file->start <= file->on_disk)
		return err;
	if (file->raw)
		return write_raw(file, text);

	uint8_t *packet = malloc(format->packet_size);

	if (!packet)
		return -ENOMEM;
	err = write_packets(file, format, packet, text);
	free(packet);
	return err;
}
