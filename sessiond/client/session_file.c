/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/session_file.h"

#include "common/log.h"

#include <lttng/lttng.h>
#include <stdio.h>

/* Types that are a number only. Loaders refuse a file with one that their schema has no name for. */
static const struct context_name {
	uint32_t type;
	bool in_schema;
	const char *name;
} context_names[] = {
	{LTTNG_EVENT_CONTEXT_PID, true, "PID"},
	{LTTNG_EVENT_CONTEXT_PROCNAME, true, "PROCNAME"},
	{LTTNG_EVENT_CONTEXT_PRIO, true, "PRIO"},
	{LTTNG_EVENT_CONTEXT_NICE, true, "NICE"},
	{LTTNG_EVENT_CONTEXT_TID, true, "TID"},
	{LTTNG_EVENT_CONTEXT_PPID, true, "PPID"},
	{LTTNG_EVENT_CONTEXT_VPPID, true, "VPPID"},
	{LTTNG_EVENT_CONTEXT_HOSTNAME, true, "HOSTNAME"},
	{LTTNG_EVENT_CONTEXT_INTERRUPTIBLE, true, "INTERRUPTIBLE"},
	{LTTNG_EVENT_CONTEXT_PREEMPTIBLE, true, "PREEMPTIBLE"},
	{LTTNG_EVENT_CONTEXT_NEED_RESCHEDULE, true, "NEED_RESCHEDULE"},
	{LTTNG_EVENT_CONTEXT_MIGRATABLE, true, "MIGRATABLE"},
	{LTTNG_EVENT_CONTEXT_CALLSTACK_KERNEL, true, "CALLSTACK_KERNEL"},
	{LTTNG_EVENT_CONTEXT_CALLSTACK_USER, true, "CALLSTACK_USER"},
	{LTTNG_EVENT_CONTEXT_VPID, true, "VPID"},
	{LTTNG_EVENT_CONTEXT_VTID, true, "VTID"},
	{LTTNG_EVENT_CONTEXT_PTHREAD_ID, true, "PTHREAD_ID"},
	{LTTNG_EVENT_CONTEXT_IP, true, "IP"},
	{LTTNG_EVENT_CONTEXT_CGROUP_NS, false, "CGROUP_NS"},
	{LTTNG_EVENT_CONTEXT_IPC_NS, false, "IPC_NS"},
	{LTTNG_EVENT_CONTEXT_MNT_NS, false, "MNT_NS"},
	{LTTNG_EVENT_CONTEXT_NET_NS, false, "NET_NS"},
	{LTTNG_EVENT_CONTEXT_PID_NS, false, "PID_NS"},
	{LTTNG_EVENT_CONTEXT_TIME_NS, false, "TIME_NS"},
	{LTTNG_EVENT_CONTEXT_USER_NS, false, "USER_NS"},
	{LTTNG_EVENT_CONTEXT_UTS_NS, false, "UTS_NS"},
	{LTTNG_EVENT_CONTEXT_UID, false, "UID"},
	{LTTNG_EVENT_CONTEXT_EUID, false, "EUID"},
	{LTTNG_EVENT_CONTEXT_SUID, false, "SUID"},
	{LTTNG_EVENT_CONTEXT_GID, false, "GID"},
	{LTTNG_EVENT_CONTEXT_EGID, false, "EGID"},
	{LTTNG_EVENT_CONTEXT_SGID, false, "SGID"},
	{LTTNG_EVENT_CONTEXT_VUID, false, "VUID"},
	{LTTNG_EVENT_CONTEXT_VEUID, false, "VEUID"},
	{LTTNG_EVENT_CONTEXT_VSUID, false, "VSUID"},
	{LTTNG_EVENT_CONTEXT_VGID, false, "VGID"},
	{LTTNG_EVENT_CONTEXT_VEGID, false, "VEGID"},
	{LTTNG_EVENT_CONTEXT_VSGID, false, "VSGID"},
};

static const struct context_name *find_context_name(uint32_t type)
{
	for (size_t i = 0; i < sizeof(context_names) / sizeof(context_names[0]); i++) {
		if (context_names[i].type == type)
			return &context_names[i];
	}
	return NULL;
}

/* A context that would make the whole file unreadable is left out, and the file says so. */
static void write_named_context(struct rf_xml *xml, const struct rf_context *context)
{
	const struct context_name *name = find_context_name(context->type);

	if (name && name->in_schema) {
		rf_xml_open(xml, "context");
		rf_xml_text(xml, "type", name->name);
		rf_xml_close(xml);
		return;
	}

	char comment[128];

	snprintf(comment, sizeof(comment), " left out, as loaders know no context of this type: %s ",
		name ? name->name : "unknown");
	rf_xml_comment(xml, comment);
	rf_info("client: a saved session lacks context %s: session files cannot hold it",
		name ? name->name : "unknown");
}

static void write_perf_context(struct rf_xml *xml, const struct rf_context *context)
{
	rf_xml_open(xml, "context");
	rf_xml_open(xml, "perf");
	rf_xml_unsigned(xml, "type", context->perf_type);
	rf_xml_unsigned(xml, "config", context->perf_config);
	rf_xml_text(xml, "name", context->perf_name);
	rf_xml_close(xml);
	rf_xml_close(xml);
}

static void write_app_context(struct rf_xml *xml, const struct rf_context *context)
{
	rf_xml_open(xml, "context");
	rf_xml_open(xml, "app");
	rf_xml_text(xml, "provider_name", context->app_provider);
	rf_xml_text(xml, "ctx_name", context->app_name);
	rf_xml_close(xml);
	rf_xml_close(xml);
}

static void write_contexts(struct rf_xml *xml, const struct rf_channel *channel)
{
	rf_xml_open(xml, "contexts");
	rf_list_for_each(node, &channel->contexts) {
		const struct rf_context *context = rf_container_of(node, struct rf_context, node);

		if (rf_context_counts(context))
			write_perf_context(xml, context);
		else if (context->type == LTTNG_EVENT_CONTEXT_APP_CONTEXT)
			write_app_context(xml, context);
		else
			write_named_context(xml, context);
	}
	rf_xml_close(xml);
}

static void write_probe(struct rf_xml *xml, const struct rf_probe_location *probe)
{
	rf_xml_open(xml, "attributes");
	rf_xml_open(xml, "probe_attributes");
	if (probe->symbol[0]) {
		rf_xml_text(xml, "symbol_name", probe->symbol);
		if (probe->offset)
			rf_xml_unsigned(xml, "offset", probe->offset);
	} else {
		rf_xml_unsigned(xml, "address", probe->address);
	}
	rf_xml_close(xml);
	rf_xml_close(xml);
}

static void write_function_entry(struct rf_xml *xml, const struct rf_probe_location *probe)
{
	rf_xml_open(xml, "attributes");
	rf_xml_open(xml, "function_attributes");
	rf_xml_text(xml, "symbol_name", probe->symbol);
	rf_xml_close(xml);
	rf_xml_close(xml);
}

static void write_user_probe(struct rf_xml *xml, const struct rf_user_probe *probe)
{
	bool marker = probe->kind == RF_USER_PROBE_MARKER;

	rf_xml_open(xml, "attributes");
	rf_xml_open(xml, marker ? "userspace_probe_tracepoint_attributes" : "userspace_probe_function_attributes");
	rf_xml_text(xml, "lookup_method", marker ? "SDT" : "ELF");
	rf_xml_text(xml, "binary_path", probe->path);
	if (marker)
		rf_xml_text(xml, "provider_name", probe->provider);
	rf_xml_text(xml, marker ? "probe_name" : "function_name", probe->name);
	rf_xml_close(xml);
	rf_xml_close(xml);
}

static void write_attributes_of(struct rf_xml *xml, const struct rf_event_rule *rule)
{
	if (rule->type == RF_EVENT_PROBE || rule->type == RF_EVENT_FUNCTION)
		write_probe(xml, &rule->probe);
	else if (rule->type == RF_EVENT_FUNCTION_ENTRY)
		write_function_entry(xml, &rule->probe);
	else if (rule->user_probe)
		write_user_probe(xml, rule->user_probe);
}

static void write_loglevel(struct rf_xml *xml, const struct rf_event_rule *rule)
{
	static const char *const types[] = {
		[RF_LOGLEVEL_ALL] = "ALL", [RF_LOGLEVEL_RANGE] = "RANGE", [RF_LOGLEVEL_SINGLE] = "SINGLE"};

	rf_xml_text(xml, "loglevel_type", types[rule->loglevel_type]);
	if (rule->loglevel_type != RF_LOGLEVEL_ALL)
		rf_xml_signed(xml, "loglevel", rule->loglevel);
}

static void write_event(struct rf_xml *xml, const struct rf_channel_rule *rule, bool kernel)
{
	static const char *const types[] = {
		[RF_EVENT_TRACEPOINT] = "TRACEPOINT",
		[RF_EVENT_PROBE] = "PROBE",
		[RF_EVENT_FUNCTION] = "FUNCTION",
		[RF_EVENT_FUNCTION_ENTRY] = "FUNCTION_ENTRY",
		[RF_EVENT_SYSCALL] = "SYSCALL",
		[RF_EVENT_USERSPACE_PROBE] = "USERSPACE_PROBE",
	};
	const struct rf_event_rule *what = rule->rule;

	rf_xml_open(xml, "event");
	rf_xml_text(xml, "name", what->name);
	rf_xml_bool(xml, "enabled", rule->enabled);
	rf_xml_text(xml, "type", types[what->type]);
	if (!kernel)
		write_loglevel(xml, what);
	if (what->filter)
		rf_xml_text(xml, "filter", what->filter);
	if (what->exclusion_count) {
		rf_xml_open(xml, "exclusions");
		for (uint32_t i = 0; i < what->exclusion_count; i++)
			rf_xml_text(xml, "exclusion", what->exclusions[i]);
		rf_xml_close(xml);
	}
	write_attributes_of(xml, what);
	rf_xml_close(xml);
}

static void write_channel(struct rf_xml *xml, const struct rf_channel *channel, bool kernel)
{
	const struct rf_channel_attr *attr = &channel->attr;

	rf_xml_open(xml, "channel");
	rf_xml_text(xml, "name", channel->name);
	rf_xml_bool(xml, "enabled", channel->enabled);
	rf_xml_text(xml, "overwrite_mode", attr->overwrite ? "OVERWRITE" : "DISCARD");
	rf_xml_unsigned(xml, "subbuffer_size", attr->subbuf_size);
	rf_xml_unsigned(xml, "subbuffer_count", attr->subbuf_count);
	rf_xml_unsigned(xml, "switch_timer_interval", attr->switch_interval);
	rf_xml_unsigned(xml, "read_timer_interval", attr->read_interval);
	rf_xml_text(xml, "output_type", attr->output == RF_OUTPUT_MMAP ? "MMAP" : "SPLICE");
	rf_xml_signed(xml, "blocking_timeout", attr->blocking_timeout);
	rf_xml_unsigned(xml, "monitor_timer_interval", attr->monitor_interval);
	rf_xml_unsigned(xml, "tracefile_size", attr->tracefile_size);
	rf_xml_unsigned(xml, "tracefile_count", attr->tracefile_count);
	rf_xml_unsigned(xml, "live_timer_interval", 0);
	/* Loaders do not take a channel without this, be it empty. */
	rf_xml_open(xml, "events");
	rf_list_for_each(node, &channel->rules)
		write_event(xml, rf_container_of(node, struct rf_channel_rule, node), kernel);
	rf_xml_close(xml);
	write_contexts(xml, channel);
	rf_xml_close(xml);
}

static void write_tracker(struct rf_xml *xml, const struct rf_tracker *tracker, enum rf_tracker_kind kind)
{
	static const struct {
		const char *tracker, *value;
	} names[RF_TRACKERS] = {
		[RF_TRACKER_PID] = {"pid_process_attr_tracker", "pid"},
		[RF_TRACKER_UID] = {"uid_process_attr_tracker", "uid"},
		[RF_TRACKER_GID] = {"gid_process_attr_tracker", "gid"},
		[RF_TRACKER_VPID] = {"vpid_process_attr_tracker", "vpid"},
		[RF_TRACKER_VUID] = {"vuid_process_attr_tracker", "vuid"},
		[RF_TRACKER_VGID] = {"vgid_process_attr_tracker", "vgid"},
	};

	if (tracker->policy == RF_TRACK_ALL)
		return;
	rf_xml_open(xml, names[kind].tracker);
	rf_xml_open(xml, "process_attr_values");
	rf_list_for_each(node, &tracker->set) {
		const struct rf_tracked *tracked = rf_container_of(node, struct rf_tracked, node);

		rf_xml_open(xml, names[kind].value);
		if (tracked->name[0])
			rf_xml_text(xml, "name", tracked->name);
		else
			rf_xml_unsigned(xml, "id", tracked->value);
		rf_xml_close(xml);
	}
	rf_xml_close(xml);
	rf_xml_close(xml);
}

/* DOMAIN is NULL for one that is there, and empty. */
static void write_domain(
	struct rf_xml *xml, const char *type, const char *buffers, const struct rf_session_domain *domain, bool kernel)
{
	rf_xml_open(xml, "domain");
	rf_xml_text(xml, "type", type);
	rf_xml_text(xml, "buffer_type", buffers);
	rf_xml_open(xml, "channels");
	if (domain)
		rf_list_for_each(node, &domain->channels)
			write_channel(xml, rf_container_of(node, struct rf_channel, node), kernel);
	rf_xml_close(xml);
	if (domain) {
		rf_xml_open(xml, "process_attr_trackers");
		for (unsigned int kind = 0; kind < RF_TRACKERS; kind++)
			write_tracker(xml, &domain->trackers[kind], (enum rf_tracker_kind)kind);
		rf_xml_close(xml);
	}
	rf_xml_close(xml);
}

/* Agents are a part of user space: their domains are there with it. */
static void write_user_space(struct rf_xml *xml, const struct rf_session *session)
{
	static const char *const agents[] = {"JUL", "LOG4J", "PYTHON"};
	const char *buffers = session->scheme == RF_BUFFERS_PER_PID ? "PER_PID" : "PER_UID";

	write_domain(xml, "UST", buffers, &session->ust, false);
	for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++)
		write_domain(xml, agents[i], buffers, NULL, false);
}

static void write_domains(struct rf_xml *xml, const struct rf_session *session)
{
	if (!session->ust.used && !session->kernel.used)
		return;
	rf_xml_open(xml, "domains");
	if (session->kernel.used)
		write_domain(xml, "KERNEL", "GLOBAL", &session->kernel, true);
	if (session->ust.used)
		write_user_space(xml, session);
	rf_xml_close(xml);
}

static void write_schedules(struct rf_xml *xml, const struct rf_rotation_schedule *schedule)
{
	if (!schedule->period && !schedule->size)
		return;
	rf_xml_open(xml, "rotation_schedules");
	if (schedule->period) {
		rf_xml_open(xml, "periodic");
		rf_xml_unsigned(xml, "time_us", schedule->period);
		rf_xml_close(xml);
	}
	if (schedule->size) {
		rf_xml_open(xml, "size_threshold");
		rf_xml_unsigned(xml, "bytes", schedule->size);
		rf_xml_close(xml);
	}
	rf_xml_close(xml);
}

static void write_attributes(struct rf_xml *xml, const struct rf_session *session)
{
	/* Loaders take an output for snapshots only in this mode; channels say for themselves what they do. */
	bool snapshots = session->snapshot_mode || session->snapshot.there;

	if (!snapshots && !session->schedule.period && !session->schedule.size)
		return;
	rf_xml_open(xml, "attributes");
	if (snapshots)
		rf_xml_bool(xml, "snapshot_mode", true);
	write_schedules(xml, &session->schedule);
	rf_xml_close(xml);
}

static void write_path(struct rf_xml *xml, const char *path)
{
	rf_xml_open(xml, "consumer_output");
	rf_xml_bool(xml, "enabled", true);
	rf_xml_open(xml, "destination");
	rf_xml_text(xml, "path", path);
	rf_xml_close(xml);
	rf_xml_close(xml);
}

static void write_output(struct rf_xml *xml, const struct rf_session *session)
{
	if (session->output == RF_OUTPUT_NONE && !session->snapshot.there)
		return;
	rf_xml_open(xml, "output");
	if (session->output == RF_OUTPUT_LOCAL) {
		write_path(xml, session->path);
	} else {
		rf_xml_open(xml, "snapshot_outputs");
		rf_xml_open(xml, "output");
		rf_xml_text(xml, "name", session->snapshot.name);
		rf_xml_unsigned(xml, "max_size", session->snapshot.max_size);
		write_path(xml, session->snapshot.path);
		rf_xml_close(xml);
		rf_xml_close(xml);
	}
	rf_xml_close(xml);
}

int rf_session_file_write(const struct rf_session *session, struct rf_xml *xml, size_t limit)
{
	rf_xml_start(xml, limit);
	rf_xml_open(xml, "sessions");
	rf_xml_open(xml, "session");
	rf_xml_text(xml, "name", session->name);
	if (session->shm_path[0])
		rf_xml_text(xml, "shared_memory_path", session->shm_path);
	write_domains(xml, session);
	rf_xml_bool(xml, "started", session->active);
	write_attributes(xml, session);
	write_output(xml, session);
	rf_xml_close(xml);
	rf_xml_close(xml);
	return rf_xml_finish(xml);
}
