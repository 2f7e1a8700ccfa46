/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/policy.h"

#include "common/log.h"
#include "common/proto_broker.h"
#include "policy/broker/forked.h"
#include "policy/broker/policy_file.h"
#include "policy/broker/reaped.h"
#include "policy/broker/state.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Account data bases may be slow. */
#define PATIENCE (30 * RF_SECOND)

struct rf_policy_reading {
	struct rf_broker *broker;
	pid_t pid; /* -1: reaped */
	bool answered;
	struct rf_link link;
	struct rf_timer deadline;
};

static const char *file_of(const struct rf_broker *broker)
{
	return broker->options->policy ? broker->options->policy : RF_POLICY_FILE;
}

bool rf_policy_may_trace_kernel(const struct rf_policy *policy, uid_t uid)
{
	for (size_t i = 0; i < policy->kernel_count; i++)
		if (policy->kernel_uids[i] == uid)
			return true;
	return uid == 0;
}

static void tell(const struct rf_broker *broker)
{
	const struct rf_policy *policy = &broker->policy;
	const struct rf_broker_policy message = {.kernel_uids = {.data = (const uint8_t *)policy->kernel_uids,
							 .len = policy->kernel_count * sizeof(uint32_t)}};
	struct rf_writer w;

	if (!broker->sessiond || !broker->sessiond->linked)
		return;
	rf_frame_body(&w);
	rf_broker_policy_encode(&w, &message);
	rf_link_send_writer(&broker->sessiond->link, RF_BROKER_POLICY, 0, 0, &w, NULL, 0);
}

void rf_policy_tell_new(struct rf_broker *broker)
{
	if (broker->policy.kernel_count)
		tell(broker);
}

/* It comes from a process of ours that has read what others wrote. */
static int take(struct rf_policy *policy, struct rf_reader *body)
{
	struct rf_broker_policy said;
	uint32_t *uids = NULL;

	if (!rf_broker_policy_decode(body, &said) || said.kernel_uids.len % sizeof(uint32_t))
		return -EPROTO;
	if (said.kernel_uids.len) {
		uids = malloc(said.kernel_uids.len);
		if (!uids)
			return -ENOMEM;
		memcpy(uids, said.kernel_uids.data, said.kernel_uids.len);
	}
	free(policy->kernel_uids);
	policy->kernel_uids = uids;
	policy->kernel_count = said.kernel_uids.len / sizeof(uint32_t);
	return 0;
}

static void finish(struct rf_policy_reading *reading, int status, struct rf_reader *body)
{
	struct rf_broker *broker = reading->broker;
	char safe[512];

	if (reading->answered)
		return;
	reading->answered = true;
	if (!status)
		status = take(&broker->policy, body);
	rf_log_safe(safe, sizeof(safe), file_of(broker));
	if (status < 0) {
		rf_audit("op=read-policy role=broker file=\"%s\" result=refused error=\"%s\"", safe, strerror(-status));
		rf_error("policy file %s is not used; what was known before holds (at the start: only root traces the "
			 "kernel)",
			safe);
		return;
	}
	rf_audit("op=read-policy role=broker file=\"%s\" kernel-users=%zu result=granted", safe,
		broker->policy.kernel_count);
	tell(broker);
}

static void answered(struct rf_link *link, struct rf_frame *frame)
{
	finish(link->owner, frame->status < 0 ? frame->status : 0, &frame->body);
}

static void gone(struct rf_link *link, int status)
{
	struct rf_policy_reading *reading = link->owner;
	struct rf_broker *broker = reading->broker;

	(void)status;
	finish(reading, -EIO, NULL);
	if (reading->pid > 0)
		kill(reading->pid, SIGKILL);
	rf_timer_cancel(&reading->deadline);
	rf_link_fini(&reading->link);
	free(reading);
	broker->policy.reading = NULL;
	if (broker->policy.again)
		rf_policy_read(broker);
}

static void too_late(struct rf_timer *timer)
{
	struct rf_policy_reading *reading = rf_container_of(timer, struct rf_policy_reading, deadline);

	finish(reading, -ETIMEDOUT, NULL);
	/* Its hang-up frees it. */
	if (reading->pid > 0)
		kill(reading->pid, SIGKILL);
}

static _Noreturn void read_file(
	int sock, const struct rf_identity *identity, const char *path, bool must_be_there, pid_t broker)
{
	if (rf_forked_begin(sock, -1, broker) < 0)
		_exit(EXIT_FAILURE);
	rf_policy_file_send(RF_BROKER_FD, identity, path, must_be_there);
}

void rf_policy_read(struct rf_broker *broker)
{
	struct rf_policy_reading *reading;
	pid_t self = getpid();
	int sock;

	broker->policy.again = broker->policy.reading != NULL;
	if (broker->policy.again)
		return;
	reading = calloc(1, sizeof(*reading));
	if (!reading)
		return;
	reading->broker = broker;
	reading->pid = rf_forked_start(broker->loop, &reading->link, answered, gone, reading, &sock);
	if (reading->pid == 0)
		read_file(sock, &broker->sessiond_identity, file_of(broker), broker->options->policy != NULL, self);
	if (reading->pid < 0) {
		finish(reading, reading->pid, NULL);
		free(reading);
		return;
	}
	broker->policy.reading = reading;
	rf_timer_arm(broker->loop, &reading->deadline, PATIENCE, too_late);
}

bool rf_policy_reap(struct rf_broker *broker, pid_t pid, int status)
{
	struct rf_policy_reading *reading = broker->policy.reading;

	if (!reading || reading->pid != pid)
		return false;
	(void)rf_audit_killed(status, "op=read-policy pid=%d", (int)pid);
	reading->pid = -1;
	return true;
}
