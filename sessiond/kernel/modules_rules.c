/* SPDX-License-Identifier: GPL-2.0-only */
/* Event rules in channels of lttng-modules. */
#include "common/log.h"
#include "sessiond/kernel/modules_contexts.h"
#include "sessiond/kernel/modules_ioctl.h"
#include "sessiond/kernel/modules_trace.h"
#include "sessiond/model/filter_check.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVERYTHING '*'

/* What the tracer has for a type of rule. */
struct instrumentation {
	enum rf_event_type type;
	unsigned int count;
	enum rf_modules_instrumentation kinds[RF_MODULES_RULE_EVENTS];
	/* One event with the rule's name, made at once; otherwise a pattern for events, and only that has filters. */
	bool direct;
};

/* RF_EVENT_FUNCTION_ENTRY is not here: the kernel warns of an error in itself when it is asked for that. */
static const struct instrumentation instrumentations[] = {
	{RF_EVENT_ALL, 2, {RF_MODULES_TRACEPOINT, RF_MODULES_SYSCALL}, false},
	{RF_EVENT_TRACEPOINT, 1, {RF_MODULES_TRACEPOINT}, false},
	{RF_EVENT_SYSCALL, 1, {RF_MODULES_SYSCALL}, false},
	{RF_EVENT_PROBE, 1, {RF_MODULES_KPROBE}, true},
	{RF_EVENT_FUNCTION, 1, {RF_MODULES_KRETPROBE}, true},
	{RF_EVENT_USERSPACE_PROBE, 1, {RF_MODULES_UPROBE}, true},
};

static const struct instrumentation *find(enum rf_event_type type)
{
	for (size_t i = 0; i < sizeof(instrumentations) / sizeof(instrumentations[0]); i++)
		if (instrumentations[i].type == type)
			return &instrumentations[i];
	return NULL;
}

static void say(
	const struct rf_modules_channel_state *channel, const struct rf_event_rule *rule, const char *what, int err)
{
	char name[RF_NAME_SIZE];

	rf_error("session %llu: event %s of the kernel: %s: %s", (unsigned long long)channel->trace->trace.def.session,
		rf_log_safe(name, sizeof(name), rule->name), what, strerror(-err));
}

/* The event's name is written between quotes. */
static bool name_ok(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == '"' || *name == '\\' || *name == '\x7f')
			return false;
	return true;
}

/* Contexts that rf_modules_make_context() does not ask for may not come by a filter, either. */
static bool filter_ok(const struct rf_event_rule *rule)
{
	return rf_filter_check(rule->bytecode, rule->bytecode_len, rule->bytecode_reloc) &&
		!rf_filter_reads_context(
			rule->bytecode, rule->bytecode_len, rule->bytecode_reloc, RF_MODULES_HARMFUL_CONTEXT);
}

/* Whether the rule has what its type needs, and nothing that it cannot have. */
static int check(const struct rf_event_rule *rule, const struct instrumentation *instrumentation)
{
	const struct rf_user_probe *program = rule->user_probe;

	if (!instrumentation || rule->exclusion_count)
		return LTTNG_ERR_KERN_ENABLE_FAIL;
	if (rule->bytecode && (instrumentation->direct || !filter_ok(rule)))
		return LTTNG_ERR_FILTER_INVAL;
	if (!instrumentation->direct)
		return LTTNG_OK;
	if (!rule->name[0] || !name_ok(rule->name))
		return LTTNG_ERR_KERN_ENABLE_FAIL;
	if (rule->type == RF_EVENT_USERSPACE_PROBE &&
		(!program || program->fd < 0 || !program->place_count ||
			program->place_count > RF_USER_PROBE_PLACES_MAX))
		return LTTNG_ERR_KERN_ENABLE_FAIL;
	return LTTNG_OK;
}

static void fill(struct rf_modules_event *event, const struct rf_event_rule *rule, enum rf_modules_instrumentation kind)
{
	*event = (struct rf_modules_event){.instrumentation = kind};
	memcpy(event->name, rule->name, sizeof(event->name));
	if (rule->type == RF_EVENT_ALL && !rule->name[0])
		event->name[0] = EVERYTHING;
	if (kind == RF_MODULES_KPROBE || kind == RF_MODULES_KRETPROBE) {
		event->u.probe.address = rule->probe.address;
		event->u.probe.offset = rule->probe.offset;
		memcpy(event->u.probe.symbol, rule->probe.symbol, sizeof(event->u.probe.symbol));
	} else if (kind == RF_MODULES_UPROBE) {
		event->u.program = rule->user_probe->fd;
	}
}

static int attach_filter(int fd, const struct rf_event_rule *rule)
{
	const struct rf_modules_bytecode header = {
		.length = rule->bytecode_len, .relocations = rule->bytecode_reloc, .sequence = rule->bytecode_seqnum};
	uint8_t *message = malloc(sizeof(header) + rule->bytecode_len);

	if (!message)
		return -ENOMEM;
	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), rule->bytecode, rule->bytecode_len);

	int err = rf_modules_call(fd, RF_MODULES_FILTER, message);

	free(message);
	return err;
}

static int add_places(int fd, const struct rf_user_probe *program)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < program->place_count; i++) {
		uint64_t place = program->places[i];

		err = rf_modules_call(fd, RF_MODULES_CALLSITE, &place);
	}
	return err;
}

/* From made to enabled. */
static int set_up(const struct rf_modules_channel_state *channel, const struct rf_event_rule *rule, int fd)
{
	int err = rule->bytecode ? attach_filter(fd, rule) : 0;

	if (err) {
		say(channel, rule, "the tracer does not take its filter", err);
		return err == -ENOMEM ? LTTNG_ERR_FILTER_NOMEM : LTTNG_ERR_FILTER_INVAL;
	}
	if (rule->type == RF_EVENT_USERSPACE_PROBE)
		err = add_places(fd, rule->user_probe);
	if (err) {
		say(channel, rule, "the program cannot be probed there", err);
		return LTTNG_ERR_KERN_ENABLE_FAIL;
	}
	err = rf_modules_call(fd, RF_MODULES_ENABLE, NULL);
	if (!err)
		return LTTNG_OK;
	say(channel, rule, "cannot be enabled", err);
	return LTTNG_ERR_KERN_ENABLE_FAIL;
}

static int add_event(struct rf_modules_channel_state *channel, struct rf_modules_rule_state *state,
	const struct rf_event_rule *rule, enum rf_modules_instrumentation kind)
{
	struct rf_modules_event event;

	fill(&event, rule, kind);

	int fd = rf_modules_call_fd(channel->fd, RF_MODULES_EVENT, &event);

	if (fd < 0) {
		say(channel, rule, "cannot be made", fd);
		switch (fd) {
		case -EEXIST:
			return LTTNG_ERR_KERN_EVENT_EXIST;
		case -ENOSYS:
			return LTTNG_ERR_KERN_EVENT_ENOSYS;
		case -ENOMEM:
			return LTTNG_ERR_NOMEM;
		default:
			return LTTNG_ERR_KERN_ENABLE_FAIL;
		}
	}
	state->fds[state->count++] = fd;
	return set_up(channel, rule, fd);
}

/* They stay in the channel, and an enabled one records. */
static void free_rule(struct rf_modules_rule_state *state)
{
	for (unsigned int i = 0; i < state->count; i++) {
		(void)rf_modules_call(state->fds[i], RF_MODULES_DISABLE, NULL);
		close(state->fds[i]);
	}
	rf_list_remove(&state->node);
	free(state);
}

void rf_modules_free_rules(struct rf_modules_channel_state *channel)
{
	rf_list_for_each_safe(node, tmp, &channel->rules)
		free_rule(rf_container_of(node, struct rf_modules_rule_state, node));
}

int rf_modules_add_rule(struct rf_kernel_trace *base, uint32_t channel_id, uint32_t id, struct rf_event_rule *rule)
{
	struct rf_modules_trace *trace = rf_container_of(base, struct rf_modules_trace, trace);
	struct rf_modules_channel_state *channel = rf_modules_find_channel(trace, channel_id);
	const struct instrumentation *instrumentation = find(rule->type);

	if (!channel)
		return LTTNG_ERR_KERN_CHAN_NOT_FOUND;

	int code = check(rule, instrumentation);
	struct rf_modules_rule_state *state = code == LTTNG_OK ? calloc(1, sizeof(*state)) : NULL;

	if (!state)
		return code == LTTNG_OK ? LTTNG_ERR_NOMEM : code;
	state->id = id;
	rf_list_append(&channel->rules, &state->node);
	for (unsigned int i = 0; code == LTTNG_OK && i < instrumentation->count; i++)
		code = add_event(channel, state, rule, instrumentation->kinds[i]);
	if (code == LTTNG_OK && trace->active)
		code = rf_modules_drain(trace);
	if (code != LTTNG_OK)
		free_rule(state);
	rf_modules_quiesce(trace);
	return code;
}

static struct rf_modules_rule_state *find_rule(struct rf_modules_channel_state *channel, uint32_t id)
{
	rf_list_for_each(node, &channel->rules) {
		struct rf_modules_rule_state *state = rf_container_of(node, struct rf_modules_rule_state, node);

		if (state->id == id)
			return state;
	}
	return NULL;
}

int rf_modules_enable_rule(struct rf_kernel_trace *base, uint32_t channel_id, uint32_t id, bool on)
{
	struct rf_modules_trace *trace = rf_container_of(base, struct rf_modules_trace, trace);
	struct rf_modules_channel_state *channel = rf_modules_find_channel(trace, channel_id);
	struct rf_modules_rule_state *state = channel ? find_rule(channel, id) : NULL;

	if (!channel)
		return LTTNG_ERR_KERN_CHAN_NOT_FOUND;
	if (!state)
		return LTTNG_ERR_NO_EVENT;
	for (unsigned int i = 0; i < state->count; i++) {
		int err = rf_modules_call(state->fds[i], on ? RF_MODULES_ENABLE : RF_MODULES_DISABLE, NULL);

		if (!err)
			continue;
		rf_error("session %llu: an event of the kernel cannot be %s: %s", (unsigned long long)base->def.session,
			on ? "enabled" : "disabled", strerror(-err));
		return on ? LTTNG_ERR_KERN_ENABLE_FAIL : LTTNG_ERR_KERN_DISABLE_FAIL;
	}
	rf_modules_quiesce(trace);
	/* An event that is enabled for the first time while the session is active is described now. */
	return on && trace->active ? rf_modules_drain(trace) : LTTNG_OK;
}
