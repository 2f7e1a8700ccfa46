/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells ThreadSanitizer of an order that it cannot see, because a library that is not instrumented makes it (liburcu's
 * queues and grace periods). Nothing in other builds. What happened before RELEASE(p) in one thread has happened after
 * ACQUIRE(p) in another.
 */
#ifndef RF_COMMON_TSAN_H
#define RF_COMMON_TSAN_H

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#define RF_TSAN_RELEASE(p) __tsan_release((void *)(uintptr_t)(p))
#define RF_TSAN_ACQUIRE(p) __tsan_acquire((void *)(uintptr_t)(p))
#else
#define RF_TSAN_RELEASE(p) ((void)(p))
#define RF_TSAN_ACQUIRE(p) ((void)(p))
#endif

#endif
