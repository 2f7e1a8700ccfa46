/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A ring buffer's management data as it was before an application saw it. The tracer's library walks from position to
 * position when it takes a buffer down, without end where an application has written nonsense into them; so the memory
 * that it then sees is a private copy of a buffer that was never used.
 *
 * One a buffer. Made after the library has mapped the memory and before anybody else has it; any thread, one at a time.
 */
#ifndef RF_CONSUMERD_PRISTINE_H
#define RF_CONSUMERD_PRISTINE_H

#include <stddef.h>
#include <stdint.h>

struct rf_pristine {
	uint8_t *start; /* where the library has mapped the memory */
	size_t size;    /* bytes of that; 0: nothing was taken */
	size_t ring_at; /* the ring in it, which is not kept */
	size_t ring_len;
	uint8_t *head; /* what is before the ring, and after it */
	uint8_t *tail;
};

/* MEMORY is the file, RING its ring as the library has mapped it. Negative errno. */
int rf_pristine_take(struct rf_pristine *pristine, int memory, uint8_t *ring, size_t ring_len);
/* Puts the private copy in place of the shared memory. Negative errno: the library must not look at it any more. */
int rf_pristine_restore(const struct rf_pristine *pristine);
void rf_pristine_fini(struct rf_pristine *pristine);

#endif
