/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads traces of rf-flood much faster than a reader for every trace can: the directories named on its standard input,
 * one a line, each with everything below. Answers each with a line "N events", and at the end prints for every process
 *
 *     pid=P first=S last=S events=N twice=N
 *
 * and a line "all events=N twice=N missing=N discarded=N": missing are the numbers between first and last of a
 * process that were not found, discarded what the packets' headers say was discarded between the first and the last
 * packet of each stream (of each directory, added up). The channel must be named "flood", have the context vpid and
 * the header that the metadata calls event_header_large; text must be all 'x'. A trace that is anything else ends the
 * program with status 1.
 */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include "app_common.h"

#define PACKET_HEADER 84U
#define MAX_PROCESSES 64
/* Numbers beyond this are nonsense: it is hours of emitting. */
#define MAX_SEQ (1ULL << 34)

struct process {
	int32_t pid;
	uint64_t first, last, events, twice, bytes;
	uint8_t *seen;
};

struct cursor {
	const uint8_t *at, *end;
};

static struct process processes[MAX_PROCESSES];
static size_t process_count;
static uint64_t found, discarded;

__attribute__((format(printf, 1, 2))) static void give_up(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static struct process *process_of(int32_t pid)
{
	for (size_t i = 0; i < process_count; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	if (process_count == MAX_PROCESSES)
		give_up("too many processes");
	struct process *p = &processes[process_count++];
	p->pid = pid;
	p->first = UINT64_MAX;
	return p;
}

static void note(int32_t pid, uint64_t seq)
{
	struct process *p = process_of(pid);

	if (seq >= MAX_SEQ)
		give_up("a number out of range: %llu", (unsigned long long)seq);
	if (seq / 8 >= p->bytes) {
		uint64_t want = p->bytes != 0 ? p->bytes : 1U << 20;
		while (seq / 8 >= want)
			want *= 2;
		uint8_t *more = realloc(p->seen, want);
		if (more == NULL)
			give_up("no memory");
		memset(more + p->bytes, 0, want - p->bytes);
		p->seen = more;
		p->bytes = want;
	}
	uint8_t bit = (uint8_t)(1U << (seq % 8));
	p->twice += (p->seen[seq / 8] & bit) != 0;
	p->seen[seq / 8] |= bit;
	p->events++;
	p->first = seq < p->first ? seq : p->first;
	p->last = seq > p->last ? seq : p->last;
	found++;
}

static const uint8_t *take(struct cursor *c, size_t size)
{
	if ((size_t)(c->end - c->at) < size)
		give_up("an event that ends beyond its packet");
	const uint8_t *at = c->at;
	c->at += size;
	return at;
}

static uint64_t number(const uint8_t *at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, at, size);
	return value;
}

/* The header has a short form with a part of the time, and one id that says that the long form follows. */
static void skip_event_header(struct cursor *c)
{
	uint64_t id = number(take(c, 2), 2);

	take(c, id == 65535 ? 12 : 4);
}

static void read_event(struct cursor *c)
{
	skip_event_header(c);
	int32_t pid = (int32_t)number(take(c, 4), 4);
	uint64_t seq = number(take(c, 8), 8);
	uint64_t low = number(take(c, 4), 4);
	const uint8_t *text = c->at;
	const uint8_t *nul = memchr(text, 0, (size_t)(c->end - text));

	if (nul == NULL || low != (uint32_t)seq)
		give_up("not an event of rf-flood");
	for (const uint8_t *at = text; at < nul; at++)
		if (*at != 'x')
			give_up("text that was not written");
	c->at = nul + 1;
	note(pid, seq);
}

static void read_stream(const uint8_t *data, size_t size, const char *path)
{
	uint64_t first_discarded = 0, last_discarded = 0;

	for (size_t offset = 0; offset < size;) {
		const uint8_t *packet = data + offset;
		if (size - offset < PACKET_HEADER || number(packet, 4) != 0xC1FC1FC1U)
			give_up("%s: no packet at %zu", path, offset);
		uint64_t content = number(packet + 48, 8) / 8, whole = number(packet + 56, 8) / 8;
		if (content < PACKET_HEADER || content > whole || whole > size - offset)
			give_up("%s: a packet of impossible size at %zu", path, offset);
		last_discarded = number(packet + 72, 8);
		if (offset == 0)
			first_discarded = last_discarded;
		struct cursor c = {.at = packet + PACKET_HEADER, .end = packet + content};
		while (c.at < c.end)
			read_event(&c);
		offset += whole;
	}
	discarded += last_discarded - first_discarded;
}

static int on_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *name = path + ftw->base;

	if (type != FTW_F || st->st_size == 0 || strncmp(name, "flood_", 6) != 0 || strstr(name, ".idx") != NULL)
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *data = fd < 0 ? MAP_FAILED
			    : mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (data == MAP_FAILED)
		give_up("%s: %s", path, strerror(errno));
	read_stream(data, (size_t)st->st_size, path);
	munmap(data, (size_t)st->st_size);
	close(fd);
	return 0;
}

int main(void)
{
	char line[4096];
	uint64_t twice = 0, missing = 0;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		uint64_t before = found;
		line[strcspn(line, "\n")] = '\0';
		if (nftw(line, on_file, 32, FTW_PHYS) != 0)
			give_up("%s: %s", line, strerror(errno));
		printf("%llu events\n", (unsigned long long)(found - before));
		fflush(stdout);
	}
	for (size_t i = 0; i < process_count; i++) {
		const struct process *p = &processes[i];
		printf("pid=%d first=%llu last=%llu events=%llu twice=%llu\n", p->pid, (unsigned long long)p->first,
			(unsigned long long)p->last, (unsigned long long)p->events, (unsigned long long)p->twice);
		twice += p->twice;
		missing += p->last - p->first + 1 - (p->events - p->twice);
	}
	printf("all events=%llu twice=%llu missing=%llu discarded=%llu\n", (unsigned long long)found,
		(unsigned long long)twice, (unsigned long long)missing, (unsigned long long)discarded);
	return 0;
}
