# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# The machine whose kernel is traced, for the parts about that.

TRACEFS=/sys/kernel/tracing
# Who may trace the kernel besides root.
kernel_policy=$T/kernel-policy.conf
printf '[kernel]\nusers = %s\n' "$ALICE" >"$kernel_policy"
# shellcheck disable=SC2034 # for the parts
kernel_options=(--kernel-tracer=tracefs --policy="$kernel_policy")

# Whether there is a tracer that these parts can attack. Says a skip if not.
tracer_there() {
	[ -d "$TRACEFS/instances" ] && [ -w "$TRACEFS/uprobe_events" ] && return
	skip "attacks on the kernel's tracer ($1)" "there is no tracefs with uprobes here"
	return 1
}

# What everybody's tracing on this machine is set to. Others may have daemons of their own meanwhile.
machine_state() {
	local file
	# Older kernels make the whole machine's ring larger when the first event is enabled anywhere.
	for file in set_event set_event_pid tracing_on current_tracer trace_clock buffer_size_kb \
		events/enable events/sched/sched_switch/{enable,filter}; do
		[ ! -f "$TRACEFS/$file" ] || sed "s|^|$file: |; s| (expanded.*||" "$TRACEFS/$file"
	done
	cat "$TRACEFS"/[ku]probe_events 2>/dev/null | grep -v ":rf"
	find "$TRACEFS/instances" -mindepth 1 -maxdepth 1 ! -name "ringfence.*" ! -name "rf*"
}
