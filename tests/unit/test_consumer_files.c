/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes to the files: packets and their index, metadata packets, and what a full disk does to them. */
#include "consumerd/metadata_file.h"
#include "consumerd/packet.h"
#include "consumerd/sink_file.h"
#include "consumerd/stream_copy.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct rf_packet_origin origin = {.uuid = {1, 2, 3}, .stream_class = 5, .cpu = 1, .abi_bits = 64};

/* A packet of SIZE bytes as the tracer would leave it. BODY has at least SIZE bytes. */
static struct rf_packet make_packet(uint64_t sequence, size_t size, const uint8_t *body)
{
	struct rf_packet packet = {.origin = &origin, .header_len = RF_CTF_PACKET_HEADER};
	struct rf_writer w;

	rf_writer_init_fixed(&w, packet.header, sizeof(packet.header), RF_HOST_ORDER);
	rf_write_u32(&w, RF_CTF_PACKET_MAGIC);
	rf_write_bytes(&w, origin.uuid, sizeof(origin.uuid));
	rf_write_u32(&w, origin.stream_class);
	rf_write_u64(&w, origin.cpu);
	rf_write_u64(&w, 1000 + sequence);
	rf_write_u64(&w, 1001 + sequence);
	rf_write_u64(&w, 700);
	rf_write_u64(&w, size * 8);
	rf_write_u64(&w, sequence);
	rf_write_u64(&w, 2 * sequence);
	rf_write_u32(&w, origin.cpu);
	cr_assert(rf_writer_ok(&w));
	packet.body = body;
	packet.body_len = size - packet.header_len;
	return packet;
}

static void corrupt_u64(struct rf_packet *packet, size_t at, uint64_t value)
{
	memcpy(packet->header + at, &value, sizeof(value));
}

Test(consumer_files, a_packet_is_checked)
{
	static const struct {
		size_t at;
		uint64_t value;
		int expected;
	} cases[] = {
		{48, 4096 * 8, 0},           /* content may fill the packet */
		{48, 4096 * 8 + 1, -EPROTO}, /* but not more */
		{48, RF_CTF_PACKET_HEADER * 8, 0}, {48, RF_CTF_PACKET_HEADER * 8 - 1, -EPROTO},
		{48, UINT64_MAX, -EPROTO}, {56, 8192 * 8, -EPROTO}, /* not the size in the ring */
		{56, 0, -EPROTO}, {40, 0, -EPROTO},                 /* ends before it begins */
		{24, 0, -EPROTO},                                   /* another CPU */
		{0, 0, -EPROTO},                                    /* no magic */
		{8, 7, -EPROTO},                                    /* another trace */
		{64, 99, 0},                                        /* sequence numbers are compared by the stream */
	};
	static const uint8_t body[4096];
	struct rf_packet packet = make_packet(3, 4096, body);

	cr_assert_eq(rf_packet_check(&packet, 4096), 0);
	cr_assert_eq(packet.facts.begin, 1003);
	cr_assert_eq(packet.facts.end, 1004);
	cr_assert_eq(packet.facts.content_bits, 700);
	cr_assert_eq(packet.facts.packet_bits, 32768);
	cr_assert_eq(packet.facts.sequence, 3);
	cr_assert_eq(packet.facts.discarded, 6);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		packet = make_packet(3, 4096, body);
		corrupt_u64(&packet, cases[i].at, cases[i].value);
		cr_assert_eq(rf_packet_check(&packet, 4096), cases[i].expected, "case %zu", i);
	}
}

Test(consumer_files, index_bytes)
{
	static const uint8_t expected_header[RF_INDEX_HEADER] = {
		0xc1, 0xf1, 0xdc, 0xc1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 72};
	static const uint8_t expected[RF_INDEX_ENTRY] = {0, 0, 0, 0, 0, 0, 0x10, 0, /* offset */
		0, 0, 0, 0, 0, 0, 0x80, 0,                                          /* packet bits */
		0, 0, 0, 0, 0, 0, 0x02, 0xbc,                                       /* content bits */
		0, 0, 0, 0, 0, 0, 0x03, 0xea,                                       /* begin */
		0, 0, 0, 0, 0, 0, 0x03, 0xeb,                                       /* end */
		0, 0, 0, 0, 0, 0, 0, 4,                                             /* discarded */
		0, 0, 0, 0, 0, 0, 0, 5,                                             /* stream class */
		0, 0, 0, 0, 0, 0, 0, 1,                                             /* CPU */
		0, 0, 0, 0, 0, 0, 0, 2};                                            /* sequence */
	static const uint8_t body[4096];
	uint8_t header[RF_INDEX_HEADER];
	uint8_t entry[RF_INDEX_ENTRY];
	struct rf_packet packet = make_packet(2, 4096, body);

	rf_index_header(header);
	cr_assert_arr_eq(header, expected_header, sizeof(header));
	cr_assert_eq(rf_packet_check(&packet, 4096), 0);
	rf_index_entry(entry, &packet, 4096);
	cr_assert_arr_eq(entry, expected, sizeof(entry));
}

static off_t size_of(int fd)
{
	struct stat st;

	cr_assert_eq(fstat(fd, &st), 0);
	return st.st_size;
}

static void limit_files(rlim_t size)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int memory_file(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	cr_assert(fd >= 0);
	return fd;
}

Test(consumer_files, a_full_disk_takes_only_whole_packets)
{
	static uint8_t body[8192];
	int data = memory_file();
	int index = memory_file();
	struct rf_sink *sink = rf_sink_file_new(dup(data), dup(index));

	cr_assert(sink);
	cr_assert_eq(size_of(index), RF_INDEX_HEADER);
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)i;

	struct rf_packet packet = make_packet(0, 8192, body);

	cr_assert_eq(rf_packet_check(&packet, 8192), 0);
	cr_assert_eq(sink->ops->write(sink, &packet), 0);
	limit_files(12288); /* half of the next fits */
	packet = make_packet(1, 8192, body);
	cr_assert_eq(rf_packet_check(&packet, 8192), 0);
	cr_assert_eq(sink->ops->write(sink, &packet), -EFBIG);
	cr_assert_eq(size_of(data), 8192);
	cr_assert_eq(size_of(index), RF_INDEX_HEADER + RF_INDEX_ENTRY);
	limit_files(RLIM_INFINITY);
	cr_assert_eq(sink->ops->write(sink, &packet), 0);
	cr_assert_eq(size_of(data), 16384);
	cr_assert_eq(size_of(index), RF_INDEX_HEADER + 2 * RF_INDEX_ENTRY);

	uint8_t written[8192];

	cr_assert_eq(pread(data, written, sizeof(written), 8192), (ssize_t)sizeof(written));
	cr_assert_arr_eq(written, packet.header, RF_CTF_PACKET_HEADER);
	cr_assert_arr_eq(written + RF_CTF_PACKET_HEADER, body, 8192 - RF_CTF_PACKET_HEADER);
	sink->ops->close(sink);
	close(data);
	close(index);
}

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

Test(consumer_files, metadata_grows_in_place)
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
Test(consumer_files, metadata_packets_hold_whole_blocks)
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

Test(consumer_files, metadata_longer_than_a_packet_and_a_full_disk)
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
Test(consumer_files, metadata_goes_to_every_file_from_its_beginning)
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

/* A stream over a made-up source. */
struct fake {
	struct rf_source source;
	struct rf_sink sink;
	struct rf_packet packets[16];
	unsigned int count;
	unsigned int at;
	unsigned int puts;
	unsigned int flushes;
	unsigned int closed; /* packets, by rf_stream_leave() */
	unsigned int listed;
	unsigned int written;
	unsigned int wanted; /* files */
	int refuse;          /* what the sink answers */
	unsigned int reports;
	uint64_t stuck;
};

static int fake_get(struct rf_source *source, struct rf_packet *packet)
{
	struct fake *fake = rf_container_of(source, struct fake, source);

	if (fake->at == fake->count)
		return -EAGAIN;
	*packet = fake->packets[fake->at++];
	return rf_packet_check(packet, 4096);
}

static void fake_put(struct rf_source *source)
{
	rf_container_of(source, struct fake, source)->puts++;
}

static void fake_flush(struct rf_source *source)
{
	rf_container_of(source, struct fake, source)->flushes++;
}

static void fake_keep(struct rf_source *source)
{
	struct fake *fake = rf_container_of(source, struct fake, source);

	if (!fake->listed)
		fake->at--;
}

static void fake_close_packet(struct rf_source *source)
{
	rf_container_of(source, struct fake, source)->closed++;
}

static bool fake_empty(struct rf_source *source)
{
	const struct fake *fake = rf_container_of(source, struct fake, source);

	return fake->at == fake->count;
}

static uint64_t fake_position(struct rf_source *source)
{
	return rf_container_of(source, struct fake, source)->count;
}

static unsigned int fake_list(struct rf_source *source, unsigned int newest)
{
	struct fake *fake = rf_container_of(source, struct fake, source);
	unsigned int held = fake->count - fake->at;

	fake->listed = newest && newest < held ? newest : held;
	return fake->listed;
}

static int fake_peek(struct rf_source *source, unsigned int number, struct rf_packet *packet)
{
	struct fake *fake = rf_container_of(source, struct fake, source);

	*packet = fake->packets[fake->count - fake->listed + number];
	return packet->header_len ? rf_packet_check(packet, 4096) : -EAGAIN;
}

static uint64_t fake_stuck(struct rf_source *source)
{
	return rf_container_of(source, struct fake, source)->stuck;
}

static void fake_destroy(struct rf_source *source)
{
	(void)source;
}

static int fake_write(struct rf_sink *sink, const struct rf_packet *packet)
{
	struct fake *fake = rf_container_of(sink, struct fake, sink);

	(void)packet;
	if (!fake->refuse)
		fake->written++;
	return fake->refuse;
}

static void fake_close(struct rf_sink *sink)
{
	(void)sink;
}

static void fake_report(const struct rf_stream *stream, int error)
{
	struct fake *fake = stream->owner;

	cr_assert_lt(error, 0);
	fake->reports++;
}

static const struct rf_source_ops fake_source_ops = {
	.get = fake_get,
	.put = fake_put,
	.keep = fake_keep,
	.flush = fake_flush,
	.close_packet = fake_close_packet,
	.empty = fake_empty,
	.position = fake_position,
	.list = fake_list,
	.peek = fake_peek,
	.stuck = fake_stuck,
	.destroy = fake_destroy,
};
static const struct rf_sink_ops fake_sink_ops = {fake_write, fake_close};

static struct rf_stream *fake_stream(struct fake *fake, struct rf_channel_count *count, bool overwrite)
{
	static const uint8_t body[4096];

	*fake = (struct fake){
		.source = {.ops = &fake_source_ops, .capacity = 4, .origin = origin}, .sink = {.ops = &fake_sink_ops}};
	for (unsigned int i = 0; i < 16; i++)
		fake->packets[i] = make_packet(i, 4096, body);

	struct rf_stream *stream = rf_stream_new(&fake->source, count, overwrite);

	stream->report = fake_report;
	stream->owner = fake;
	/* As a ring is at first: a packet is begun. */
	fake->count = 1;
	rf_stream_enter(stream, 1, &fake->sink, 0);
	fake->count = 0;
	return stream;
}

static void flush(struct rf_stream *stream, uint64_t epoch)
{
	cr_assert(rf_stream_flush(stream, &(struct rf_stream_pass){0}, epoch));
}

static void finish(struct rf_stream *stream, uint64_t epoch)
{
	cr_assert(rf_stream_finish(stream, &(struct rf_stream_pass){0}, epoch));
}

Test(consumer_files, a_stream_counts_and_goes_on_after_a_full_disk)
{
	struct rf_channel_count count = {0};
	struct fake fake;
	struct rf_stream *stream = fake_stream(&fake, &count, false);

	fake.count = 3;
	cr_assert_eq(rf_stream_drain(stream, 2), RF_DRAINED_MORE);
	cr_assert_eq(rf_stream_drain(stream, 8), RF_DRAINED_DRY);
	cr_assert_eq(fake.written, 3);
	cr_assert_eq(fake.puts, 3);
	cr_assert_eq(count.discarded, 4); /* two a packet after the first */
	fake.refuse = -ENOSPC;
	fake.count = 6;
	rf_stream_drain(stream, 8);
	cr_assert_eq(count.lost, 3);
	cr_assert_eq(fake.reports, 1);
	fake.refuse = 0;
	fake.count = 7;
	rf_stream_drain(stream, 8);
	cr_assert_eq(fake.written, 4);
	fake.refuse = -EIO;
	fake.count = 8;
	rf_stream_drain(stream, 8);
	cr_assert_eq(fake.reports, 2);
	cr_assert_eq(count.lost, 4);
	fake.stuck = 2;
	flush(stream, 1);
	flush(stream, 1);
	cr_assert_eq(fake.flushes, 1);
	finish(stream, 2);
	cr_assert_eq(fake.flushes, 2);
	cr_assert_eq(count.lost, 6);
	rf_stream_free(stream);
}

Test(consumer_files, gaps_are_lost_packets_of_overwrite_channels)
{
	static const uint8_t body[4096];
	struct rf_channel_count count = {0};
	struct fake fake;
	struct rf_stream *stream = fake_stream(&fake, &count, true);

	fake.packets[1] = make_packet(5, 4096, body);
	fake.count = 2;
	cr_assert_eq(rf_stream_drain(stream, 8), RF_DRAINED_DRY);
	cr_assert_eq(count.lost, 4);
	cr_assert_eq(count.discarded, 0);
	rf_stream_free(stream);
}

Test(consumer_files, nonsense_ends_one_stream)
{
	static const uint8_t body[4096];
	struct rf_channel_count count = {0};
	struct fake fake;
	struct rf_stream *stream = fake_stream(&fake, &count, false);

	fake.packets[1] = make_packet(0, 4096, body); /* a sequence number again */
	fake.count = 4;
	cr_assert_eq(rf_stream_drain(stream, 8), RF_DRAINED_FAILED);
	cr_assert_eq(fake.written, 1);
	cr_assert_eq(fake.reports, 1);
	cr_assert_eq(rf_stream_drain(stream, 8), RF_DRAINED_FAILED);
	finish(stream, 1);
	cr_assert_eq(fake.at, 2);
	cr_assert_eq(fake.flushes, 0);
	rf_stream_free(stream);
}

/* One more output of the fake's, to tell old and new apart. */
struct other_sink {
	struct rf_sink sink;
	unsigned int written;
	unsigned int closed;
	uint64_t first; /* sequence number */
};

static int other_write(struct rf_sink *sink, const struct rf_packet *packet)
{
	struct other_sink *other = rf_container_of(sink, struct other_sink, sink);

	if (!other->written++)
		other->first = packet->facts.sequence;
	return 0;
}

static void other_close(struct rf_sink *sink)
{
	rf_container_of(sink, struct other_sink, sink)->closed++;
}

static const struct rf_sink_ops other_sink_ops = {other_write, other_close};

Test(consumer_files, what_cannot_be_read_now_goes_to_the_new_directory)
{
	struct rf_channel_count count = {0};
	struct other_sink other = {.sink = {.ops = &other_sink_ops}};
	struct fake fake;
	struct rf_stream *stream = fake_stream(&fake, &count, false);

	/* The fourth has an interrupted writer. */
	fake.count = 3;
	cr_assert(rf_stream_leave(stream, &(struct rf_stream_pass){0}, false));
	cr_assert_eq(fake.written, 3);
	cr_assert_eq(fake.closed, 1);
	fake.count = 4;
	rf_stream_enter(stream, 2, &other.sink, 0);
	cr_assert_eq(fake.flushes, 0, "a ring that holds something gets no empty packet");
	cr_assert_eq(rf_stream_drain(stream, 8), RF_DRAINED_DRY);
	cr_assert_eq(fake.written, 3);
	cr_assert_eq(other.written, 1);
	cr_assert_eq(other.first, 3);
	/* An empty one does. */
	cr_assert(rf_stream_leave(stream, &(struct rf_stream_pass){0}, false));
	rf_stream_enter(stream, 3, &fake.sink, 0);
	cr_assert_eq(other.closed, 1);
	cr_assert_eq(fake.flushes, 1);
	rf_stream_free(stream);
}

Test(consumer_files, a_writer_that_never_stops_does_not_hold_a_move)
{
	struct rf_channel_count count = {0};
	struct fake fake;
	struct rf_stream *stream = fake_stream(&fake, &count, false);

	fake.count = 16;
	cr_assert(rf_stream_leave(stream, &(struct rf_stream_pass){0}, false));
	cr_assert_eq(fake.written, 5); /* what a ring holds, and the packet that was closed */
	rf_stream_free(stream);
}

Test(consumer_files, what_is_dropped_is_accounted)
{
	struct rf_channel_count count = {0};
	struct fake fake;
	struct rf_stream *stream = fake_stream(&fake, &count, false);

	fake.count = 4;
	cr_assert(rf_stream_leave(stream, &(struct rf_stream_pass){0}, true));
	cr_assert_eq(fake.written, 0);
	cr_assert_eq(count.lost, 0);
	cr_assert_eq(count.discarded, 6);
	cr_assert_eq(count.written, 0);
	fake.count = 5;
	rf_stream_drain(stream, 8);
	cr_assert_eq(fake.written, 1);
	cr_assert_eq(count.discarded, 8);
	cr_assert_eq(count.written, 4096);
	rf_stream_free(stream);
}

static void fake_want(struct rf_output *output)
{
	struct fake *fake = output->stream->owner;

	fake->wanted++;
	cr_assert_null(output->sink, "the file must not be open when it is emptied");
}

Test(consumer_files, a_packet_waits_for_its_file)
{
	struct rf_channel_count count = {0};
	struct rf_stream_pass pass = {0};
	struct fake fake;
	struct rf_stream *stream = fake_stream(&fake, &count, false);

	stream->file_size = 8192;
	stream->file_count = 2;
	stream->want_file = fake_want;
	fake.count = 5;
	cr_assert(!rf_stream_flush(stream, &pass, 1));
	cr_assert(!rf_stream_flush(stream, &pass, 1));
	cr_assert_eq(rf_stream_drain(stream, 8), RF_DRAINED_WAITING);
	cr_assert_eq(fake.written, 2);
	cr_assert_eq(fake.puts, 2);
	cr_assert_eq(fake.wanted, 1);
	cr_assert_eq(stream->out.number, 1);
	stream->out.sink = &fake.sink;
	stream->out.wanting = false;
	cr_assert(!rf_stream_flush(stream, &pass, 1));
	cr_assert_eq(fake.written, 4);
	cr_assert_eq(stream->out.number, 0);
	stream->out.sink = &fake.sink;
	stream->out.wanting = false;
	cr_assert(rf_stream_flush(stream, &pass, 1));
	cr_assert_eq(fake.written, 5);
	cr_assert_eq(fake.flushes, 1);
	cr_assert_eq(count.lost, 0);
	rf_stream_free(stream);
}

Test(consumer_files, a_copy_skips_what_was_overwritten)
{
	static const uint8_t body[4096];
	struct rf_channel_count count = {0};
	struct rf_stream_copy copy;
	struct other_sink other = {.sink = {.ops = &other_sink_ops}};
	struct fake fake;
	struct rf_stream *stream = fake_stream(&fake, &count, true);

	fake.count = 4;
	fake.packets[0].header_len = 0;
	rf_stream_copy_begin(stream, &copy, 0, 2, &other.sink);
	cr_assert_eq(fake.flushes, 1);
	cr_assert_eq(rf_stream_copy_some(stream, &copy), RF_COPIED_ALL);
	rf_stream_copy_end(&copy);
	cr_assert_eq(other.written, 3);
	cr_assert_eq(other.closed, 1);
	cr_assert_eq(fake.puts, 0);
	cr_assert_eq(count.lost, 0);
	/* Nothing was written since: no flush. Nonsense ends the copy, and is no failure of it. */
	fake.packets[2] = make_packet(1, 4096, body);
	other = (struct other_sink){.sink = {.ops = &other_sink_ops}};
	rf_stream_copy_begin(stream, &copy, 3, 2, &other.sink);
	cr_assert_eq(rf_stream_copy_some(stream, &copy), RF_COPIED_ALL);
	rf_stream_copy_end(&copy);
	cr_assert_eq(fake.flushes, 1);
	cr_assert_eq(other.written, 1);
	cr_assert_eq(fake.reports, 1);
	cr_assert_eq(copy.error, 0);
	fake.listed = 0;
	rf_stream_free(stream);
}
