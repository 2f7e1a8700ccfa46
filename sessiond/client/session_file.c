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
	{LTTNG_EVENT_CONTEXT_PROCNAME, true, "PROCNAME"},
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

		if (context->type == LTTNG_EVENT_CONTEXT_PERF_THREAD_COUNTER)
			write_perf_context(xml, context);
		else if (context->type == LTTNG_EVENT_CONTEXT_APP_CONTEXT)
			write_app_context(xml, context);
		else
			write_named_context(xml, context);
	}
	rf_xml_close(xml);
}

static void write_event(struct rf_xml *xml, const struct rf_channel_rule *rule)
{
	static const char *const loglevel_types[] = {
		[RF_LOGLEVEL_ALL] = "ALL", [RF_LOGLEVEL_RANGE] = "RANGE", [RF_LOGLEVEL_SINGLE] = "SINGLE"};
	const struct rf_event_rule *what = rule->rule;

	rf_xml_open(xml, "event");
	rf_xml_text(xml, "name", what->name);
	rf_xml_bool(xml, "enabled", rule->enabled);
	rf_xml_text(xml, "type", "TRACEPOINT");
	rf_xml_text(xml, "loglevel_type", loglevel_types[what->loglevel_type]);
	if (what->loglevel_type != RF_LOGLEVEL_ALL)
		rf_xml_signed(xml, "loglevel", what->loglevel);
	if (what->filter)
		rf_xml_text(xml, "filter", what->filter);
	if (what->exclusion_count) {
		rf_xml_open(xml, "exclusions");
		for (uint32_t i = 0; i < what->exclusion_count; i++)
			rf_xml_text(xml, "exclusion", what->exclusions[i]);
		rf_xml_close(xml);
	}
	rf_xml_close(xml);
}

static void write_channel(struct rf_xml *xml, const struct rf_channel *channel)
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
	rf_xml_text(xml, "output_type", "MMAP");
	rf_xml_signed(xml, "blocking_timeout", attr->blocking_timeout);
	rf_xml_unsigned(xml, "monitor_timer_interval", attr->monitor_interval);
	rf_xml_unsigned(xml, "tracefile_size", attr->tracefile_size);
	rf_xml_unsigned(xml, "tracefile_count", attr->tracefile_count);
	rf_xml_unsigned(xml, "live_timer_interval", 0);
	/* Loaders do not take a channel without this, be it empty. */
	rf_xml_open(xml, "events");
	rf_list_for_each(node, &channel->rules)
		write_event(xml, rf_container_of(node, struct rf_channel_rule, node));
	rf_xml_close(xml);
	write_contexts(xml, channel);
	rf_xml_close(xml);
}

static void write_tracker(struct rf_xml *xml, const struct rf_tracker *tracker, enum rf_tracker_kind kind)
{
	static const struct {
		const char *tracker, *value;
	} names[RF_TRACKERS] = {
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

static void write_ust(struct rf_xml *xml, const struct rf_session *session)
{
	rf_xml_open(xml, "channels");
	rf_list_for_each(node, &session->ust.channels)
		write_channel(xml, rf_container_of(node, struct rf_channel, node));
	rf_xml_close(xml);
	rf_xml_open(xml, "process_attr_trackers");
	for (unsigned int kind = 0; kind < RF_TRACKERS; kind++)
		write_tracker(xml, &session->ust.trackers[kind], (enum rf_tracker_kind)kind);
	rf_xml_close(xml);
}

/* Agents are a part of user space: their domains are there, and empty. */
static void write_domains(struct rf_xml *xml, const struct rf_session *session)
{
	static const char *const domains[] = {"UST", "JUL", "LOG4J", "PYTHON"};

	if (!session->ust.used)
		return;
	rf_xml_open(xml, "domains");
	for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
		rf_xml_open(xml, "domain");
		rf_xml_text(xml, "type", domains[i]);
		rf_xml_text(xml, "buffer_type", session->scheme == RF_BUFFERS_PER_PID ? "PER_PID" : "PER_UID");
		if (i == 0) {
			write_ust(xml, session);
		} else {
			rf_xml_open(xml, "channels");
			rf_xml_close(xml);
		}
		rf_xml_close(xml);
	}
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
