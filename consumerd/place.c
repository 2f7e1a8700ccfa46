/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/place.h"

#include "common/log.h"
#include "consumerd/trace.h"

#include <stdlib.h>
#include <string.h>

static int write_text(struct rf_place *place)
{
	return rf_metadata_file_write(&place->file, &place->trace->format, &place->trace->text);
}

static void free_place(struct rf_place *place)
{
	rf_list_remove(&place->node);
	rf_metadata_file_fini(&place->file);
	free(place);
}

static void file_opened(void *data, int status, struct rf_frame *frame)
{
	struct rf_place *place = data;
	struct rf_trace *trace = place->trace;

	place->opening = false;
	if (status) {
		rf_error("no metadata file for trace %llu: %s", (unsigned long long)trace->id, strerror(-status));
	} else {
		rf_metadata_file_set(&place->file, rf_frame_take_fd(frame, 0));
		rf_trace_metadata_result(trace, write_text(place));
	}

	rf_place_opened_fn opened = place->opened;

	/* The trace may go with the last file that it waited for. */
	if (opened)
		opened(place, status);
	if (place->closed)
		free_place(place);
	rf_trace_file_opened(trace);
}

struct rf_place *rf_place_add(
	struct rf_trace *trace, uint32_t dir, bool raw, uint64_t number, rf_place_opened_fn opened, void *data)
{
	struct rf_place *place = calloc(1, sizeof(*place));

	if (!place)
		return NULL;
	place->trace = trace;
	place->number = number;
	place->opened = opened;
	place->data = data;
	place->opening = true;
	rf_metadata_file_init(&place->file, raw);
	rf_list_append(&trace->places, &place->node);
	trace->opening++;
	rf_opener_metadata(&trace->daemon->opener, dir, file_opened, place);
	return place;
}

int rf_places_write(struct rf_trace *trace)
{
	int result = 0;

	rf_list_for_each(node, &trace->places) {
		int err = write_text(rf_container_of(node, struct rf_place, node));

		if (err && !result)
			result = err;
	}
	return result;
}

int rf_places_leave(struct rf_trace *trace, uint64_t number)
{
	int result = 0;

	rf_list_for_each_safe(node, tmp, &trace->places) {
		struct rf_place *place = rf_container_of(node, struct rf_place, node);

		if (place->number >= number)
			continue;

		int err = write_text(place);

		if (err && !result)
			result = err;
		place->closed = true;
		if (!place->opening)
			free_place(place);
	}
	return result;
}
