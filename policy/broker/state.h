/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's state: its children and their links, the trace trees with their workers, the directories granted to
 * consumers, and look-ups of accounts. One thread, one loop. Trees, directories and look-ups are freed by the file that
 * makes them (trees.c, lookups.c), children by lifecycle.c when they have exited and their link is closed.
 */
#ifndef RF_POLICY_BROKER_STATE_H
#define RF_POLICY_BROKER_STATE_H

#include "common/link.h"
#include "policy/broker/capabilities.h"
#include "policy/broker/options.h"
#include "policy/broker/policy.h"
#include "policy/broker/runtime.h"

#include <stdbool.h>
#include <stdint.h>

enum rf_peer_role {
	RF_PEER_SESSIOND = 1,
	RF_PEER_CONSUMER = 2,
	RF_PEER_KERNEL = 4, /* the session daemon's kernel thread, on a link of its own */
};

struct rf_broker;
struct rf_kernel_service;
struct rf_modules;

/* A child that sends requests, or the second link of one. */
struct rf_peer {
	struct rf_list node; /* consumers: in rf_broker.consumers */
	struct rf_broker *broker;
	enum rf_peer_role role;
	pid_t pid;              /* of RF_PEER_KERNEL: the session daemon's */
	uint32_t id;            /* of a consumer */
	uid_t uid;              /* that a consumer traces */
	bool kernel;            /* a consumer: that of the kernel */
	unsigned int dir_count; /* directories that a consumer was granted */
	bool linked;            /* its link is open */
	bool exited;
	struct rf_link link;
	struct rf_timer deadline; /* it was told to end */
};

struct rf_broker {
	struct rf_loop *loop;
	struct rf_options *options;
	struct rf_runtime *runtime;
	struct rf_identity sessiond_identity;
	struct rf_identity consumer_identity;
	char hostname[256];
	char helper_dir[PATH_MAX];                /* of the other programs */
	struct rf_peer *sessiond;                 /* NULL while it is being restarted */
	struct rf_peer *kernel;                   /* its kernel thread's link; goes when it goes */
	struct rf_kernel_service *kernel_service; /* NULL: the kernel is not traced */
	struct rf_modules *modules;               /* NULL: none can be loaded */
	struct rf_policy policy;
	struct rf_list consumers;
	struct rf_list trees;
	struct rf_list dirs;
	struct rf_list state_reads; /* state_reads.c */
	unsigned int state_read_count;
	int module_sock; /* the link to the module helper until there is a loop, -1 without */
	struct rf_list lookups;
	unsigned int lookup_count;
	struct rf_list programs; /* programs.c */
	unsigned int tree_count;
	unsigned int dir_count;
	struct rf_timer restart;
	unsigned int restarts;
	uint64_t started; /* when the session daemon was last started */
	pid_t autoload;   /* the helper that loads sessions, 0 without */
	bool serving;     /* a session daemon came up */
	bool ready;       /* said once */
	bool stopping;
	bool failed;   /* ends with an error */
	int ready_fd;  /* tells the foreground process, -1 without */
	pid_t starter; /* to be signalled when ready, 0 for none */
	struct rf_timer stop_deadline;
};

#endif
