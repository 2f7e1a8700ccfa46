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
	/* broker -> session daemon, after START and whenever the policy file was read again. No reply. */
	RF_BROKER_POLICY = 5,

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
	 * Take the program that a client has sent for a probe of user space. Descriptor 0: the client's socket, in
	 * which a byte waits that comes with it. No body. Reply descriptor: the program. -EPROTO: not one descriptor,
	 * -ENOEXEC: no regular file, -EOPNOTSUPP: on a file system in user space, -ETIMEDOUT: that does not answer,
	 * -EAGAIN: too many of that kind.
	 */
	RF_BROKER_RECEIVE_PROGRAM = 24,

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
	/*
	 * consumer of the kernel -> broker, for an instance that was made for it: each CPU once, in order. Reply
	 * descriptors: with CPU 0 the instance's free_buffer, then trace_pipe_raw and stats of the first CPU, of the
	 * second, ...
	 */
	RF_BROKER_OPEN_RINGS = 43,

	/*
	 * The rest comes on a link of its own, that of the session daemon's kernel thread, which waits for each reply.
	 *
	 * Which tracer the kernel has; loads lttng-modules if that was not done. Reply: struct rf_broker_kernel.
	 * Descriptor 0: lttng-modules: /proc/lttng; tracefs: available_events. -ENODEV: none, -EPERM: switched off.
	 */
	RF_BROKER_KERNEL_OPEN = 60,
	/*
	 * A ring buffer a CPU with events of its own: one channel. Reply: struct rf_broker_instance. Descriptors:
	 * set_event (append), tracing_on.
	 */
	RF_BROKER_MAKE_INSTANCE = 61,
	/* -EBUSY: somebody still has its files open; it is tried again at every later request. Body: id. Reply. */
	RF_BROKER_REMOVE_INSTANCE = 62,
	/* Reply: struct rf_broker_events_opened. Descriptors: of the events that are there, in order. */
	RF_BROKER_OPEN_EVENTS = 63,
	/* Which threads an instance records. Reply. */
	RF_BROKER_TRACK = 64,
	/* Defines a dynamic event for an instance. Descriptor 0 of RF_PROBE_USER: the program. Reply: struct
	   rf_broker_probe_group. -ENOENT: no such symbol. -EOPNOTSUPP: this kernel has none of that kind. */
	RF_BROKER_ADD_PROBE = 65,
	/* Body: struct rf_broker_remove_probe. Reply. -EBUSY: still enabled. */
	RF_BROKER_REMOVE_PROBE = 66,
	/*
	 * What the kernel had before anything was recorded: processes and so on, for a state dump. Reply descriptor:
	 * a pipe to read records from until its end, see common/kernel_state.h.
	 */
	RF_BROKER_READ_STATE = 67,
};

enum rf_start_fd {
	RF_START_FD_CLIENT,
	RF_START_FD_APPS,
	RF_START_FD_HEALTH,
	RF_START_FD_NOTIFICATION,
	RF_START_FD_CONSUMER_HEALTH, /* health of consumers: only the session daemon knows them all */
	RF_START_FD_KERNEL_HEALTH,   /* health of the kernel's; left out by a daemon that is not root's */
	RF_START_FD_KERNEL,          /* link for requests about the kernel's tracers; connected */
	RF_START_FD_COUNT,
};

/* app_timeout_ms: how long a command may wait for an application, 0 = without limit. */
#define RF_BROKER_START_FIELDS(X) X(u8, rootless) X(u8, log_level) X(u32, app_timeout_ms) X(name, hostname)
RF_MESSAGE(rf_broker_start, RF_BROKER_START_FIELDS)

/* wait_status: as of waitpid(2). */
#define RF_BROKER_CONSUMER_GONE_FIELDS(X) X(u32, consumer) X(i32, wait_status)
RF_MESSAGE(rf_broker_consumer_gone, RF_BROKER_CONSUMER_GONE_FIELDS)

/* kernel: 1 for the consumer of the kernel; then uid is 0 and abi_bits 64. */
#define RF_BROKER_CONSUMER_START_FIELDS(X) X(u32, consumer) X(u32, uid) X(u8, abi_bits) X(u8, kernel) X(u8, log_level)
RF_MESSAGE(rf_broker_consumer_start, RF_BROKER_CONSUMER_START_FIELDS)

/* kernel_uids: who may trace the kernel besides root: packed u32, host order, ascending. */
#define RF_BROKER_POLICY_FIELDS(X) X(blob, kernel_uids)
RF_MESSAGE(rf_broker_policy, RF_BROKER_POLICY_FIELDS)

#define RF_BROKER_SPAWN_CONSUMER_FIELDS(X) X(u32, consumer) X(u32, uid) X(u8, abi_bits) X(u8, kernel)
RF_MESSAGE(rf_broker_spawn_consumer, RF_BROKER_SPAWN_CONSUMER_FIELDS)

/* uid, gid: the session's owner. root: as the client gave it; resolved only by the worker, with the owner's rights. */
#define RF_BROKER_MAKE_TREE_FIELDS(X) X(u32, tree) X(u32, uid) X(u32, gid) X(path, root)
RF_MESSAGE(rf_broker_make_tree, RF_BROKER_MAKE_TREE_FIELDS)

enum rf_dir_kind {
	RF_DIR_UST_UID = 1, /* ust/uid/UID/BITS-bit */
	RF_DIR_UST_PID = 2, /* ust/pid/PROCNAME-PID-YYYYmmdd-HHMMSS */
	RF_DIR_KERNEL = 3,  /* kernel; for the consumer of the kernel, and nothing else is */
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

/* Parts to be made at once. */
#define RF_CHUNK_UST 1u    /* ust/ */
#define RF_CHUNK_KERNEL 2u /* kernel/ */
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

#define RF_OPEN_RINGS_MAX 63u /* CPUs in one request */
#define RF_BROKER_OPEN_RINGS_FIELDS(X) X(u32, instance) X(u32, first_cpu) X(u32, cpu_count)
RF_MESSAGE(rf_broker_open_rings, RF_BROKER_OPEN_RINGS_FIELDS)

enum rf_kernel_tracer_kind {
	RF_TRACER_MODULES = 1, /* lttng-modules */
	RF_TRACER_TRACEFS = 2,
};
/* What tracefs can do here. */
#define RF_TRACEFS_KPROBES 1u
#define RF_TRACEFS_UPROBES 2u
/* cpus: that the machine may ever have. */
#define RF_BROKER_KERNEL_FIELDS(X) X(u8, tracer) X(u32, features) X(u32, cpus)
RF_MESSAGE(rf_broker_kernel, RF_BROKER_KERNEL_FIELDS)

/*
 * instance: chosen by the session daemon, not reused. consumer: who may open its rings. uid: the session's owner, whom
 * policy and quota are about. ring_size: bytes for each CPU. page_size: wished for a sub-buffer, bytes; the kernel may
 * have smaller ones. Made with tracing off, clock mono, no event.
 */
#define RF_BROKER_MAKE_INSTANCE_FIELDS(X)                                                                              \
	X(u32, instance) X(u32, consumer) X(u32, uid) X(u64, ring_size) X(u32, page_size) X(u8, overwrite)
RF_MESSAGE(rf_broker_make_instance, RF_BROKER_MAKE_INSTANCE_FIELDS)

/* What there is now: a sub-buffer's bytes with its header; the CPU's whole ring. */
#define RF_BROKER_INSTANCE_FIELDS(X) X(u32, page_size) X(u64, ring_size)
RF_MESSAGE(rf_broker_instance, RF_BROKER_INSTANCE_FIELDS)

enum rf_event_file {
	RF_EVENT_FORMAT = 1, /* to read */
	RF_EVENT_FILTER = 2, /* of the instance, to write */
};
#define RF_OPEN_EVENTS_MAX 64u
/* events: texts `system/event`, each with its NUL; at most RF_OPEN_EVENTS_MAX. */
#define RF_BROKER_OPEN_EVENTS_FIELDS(X) X(u32, instance) X(u8, file) X(blob, events)
RF_MESSAGE(rf_broker_open_events, RF_BROKER_OPEN_EVENTS_FIELDS)
/* present: bit 0 for the first event, and so on. */
#define RF_BROKER_EVENTS_OPENED_FIELDS(X) X(u64, present)
RF_MESSAGE(rf_broker_events_opened, RF_BROKER_EVENTS_OPENED_FIELDS)

/*
 * policy: as rf_tracker_policy in the session daemon: 0 all, 1 none, 2 those in `pids` (packed i32, host order): all
 * their threads, and those that they make later. on: whether the instance is tracing now: it is off during the change.
 */
#define RF_BROKER_TRACK_FIELDS(X) X(u32, instance) X(u8, policy) X(u8, on) X(blob, pids)
RF_MESSAGE(rf_broker_track, RF_BROKER_TRACK_FIELDS)

enum rf_probe_kind {
	RF_PROBE_KERNEL = 1,   /* event pN */
	RF_PROBE_FUNCTION = 2, /* events pN_entry and pN_exit */
	RF_PROBE_USER = 3,     /* event pN; of several places in a program pN_0, pN_1, ... */
};
#define RF_PROBE_PLACES_MAX 32u
/*
 * probe: N, unique in the instance. symbol: empty for an address. offset: from the symbol, or in the program's file
 * (then in `places`: packed u64).
 */
#define RF_BROKER_ADD_PROBE_FIELDS(X)                                                                                  \
	X(u32, instance) X(u32, probe) X(u8, kind) X(u64, address) X(u64, offset) X(name, symbol) X(blob, places)
RF_MESSAGE(rf_broker_add_probe, RF_BROKER_ADD_PROBE_FIELDS)
/* system: of the events. */
#define RF_BROKER_PROBE_GROUP_FIELDS(X) X(name, system)
RF_MESSAGE(rf_broker_probe_group, RF_BROKER_PROBE_GROUP_FIELDS)
#define RF_BROKER_REMOVE_PROBE_FIELDS(X) X(u32, instance) X(u32, probe)
RF_MESSAGE(rf_broker_remove_probe, RF_BROKER_REMOVE_PROBE_FIELDS)

#endif
