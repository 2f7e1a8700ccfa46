/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ThreadSanitizer does not see the ordering that liburcu's queues and hash tables give: their atomic operations are
 * assembly, in a library without instrumentation. Who hands an object over through them says so here; in other builds
 * this is nothing.
 */
#ifndef RF_COMMON_TSAN_H
#define RF_COMMON_TSAN_H

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define RF_WITH_TSAN 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define RF_WITH_TSAN 1
#endif

#ifdef RF_WITH_TSAN
void __tsan_acquire(void *object);
void __tsan_release(void *object);
#define rf_tsan_acquire(object) __tsan_acquire(object)
#define rf_tsan_release(object) __tsan_release(object)
#else
#define rf_tsan_acquire(object) ((void)(object))
#define rf_tsan_release(object) ((void)(object))
#endif

#endif
