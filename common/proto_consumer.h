/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session daemon's requests to one consumer (one traced uid and ABI), on its control link, and the consumer's
 * answers. Frames of common/frame.h, bodies of common/message.h. Messages are acted upon in the order they were sent.
 *
 * A *trace* is one CTF trace: a metadata text and the channels it describes, in one directory. Trace ids are chosen by
 * the session daemon and are not reused. A *session* groups traces for flush, statistics and destruction.
 */
#ifndef RF_COMMON_PROTO_CONSUMER_H
#define RF_COMMON_PROTO_CONSUMER_H

#include "common/message.h"

enum rf_consumer_message {
	/* One-way. Opens the metadata file of the trace in directory `dir` of the broker. */
	RF_CONSUMER_CREATE_TRACE = 1,
	/*
	 * Descriptor 0: a stream socket on which the consumer answers: an i32 status (host order), and when that is 0
	 * what liblttng-ust-ctl sends for the channel and each of its streams. It then closes the socket. No reply.
	 */
	RF_CONSUMER_CREATE_CHANNEL = 2,
	/* One-way. The text continues at `offset`; a new version starts again at 0. */
	RF_CONSUMER_PUSH_METADATA = 3,
	/* One-way. Flush, drain, close everything of the trace; RF_CONSUMER_TRACE_ENDED follows when it is done. */
	RF_CONSUMER_END_TRACE = 4,
	/* Body: id of the session. Reply when every stream was flushed and what it held is in its file. */
	RF_CONSUMER_FLUSH_SESSION = 5,
	/* One-way, body: id. Tracing goes on: the next flush is not redundant. */
	RF_CONSUMER_RESUME_SESSION = 6,
	/* Body: id. Reply: struct rf_consumer_statistics. */
	RF_CONSUMER_STATISTICS = 7,
	/* Body: id. Ends all traces of the session and forgets its statistics. Reply when done. */
	RF_CONSUMER_DESTROY_SESSION = 8,

	/* consumer -> session daemon, no reply. Body: id of the trace. */
	RF_CONSUMER_TRACE_ENDED = 20,
	/* consumer -> session daemon, no reply: a packet could not be written (once per stream until it works again).
	 */
	RF_CONSUMER_STREAM_FAILED = 21,
};

#define RF_CONSUMER_ID_FIELDS(X) X(u64, id)
RF_MESSAGE(rf_consumer_id, RF_CONSUMER_ID_FIELDS)

/* dir: directory id that the broker granted to this consumer. packet_size: of metadata packets, a page multiple. */
#define RF_CONSUMER_CREATE_TRACE_FIELDS(X) X(u64, trace) X(u64, session) X(u32, dir) X(u32, packet_size) X(uuid, uuid)
RF_MESSAGE(rf_consumer_create_trace, RF_CONSUMER_CREATE_TRACE_FIELDS)

/*
 * channel: the session's number for the channel, under which statistics of all its instances are summed.
 * stream_class: id in packet headers and metadata. Sizes in bytes, intervals in microseconds (0 = none).
 */
/* clang-format off */
#define RF_CONSUMER_CREATE_CHANNEL_FIELDS(X) \
	X(u64, trace) \
	X(u32, channel) \
	X(u32, stream_class) \
	X(u64, subbuf_size) \
	X(u64, subbuf_count) \
	X(u8, overwrite) \
	X(u32, switch_interval) \
	X(u32, read_interval) \
	X(i64, blocking_timeout) \
	X(name, name)
/* clang-format on */
RF_MESSAGE(rf_consumer_create_channel, RF_CONSUMER_CREATE_CHANNEL_FIELDS)

#define RF_METADATA_PUSH_MAX 32768u /* bytes of text in one message */
#define RF_CONSUMER_PUSH_METADATA_FIELDS(X) X(u64, trace) X(u64, offset) X(u32, version) X(blob, text)
RF_MESSAGE(rf_consumer_push_metadata, RF_CONSUMER_PUSH_METADATA_FIELDS)

/* rows: per channel u32 channel, u64 discarded events, u64 lost packets, packed. */
#define RF_CONSUMER_STATISTICS_FIELDS(X) X(blob, rows)
RF_MESSAGE(rf_consumer_statistics, RF_CONSUMER_STATISTICS_FIELDS)

/* error: negative errno. */
#define RF_CONSUMER_STREAM_FAILED_FIELDS(X) X(u64, trace) X(u32, cpu) X(i32, error) X(name, channel)
RF_MESSAGE(rf_consumer_stream_failed, RF_CONSUMER_STREAM_FAILED_FIELDS)

#endif
