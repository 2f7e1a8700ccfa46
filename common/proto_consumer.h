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

#include "common/record_ops.h"

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
	/* Body: id of a session. Reply when every stream was flushed and what it held is in its file. */
	RF_CONSUMER_FLUSH_SESSION = 5,
	/* One-way, body: id. Tracing goes on: the next flush is not redundant. */
	RF_CONSUMER_RESUME_SESSION = 6,
	/* Body: id. Reply: struct rf_consumer_statistics. */
	RF_CONSUMER_STATISTICS = 7,
	/* Body: id. Ends all traces of the session and forgets its statistics. Reply when done. */
	RF_CONSUMER_DESTROY_SESSION = 8,
	/*
	 * One-way. The trace goes on in another directory: what its rings hold by then is written to the old one, then
	 * the files are changed, and the metadata text is written to the new directory before any packet. Directory 0:
	 * packets stay in the rings until another directory comes. discard: what the rings hold is dropped instead of
	 * written.
	 */
	RF_CONSUMER_MOVE_TRACE = 9,
	/* One-way. Copies what the rings hold to the directory, without taking it out, and the metadata text. */
	RF_CONSUMER_SNAPSHOT_TRACE = 10,
	/*
	 * Body: id of a session. Reply when every earlier MOVE_TRACE, SNAPSHOT_TRACE and END_TRACE of the session is
	 * done and its old files are closed. Status: the first failure since the last reply.
	 */
	RF_CONSUMER_SETTLE_SESSION = 11,
	/* One-way. The text that was pushed describes this class of streams: its packets can be read. */
	RF_CONSUMER_DESCRIBE_CHANNEL = 13,
	/* One-way, as are the others about the kernel. A channel of the mainline tracer: rings of an instance. */
	RF_CONSUMER_CREATE_RINGS = 14,
	/* How records of one kind become events of a channel. The text that was pushed describes them. */
	RF_CONSUMER_DESCRIBE_RECORD = 15,
	/*
	 * Streams of a channel of lttng-modules: one descriptor each. May come again for the same channel, when a CPU
	 * appeared.
	 */
	RF_CONSUMER_ADD_STREAMS = 16,
	/* The trace's UUID, when it was not known at its creation: before any text is pushed. */
	RF_CONSUMER_IDENTIFY_TRACE = 17,
	/* Events that no ring has, made by the session daemon: a state dump. See struct rf_consumer_add_events. */
	RF_CONSUMER_ADD_EVENTS = 18,
	/* A channel of a trace that was never started goes. Reply when it has begun to: it is not counted on any more.
	 */
	RF_CONSUMER_DROP_CHANNEL = 19,
	/* What records cannot tell of threads that are there already. See struct rf_consumer_add_tasks. */
	RF_CONSUMER_ADD_TASKS = 22,
	/* No body. Reply: struct rf_consumer_id, a mask of the threads that do not work (bits: enum rf_consumer_part).
	 */
	RF_CONSUMER_HEALTH = 12,

	/* consumer -> session daemon, no reply. Body: id of the trace. */
	RF_CONSUMER_TRACE_ENDED = 20,
	/* consumer -> session daemon, no reply: a packet could not be written (once per stream until it works again).
	 */
	RF_CONSUMER_STREAM_FAILED = 21,
};

#define RF_CONSUMER_ID_FIELDS(X) X(u64, id)
RF_MESSAGE(rf_consumer_id, RF_CONSUMER_ID_FIELDS)

/*
 * dir: directory id that the broker granted to this consumer; 0: packets stay in the rings until MOVE_TRACE gives one.
 * buffer_dir: where ring buffers are files and the metadata text is kept as it is; 0: buffers are memory.
 * packet_size: of metadata packets, a page multiple.
 */
#define RF_CONSUMER_CREATE_TRACE_FIELDS(X)                                                                             \
	X(u64, trace) X(u64, session) X(u32, dir) X(u32, buffer_dir) X(u32, packet_size) X(uuid, uuid)
RF_MESSAGE(rf_consumer_create_trace, RF_CONSUMER_CREATE_TRACE_FIELDS)

/*
 * A channel, in each request that makes one.
 * number: the session's, under which statistics of all its instances are summed. stream_class: id in packet headers and
 * metadata. file_size: a data file is not made larger than that, bytes (0: no limit); file_count: and so many are kept
 * (0: all).
 */
#define RF_CONSUMER_CHANNEL_FIELDS(X)                                                                                  \
	X(u32, number) X(u32, stream_class) X(u8, overwrite) X(u64, file_size) X(u64, file_count) X(name, name)
RF_MESSAGE_PART(rf_consumer_channel, RF_CONSUMER_CHANNEL_FIELDS)
#define RF_DECLARE_channel(n) struct rf_consumer_channel n;
#define RF_PUT_channel(n) rf_consumer_channel_encode(w, &m->n);
#define RF_GET_channel(n) rf_consumer_channel_read(r, &m->n);

/* Sizes in bytes, intervals in microseconds (0 = none). */
/* clang-format off */
#define RF_CONSUMER_CREATE_CHANNEL_FIELDS(X) \
	X(u64, trace) \
	X(channel, channel) \
	X(u64, subbuf_size) \
	X(u64, subbuf_count) \
	X(u32, switch_interval) \
	X(u32, read_interval) \
	X(i64, blocking_timeout)
/* clang-format on */
RF_MESSAGE(rf_consumer_create_channel, RF_CONSUMER_CREATE_CHANNEL_FIELDS)

/*
 * instance: the broker's. page_size, ring_size: of a CPU's ring, bytes. packet_size: a packet is not made larger.
 * switch_interval: as above.
 */
/* clang-format off */
#define RF_CONSUMER_CREATE_RINGS_FIELDS(X) \
	X(u64, trace) \
	X(channel, channel) \
	X(u32, instance) \
	X(u32, page_size) \
	X(u64, ring_size) \
	X(u32, cpu_count) \
	X(u64, packet_size) \
	X(u32, switch_interval)
/* clang-format on */
RF_MESSAGE(rf_consumer_create_rings, RF_CONSUMER_CREATE_RINGS_FIELDS)

/*
 * record: the tracer's number of the kind of record. event: its id in the trace. ops: packed struct rf_record_op, see
 * common/record_ops.h: what is written after the event's header. size_min: of the record's payload, bytes. It may come
 * again with another watch.begin and watch.end.
 */
#define RF_CONSUMER_DESCRIBE_RECORD_FIELDS(X)                                                                          \
	X(u64, trace) X(u32, channel) X(u32, record) X(u32, event) X(u32, size_min) X(watch, watch) X(blob, ops)
RF_MESSAGE(rf_consumer_describe_record, RF_CONSUMER_DESCRIBE_RECORD_FIELDS)

/* first: number of the first stream in the names of files. */
#define RF_CONSUMER_ADD_STREAMS_FIELDS(X) X(u64, trace) X(channel, channel) X(u32, first)
RF_MESSAGE(rf_consumer_add_streams, RF_CONSUMER_ADD_STREAMS_FIELDS)

#define RF_CONSUMER_IDENTIFY_TRACE_FIELDS(X) X(u64, trace) X(uuid, uuid)
RF_MESSAGE(rf_consumer_identify_trace, RF_CONSUMER_IDENTIFY_TRACE_FIELDS)

/*
 * They go to a stream of their own, which the first of these messages makes in a channel that RF_CONSUMER_CREATE_RINGS
 * made. begin, end: time of the first and the last one, trace clock, not before the end of the message before. events:
 * encoded, headers included: one packet's content.
 */
#define RF_CONSUMER_ADD_EVENTS_FIELDS(X) X(u64, trace) X(u32, channel) X(u64, begin) X(u64, end) X(blob, events)
RF_MESSAGE(rf_consumer_add_events, RF_CONSUMER_ADD_EVENTS_FIELDS)

/* tasks: per thread i32 tid, i32 pid, i32 ppid, i32 priority, name (RF_TASK_NAME bytes), packed; at most
 * RF_TASKS_PUSH_MAX. */
#define RF_TASKS_PUSH_MAX 1024u
#define RF_TASK_SIZE (16u + RF_TASK_NAME)
#define RF_CONSUMER_ADD_TASKS_FIELDS(X) X(u64, trace) X(u32, channel) X(blob, tasks)
RF_MESSAGE(rf_consumer_add_tasks, RF_CONSUMER_ADD_TASKS_FIELDS)

#define RF_METADATA_PUSH_MAX 32768u /* bytes of text in one message */
#define RF_CONSUMER_PUSH_METADATA_FIELDS(X) X(u64, trace) X(u64, offset) X(u32, version) X(blob, text)
RF_MESSAGE(rf_consumer_push_metadata, RF_CONSUMER_PUSH_METADATA_FIELDS)

#define RF_CONSUMER_MOVE_TRACE_FIELDS(X) X(u64, trace) X(u32, dir) X(u8, discard)
RF_MESSAGE(rf_consumer_move_trace, RF_CONSUMER_MOVE_TRACE_FIELDS)

#define RF_CONSUMER_DESCRIBE_CHANNEL_FIELDS(X) X(u64, trace) X(u32, stream_class)
RF_MESSAGE(rf_consumer_describe_channel, RF_CONSUMER_DESCRIBE_CHANNEL_FIELDS)

#define RF_CONSUMER_DROP_CHANNEL_FIELDS(X) X(u64, trace) X(u32, channel)
RF_MESSAGE(rf_consumer_drop_channel, RF_CONSUMER_DROP_CHANNEL_FIELDS)

/* max_packets: of each stream, the newest ones; 0: all. */
#define RF_CONSUMER_SNAPSHOT_TRACE_FIELDS(X) X(u64, trace) X(u32, dir) X(u32, max_packets)
RF_MESSAGE(rf_consumer_snapshot_trace, RF_CONSUMER_SNAPSHOT_TRACE_FIELDS)

/* As readers of health sockets number them. */
enum rf_consumer_part {
	RF_CONSUMER_PART_CHANNEL = 0,
	RF_CONSUMER_PART_METADATA = 1,
	RF_CONSUMER_PART_DATA = 2,
	RF_CONSUMER_PART_CONTROL = 3,
	RF_CONSUMER_PART_METADATA_TIMER = 4,
	RF_CONSUMER_PARTS,
};

/* rows: per channel u32 channel, u64 discarded events, u64 lost packets, u64 bytes written to files, packed. */
#define RF_CONSUMER_STATISTICS_FIELDS(X) X(blob, rows)
RF_MESSAGE(rf_consumer_statistics, RF_CONSUMER_STATISTICS_FIELDS)

/* error: negative errno. */
#define RF_CONSUMER_STREAM_FAILED_FIELDS(X) X(u64, trace) X(u32, cpu) X(i32, error) X(name, channel)
RF_MESSAGE(rf_consumer_stream_failed, RF_CONSUMER_STREAM_FAILED_FIELDS)

#endif
