/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ring_pages.h"

#include "consumerd/record_program.h"

#include <stdlib.h>

void rf_ring_pages_init(struct rf_ring_pages *pages, uint64_t limit)
{
	*pages = (struct rf_ring_pages){.limit = limit};
	rf_list_init(&pages->pages);
}

void rf_ring_pages_fini(struct rf_ring_pages *pages)
{
	struct rf_kept_page *kept;

	while ((kept = rf_ring_pages_take(pages)))
		free(kept);
}

struct rf_kept_page *rf_ring_pages_take(struct rf_ring_pages *pages)
{
	if (!rf_list_linked(&pages->pages))
		return NULL;

	struct rf_kept_page *kept = rf_container_of(pages->pages.next, struct rf_kept_page, node);

	rf_list_remove(&kept->node);
	pages->size -= kept->size;
	return kept;
}

static uint64_t count_events(struct rf_ring_page page)
{
	struct rf_ring_record record;
	uint64_t count = 0;

	while (rf_ring_page_next(&page, &record) == RF_RING_RECORD)
		count++;
	return count;
}

struct rf_kept_page *rf_ring_pages_keep(struct rf_ring_pages *pages, const struct rf_ring_page *page, uint64_t *dropped)
{
	size_t size = (size_t)(page->end - page->at);
	struct rf_kept_page *kept = malloc(sizeof(*kept) + size + RF_RECORD_SLACK);

	*dropped = 0;
	if (!kept)
		return NULL;
	*kept = (struct rf_kept_page){.page = *page, .size = size};
	memcpy(kept->bytes, page->at, size);
	kept->page.at = kept->bytes;
	kept->page.end = kept->bytes + size;
	kept->events = count_events(kept->page);
	rf_list_append(&pages->pages, &kept->node);
	pages->size += size;
	while (pages->size > pages->limit && pages->pages.next != &kept->node) {
		struct rf_kept_page *oldest = rf_ring_pages_take(pages);

		*dropped += oldest->events;
		free(oldest);
	}
	return kept;
}
