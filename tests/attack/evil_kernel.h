/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests about the kernel's tracers, as an honest session daemon's kernel thread makes them on its link and its
 * consumer on that of its own (evil_kernel_requests.c), and attacks that are made of them (evil_kernel_forms.c).
 */
#ifndef RF_TESTS_ATTACK_EVIL_KERNEL_H
#define RF_TESTS_ATTACK_EVIL_KERNEL_H

#include "common/proto_broker.h"
#include "tests/attack/evil.h"

#define KERNEL_RING_SIZE 16384u
#define KERNEL_AN_EVENT "sched/sched_switch"

/* 0 or a negative errno. Bodies are freed by what sends them. */
int kernel_ask(uint32_t type, struct rf_writer *body, const int *fds, unsigned int fd_count);
struct rf_writer kernel_instance_body(const struct rf_broker_make_instance *message);
int kernel_make_instance(const struct rf_broker_make_instance *message);
struct rf_writer kernel_id_body(uint32_t id);
struct rf_writer kernel_events_body(uint32_t instance, uint8_t file, const char *names, size_t len);
int kernel_open_events(uint32_t instance, uint8_t file, const char *names, size_t len);
struct rf_writer kernel_track_body(uint32_t instance, uint8_t policy, uint8_t on, const int32_t *pids, size_t len);
int kernel_track(uint32_t instance, uint8_t policy, uint8_t on, const int32_t *pids, size_t len);
struct rf_writer kernel_probe_body(const struct rf_broker_add_probe *message);
int kernel_add_symbol(const char *symbol);
int kernel_add_user_probe(uint32_t probe, const void *places, size_t len, const int *fds, unsigned int fd_count);
int kernel_remove_probe(uint32_t probe);
struct rf_writer kernel_rings_body(uint32_t instance, uint32_t first, uint32_t count);
int kernel_open_rings(uint32_t instance, uint32_t first, uint32_t count);

/*
 * Each tries what must be refused. One that is a list of requests, each of which must be, is granted when any of them
 * is.
 */
int kernel_rings(void);
int kernel_event_above(void);
int kernel_symbol_of_two_lines(void);
int kernel_instances(void);
int kernel_event_names(void);
int kernel_symbols(void);
int kernel_programs(void);
int kernel_program_missing(void);
int kernel_two_programs(void);
int kernel_trackers(void);
int kernel_track_many(void);
int kernel_removals(void);
int kernel_state_at_once(void);
int kernel_link_unread(void);
int kernel_frame_on_kernel_link(void);
int kernel_body_on_kernel_link(void);

#endif
