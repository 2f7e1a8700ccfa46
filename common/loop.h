/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One thread's event loop: file descriptors through epoll, timers, and signals through a signalfd. Watches and timers
 * are embedded in their owner's object; the loop only points at them and frees nothing. Every call except
 * rf_loop_stop() belongs to the loop's own thread. A callback may remove any watch or timer, its own included, and may
 * free the object that holds it afterwards.
 *
 * Times are nanoseconds of CLOCK_MONOTONIC. Errors are negative errno.
 */
#ifndef RF_COMMON_LOOP_H
#define RF_COMMON_LOOP_H

#include "common/list.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#define RF_MS 1000000ull
#define RF_SECOND 1000000000ull

struct rf_loop;
struct rf_watch;
struct rf_timer;

/* EVENTS are epoll's (EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR, EPOLLRDHUP). */
typedef void (*rf_watch_fn)(struct rf_watch *watch, uint32_t events);
typedef void (*rf_timer_fn)(struct rf_timer *timer);
typedef void (*rf_signal_fn)(void *data, int signo);

struct rf_watch {
	struct rf_loop *loop; /* NULL while not added */
	int fd;               /* the owner's; never closed by the loop */
	uint32_t events;
	rf_watch_fn callback;
};

struct rf_timer {
	struct rf_list node;
	struct rf_loop *loop; /* NULL while not armed */
	uint64_t deadline;
	rf_timer_fn callback;
};

uint64_t rf_now(void);

struct rf_loop *rf_loop_create(void);
void rf_loop_destroy(struct rf_loop *loop);
/* Serves events until rf_loop_stop(). 0, or a negative errno when epoll itself failed. */
int rf_loop_run(struct rf_loop *loop);
/* From the loop's thread or a callback of it. */
void rf_loop_stop(struct rf_loop *loop);

int rf_watch_add(struct rf_loop *loop, struct rf_watch *watch, int fd, uint32_t events, rf_watch_fn callback);
int rf_watch_change(struct rf_watch *watch, uint32_t events);
/* Does nothing when the watch is not added. Call it before closing the descriptor. */
void rf_watch_remove(struct rf_watch *watch);

/* One shot: CALLBACK runs once, AFTER nanoseconds from now. Arming an armed timer moves it. */
void rf_timer_arm(struct rf_loop *loop, struct rf_timer *timer, uint64_t after, rf_timer_fn callback);
void rf_timer_cancel(struct rf_timer *timer);
bool rf_timer_armed(const struct rf_timer *timer);

/* Blocks SIGNALS in the calling thread (call before making other threads) and delivers them to CALLBACK. Once a loop.
 */
int rf_loop_signals(struct rf_loop *loop, const sigset_t *signals, rf_signal_fn callback, void *data);

#endif
