# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# A running suite that traces the kernel: what the processes hold that have to do with it, clients that may not trace it,
# and one that may and means harm.

# shellcheck source=tests/attack/machine.sh
. "$here/machine.sh"
# shellcheck source=tests/attack/suite.sh
. "$here/suite.sh"

# record_kernel UID NAME: a session that records the kernel.
record_kernel() {
	mkdir -p "$T/home/$1" && chown "$1:$1" "$T/home/$1"
	# shellcheck disable=SC2016 # for the other shell
	check "kernel: a session $2 of $1" as "$1" bash -ec '
		lttng -n create "$1" --output="$2"
		lttng -n enable-channel -k -s "$1" --subbuf-size=64k --num-subbuf=4 chan
		lttng -n enable-event -k -s "$1" -c chan sched_switch --filter "prev_tid >= 0"
		lttng -n enable-event -k -s "$1" -c chan "lttng_statedump_*"
		lttng -n start "$1"' - "$2" "$T/home/$1/$2"
}

### What processes hold.
# facts PID: as watch_children says them.
facts() {
	local line words=
	while read -r line; do
		case $line in
		Name:*) words=${line#Name:?} ;;
		Uid:* | Gid:* | Groups:* | CapInh:* | CapPrm:* | CapEff:* | CapBnd:* | CapAmb:* | NoNewPrivs:* | Seccomp:*)
			words="$words $line"
			;;
		esac
	done <"/proc/$1/status"
	xargs <<<"$words"
}

# without_groups FACTS: of those who have what groups their account has.
without_groups() {
	echo "${1/Groups: *CapInh/Groups: CapInh}"
}

# holds NAME FACTS UID PERMITTED EFFECTIVE BOUNDING SECCOMP: and no group.
holds() {
	local name=$1 is=$2 uid=$3 wanted
	printf -v wanted '%s Uid: %s %s %s %s Gid: %s %s %s %s Groups: CapInh: %016x CapPrm: %016x CapEff: %016x ' "$name" \
		"$uid" "$uid" "$uid" "$uid" "$uid" "$uid" "$uid" "$uid" 0 "$4" "$5"
	printf -v wanted '%sCapBnd: %016x CapAmb: %016x NoNewPrivs: 1 Seccomp: %s' "$wanted" "$6" 0 "$7"
	if [ "$is" = "$wanted" ]; then
		pass "kernel: $name of uid $uid holds what it is said to"
	else
		fail "kernel: $name of uid $uid holds what it is said to" "is:     $is" "wanted: $wanted"
	fi
}

# named NAME: processes that call themselves that.
named() {
	local status
	for status in /proc/[0-9]*/status; do
		[ "$(sed -n 's/^Name:\t//p' "$status" 2>/dev/null)" != "$1" ] || basename "$(dirname "$status")"
	done
}

# tracefs_files PID: its descriptors of files of the tracer: access mode (0: to read, 1: to write, 2: both) and path.
tracefs_files() {
	local fd path flags
	for fd in "/proc/$1/fd"/*; do
		[ "$(stat -Lfc %T "$fd" 2>/dev/null)" = tracefs ] || continue
		path=$(readlink "$fd")
		flags=$(sed -n 's/^flags:\t*//p' "/proc/$1/fdinfo/${fd##*/}")
		echo "$((8#$flags & 3)) ${path#"$TRACEFS"}"
	done
}

# only_files WHO PID EXPRESSION: it has files of the tracer, and all of them match.
only_files() {
	local files
	files=$(tracefs_files "$2")
	if [ -n "$files" ] && ! grep -Evq "$3" <<<"$files"; then
		pass "kernel: $1 has the files that it is said to ($(wc -l <<<"$files"))"
	else
		fail "kernel: $1 has the files that it is said to" "$files"
	fi
}

policy_read_again() {
	[ "$(grep -c "op=read-policy .*result=granted" "$T/log/suite")" -ge 2 ]
}

# While root and alice, who may, trace the kernel.
look_at_processes() {
	local consumer pid uid watcher priority
	"$BUILD/tests/attack/watch_children" "$BROKER" >"$T/log/ends" 2>&1 &
	watcher=$!
	wait_until 5 grep -q watching "$T/log/ends"
	record_kernel 0 of-root
	record_kernel "$ALICE" of-alice
	check "kernel: an account's name is looked up" lttng -n track -u --vuid=daemon -s of-root
	kill -HUP "$BROKER"
	check "kernel: the policy is read again" wait_until 5 policy_read_again

	# Permitted and bounding: setuid, setgid, setpcap, kill, dac_override, sys_nice. The last two are not effective.
	holds ringfenced "$(without_groups "$(facts "$BROKER")")" 0 0x8001e2 0x1e0 0x8001e2 2
	holds ringfence-sessi "$(facts "$SESSIOND")" "$SESSIOND_UID" 0 0 0 2
	consumer=$(pids_of ringfence-consumerd)
	holds ringfence-consu "$(facts "$consumer")" "$CONSUMER_UID" 0 0 0 2
	holds rf-kernel "$(facts "$(named rf-kernel)")" 0 0 0 0 2
	for pid in $(named rf-run-as); do
		uid=$(awk '/^Uid:/{print $2}' "/proc/$pid/status")
		# Root's: dac_override.
		if [ "$uid" = 0 ]; then
			holds rf-run-as "$(without_groups "$(facts "$pid")")" 0 2 2 2 2
		else
			holds rf-run-as "$(without_groups "$(facts "$pid")")" "$uid" 0 0 0 2
		fi
	done
	# These were there for a moment.
	holds rf-state "$(grep -m 1 "^rf-state " "$T/log/ends")" "$CONSUMER_UID" 0 0 0 2
	holds rf-policy "$(grep -m 1 "^rf-policy " "$T/log/ends")" "$SESSIOND_UID" 0 0 0 2
	holds rf-lookup "$(grep -m 1 "^rf-lookup " "$T/log/ends")" "$SESSIOND_UID" 0 0 0 2
	kill $watcher
	wait $watcher 2>/dev/null

	priority=$(awk '{print $19}' "/proc/$consumer/stat")
	check "kernel: its consumer has its priority" test "$priority" = -20
	# The only one to write is the one whose end is the end of recording; what is written to it the kernel ignores.
	only_files "its consumer" "$consumer" \
		'^0 /instances/ringfence\.[^/]*/per_cpu/cpu[0-9]+/(trace_pipe_raw|stats)$|^1 /instances/ringfence\.[^/]*/free_buffer$'
	only_files "the session daemon" "$SESSIOND" \
		'^[012] /instances/ringfence\.[^/]*/(set_event|tracing_on|events/[^/]*/[^/]*/(format|filter))$|^0 /available_events$'
	only_files "the kernel worker" "$(named rf-kernel)" '^0 (/instances(/ringfence\.[^/]*)?)?$|^2 /instances/ringfence\.[^/]*/tracing_on$'
	only_files "the broker" "$BROKER" '^0 $'
}

### Clients.
# hostile_kernel ATTACK: by alice, to its end; others are served meanwhile, by the kernel's tracer, too.
hostile_kernel() {
	local begin ms attacker
	become "$ALICE" "$T/suite/hostile_kernel" "$hostile_socket" "$1" hostile >"$T/log/hostile-kernel" 2>&1 &
	attacker=$!
	list_in_time "alice's $1"
	begin=$(now_ms)
	check "kernel: root changes a rule despite alice's $1" lttng -n enable-event -k -s of-root -c chan "sched_wak*"
	ms=$(($(now_ms) - begin))
	lttng -n disable-event -k -s of-root -c chan "sched_wak*" >/dev/null 2>&1
	# Whoever has the tracer has it for a request.
	[ $ms -lt 5000 ] || fail "kernel: root waits for it despite alice's $1" "$ms ms"
	if wait $attacker; then
		pass "kernel: $1 ($(tail -n 1 "$T/log/hostile-kernel"))"
	else
		fail "kernel: $1" "$(tail -n 20 "$T/log/hostile-kernel")"
	fi
}

attack_by_clients() {
	local name
	# shellcheck disable=SC2034 # for suite.sh
	hostile_program=hostile_kernel hostile_socket=/run/lttng/client-lttng-sessiond
	as "$BOB" lttng -n create of-bob --output="$T/home/$BOB/of-bob" >/dev/null 2>&1
	hostile not-permitted of-bob
	hostile_results
	check "kernel: nothing of it is in bob's session" test -z "$(lttng -n list of-bob | grep Kernel)"
	check "kernel: it is in the audit log" grep -q "op=kernel-command role=client uid=$BOB .*result=refused" "$T/log/suite"

	as "$ALICE" lttng -n create hostile --output="$T/home/$ALICE/hostile" >/dev/null 2>&1
	for name in user-probes elf-bombs names filters garbage; do
		hostile_kernel $name
	done
	check "kernel: alice's session ends after that" as "$ALICE" timeout 20 lttng -n destroy hostile
	for name in of-root of-alice; do
		check "kernel: $name ends" timeout 20 lttng -n destroy $name
	done
	for name in "$T/home/0/of-root" "$T/home/$ALICE/of-alice"; do
		check "kernel: there is a trace in $name" bash -c "babeltrace2 '$name' 2>/dev/null | grep -q sched_switch"
	done
}

# It is there before anything is loaded; nothing is here.
look_at_module_helper() {
	local helper
	# shellcheck disable=SC2119 # no hook
	start_suite
	helper=$(named rf-modules)
	if [ -n "$helper" ]; then
		# sys_module, and no filter.
		holds rf-modules "$(facts "$helper")" 0 0x10000 0x10000 0x10000 0
	else
		skip "kernel: rf-modules holds what it is said to" "no module can be loaded here"
	fi
	stop_suite "kernel, with modules"
}

# may_trace HOOK: whether bob gets an event of the kernel.
may_trace() {
	local status
	rm -rf "$T/home/$BOB/tries"
	start_suite "$1"
	as "$BOB" lttng -n create tries --output="$T/home/$BOB/tries" >/dev/null 2>&1
	as "$BOB" lttng -n enable-event -k -s tries sched_switch >"$T/log/tries" 2>&1
	status=$?
	stop_broker
	return $status
}

# Two look at who asks.
attack_without_policy() {
	if may_trace no-kernel-users; then
		fail "kernel: bob may not trace it (no-kernel-users)" "$(cat "$T/log/tries")"
	elif ! grep -q "op=make-instance .*result=refused" "$T/log/suite"; then
		fail "kernel: it is the broker who refuses bob (no-kernel-users)" "$(tail -n 20 "$T/log/suite")"
	elif may_trace no-kernel-users+no-kernel-owner; then
		pass "kernel: bob may not trace it (no-kernel-users: refused by the broker; no-kernel-users+no-kernel-owner: succeeds)"
	else
		fail "kernel: bob may trace it (no-kernel-users+no-kernel-owner)" "$(cat "$T/log/tries")"
	fi
}

if tracer_there "of a running suite"; then
	before=$(machine_state)
	suite_options=("${kernel_options[@]}")
	# shellcheck disable=SC2119 # no hook
	start_suite
	look_at_processes
	attack_by_clients
	same_processes kernel
	stop_suite kernel
	attack_without_policy
	suite_options=()
	look_at_module_helper
	after=$(machine_state)
	check "kernel: the machine is as it was before" test "$before" = "$after"
fi
