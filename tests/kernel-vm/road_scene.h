/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the checks of modules_road stand on: their results, the tracer and its consumer, and what is done with both
 * again and again. What cannot be done ends the program.
 */
#ifndef RF_TESTS_ROAD_SCENE_H
#define RF_TESTS_ROAD_SCENE_H

#include "sessiond/kernel/modules_trace.h"
#include "tests/kernel-vm/road_consumer.h"

#include <stdbool.h>
#include <stdint.h>

#define OPENED "/etc/hostname"
/* The one of every trace. */
#define CHANNEL 7u

extern struct road road;
extern struct rf_kernel_tracer *tracer;
/* The last number of a trace and of a directory that was used. */
extern uint64_t traces;
extern uint32_t dirs;

/* Results, in TAP. True when it is FINE. */
__attribute__((format(printf, 2, 3))) bool check(bool fine, const char *format, ...);
bool check_code(int got, int expected, const char *what);
void skip_check(const char *why);
/* The last line; the program's exit status. */
int end_checks(void);

/* A trace as babeltrace2 prints it; malloc'd, NULL when it cannot be read. */
char *read_trace(uint32_t dir);
/* Lines with both. */
unsigned int count_lines(const char *text, const char *a, const char *b);
bool metadata_has(uint32_t dir, const char *text);

/* Calls of openat() with OPENED: what is recorded. */
void open_file(int dirfd, unsigned int times);
void run_on(int cpu);

/* Here and at the consumer, where it is a session of its own. DIR 0: none yet. */
struct rf_kernel_trace *new_trace(uint32_t dir);
int add_channel(struct rf_kernel_trace *trace, uint64_t size, uint64_t number, bool overwrite);
struct rf_event_rule *new_rule(enum rf_event_type type, const char *name);
/* openat() of that directory. */
struct rf_event_rule *filtered_rule(int32_t dirfd);
/* Takes RULE. */
int add_rule(struct rf_kernel_trace *trace, uint32_t id, struct rf_event_rule *rule);
int add_named(struct rf_kernel_trace *trace, uint32_t id, enum rf_event_type type, const char *name);
int add_context(struct rf_kernel_trace *trace, uint32_t type, uint32_t perf, uint64_t config, const char *name);
/* OTHER: a process besides PID, for a set of both. */
void set_tracker(struct rf_kernel_trace *trace, enum rf_tracker_policy policy, uint32_t pid, uint32_t other);
void flush_session(uint64_t session);
void settle_session(uint64_t session);
/* With its session. */
void end_trace(struct rf_kernel_trace *trace);
/* Discarded events of the channel. */
uint64_t discarded(uint64_t session);

#endif
