/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ring_reader.h"

#include "common/log.h"
#include "consumerd/record_program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A page with less room than this left is a full one: the next event was larger. */
#define PAGE_ROOM 512u

/* They begin again when somebody empties the ring by hand. */
bool rf_ring_reader_stats(struct rf_ring_reader *reader, struct rf_ring_stats *stats)
{
	if (rf_ring_stats_read(reader->stats_fd, stats) < 0)
		return false;
	reader->lost += stats->lost >= reader->lost_seen ? stats->lost - reader->lost_seen : stats->lost;
	reader->lost_seen = stats->lost;
	return true;
}

void rf_ring_reader_begin(struct rf_ring_reader *reader, bool all)
{
	reader->pass = (struct rf_ring_pass){.all = all};
}

static void begin_pass(struct rf_ring_reader *reader, uint64_t records)
{
	struct rf_ring_stats stats;
	bool all = reader->pass.all;

	reader->pass = (struct rf_ring_pass){.begun = true, .all = all, .until = UINT64_MAX};
	if (all && rf_ring_reader_stats(reader, &stats))
		reader->pass.until = records + stats.entries;
}

static bool pass_over(const struct rf_ring_reader *reader, uint64_t records)
{
	const struct rf_ring_pass *pass = &reader->pass;

	/* A ring holds what its size says, and the page that is read. */
	if (pass->bytes > reader->ring_size + 2 * reader->page_size)
		return true;
	if (pass->all)
		return pass->short_page && records >= pass->until;
	/* The first one may be the rest of a page of which a part was read before. */
	return pass->short_page && pass->pages > 1;
}

/* False: there is none now. */
static bool read_page(struct rf_ring_reader *reader, struct rf_ring_page *page)
{
	ssize_t got;

	do {
		got = read(reader->pipe_fd, reader->bytes, reader->page_size);
	} while (got < 0 && errno == EINTR);
	reader->absent = got < 0 && errno == ENODEV;
	if (got <= 0) {
		if (got < 0 && errno != EAGAIN && errno != ENODEV && !reader->read_failed) {
			reader->read_failed = true;
			rf_error("cannot read the kernel's ring of CPU %u: %s", reader->cpu, strerror(errno));
		}
		return false;
	}
	reader->pass.pages++;
	if (rf_ring_page_open(page, reader->bytes, (size_t)got) < 0) {
		reader->corrupt++;
		reader->lost++;
		*page = (struct rf_ring_page){0};
		reader->pass.bytes += reader->page_size;
		return true;
	}
	reader->pass.bytes += (uint64_t)(page->end - page->at);
	reader->pass.short_page = page->size + PAGE_ROOM < reader->page_size;
	return true;
}

bool rf_ring_reader_next(struct rf_ring_reader *reader, uint64_t records, struct rf_ring_page *page)
{
	if (!reader->pass.begun)
		begin_pass(reader, records);
	return !pass_over(reader, records) && read_page(reader, page);
}

int rf_ring_reader_init(struct rf_ring_reader *reader)
{
	struct rf_ring_stats stats;

	reader->bytes = malloc(reader->page_size + RF_RECORD_SLACK);
	if (!reader->bytes)
		return -ENOMEM;
	/* What was lost before is none of ours. */
	(void)rf_ring_reader_stats(reader, &stats);
	reader->lost = 0;
	return 0;
}

void rf_ring_reader_fini(struct rf_ring_reader *reader)
{
	if (reader->pipe_fd >= 0)
		close(reader->pipe_fd);
	if (reader->stats_fd >= 0)
		close(reader->stats_fd);
	free(reader->bytes);
}
