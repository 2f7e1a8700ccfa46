/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/lookups.h"

#include "common/log.h"
#include "policy/broker/forked.h"
#include "policy/broker/reaped.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NAME_LONGEST 128u

struct lookup {
	struct rf_list node;
	struct rf_broker *broker;
	struct rf_peer *peer; /* NULL when it went away, or was answered */
	uint32_t serial;
	pid_t pid; /* -1: reaped */
	struct rf_link link;
	struct rf_timer deadline;
	struct rf_broker_lookup_account request;
};

bool rf_account_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (!len || len > NAME_LONGEST || name[0] == '-' || name[0] == '+')
		return false;
	for (const char *at = name; *at; at++)
		/* Beyond ASCII is for the data base to know. */
		if ((unsigned char)*at < ' ' || *at == 0x7f || strchr(":/,*?", *at))
			return false;
	return true;
}

static void answer(struct lookup *lookup, int status, struct rf_reader *body)
{
	const struct rf_broker_lookup_account *request = &lookup->request;
	const char *kind = request->kind == RF_ACCOUNT_USER ? "user" : "group";
	struct rf_broker_account account = {0};
	struct rf_peer *peer = lookup->peer;
	struct rf_writer w;
	char safe[256];

	if (!status && (!body || !rf_broker_account_decode(body, &account)))
		status = -EIO;
	rf_log_safe(safe, sizeof(safe), request->name);
	if (status)
		rf_audit("op=lookup-account role=sessiond kind=%s name=\"%s\" result=refused error=\"%s\"", kind, safe,
			strerror(-status));
	else
		rf_audit("op=lookup-account role=sessiond kind=%s name=\"%s\" result=granted", kind, safe);
	lookup->peer = NULL;
	if (!peer || !peer->linked)
		return;
	rf_frame_body(&w);
	rf_broker_account_encode(&w, &account);
	rf_link_send_writer(
		&peer->link, RF_BROKER_LOOKUP_ACCOUNT | RF_FRAME_REPLY, lookup->serial, status, &w, NULL, 0);
}

static void answered(struct rf_link *link, struct rf_frame *frame)
{
	struct lookup *lookup = link->owner;

	if (lookup->peer && frame->status <= 0)
		answer(lookup, frame->status, &frame->body);
}

static void gone(struct rf_link *link, int status)
{
	struct lookup *lookup = link->owner;

	(void)status;
	if (lookup->peer)
		answer(lookup, -EIO, NULL);
	/* It has said what it had to say; one that does not exit is not waited for. */
	if (lookup->pid > 0)
		kill(lookup->pid, SIGKILL);
	rf_timer_cancel(&lookup->deadline);
	rf_list_remove(&lookup->node);
	lookup->broker->lookup_count--;
	rf_link_fini(&lookup->link);
	free(lookup);
}

static void too_late(struct rf_timer *timer)
{
	struct lookup *lookup = rf_container_of(timer, struct lookup, deadline);

	if (lookup->peer)
		answer(lookup, -ETIMEDOUT, NULL);
	/* Its hang-up frees it. */
	if (lookup->pid > 0)
		kill(lookup->pid, SIGKILL);
}

static int find(const struct rf_broker_lookup_account *request, uint32_t *id)
{
	const struct passwd *user = request->kind == RF_ACCOUNT_USER ? getpwnam(request->name) : NULL;
	const struct group *group = request->kind == RF_ACCOUNT_GROUP ? getgrnam(request->name) : NULL;

	if (!user && !group)
		return -ENOENT;
	*id = user ? user->pw_uid : group->gr_gid;
	return 0;
}

static _Noreturn void look_up(
	int sock, const struct rf_identity *identity, const struct rf_broker_lookup_account *request, pid_t broker)
{
	struct rf_broker_account account = {0};
	struct rf_writer w;
	int err;

	if (rf_forked_begin(sock, -1, broker) < 0 || rf_identity_confine(identity) < 0)
		_exit(EXIT_FAILURE);
	/* After the identity: changing that clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "rf-lookup");
	prctl(PR_SET_DUMPABLE, 0);
	err = find(request, &account.id);
	rf_frame_body(&w);
	rf_broker_account_encode(&w, &account);
	rf_frame_send(RF_BROKER_FD, RF_BROKER_LOOKUP_ACCOUNT | RF_FRAME_REPLY, 0, err, w.base, w.at, NULL, 0);
	_exit(EXIT_SUCCESS);
}

int rf_lookup_start(struct rf_broker *broker, struct rf_peer *peer, const struct rf_frame *frame,
	const struct rf_broker_lookup_account *request)
{
	struct lookup *lookup = broker->lookup_count < RF_LOOKUPS_MAX ? calloc(1, sizeof(*lookup)) : NULL;
	pid_t self = getpid();
	pid_t pid;
	int sock;

	if (!lookup)
		return broker->lookup_count < RF_LOOKUPS_MAX ? -ENOMEM : -EAGAIN;
	lookup->broker = broker;
	lookup->peer = peer;
	lookup->serial = frame->serial;
	lookup->request = *request;
	pid = rf_forked_start(broker->loop, &lookup->link, answered, gone, lookup, &sock);
	if (pid == 0)
		look_up(sock, &broker->sessiond_identity, request, self);
	if (pid < 0) {
		free(lookup);
		return pid;
	}
	lookup->pid = pid;
	rf_list_append(&broker->lookups, &lookup->node);
	broker->lookup_count++;
	rf_timer_arm(broker->loop, &lookup->deadline, RF_LOOKUP_DEADLINE, too_late);
	return 0;
}

void rf_lookups_forget_peer(struct rf_broker *broker, const struct rf_peer *peer)
{
	rf_list_for_each(node, &broker->lookups) {
		struct lookup *lookup = rf_container_of(node, struct lookup, node);

		if (lookup->peer == peer)
			lookup->peer = NULL;
	}
}

bool rf_lookups_reap(struct rf_broker *broker, pid_t pid, int status)
{
	rf_list_for_each(node, &broker->lookups) {
		struct lookup *lookup = rf_container_of(node, struct lookup, node);

		if (lookup->pid != pid)
			continue;
		(void)rf_audit_killed(status, "op=lookup-account pid=%d", (int)pid);
		lookup->pid = -1;
		return true;
	}
	return false;
}
