/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to and from the broker. Frames of common/frame.h, bodies of common/message.h.
 *
 * Consumer, tree and directory ids are chosen by the session daemon, so that it can use an id in its next message
 * without waiting for the reply. Ids are never reused while their object lives; a second creation is refused (-EEXIST).
 * Every request with a reply gets exactly one, in any order; `status` is 0 or a negative errno.
 *
 * The broker serves everything that the session daemon has sent before it serves a request of a consumer: a directory
 * that was granted before a consumer heard of it is known when the consumer asks for a file in it.
 */
#ifndef RF_COMMON_PROTO_BROKER_H
#define RF_COMMON_PROTO_BROKER_H

#include "common/message.h"

/* Descriptor numbers that a child of the broker starts with, besides stdio. */
#define RF_BROKER_FD 3           /* link to the broker */
#define RF_CONSUMER_CONTROL_FD 4 /* consumers: link to the session daemon */

enum rf_broker_message {
	/* broker -> session daemon, first message. Descriptors: see enum rf_start_fd. No reply. */
	RF_BROKER_START = 1,
	/* broker -> session daemon: stop and destroy all sessions, then exit. No body, no reply. */
	RF_BROKER_SHUTDOWN = 2,
	/* broker -> session daemon: a consumer ended, orderly or not. No reply. */
	RF_BROKER_CONSUMER_GONE = 3,
	/* broker -> consumer, first message. No reply. */
	RF_BROKER_CONSUMER_START = 4,

	/* session daemon -> broker: clients and applications are served now. No body, no reply. */
	RF_BROKER_READY = 10,
	/* Descriptor 0: the consumer's end of its control link. Reply: status. */
	RF_BROKER_SPAWN_CONSUMER = 11,
	/* Make or adopt a session's output directory as its owner. Reply: struct rf_broker_place. */
	RF_BROKER_MAKE_TREE = 12,
	/* Make the directory of one trace below a tree and grant its files to a consumer. Reply: struct
	   rf_broker_place. */
	RF_BROKER_MAKE_DIR = 13,
	/* No more files in it; trims nothing. No reply. */
	RF_BROKER_CLOSE_DIR = 14,
	/* Ends the tree's worker and its directories. No reply. */
	RF_BROKER_CLOSE_TREE = 15,
	/* End a consumer that does not answer. No reply; RF_BROKER_CONSUMER_GONE follows. */
	RF_BROKER_STOP_CONSUMER = 16,

	/* consumer -> broker. Reply descriptors: data and index file of the first CPU, of the second, ... */
	RF_BROKER_OPEN_STREAMS = 20,
	/* consumer -> broker. Reply descriptor: the metadata file. */
	RF_BROKER_OPEN_METADATA = 21,
};

enum rf_start_fd {
	RF_START_FD_CLIENT,
	RF_START_FD_APPS,
	RF_START_FD_HEALTH,
	RF_START_FD_NOTIFICATION,
	RF_START_FD_COUNT,
};

/* app_timeout_ms: how long a command may wait for an application, 0 = without limit. */
#define RF_BROKER_START_FIELDS(X) X(u8, rootless) X(u8, log_level) X(u32, app_timeout_ms) X(name, hostname)
RF_MESSAGE(rf_broker_start, RF_BROKER_START_FIELDS)

/* wait_status: as of waitpid(2). */
#define RF_BROKER_CONSUMER_GONE_FIELDS(X) X(u32, consumer) X(i32, wait_status)
RF_MESSAGE(rf_broker_consumer_gone, RF_BROKER_CONSUMER_GONE_FIELDS)

#define RF_BROKER_CONSUMER_START_FIELDS(X) X(u32, consumer) X(u32, uid) X(u8, abi_bits) X(u8, log_level)
RF_MESSAGE(rf_broker_consumer_start, RF_BROKER_CONSUMER_START_FIELDS)

#define RF_BROKER_SPAWN_CONSUMER_FIELDS(X) X(u32, consumer) X(u32, uid) X(u8, abi_bits)
RF_MESSAGE(rf_broker_spawn_consumer, RF_BROKER_SPAWN_CONSUMER_FIELDS)

#define RF_TREE_UST 1u /* make the ust/ part at once */
/* uid, gid: the session's owner. root: as the client gave it; resolved only by the worker, with the owner's rights. */
#define RF_BROKER_MAKE_TREE_FIELDS(X) X(u32, tree) X(u32, uid) X(u32, gid) X(u8, parts) X(path, root)
RF_MESSAGE(rf_broker_make_tree, RF_BROKER_MAKE_TREE_FIELDS)

enum rf_dir_kind {
	RF_DIR_UST_UID = 1, /* ust/uid/UID/BITS-bit */
	RF_DIR_UST_PID = 2, /* ust/pid/PROCNAME-PID-YYYYmmdd-HHMMSS */
};

/* procname, pid, since (seconds, registration time): only for RF_DIR_UST_PID. */
#define RF_BROKER_MAKE_DIR_FIELDS(X)                                                                                   \
	X(u32, dir)                                                                                                    \
	X(u32, tree)                                                                                                   \
	X(u32, consumer) X(u8, kind) X(u32, uid) X(u8, abi_bits) X(u32, pid) X(i64, since) X(name, procname)
RF_MESSAGE(rf_broker_make_dir, RF_BROKER_MAKE_DIR_FIELDS)

/* Reply body of MAKE_TREE and MAKE_DIR: on failure the path that could not be made, for the message to the user. */
#define RF_BROKER_PLACE_FIELDS(X) X(path, where)
RF_MESSAGE(rf_broker_place, RF_BROKER_PLACE_FIELDS)

/* CLOSE_DIR (dir id), CLOSE_TREE (tree id), STOP_CONSUMER (consumer id), OPEN_METADATA (dir id). */
#define RF_BROKER_ID_FIELDS(X) X(u32, id)
RF_MESSAGE(rf_broker_id, RF_BROKER_ID_FIELDS)

#define RF_OPEN_STREAMS_MAX 64u /* CPUs in one request: two descriptors each */
#define RF_NO_FILE_NUMBER UINT32_MAX
/* file_number: suffix of a size-limited file set, or RF_NO_FILE_NUMBER. */
#define RF_BROKER_OPEN_STREAMS_FIELDS(X)                                                                               \
	X(u32, dir) X(u32, first_cpu) X(u32, cpu_count) X(u32, file_number) X(name, channel)
RF_MESSAGE(rf_broker_open_streams, RF_BROKER_OPEN_STREAMS_FIELDS)

#endif
