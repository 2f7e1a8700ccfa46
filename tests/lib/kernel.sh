# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What scripts about the kernel domain share. Source it after suite.sh: it ends a script where the suite has no tracer of
# the kernel to test with, with a skip that says so.
#
#     KERNEL_TRACER   tracefs (the kernel's own) or modules (lttng-modules): which one the daemons use
#
# Thread ids in traces are the kernel's own and not those of our process name space: TID, PARTNER, kernel_ids.
#
# An independent record of the same events is made by an instance of the tests' own below tracefs: raw_begins, raw_ends.

TRACEFS=/sys/kernel/tracing

kernel_tracer() {
	if [ -e /proc/lttng ] || modprobe -qn lttng-tracer 2>/dev/null; then
		echo modules
	elif [ -d "$TRACEFS/instances" ]; then
		echo tracefs
	fi
}
KERNEL_TRACER=${KERNEL_TRACER:-$(kernel_tracer)}
kernel_missing() {
	if [ "$(id -u)" != 0 ]; then
		echo "only root traces the kernel"
	elif [ -z "$KERNEL_TRACER" ]; then
		echo "this kernel has neither lttng-modules nor tracefs"
	elif [ "$SUITE" = stock ] && [ "$KERNEL_TRACER" != modules ]; then
		echo "the stock daemons need lttng-modules"
	elif [ "$RF_OUTER_PIDS" != "pid:[4026531836]" ]; then
		echo "in a container the kernel's thread ids are not known"
	fi
}
if [ -n "$(kernel_missing)" ]; then
	skip "$(basename "$0" .sh)" "$(kernel_missing)"
	done_testing
fi

# tracefs_ok DESC CMD..., modules_ok DESC CMD...: as ok, where that tracer is in use; nothing otherwise.
tracefs_ok() {
	[ "$KERNEL_TRACER" != tracefs ] || ok "$@"
}
modules_ok() {
	[ "$KERNEL_TRACER" != modules ] || ok "$@"
}

# code WANT DESC ARGUMENT...: the exit status of lttng with these arguments.
code() {
	local want=$1 desc=$2 rc tries=20
	shift 2
	while :; do
		lttng "$@" >"$T/code.out" 2>&1
		rc=$?
		# The stock daemons may refuse before the client has said all, which is then ended by SIGPIPE.
		[ "$SUITE" = stock ] && [ $rc = 141 ] && [ $((tries--)) -gt 0 ] || break
	done
	is "$rc" "$want" "$desc" || diag "$(cat "$T/code.out")"
}

# told STATUS TEXT DESC ARGUMENT...: the exit status of lttng with these arguments, which hides some codes, and what it says.
told() {
	local want=$1 text=$2 desc=$3 rc
	shift 3
	lttng "$@" >"$T/told.out" 2>&1
	rc=$?
	if [ "$rc" = "$want" ] && grep -qF "$text" "$T/told.out"; then
		pass "$desc: $text"
		return
	fi
	fail "$desc: $want, $text"
	diag "$rc $(cat "$T/told.out")"
}

# k ARGUMENT...: lttng, which must work.
k() {
	lttng "$@" >"$T/k.out" 2>&1 && return
	fail "lttng $*"
	diag "$(cat "$T/k.out")"
	return 1
}

# alone: from here on, among the scripts that say so. For those that count what all programs do, and those that do so much that
# the record of others would overflow.
alone() {
	exec 9>"$BUILD/kernel-alone.lock" && flock 9 || bail "no lock"
}

# --- an independent record -----------------------------------------------------------------------------------------------

RAW=
# raw_begins SYSTEM:EVENT...: with 16 MiB for each CPU, on the clock that the daemons use.
raw_begins() {
	local event
	RAW=$(mktemp -d "$TRACEFS/instances/rf-test.XXXXXX") || bail "no instance of tracefs"
	echo 0 >"$RAW/tracing_on"
	echo mono >"$RAW/trace_clock"
	echo 16384 >"$RAW/buffer_size_kb"
	echo 0 >"$RAW/options/overwrite"
	for event in "$@"; do echo "$event" >>"$RAW/set_event" || bail "no event $event"; done
	echo 1 >"$RAW/tracing_on"
}

# raw_ends: what was recorded is then in $T/raw, a line an event, without comments.
raw_ends() {
	echo 0 >"$RAW/tracing_on"
	grep -v '^#' "$RAW/trace" >"$T/raw"
	is "$(cat "$RAW"/per_cpu/cpu*/stats | awk '/^(overrun|dropped events|commit overrun):/ { n += $NF } END { print n }')" 0 \
		"the independent record is complete"
	raw_gone
}
raw_gone() {
	[ -n "$RAW" ] || return 0
	echo 0 >"$RAW/events/enable"
	rmdir "$RAW"
	RAW=
}
rf_leave() {
	raw_gone 2>/dev/null
}

# --- counting ------------------------------------------------------------------------------------------------------------

# Of the trace that was read last, and of the independent record, in one go each: starting programs is what takes the time on
# a slow machine. EVENTS["NAME TID"]: events of a thread, where the trace has the context tid; EVENTS["NAME"]: all of that
# name; RAWS the same, by the names of the daemons, and RAWS["PREV TID"], ... as EVENTS for fields that name a thread.
declare -A EVENTS RAWS

tally() {
	local n key
	EVENTS=()
	while read -r n key; do EVENTS[$key]=$n; done < <(awk '
		function thread(of, re) {
			if (match($0, re)) { split(substr($0, RSTART, RLENGTH), part, " = "); n[of " " part[2]]++ }
		}
		{
			name = $4; sub(/:$/, "", name); n[name]++
			thread(name, "[{] tid = -?[0-9]+")
			if (name == "sched_switch") { thread("PREV", "prev_tid = [0-9]+"); thread("NEXT", "next_tid = [0-9]+") }
			if (name == "sched_wakeup") thread("WOKEN", ", tid = [0-9]+")
		}
		END { for (key in n) print n[key], key }' "$T/events")
}

tally_raw() {
	local n key
	RAWS=()
	while read -r n key; do RAWS[$key]=$n; done < <(awk '
		function thread(of, re) {
			if (match($0, re)) { split(substr($0, RSTART, RLENGTH), part, "="); n[of " " part[2]]++ }
		}
		{
			if (!match($0, /-[0-9]+ +\[/)) next
			tid = substr($0, RSTART + 1, RLENGTH - 2) + 0
			rest = substr($0, RSTART)
			if (!match(rest, /[0-9.]+: /)) next
			rest = substr(rest, RSTART + RLENGTH)
			if (rest ~ /^sys_[a-z0-9_]+\(/) { sub(/^sys_/, "syscall_entry_", rest); sub(/\(.*/, "", rest); name = rest }
			else if (rest ~ /^sys_[a-z0-9_]+ ->/) { sub(/^sys_/, "syscall_exit_", rest); sub(/ .*/, "", rest); name = rest }
			else { name = rest; sub(/:.*/, "", name) }
			n[name]++; n[name " " tid]++
			if (name == "sched_switch") { thread("PREV", " prev_pid=[0-9]+"); thread("NEXT", " next_pid=[0-9]+") }
			if (name == "sched_wakeup") thread("WOKEN", " pid=[0-9]+")
		}
		END { for (key in n) print n[key], key }' "$T/raw")
}

# seen KEY, raw KEY: of these, in N.
seen() {
	N=${EVENTS[$1]:-0}
}
raw() {
	# shellcheck disable=SC2034 # for the scripts
	N=${RAWS[$1]:-0}
}

# seen_is KEY WANT DESC
seen_is() {
	is "${EVENTS[$1]:-0}" "$2" "$3"
}
# as_raw KEY DESC: both counted the same.
as_raw() {
	is "${EVENTS[$1]:-0}" "${RAWS[$1]:-0}" "$2 (${RAWS[$1]:-0})"
}

# count PATTERN: lines of the trace that was read last.
count() {
	grep -cE -- "$1" "$T/events"
}

# numbers TID: offsets of the calls of a thread in the trace that was read last, as ranges: 0-99 120-130.
numbers() {
	sed -nE "s/.* syscall_entry_lseek: .*\{ tid = $1 \}.* offset = ([0-9]+),.*/\1/p" "$T/events" | awk '
		NR == 1 { first = $1 }
		NR > 1 && $1 != last + 1 { printf "%s%d-%d", sep, first, last; sep = " "; first = $1 }
		{ last = $1 }
		END { if (NR) printf "%s%d-%d", sep, first, last; print "" }'
}

# --- a load --------------------------------------------------------------------------------------------------------------

LOAD_PID=
# kernel_ids PID: the kernel's numbers of the threads of a process that the name space knows as PID, in order.
kernel_ids() {
	local file mine
	mine=$(readlink /proc/self/ns/pid)
	grep -lE "^NSpid:.*[[:space:]]$1\$" /run/all-proc/[0-9]*/status 2>/dev/null |
		while read -r file; do
			file=${file%/status}
			[ "$(readlink "$file/ns/pid")" != "$mine" ] || (cd "$file/task" && echo *)
		done
}

# gated PROGRAM OPTION...: starts it; it waits at its gate. TID and PARTNER (if it has one) are its threads.
gated() {
	local program=$1
	shift
	rm -f "$T/load.gate" "$T/load.ready"
	mkfifo "$T/load.gate"
	"$program" -g "$T/load.gate" -r "$T/load.ready" "$@" >"$T/load" &
	LOAD_PID=$!
	wait_until 20 test -e "$T/load.ready" || bail "$program does not start"
	# shellcheck disable=SC2034 # for the scripts
	read -r TID PARTNER _ < <(kernel_ids "$LOAD_PID")
	[ -n "$TID" ] || bail "the kernel's numbers of $program are not known"
}

# load_begins OPTION...: rf-syscalls.
load_begins() {
	gated rf-syscalls "$@"
}

load_goes() {
	: >"$T/load.gate"
}

load_ends() {
	wait "$LOAD_PID"
	is "$?" 0 "the load runs"
	LOAD_PID=
}

load_runs() {
	load_goes
	load_ends
}

# instances: those of the daemons below tracefs, by their descriptors: there may be others', of whom we know nothing.
instances() {
	local pid
	for pid in $(daemon_pids); do
		find "/proc/$pid/fd" -mindepth 1 -printf '%l\n' 2>/dev/null
	done | sed -n "s|^.*/instances/\\([^/]*\\)/.*|\\1|p" | sort -u
}
