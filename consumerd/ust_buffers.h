/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring buffers of one user-space channel: sealed memory files, one a CPU, and liblttng-ust-ctl's objects over them.
 *
 * The files are sealed against shrinking and growing before an application sees them, so that nobody can pull the
 * memory from under a reader. Their pages are given back right after the library has filled them with zeroes; they come
 * back (as zeroes) when they are first written.
 *
 * Or they are files on some disk, so that what is in them outlives a crash of the machine. Those can neither be sealed
 * nor have holes (a full disk would show when an application writes): who may write them can cut them, which ends the
 * reading of the one that was cut (sigbus.h).
 *
 * Made, handed over and destroyed by the control thread; streams may be used by other threads in between, and are
 * destroyed (through their sources) before the buffers. Errors: negative errno.
 */
#ifndef RF_CONSUMERD_UST_BUFFERS_H
#define RF_CONSUMERD_UST_BUFFERS_H

#include "common/proto_consumer.h"
#include "consumerd/sigbus.h"

#include <lttng/ust-ctl.h>
#include <stdbool.h>

struct rf_ust_buffers {
	struct lttng_ust_ctl_consumer_channel *channel;
	unsigned int cpu_count;
	unsigned int overwrite;
	bool files;           /* on disk, not memory */
	uint64_t subbuf_size; /* bytes */
	uint64_t subbuf_count;
	int *memory;                                    /* [cpu_count]; open as long as the channel lives */
	struct lttng_ust_ctl_consumer_stream **streams; /* [cpu_count] */
	struct rf_pristine *pristine;                   /* [cpu_count] */
	struct rf_guard *guards;                        /* [cpu_count]; begun for files only */
	bool handed_over;                               /* applications may have the memory */
	bool *taken;                                    /* [cpu_count]: by a source, which destroys the stream */
};

/* How many files or memory files a channel has: one a CPU. */
unsigned int rf_ust_buffers_count(void);
/*
 * *RESULT is the caller's, who ends it with rf_ust_buffers_destroy(). FILES: empty files to be used as memory, one a
 * CPU, taken in every case; NULL: memory files are made.
 */
int rf_ust_buffers_create(struct rf_ust_buffers **result, const struct rf_consumer_create_channel *request,
	const uint8_t uuid[RF_UUID_SIZE], const int *files);
/* Of FILES that were not given away; NULL: none. */
void rf_ust_buffers_close_files(const int *files);
/*
 * Sends all of it over SOCK, a blocking stream socket, and drops our copy of the end that tells whether writers are
 * left. Waits at most as long as the socket's SO_SNDTIMEO says.
 */
int rf_ust_buffers_hand_over(struct rf_ust_buffers *buffers, int sock);
void rf_ust_buffers_destroy(struct rf_ust_buffers *buffers);

/*
 * Makes the library read what it needs of the system and start its hidden timer thread, by way of a channel that is
 * thrown away. For the time before the process is confined.
 */
int rf_ust_buffers_warm_up(void);

#endif
