/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracer's library asserts what it finds in a ring buffer, which is memory that applications write: nonsense there
 * must end the reading of that one ring, and not the process. A failed assertion within rf_survive() comes back from
 * it; anywhere else it aborts as ever, and so does what ends a process otherwise (corrupted memory of our own, say).
 *
 * What RUN held when it failed stays held: it makes library calls on one ring and nothing else. After that nothing may
 * look at the ring but the end of its channel, for which it is as new (pristine.h).
 */
#ifndef RF_CONSUMERD_ASSERTIONS_H
#define RF_CONSUMERD_ASSERTIONS_H

#include <stdbool.h>

/* Any thread; not within itself. False when an assertion failed. */
bool rf_survive(void (*run)(void *data), void *data);

#endif
