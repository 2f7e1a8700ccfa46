/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What lttng-modules (ABI 2, of 2.6) takes and gives through the descriptors of /proc/lttng: numbers of ioctl(2), their
 * packed arguments, and packet headers. The session daemon has all descriptors, the kernel's consumer those of streams.
 * Host byte order. Padding is zero.
 */
#ifndef RF_COMMON_MODULES_ABI_H
#define RF_COMMON_MODULES_ABI_H

#include <stdint.h>

#define RF_MODULES_IOCTL_TYPE 0xf6u
#define RF_MODULES_MAJOR 2u

/* By the descriptor they are for. Those that give a descriptor say so. */
enum rf_modules_control_call {
	RF_MODULES_SESSION = 0x0000f645,          /* descriptor */
	RF_MODULES_VERSION = 0x800cf646,          /* struct rf_modules_version */
	RF_MODULES_LIST_TRACEPOINTS = 0x0000f647, /* descriptor, to read to its end */
	RF_MODULES_QUIESCENT = 0x0000f648,        /* returns when no probe that began before still writes */
	RF_MODULES_LIST_SYSCALLS = 0x0000f64a,    /* descriptor, to read to its end */
	RF_MODULES_ABI_VERSION = 0x8008f64b,      /* struct rf_modules_abi_version */
};

enum rf_modules_session_call {
	RF_MODULES_METADATA = 0x4140f654, /* struct rf_modules_channel; descriptor */
	RF_MODULES_CHANNEL = 0x4140f655,  /* struct rf_modules_channel; descriptor */
	RF_MODULES_START = 0x0000f656,
	RF_MODULES_STOP = 0x0000f657,
	RF_MODULES_REGENERATE = 0x0000f659, /* the metadata */
	RF_MODULES_DUMP_STATE = 0x0000f65c,
	RF_MODULES_NAME = 0x4100f65d,          /* char[256] */
	RF_MODULES_CREATION_TIME = 0x401af65e, /* char[26] */
	RF_MODULES_TRACK = 0x4008f6a1,         /* struct rf_modules_tracker */
	RF_MODULES_UNTRACK = 0x4008f6a2,       /* the same */
};

enum rf_modules_channel_call {
	RF_MODULES_STREAM = 0x0000f662,  /* descriptor; ENOENT when there is no more */
	RF_MODULES_EVENT = 0x4234f663,   /* struct rf_modules_event; descriptor */
	RF_MODULES_CONTEXT = 0x4134f671, /* struct rf_modules_context */
};

/* Channels and events. */
enum rf_modules_switch_call {
	RF_MODULES_ENABLE = 0x0000f682,
	RF_MODULES_DISABLE = 0x0000f683,
};

enum rf_modules_event_call {
	RF_MODULES_FILTER = 0x0000f690,   /* struct rf_modules_bytecode and what follows it */
	RF_MODULES_CALLSITE = 0x0000f691, /* uint64_t, offset in the program's file */
};

enum rf_modules_stream_call {
	RF_MODULES_SNAPSHOT = 0x0000f600, /* takes down the positions: consumed, start of the packet being written */
	RF_MODULES_CONSUMED = 0x8008f601, /* uint64_t */
	RF_MODULES_PRODUCED = 0x8008f602, /* uint64_t */
	RF_MODULES_GET = 0x4008f603,      /* uint64_t, position */
	RF_MODULES_PUT = 0x0000f604,
	RF_MODULES_GET_NEXT = 0x0000f605,
	RF_MODULES_PUT_NEXT = 0x0000f606,
	RF_MODULES_SIZE = 0x8008f607,        /* uint64_t, bytes of the packet that is held */
	RF_MODULES_PADDED_SIZE = 0x8008f608, /* uint64_t, the same in whole pages */
	RF_MODULES_MAX_SIZE = 0x8008f609,    /* uint64_t, bytes of a sub-buffer */
	RF_MODULES_MAP_LENGTH = 0x8008f60a,  /* uint64_t */
	RF_MODULES_MAP_OFFSET = 0x8008f60b,  /* uint64_t, of the packet that is held */
	RF_MODULES_FLUSH = 0x0000f60c,
	RF_MODULES_METADATA_VERSION = 0x8008f60d, /* uint64_t, of metadata streams */
	RF_MODULES_SAMPLE = 0x0000f60e,           /* takes down the positions: consumed, where writers are */
	RF_MODULES_FLUSH_EMPTY = 0x0000f60f,
	RF_MODULES_STREAM_ID = 0x8008f625,   /* uint64_t, of data streams: the stream class */
	RF_MODULES_INSTANCE_ID = 0x8008f628, /* uint64_t, of data streams: the CPU */
};

struct rf_modules_version {
	uint32_t major;
	uint32_t minor;
	uint32_t patch;
} __attribute__((packed));

struct rf_modules_abi_version {
	uint32_t major;
	uint32_t minor;
} __attribute__((packed));

#define RF_MODULES_OUTPUT_MAP 1u
struct rf_modules_channel {
	uint64_t subbuf_size; /* bytes */
	uint64_t subbuf_count;
	uint32_t switch_interval; /* µs */
	uint32_t read_interval;   /* µs: when sleepers are woken; 0: never */
	uint32_t output;
	int32_t overwrite;
	uint8_t padding[288];
} __attribute__((packed));

enum rf_modules_instrumentation {
	RF_MODULES_TRACEPOINT = 0,
	RF_MODULES_KPROBE = 1,
	RF_MODULES_KRETPROBE = 3,
	RF_MODULES_SYSCALL = 5,
	RF_MODULES_UPROBE = 6,
};

#define RF_MODULES_NAME_SIZE 256u
#define RF_MODULES_TIME_SIZE 26u
/* Of a kprobe; of a kretprobe, too, where a byte for entry or exit follows, which is 0. */
struct rf_modules_probe {
	uint64_t address;
	uint64_t offset;
	char symbol[RF_MODULES_NAME_SIZE]; /* empty: the address */
} __attribute__((packed));

struct rf_modules_event {
	char name[RF_MODULES_NAME_SIZE];
	uint32_t instrumentation;
	uint64_t token;
	uint8_t padding[8];
	union {
		struct rf_modules_probe probe;
		int32_t program;    /* uprobe: descriptor */
		uint8_t bytes[288]; /* system calls: zero for entry and exit, by name */
	} u;
} __attribute__((packed));

#define RF_MODULES_CONTEXT_PERF 1u
struct rf_modules_perf {
	uint32_t type;
	uint64_t config;
	char name[RF_MODULES_NAME_SIZE];
} __attribute__((packed));

struct rf_modules_context {
	uint32_t type;
	uint8_t padding[16];
	union {
		struct rf_modules_perf perf;
		uint8_t bytes[288];
	} u;
} __attribute__((packed));

/* LENGTH bytes of program follow: code and, from RELOCATIONS on, the relocation table. */
struct rf_modules_bytecode {
	uint32_t length;
	uint32_t relocations;
	uint64_t sequence;
} __attribute__((packed));

#define RF_MODULES_TRACK_ALL (-1)
struct rf_modules_tracker {
	uint32_t kind; /* enum rf_tracker_kind has the same numbers */
	int32_t id;
} __attribute__((packed));

_Static_assert(sizeof(struct rf_modules_version) == 12, "as the kernel has it");
_Static_assert(sizeof(struct rf_modules_abi_version) == 8, "as the kernel has it");
_Static_assert(sizeof(struct rf_modules_channel) == 320, "as the kernel has it");
_Static_assert(sizeof(struct rf_modules_probe) == 272, "as the kernel has it");
_Static_assert(sizeof(struct rf_modules_event) == 564, "as the kernel has it");
_Static_assert(sizeof(struct rf_modules_perf) == 268, "as the kernel has it");
_Static_assert(sizeof(struct rf_modules_context) == 308, "as the kernel has it");
_Static_assert(sizeof(struct rf_modules_bytecode) == 16, "as the kernel has it");
_Static_assert(sizeof(struct rf_modules_tracker) == 8, "as the kernel has it");

#endif
