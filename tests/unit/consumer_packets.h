/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what a consumer wrote, packet by packet. For one test program each: static. */
#ifndef RF_TESTS_CONSUMER_PACKETS_H
#define RF_TESTS_CONSUMER_PACKETS_H

#include "tests/unit/consumer_peer.h"

struct packet_facts {
	uint64_t offset;
	uint64_t begin;
	uint64_t end;
	uint64_t content; /* bits */
	uint64_t size;    /* bits */
	uint64_t sequence;
	uint64_t discarded;
};

struct packets {
	struct packet_facts *at; /* malloc'd */
	size_t count;
};

__attribute__((unused)) static uint8_t *peer_read_dir_file(
	const struct peer *peer, uint32_t dir, const char *name, size_t *len)
{
	char path[400];

	if (dir == 1)
		return peer_read_file(peer, name, len);
	snprintf(path, sizeof(path), "d%u/%s", dir, name);
	return peer_read_file(peer, path, len);
}

static void stream_name(char out[300], const char *channel, int cpu, int number)
{
	if (number < 0)
		snprintf(out, 300, "%s_%d", channel, cpu);
	else
		snprintf(out, 300, "%s_%d_%d", channel, cpu, number);
}

/* NUMBER: of the file in a set; -1: there is only one. The file must consist of whole packets with sane headers. */
static void read_packets(
	const struct peer *peer, uint32_t dir, const char *channel, int cpu, int number, struct packets *packets)
{
	char name[300];
	size_t len;

	stream_name(name, channel, cpu, number);

	uint8_t *content = peer_read_dir_file(peer, dir, name, &len);

	*packets = (struct packets){.at = calloc(len / 4096 + 1, sizeof(struct packet_facts))};
	for (size_t at = 0; at < len;) {
		struct packet_facts *facts = &packets->at[packets->count];
		struct rf_reader r;

		rf_reader_init(&r, content + at, len - at, RF_HOST_ORDER);
		cr_assert_eq(rf_read_u32(&r), RF_CTF_PACKET_MAGIC, "%s at %zu: no packet", name, at);
		rf_read_skip(&r, RF_UUID_SIZE + 4 + 8);
		facts->offset = at;
		facts->begin = rf_read_u64(&r);
		facts->end = rf_read_u64(&r);
		facts->content = rf_read_u64(&r);
		facts->size = rf_read_u64(&r);
		facts->sequence = rf_read_u64(&r);
		facts->discarded = rf_read_u64(&r);
		cr_assert(facts->size % 32768 == 0 && facts->size / 8 <= len - at, "%s at %zu: cut", name, at);
		cr_assert(facts->content <= facts->size && facts->begin <= facts->end);
		cr_assert_eq(rf_read_u32(&r), (uint32_t)cpu);
		at += facts->size / 8;
		packets->count++;
	}
	free(content);
}

__attribute__((unused)) static void check_index(
	const struct peer *peer, uint32_t dir, const char *channel, int cpu, int number, const struct packets *packets)
{
	char name[300];
	char index_name[320];
	size_t len;
	struct rf_reader r;

	stream_name(name, channel, cpu, number);
	snprintf(index_name, sizeof(index_name), "index/%s.idx", name);

	uint8_t *index = peer_read_dir_file(peer, dir, index_name, &len);

	cr_assert_eq(len, RF_INDEX_HEADER + packets->count * RF_INDEX_ENTRY);
	for (size_t i = 0; i < packets->count; i++) {
		rf_reader_init(&r, index + RF_INDEX_HEADER + i * RF_INDEX_ENTRY, RF_INDEX_ENTRY, RF_BIG_ENDIAN);
		cr_assert_eq(rf_read_u64(&r), packets->at[i].offset);
		cr_assert_eq(rf_read_u64(&r), packets->at[i].size);
		cr_assert_eq(rf_read_u64(&r), packets->at[i].content);
	}
	free(index);
}

/* Milliseconds of processor time that PID used. */
__attribute__((unused)) static uint64_t cpu_time(pid_t pid)
{
	unsigned long user;
	unsigned long kernel;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);

	FILE *stat_file = fopen(path, "re");

	cr_assert(stat_file);
	cr_assert_eq(
		fscanf(stat_file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel),
		2);
	fclose(stat_file);
	return (user + kernel) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK);
}

#endif
