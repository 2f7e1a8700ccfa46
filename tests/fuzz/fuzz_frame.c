/* SPDX-License-Identifier: GPL-2.0-only */
/* The frame layer and every message body of our own protocols: what decodes must encode to the same bytes. */
#include "common/frame.h"
#include "common/proto_broker.h"
#include "common/proto_consumer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ROUND_TRIP(type)                                                                                               \
	static void round_trip_##type(struct rf_reader body)                                                           \
	{                                                                                                              \
		struct type message;                                                                                   \
		const uint8_t *bytes = body.base;                                                                      \
		size_t len = body.size;                                                                                \
		struct rf_writer w;                                                                                    \
                                                                                                                       \
		if (!type##_decode(&body, &message))                                                                   \
			return;                                                                                        \
		rf_writer_init_growing(&w, RF_FRAME_MAX_BODY * 2, RF_HOST_ORDER);                                      \
		type##_encode(&w, &message);                                                                           \
		if (!rf_writer_ok(&w) || w.at != len || (len && memcmp(w.base, bytes, len) != 0))                      \
			abort();                                                                                       \
		rf_writer_free(&w);                                                                                    \
	}

#define MESSAGES(X)                                                                                                    \
	X(rf_broker_start)                                                                                             \
	X(rf_broker_consumer_gone)                                                                                     \
	X(rf_broker_consumer_start)                                                                                    \
	X(rf_broker_spawn_consumer)                                                                                    \
	X(rf_broker_make_tree)                                                                                         \
	X(rf_broker_make_dir)                                                                                          \
	X(rf_broker_place)                                                                                             \
	X(rf_broker_id)                                                                                                \
	X(rf_broker_open_streams)                                                                                      \
	X(rf_broker_open_buffers)                                                                                      \
	X(rf_broker_make_chunk)                                                                                        \
	X(rf_broker_chunk)                                                                                             \
	X(rf_broker_save_session)                                                                                      \
	X(rf_broker_saved)                                                                                             \
	X(rf_broker_lookup_account)                                                                                    \
	X(rf_broker_account)                                                                                           \
	X(rf_consumer_describe_channel)                                                                                \
	X(rf_consumer_move_trace)                                                                                      \
	X(rf_consumer_snapshot_trace)                                                                                  \
	X(rf_consumer_id)                                                                                              \
	X(rf_consumer_create_trace)                                                                                    \
	X(rf_consumer_create_channel)                                                                                  \
	X(rf_consumer_push_metadata)                                                                                   \
	X(rf_consumer_statistics)                                                                                      \
	X(rf_consumer_stream_failed)

MESSAGES(ROUND_TRIP)

#define ENTRY(type) round_trip_##type,
static void (*const round_trips[])(struct rf_reader body) = {MESSAGES(ENTRY)};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rf_frame frame;

	if (!size)
		return 0;
	if (rf_frame_parse(data + 1, size - 1, &frame) == 0 &&
		rf_reader_left(&frame.body) != size - 1 - RF_FRAME_HEADER)
		abort();

	struct rf_reader body;

	rf_reader_init(&body, data + 1, size - 1, RF_HOST_ORDER);
	round_trips[data[0] % (sizeof(round_trips) / sizeof(round_trips[0]))](body);
	return 0;
}
