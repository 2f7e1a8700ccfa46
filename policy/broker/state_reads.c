/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/state_reads.h"

#include "policy/broker/forked.h"
#include "policy/broker/reaped.h"
#include "policy/broker/state_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct state_read {
	struct rf_list node;
	struct rf_broker *broker;
	pid_t pid;
	struct rf_timer deadline;
};

static void too_late(struct rf_timer *timer)
{
	/* Its end frees it. */
	kill(rf_container_of(timer, struct state_read, deadline)->pid, SIGKILL);
}

static _Noreturn void become_reader(int out, const struct rf_identity *identity, pid_t broker)
{
	if (rf_forked_begin(out, -1, broker) < 0)
		_exit(EXIT_FAILURE);
	rf_state_reader_run(RF_BROKER_FD, identity, broker);
}

int rf_state_read_start(struct rf_broker *broker)
{
	struct state_read *read;
	pid_t self = getpid();
	int ends[2];

	if (broker->state_read_count >= RF_STATE_READS_MAX)
		return -EAGAIN;
	read = calloc(1, sizeof(*read));
	if (!read)
		return -ENOMEM;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		int err = -errno;

		free(read);
		return err;
	}
	read->broker = broker;
	read->pid = fork();
	if (read->pid == 0)
		become_reader(ends[1], &broker->consumer_identity, self);
	close(ends[1]);
	if (read->pid < 0) {
		int err = -errno;

		close(ends[0]);
		free(read);
		return err;
	}
	rf_list_append(&broker->state_reads, &read->node);
	broker->state_read_count++;
	rf_timer_arm(broker->loop, &read->deadline, RF_STATE_READ_DEADLINE, too_late);
	return ends[0];
}

bool rf_state_reads_reap(struct rf_broker *broker, pid_t pid, int status)
{
	rf_list_for_each(node, &broker->state_reads) {
		struct state_read *read = rf_container_of(node, struct state_read, node);

		if (read->pid != pid)
			continue;
		(void)rf_audit_killed(status, "op=read-state pid=%d", (int)pid);
		rf_timer_cancel(&read->deadline);
		rf_list_remove(&read->node);
		broker->state_read_count--;
		free(read);
		return true;
	}
	return false;
}
