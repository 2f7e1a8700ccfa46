# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# The kernel's tracer, which is one for the whole machine: children of the broker that are wholly in an attacker's hands
# ask for what is not theirs, and nothing outside their own instances changes.

# shellcheck source=tests/attack/machine.sh
. "$here/machine.sh"
# shellcheck source=tests/attack/evil.sh
. "$here/evil.sh"

# against_kernel ATTACK EXPECTED AUDIT [WITHOUT [STILL]]: as against_broker, and the machine is as it was before.
against_kernel() {
	local before after group start
	[ -z "${RF_ATTACK:-}" ] || [ "$RF_ATTACK" = "$1" ] || return
	before=$(machine_state)
	against_broker "$@"
	# It is there where names are not checked.
	if [ "$1" = kernel-link-symbol-of-two-lines ] && [ -n "${4:-}" ]; then
		check "kernel: $1 defines an event of nobody's ($4)" sh -c "echo -:evil/evil >>'$TRACEFS/kprobe_events'"
	fi
	after=$(machine_state)
	[ "$before" = "$after" ] || fail "kernel: $1 leaves the machine as it was" "$(diff <(echo "$before") <(echo "$after"))"
	[ "$EVIL_STOPPED" = 0 ] || fail "kernel: the broker ends after $1" "$(tail -n 20 "$T/log/evil")"
	while read -r group; do
		start=${group#rf_} start=${start%_*}
		if compgen -G "$TRACEFS/instances/ringfence.$start.*" >/dev/null || grep -q ":rf_${start}_" "$TRACEFS/uprobe_events"; then
			fail "kernel: nothing is left after $1" "$(ls "$TRACEFS/instances")" "$(cat "$TRACEFS/uprobe_events")"
		fi
	done < <(sed -n 's/^evil: group //p' "$T/log/evil")
}

evil_options=("${kernel_options[@]}")
of_consumer="role=consumer .*result=refused error=\"not for this role\""
of_sessiond="role=sessiond .*result=refused error=\"not for this role\""
of_kernel="role=kernel .*result=refused error=\"not for this role\""

if tracer_there "of the broker"; then
	# Rings, directories and files of others.
	against_kernel kernel-consumer-rings-of-other refused "op=open-rings .*result=refused" no-grants
	against_kernel consumer-rings refused "op=open-rings .*result=refused" no-grants
	against_kernel sessiond-rings killed "op=43 $of_sessiond" no-roles+no-grants no-roles
	against_kernel kernel-link-rings killed "op=43 $of_kernel" no-roles+no-grants no-roles
	against_kernel kernel-consumer-streams-of-user refused "op=open-streams .*result=refused" no-grants
	against_kernel sessiond-kernel-dir-for-user refused "op=make-dir .*result=refused" no-grants
	against_kernel sessiond-user-dir-for-kernel refused "op=make-dir .*result=refused" no-grants
	against_kernel sessiond-root-dir-for-kernel refused "op=make-dir .*result=refused" no-grants
	against_kernel kernel-link-instance-for-user-consumer refused "op=make-instance .*result=refused" no-grants
	against_kernel kernel-link-instance-of-user refused "op=make-instance .*result=refused" no-kernel-owner
	against_kernel kernel-link-instance-above-quota "refused (Disk quota exceeded)" "op=make-instance .*result=refused"

	# Requests of another link; the same hook for all.
	for attack in kernel-open:60 make-instance:61 remove-instance:62 open-events:63 track:64 add-probe:65 remove-probe:66 \
		read-state:67; do
		against_kernel "kernel-consumer-${attack%:*}" killed "op=${attack#*:} $of_consumer" no-roles
		against_kernel "sessiond-${attack%:*}" killed "op=${attack#*:} $of_sessiond"
	done
	against_kernel consumer-open-events killed "op=63 $of_consumer" no-roles
	against_kernel kernel-consumer-spawn killed "op=11 $of_consumer" no-roles
	against_kernel kernel-link-spawn killed "op=11 $of_kernel" no-roles
	against_kernel kernel-link-lookup killed "op=23 $of_kernel" no-roles

	# Names. What a symbol can do to a list only kernels with probes show.
	against_kernel kernel-link-event-above refused "op=open-events .*result=refused" no-names+follow-links no-names
	if [ -e "$TRACEFS/kprobe_events" ]; then
		against_kernel kernel-link-symbol-of-two-lines refused "op=add-probe .*result=refused" no-names
	else
		against_kernel kernel-link-symbol-of-two-lines refused "op=add-probe .*result=refused"
	fi
	for attack in event-names:open-events symbols:add-probe programs:add-probe instances:make-instance trackers:track \
		removals:remove-instance; do
		against_kernel "kernel-link-${attack%:*}" refused "op=${attack#*:} .*result=refused"
	done
	for attack in rings-numbers rings-again; do
		against_kernel "kernel-consumer-$attack" refused "op=open-rings .*result=refused"
	done
	for attack in program-missing two-programs; do
		against_kernel "kernel-link-$attack" killed "op=add-probe .*result=refused"
	done
	for attack in frame-cut body-cut; do
		against_kernel "kernel-link-$attack" killed "$killed"
	done

	# Floods.
	against_kernel kernel-link-track-many granted "op=track .*pids=16000 result=granted"
	against_kernel kernel-link-state-at-once refused "op=read-state .*result=refused"
	against_kernel kernel-link-never-reads killed "$killed"
fi
evil_options=()
