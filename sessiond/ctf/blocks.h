/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of CTF 1.8 metadata that all traces have alike, whoever records them. Pure text makers; any thread.
 */
#ifndef RF_SESSIOND_CTF_BLOCKS_H
#define RF_SESSIOND_CTF_BLOCKS_H

#include "common/message.h"
#include "sessiond/ctf/text.h"

#include <stdbool.h>
#include <stdint.h>

/* How whoever records lays out its data; alignments in bits. */
struct rf_ctf_layout {
	bool big_endian;
	uint32_t abi_bits;
	uint32_t align8;
	uint32_t align16;
	uint32_t align32;
	uint32_t align64;
	uint32_t align_long;
};

struct rf_trace_clock {
	char name[256];
	char description[256];
	char uuid[64];      /* empty when the clock has none */
	uint64_t frequency; /* Hz */
};

/* The first block, with the types that it and the others need. */
void rf_ctf_trace(struct rf_text *text, const uint8_t uuid[RF_UUID_SIZE], const struct rf_ctf_layout *layout);
/* A line of `env`. */
void rf_ctf_key(struct rf_text *text, const char *key, const char *value);
/* OFFSET: of the clock from the epoch, in its ticks. */
void rf_ctf_clock(struct rf_text *text, const struct rf_trace_clock *clock, int64_t offset);
/* Packet contexts and event headers, on CLOCK. */
void rf_ctf_headers(struct rf_text *text, const struct rf_trace_clock *clock, const struct rf_ctf_layout *layout);
/* CONTEXTS: the fields of an event context, which may be empty. */
void rf_ctf_stream(struct rf_text *text, uint32_t id, bool large_header, const char *contexts, size_t contexts_len);
/* BODY: what says what the event is, but for its name and ids. */
void rf_ctf_event(
	struct rf_text *text, const char *name, uint32_t id, uint32_t stream, const char *body, size_t body_len);

#endif
