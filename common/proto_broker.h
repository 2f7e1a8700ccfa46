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
	/* Make the directory of one trace in a chunk and grant its files to a consumer. Reply: struct
	   rf_broker_place. */
	RF_BROKER_MAKE_DIR = 13,
	/* No more files in it; trims nothing. No reply. */
	RF_BROKER_CLOSE_DIR = 14,
	/* The same, and what was made in it is deleted, with the directories above it that are empty then. No reply. */
	RF_BROKER_REMOVE_DIR = 15,
	/* Ends the tree's worker and its directories. No reply. */
	RF_BROKER_CLOSE_TREE = 16,
	/* End a consumer that does not answer. No reply; RF_BROKER_CONSUMER_GONE follows. */
	RF_BROKER_STOP_CONSUMER = 17,
	/* Make the directory of a chunk below a tree: directories of traces go in there. Reply: struct rf_broker_place.
	 */
	RF_BROKER_MAKE_CHUNK = 18,
	/* Move a chunk out of the way, to ROOT/.tmp_old_chunk; its open files stay open. Reply: struct rf_broker_place.
	 */
	RF_BROKER_RETIRE_CHUNK = 19,
	/* Move a retired chunk to ROOT/archives/BEGIN-END-NUMBER. Reply: struct rf_broker_place, where it is. */
	RF_BROKER_ARCHIVE_CHUNK = 20,
	/*
	 * Delete the files that were made in a chunk and the directories that are empty then. Foreign files stay, which
	 * is no error. Reply: struct rf_broker_place.
	 */
	RF_BROKER_REMOVE_CHUNK = 21,
	/*
	 * Write a session's configuration as its owner. Descriptor 0: a sealed memory file with the text. Reply: struct
	 * rf_broker_saved.
	 */
	RF_BROKER_SAVE_SESSION = 22,
	/* The number of an account's name. Reply: struct rf_broker_account; -ENOENT: there is none. */
	RF_BROKER_LOOKUP_ACCOUNT = 23,

	/*
	 * consumer -> broker. Reply descriptors: data and index file of the first CPU, of the second, ... Without
	 * index: one each.
	 */
	RF_BROKER_OPEN_STREAMS = 40,
	/* consumer -> broker. Reply descriptor: the metadata file. */
	RF_BROKER_OPEN_METADATA = 41,
	/* consumer -> broker. New files for ring buffers, in an RF_DIR_BUFFERS directory. Reply descriptors: one a CPU.
	 */
	RF_BROKER_OPEN_BUFFERS = 42,
};

enum rf_start_fd {
	RF_START_FD_CLIENT,
	RF_START_FD_APPS,
	RF_START_FD_HEALTH,
	RF_START_FD_NOTIFICATION,
	RF_START_FD_CONSUMER_HEALTH, /* health of consumers: only the session daemon knows them all */
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

/* uid, gid: the session's owner. root: as the client gave it; resolved only by the worker, with the owner's rights. */
#define RF_BROKER_MAKE_TREE_FIELDS(X) X(u32, tree) X(u32, uid) X(u32, gid) X(path, root)
RF_MESSAGE(rf_broker_make_tree, RF_BROKER_MAKE_TREE_FIELDS)

enum rf_dir_kind {
	RF_DIR_UST_UID = 1, /* ust/uid/UID/BITS-bit */
	RF_DIR_UST_PID = 2, /* ust/pid/PROCNAME-PID-YYYYmmdd-HHMMSS */
};

enum rf_dir_purpose {
	RF_DIR_TRACE = 0,   /* data, index and metadata files */
	RF_DIR_BUFFERS = 1, /* ring buffers as files, and the metadata text: all 0600; no index directory */
};

/*
 * procname, pid, since (seconds, registration time): only for RF_DIR_UST_PID.
 */
/* clang-format off */
#define RF_BROKER_MAKE_DIR_FIELDS(X) \
	X(u32, dir) \
	X(u32, tree) \
	X(u32, chunk) \
	X(u32, consumer) \
	X(u8, purpose) \
	X(u8, kind) \
	X(u32, uid) \
	X(u8, abi_bits) \
	X(u32, pid) \
	X(i64, since) \
	X(name, procname)
/* clang-format on */
RF_MESSAGE(rf_broker_make_dir, RF_BROKER_MAKE_DIR_FIELDS)

enum rf_chunk_kind {
	RF_CHUNK_BASE = 1,     /* the tree's root itself */
	RF_CHUNK_NUMBERED = 2, /* ROOT/BEGIN-NUMBER, BEGIN as rf_format_iso8601() */
	RF_CHUNK_SNAPSHOT = 3, /* ROOT/NAME-BEGIN-NUMBER, BEGIN as rf_format_date() */
};

#define RF_CHUNK_UST 1u /* make the ust/ part at once */
/* chunk: an id, not 0. begin: seconds. number: the session's count of chunks (snapshots: of snapshots). */
#define RF_BROKER_MAKE_CHUNK_FIELDS(X)                                                                                 \
	X(u32, tree) X(u32, chunk) X(u8, kind) X(u8, parts) X(i64, begin) X(u64, number) X(name, name)
RF_MESSAGE(rf_broker_make_chunk, RF_BROKER_MAKE_CHUNK_FIELDS)

/*
 * RETIRE, ARCHIVE, REMOVE. end: seconds, ARCHIVE only. with_root: REMOVE only, the tree's root goes, too, if it is
 * empty then. ARCHIVE and REMOVE forget the chunk; directories in it that are granted still stay usable until they are
 * closed. Snapshots' chunks without open directories are forgotten, too, the oldest first, when a tree has many.
 */
#define RF_BROKER_CHUNK_FIELDS(X) X(u32, tree) X(u32, chunk) X(i64, end) X(u8, with_root)
RF_MESSAGE(rf_broker_chunk, RF_BROKER_CHUNK_FIELDS)

/* directory: absolute, or empty for `.lttng/sessions` in the home of the account UID. name: of the session. */
#define RF_BROKER_SAVE_SESSION_FIELDS(X) X(u32, uid) X(u32, gid) X(u8, overwrite) X(path, directory) X(name, name)
RF_MESSAGE(rf_broker_save_session, RF_BROKER_SAVE_SESSION_FIELDS)
#define RF_SAVE_SIZE_MAX (64u * 1024 * 1024)

/* On failure: what could not be made. at_file: the file (0: its directory). */
#define RF_BROKER_SAVED_FIELDS(X) X(u8, at_file) X(path, where)
RF_MESSAGE(rf_broker_saved, RF_BROKER_SAVED_FIELDS)

enum rf_account_kind {
	RF_ACCOUNT_USER = 1,
	RF_ACCOUNT_GROUP = 2,
};
#define RF_BROKER_LOOKUP_ACCOUNT_FIELDS(X) X(u8, kind) X(name, name)
RF_MESSAGE(rf_broker_lookup_account, RF_BROKER_LOOKUP_ACCOUNT_FIELDS)
#define RF_BROKER_ACCOUNT_FIELDS(X) X(u32, id)
RF_MESSAGE(rf_broker_account, RF_BROKER_ACCOUNT_FIELDS)

/* Reply body of what makes or moves something: on failure the path that it failed on, for the message to the user. */
#define RF_BROKER_PLACE_FIELDS(X) X(path, where)
RF_MESSAGE(rf_broker_place, RF_BROKER_PLACE_FIELDS)

/* CLOSE_DIR and REMOVE_DIR (dir id), CLOSE_TREE (tree id), STOP_CONSUMER (consumer id), OPEN_METADATA (dir id). */
#define RF_BROKER_ID_FIELDS(X) X(u32, id)
RF_MESSAGE(rf_broker_id, RF_BROKER_ID_FIELDS)

#define RF_OPEN_STREAMS_MAX 64u /* CPUs in one request: two descriptors each */
#define RF_NO_FILE_NUMBER UINT32_MAX
/* file_number: suffix of a size-limited file set, or RF_NO_FILE_NUMBER. */
#define RF_BROKER_OPEN_STREAMS_FIELDS(X)                                                                               \
	X(u32, dir) X(u32, first_cpu) X(u32, cpu_count) X(u32, file_number) X(u8, without_index) X(name, channel)
RF_MESSAGE(rf_broker_open_streams, RF_BROKER_OPEN_STREAMS_FIELDS)

#define RF_BROKER_OPEN_BUFFERS_FIELDS(X) X(u32, dir) X(u32, first_cpu) X(u32, cpu_count) X(name, channel)
RF_MESSAGE(rf_broker_open_buffers, RF_BROKER_OPEN_BUFFERS_FIELDS)

#endif
