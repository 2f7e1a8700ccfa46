/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/modules_text.h"

#include "common/ctf.h"
#include "sessiond/kernel/modules_ioctl.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SUBBUF_SIZE 4096u
#define SUBBUF_COUNT 2u
/* As much as a consumer takes. */
#define TEXT_MAX ((size_t)256 << 20)

int rf_modules_text_init(struct rf_modules_text *text, int session_fd, int64_t clock_offset)
{
	struct rf_modules_channel attributes = {
		.subbuf_size = SUBBUF_SIZE, .subbuf_count = SUBBUF_COUNT, .output = RF_MODULES_OUTPUT_MAP};
	uint64_t len = 0;

	*text = (struct rf_modules_text){.channel_fd = -1, .stream_fd = -1, .clock_offset = clock_offset};
	text->channel_fd = rf_modules_call_fd(session_fd, RF_MODULES_METADATA, &attributes);
	if (text->channel_fd < 0)
		return text->channel_fd;
	text->stream_fd = rf_modules_call_fd(text->channel_fd, RF_MODULES_STREAM, NULL);
	if (text->stream_fd < 0)
		return text->stream_fd;

	int err = rf_modules_call(text->stream_fd, RF_MODULES_MAP_LENGTH, &len);

	if (err)
		return err;
	text->map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, text->stream_fd, 0);
	if (text->map == MAP_FAILED) {
		text->map = NULL;
		return -errno;
	}
	text->map_len = len;
	return 0;
}

void rf_modules_text_fini(struct rf_modules_text *text)
{
	if (text->map)
		munmap((void *)text->map, text->map_len);
	if (text->stream_fd >= 0)
		close(text->stream_fd);
	if (text->channel_fd >= 0)
		close(text->channel_fd);
	*text = (struct rf_modules_text){.channel_fd = -1, .stream_fd = -1};
}

struct packet {
	const uint8_t *uuid;
	const char *text;
	size_t len;
	uint32_t version;
};

/* The packet that is held. */
static int view_packet(const struct rf_modules_text *text, struct packet *packet)
{
	uint64_t size = 0;
	uint64_t offset = 0;
	uint64_t version = 0;
	struct rf_reader r;
	int err = rf_modules_call(text->stream_fd, RF_MODULES_SIZE, &size);

	if (!err)
		err = rf_modules_call(text->stream_fd, RF_MODULES_MAP_OFFSET, &offset);
	if (!err)
		err = rf_modules_call(text->stream_fd, RF_MODULES_METADATA_VERSION, &version);
	if (err)
		return err;
	if (offset > text->map_len || size > text->map_len - offset)
		return -EPROTO;
	rf_reader_init(&r, text->map + offset, size, RF_HOST_ORDER);

	uint32_t magic = rf_read_u32(&r);

	packet->uuid = rf_read_view(&r, RF_UUID_SIZE);
	rf_read_skip(&r, RF_CTF_METADATA_HEADER - sizeof(magic) - RF_UUID_SIZE);
	packet->len = rf_reader_left(&r);
	packet->text = (const char *)rf_read_view(&r, packet->len);
	packet->version = (uint32_t)version;
	return rf_reader_done(&r) && magic == RF_CTF_METADATA_MAGIC ? 0 : -EPROTO;
}

static int identify(
	struct rf_modules_text *text, const struct rf_kernel_trace_def *def, const uint8_t uuid[RF_UUID_SIZE])
{
	struct rf_consumer_identify_trace message = {.trace = def->trace};
	struct rf_writer w;

	if (text->identified)
		return 0;
	memcpy(message.uuid, uuid, RF_UUID_SIZE);
	rf_frame_body(&w);
	rf_consumer_identify_trace_encode(&w, &message);

	int err = rf_consumer_send(def->consumer, RF_CONSUMER_IDENTIFY_TRACE, &w);

	text->identified = !err;
	return err;
}

static int push(struct rf_modules_text *text, const struct rf_kernel_trace_def *def, const struct rf_writer *bytes)
{
	int err = rf_consumer_push_text(
		def->consumer, def->trace, text->version, &text->pushed, bytes->base, bytes->at);

	if (err)
		return err;
	return rf_writer_ok(bytes) ? 0 : -ENOMEM;
}

/* Takes one packet. -EAGAIN: there is none. */
static int take_packet(struct rf_modules_text *text, const struct rf_kernel_trace_def *def, struct rf_writer *out)
{
	struct packet packet;
	int err = rf_modules_call(text->stream_fd, RF_MODULES_GET_NEXT, NULL);

	if (err)
		return err == -ENODATA ? -EAGAIN : err;
	err = view_packet(text, &packet);
	if (!err)
		err = identify(text, def, packet.uuid);
	if (!err && packet.version != text->version) {
		/* The text begins again: nobody needs what is left of the one before. */
		text->version = packet.version;
		text->pushed = 0;
		text->rewriter = (struct rf_modules_rewriter){0};
		out->at = 0;
	}
	if (!err)
		rf_modules_rewrite(&text->rewriter, text->clock_offset, packet.text, packet.len, out);
	(void)rf_modules_call(text->stream_fd, RF_MODULES_PUT_NEXT, NULL);
	return err;
}

int rf_modules_text_drain(struct rf_modules_text *text, const struct rf_kernel_trace_def *def)
{
	struct rf_writer out;
	int err;

	rf_writer_init_growing(&out, TEXT_MAX, RF_HOST_ORDER);
	do
		err = take_packet(text, def, &out);
	while (!err);
	if (err == -EAGAIN)
		err = push(text, def, &out);
	rf_writer_free(&out);
	return err;
}
