/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One registered application: its command socket, who the kernel says it is, what it said of its ABI, its actor and
 * what sessions have in it.
 *
 * Reference counted: the loop holds a reference while the application is registered, every program in its actor holds
 * one. Members are the loop thread's unless said otherwise; the last reference is dropped in the loop thread.
 */
#ifndef RF_SESSIOND_UST_APP_H
#define RF_SESSIOND_UST_APP_H

#include "common/list.h"
#include "common/loop.h"
#include "sessiond/ctf/blocks.h"
#include "sessiond/ust/actor.h"

#include <lttng/ust-abi.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* What a registration message says (and the kernel, for pid, uid and gid). */
struct rf_app_facts {
	uint32_t major;
	uint32_t minor;
	pid_t pid;
	uid_t uid;
	gid_t gid;
	struct rf_ctf_layout layout;
	char name[LTTNG_UST_ABI_PROCNAME_LEN + 1];
};

struct rf_ust_domain;

struct rf_app {
	struct rf_list node; /* in the domain's table of applications */
	struct rf_ust_domain *domain;
	uint64_t id; /* never reused */
	unsigned int refs;
	struct rf_app_facts facts; /* immutable */
	time_t since;              /* registration time; immutable */
	/* Immutable until the last reference is gone; any thread may shut it down. */
	int command_sock;
	struct rf_watch hang_up;
	bool ready; /* its version is known: sessions may plan on it */
	bool gone;
	/* Written by the actor before `ready`. */
	struct lttng_ust_abi_tracer_version version;
	struct rf_list sessions; /* rf_app_session.app_node */
	struct rf_actor actor;
};

/* Takes COMMAND_SOCK on success. One reference. */
struct rf_app *rf_app_new(uint64_t id, const struct rf_app_facts *facts, int command_sock);
struct rf_app *rf_app_ref(struct rf_app *app);
void rf_app_unref(struct rf_app *app);

#endif
