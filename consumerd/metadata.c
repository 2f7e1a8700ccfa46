/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/metadata.h"

#include "common/ctf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096u
#define PACKET_MAX (1u << 20)
#define TEXT_MAX ((size_t)256 << 20) /* of text that waits for a file */

int rf_metadata_init(struct rf_metadata *metadata, const uint8_t uuid[RF_UUID_SIZE], uint32_t packet_size)
{
	*metadata = (struct rf_metadata){.fd = -1, .packet_size = packet_size};
	if (!packet_size || packet_size % PAGE || packet_size > PACKET_MAX)
		return -EINVAL;
	memcpy(metadata->uuid, uuid, RF_UUID_SIZE);
	return 0;
}

void rf_metadata_fini(struct rf_metadata *metadata)
{
	if (metadata->fd >= 0)
		close(metadata->fd);
	free(metadata->text);
	*metadata = (struct rf_metadata){.fd = -1};
}

void rf_metadata_set_file(struct rf_metadata *metadata, int fd)
{
	if (metadata->fd >= 0)
		close(metadata->fd);
	metadata->fd = fd;
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

/* Writes the packet after the complete ones with the first LEN bytes of the text. */
static int write_packet(struct rf_metadata *metadata, uint8_t *packet, size_t len)
{
	struct rf_writer w;

	rf_writer_init_fixed(&w, packet, metadata->packet_size, RF_HOST_ORDER);
	rf_write_u32(&w, RF_CTF_METADATA_MAGIC);
	rf_write_bytes(&w, metadata->uuid, RF_UUID_SIZE);
	rf_write_u32(&w, 0);
	rf_write_u32(&w, (uint32_t)(RF_CTF_METADATA_HEADER + len) * 8);
	rf_write_u32(&w, metadata->packet_size * 8);
	rf_write_zeros(&w, 3);
	rf_write_u8(&w, RF_CTF_MAJOR);
	rf_write_u8(&w, RF_CTF_MINOR);
	rf_write_bytes(&w, metadata->text, len);
	rf_write_zeros(&w, metadata->packet_size - w.at);
	if (!rf_writer_ok(&w))
		return -EINVAL;

	uint64_t offset = metadata->packets * metadata->packet_size;
	int err = write_whole(metadata->fd, packet, metadata->packet_size, offset);

	/* A packet that is only partly there would end the text for readers: better none, it is tried again. */
	if (err && !metadata->on_disk)
		(void)!ftruncate(metadata->fd, (off_t)offset);
	return err;
}

static void drop_front(struct rf_metadata *metadata, size_t len)
{
	metadata->packets++;
	metadata->text_len -= len;
	metadata->on_disk = 0;
	memmove(metadata->text, metadata->text + len, metadata->text_len);
}

static int write_packets(struct rf_metadata *metadata, uint8_t *packet)
{
	const size_t room = metadata->packet_size - RF_CTF_METADATA_HEADER;

	while (metadata->text_len > metadata->on_disk) {
		size_t len = rf_metadata_cut(metadata->text, metadata->text_len, room);

		/* The next block does not fit behind what is in the packet: leave that as it is. */
		if (metadata->on_disk && (len <= metadata->on_disk || (len == room && metadata->text_len > room))) {
			drop_front(metadata, metadata->on_disk);
			continue;
		}

		int err = write_packet(metadata, packet, len);

		if (err)
			return err;
		metadata->on_disk = len;
		if (len < metadata->text_len)
			drop_front(metadata, len);
	}
	return 0;
}

int rf_metadata_write(struct rf_metadata *metadata)
{
	if (metadata->fd < 0)
		return 0;
	if (metadata->truncate) {
		if (ftruncate(metadata->fd, 0) < 0)
			return -errno;
		metadata->truncate = false;
	}
	if (metadata->text_len <= metadata->on_disk)
		return 0;

	uint8_t *packet = malloc(metadata->packet_size);

	if (!packet)
		return -ENOMEM;

	int err = write_packets(metadata, packet);

	free(packet);
	return err;
}

static int append(struct rf_metadata *metadata, const uint8_t *text, size_t len)
{
	if (len > TEXT_MAX - metadata->text_len)
		return -ENOMEM;
	if (metadata->text_len + len > metadata->text_room) {
		size_t room = metadata->text_room ? metadata->text_room * 2 : PAGE;

		while (room < metadata->text_len + len)
			room *= 2;

		char *bigger = realloc(metadata->text, room);

		if (!bigger)
			return -ENOMEM;
		metadata->text = bigger;
		metadata->text_room = room;
	}
	memcpy(metadata->text + metadata->text_len, text, len);
	metadata->text_len += len;
	metadata->length += len;
	return 0;
}

int rf_metadata_push(struct rf_metadata *metadata, uint32_t version, uint64_t offset, const uint8_t *text, size_t len)
{
	if (metadata->started && metadata->version != version) {
		metadata->length = 0;
		metadata->packets = 0;
		metadata->text_len = 0;
		metadata->on_disk = 0;
		metadata->truncate = true;
	}
	metadata->started = true;
	metadata->version = version;
	if (offset > metadata->length)
		return -EINVAL;

	uint64_t known = metadata->length - offset;

	if (known < len) {
		int err = append(metadata, text + known, len - (size_t)known);

		if (err)
			return err;
	}
	return rf_metadata_write(metadata);
}
