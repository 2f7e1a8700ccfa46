/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/domain.h"

#include "common/log.h"
#include "policy/hooks.h"
#include "sessiond/kernel/domain_state.h"
#include "sessiond/kernel/elf_places.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>

/* As long as readers of health give any thread. */
#define STUCK (20 * RF_SECOND)

static void free_command(struct rf_kernel_command *command)
{
	if (command->part)
		rf_output_trace_unref(&command->part->out);
	rf_event_rule_unref(command->rule);
	rf_kernel_names_free(&command->names);
	free(command->tracker.values);
	free(command);
}

static void came_back(struct rf_mail *mail, void *data)
{
	struct rf_kernel_command *command = rf_container_of(mail, struct rf_kernel_command, mail);
	struct rf_kernel_domain *domain = data;

	/* A verb was run: there is a tracer. */
	domain->ready |= command->code != LTTNG_ERR_KERN_NA && command->code != LTTNG_ERR_KERN_VERSION;
	if (command->back)
		command->back(command);
	if (command->list_done)
		command->list_done(command->data, command->code, &command->names);
	else if (command->done)
		command->done(command->data, command->code);
	free_command(command);
}

struct rf_kernel_command *rf_kernel_command_new(struct rf_kernel_domain *domain, struct rf_kernel_part *part,
	int (*run)(struct rf_kernel_command *, struct rf_kernel_thread *), rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = calloc(1, sizeof(*command));

	if (!command)
		return NULL;
	command->domain = domain;
	command->run = run;
	command->done = done;
	command->data = data;
	command->part = part;
	if (part)
		rf_output_trace_ref(&part->out);
	return command;
}

void rf_kernel_post(struct rf_kernel_command *command)
{
	rf_mailbox_post(&command->domain->thread.inbox, &command->mail);
}

struct rf_kernel_domain *rf_kernel_domain_create(struct rf_recorder *recorder, int broker_sock)
{
	struct rf_kernel_domain *domain = calloc(1, sizeof(*domain));

	if (!domain)
		return NULL;
	domain->recorder = recorder;
	if (rf_mailbox_init(&domain->answers, recorder->loop, came_back, domain) < 0 ||
		rf_kernel_thread_start(&domain->thread, broker_sock) < 0) {
		rf_error("cannot set up the kernel domain");
		free(domain);
		return NULL;
	}
	return domain;
}

void rf_kernel_domain_destroy(struct rf_kernel_domain *domain)
{
	rf_kernel_thread_stop(&domain->thread);
	rf_mailbox_fini(&domain->answers);
	free(domain->uids);
	free(domain);
}

bool rf_kernel_stuck(struct rf_kernel_domain *domain)
{
	uint64_t began = atomic_load(&domain->thread.began);

	return began && rf_now() - began > STUCK;
}

void rf_kernel_set_policy(struct rf_recorder *recorder, const struct rf_broker_policy *policy)
{
	struct rf_kernel_domain *domain = recorder->kernel;
	size_t count = policy->kernel_uids.len / sizeof(uint32_t);
	uint32_t *uids = malloc((count + 1) * sizeof(*uids));

	/* Without memory for it the old one holds. */
	if (!uids)
		return;
	memcpy(uids, policy->kernel_uids.data, count * sizeof(*uids));
	free(domain->uids);
	domain->uids = uids;
	domain->uid_count = count;
}

static int compare_uids(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

bool rf_kernel_may_trace(const struct rf_recorder *recorder, uid_t uid)
{
	const struct rf_kernel_domain *domain = recorder->kernel;
	const uint32_t key = uid;

	return uid == 0 || !RF_CHECK_KERNEL_USERS ||
		(domain->uid_count && bsearch(&key, domain->uids, domain->uid_count, sizeof(key), compare_uids));
}

bool rf_kernel_ready(const struct rf_recorder *recorder)
{
	return recorder->kernel->ready;
}

/* A command of a client's; without memory for it DONE is told at once, too soon for a promise but better than never. */
static struct rf_kernel_command *client_command(struct rf_recorder *recorder, struct rf_kernel_part *part,
	int (*run)(struct rf_kernel_command *, struct rf_kernel_thread *), rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = rf_kernel_command_new(recorder->kernel, part, run, done, data);

	if (!command)
		done(data, LTTNG_ERR_NOMEM);
	return command;
}

static int look(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	(void)command;
	(void)thread;
	return LTTNG_OK;
}

void rf_kernel_look(struct rf_recorder *recorder, rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = client_command(recorder, NULL, look, done, data);

	if (command)
		rf_kernel_post(command);
}

static int list(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	const struct rf_kernel_tracer_ops *ops = thread->tracer->ops;

	return (command->on ? ops->list_syscalls : ops->list_tracepoints)(thread->tracer, &command->names);
}

void rf_kernel_list(struct rf_recorder *recorder, bool syscalls, rf_kernel_list_fn done, void *data)
{
	struct rf_kernel_command *command = rf_kernel_command_new(recorder->kernel, NULL, list, NULL, data);
	static const struct rf_kernel_names none;

	if (!command) {
		done(data, LTTNG_ERR_NOMEM, &none);
		return;
	}
	command->on = syscalls;
	command->list_done = done;
	rf_kernel_post(command);
}

static int add_channel(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_trace *trace = command->part->trace;

	return trace ? thread->tracer->ops->add_channel(trace, &command->channel) : LTTNG_ERR_KERN_SESS_FAIL;
}

static int drop_channel(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_trace *trace = command->part->trace;

	if (trace)
		thread->tracer->ops->drop_channel(trace, command->channel.id);
	return LTTNG_OK;
}

static int find_places(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	(void)thread;
	return rf_user_probe_find_places(command->probe);
}

static int enable_channel(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_trace *trace = command->part->trace;

	return trace ? thread->tracer->ops->enable_channel(trace, command->channel.id, command->on)
		     : LTTNG_ERR_KERN_SESS_FAIL;
}

static int add_rule(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_trace *trace = command->part->trace;

	return trace ? thread->tracer->ops->add_rule(trace, command->channel.id, command->rule_id, command->rule)
		     : LTTNG_ERR_KERN_SESS_FAIL;
}

static int enable_rule(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_trace *trace = command->part->trace;

	return trace ? thread->tracer->ops->enable_rule(trace, command->channel.id, command->rule_id, command->on)
		     : LTTNG_ERR_KERN_SESS_FAIL;
}

static int add_context(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_trace *trace = command->part->trace;

	return trace ? thread->tracer->ops->add_context(trace, command->channel.id, &command->context)
		     : LTTNG_ERR_KERN_SESS_FAIL;
}

static int track(struct rf_kernel_command *command, struct rf_kernel_thread *thread)
{
	struct rf_kernel_trace *trace = command->part->trace;

	return trace ? thread->tracer->ops->track(trace, &command->tracker) : LTTNG_ERR_KERN_SESS_FAIL;
}

/* A command about a session, which gets its kernel part with the first one. */
static struct rf_kernel_command *session_command(struct rf_recorder *recorder, struct rf_session *session,
	int (*run)(struct rf_kernel_command *, struct rf_kernel_thread *), rf_done_fn done, void *data)
{
	int code;
	struct rf_kernel_part *part = rf_kernel_part_get(recorder, session, &code);

	if (part)
		return client_command(recorder, part, run, done, data);
	done(data, code);
	return NULL;
}

static struct rf_kernel_command *channel_command(struct rf_recorder *recorder, struct rf_session *session,
	const struct rf_channel *channel, int (*run)(struct rf_kernel_command *, struct rf_kernel_thread *),
	rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = session_command(recorder, session, run, done, data);

	if (!command)
		return NULL;
	command->channel = rf_channel_def_of(channel);
	return command;
}

void rf_kernel_add_channel(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = channel_command(recorder, session, channel, add_channel, done, data);

	if (command)
		rf_kernel_post(command);
}

static void post_now(struct rf_timer *timer)
{
	rf_kernel_post(rf_container_of(timer, struct rf_kernel_command, go));
}

/* From the loop: at the end of the daemon consumers are given up when there is no kernel thread any more. */
static void consumer_dropped(void *data, int status, struct rf_reader *body)
{
	struct rf_kernel_command *command = data;

	(void)status;
	(void)body;
	rf_timer_arm(command->loop, &command->go, 0, post_now);
}

void rf_kernel_drop_channel(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = channel_command(recorder, session, channel, drop_channel, done, data);

	if (!command)
		return;
	command->loop = recorder->loop;
	/* One that cannot be asked has nothing that would be read. */
	if (rf_consumer_drop_channel(
		    command->part->def.consumer, command->part->out.id, channel->id, consumer_dropped, command) < 0)
		rf_kernel_post(command);
}

void rf_kernel_find_places(struct rf_recorder *recorder, struct rf_user_probe *probe, rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = client_command(recorder, NULL, find_places, done, data);

	if (!command)
		return;
	command->probe = probe;
	rf_kernel_post(command);
}

void rf_kernel_enable_channel(struct rf_recorder *recorder, struct rf_session *session,
	const struct rf_channel *channel, bool on, rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = channel_command(recorder, session, channel, enable_channel, done, data);

	if (!command)
		return;
	command->on = on;
	rf_kernel_post(command);
}

void rf_kernel_add_rule(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_channel_rule *rule, rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = channel_command(recorder, session, channel, add_rule, done, data);

	if (!command)
		return;
	command->rule_id = rule->id;
	command->rule = rf_event_rule_ref(rule->rule);
	rf_kernel_post(command);
}

void rf_kernel_enable_rule(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_channel_rule *rule, bool on, rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = channel_command(recorder, session, channel, enable_rule, done, data);

	if (!command)
		return;
	command->rule_id = rule->id;
	command->on = on;
	rf_kernel_post(command);
}

void rf_kernel_add_context(struct rf_recorder *recorder, struct rf_session *session, const struct rf_channel *channel,
	const struct rf_context *context, rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = channel_command(recorder, session, channel, add_context, done, data);

	if (!command)
		return;
	command->context = *context;
	rf_kernel_post(command);
}

static int copy_tracker(const struct rf_tracker *tracker, struct rf_kernel_tracker_def *def)
{
	size_t count = 0;

	rf_list_for_each(node, &tracker->set)
		count++;
	def->values = malloc((count + 1) * sizeof(*def->values));
	if (!def->values)
		return -ENOMEM;
	def->policy = tracker->policy;
	rf_list_for_each(node, &tracker->set)
		def->values[def->count++] = rf_container_of(node, struct rf_tracked, node)->value;
	return 0;
}

void rf_kernel_track(struct rf_recorder *recorder, struct rf_session *session, enum rf_tracker_kind kind,
	rf_done_fn done, void *data)
{
	struct rf_kernel_command *command = session_command(recorder, session, track, done, data);

	if (!command)
		return;
	command->tracker.kind = kind;
	if (copy_tracker(&session->kernel.trackers[kind], &command->tracker) < 0) {
		free_command(command);
		done(data, LTTNG_ERR_NOMEM);
		return;
	}
	rf_kernel_post(command);
}
