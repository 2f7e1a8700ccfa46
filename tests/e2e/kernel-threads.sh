#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Contexts of the thread that an event is of: name, priority, process. The kernel's own tracer has none of them in its records:
# they are known from other records, and from what was there before.
#
# Takes up to 120 s

# What was there before is known by the kernel's numbers.
export RF_SHARE_PIDS=1
# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
if [ "$KERNEL_TRACER" != tracefs ]; then
	skip kernel-threads "lttng-modules have these contexts in their own records"
	done_testing
fi
rf_leave() {
	# shellcheck disable=SC2119 # all of them
	daemon_pids | xargs -r kill -KILL
	[ -z "$LOAD_PID" ] || kill -KILL "$LOAD_PID"
}

trips=1000 rounds=5
[ "$RF_SLOW" = 1 ] || trips=100 rounds=2

start_suite

# session NAME CREATE-OPTION... -- CHANNEL-OPTION...: all contexts of threads, and no event yet.
session() {
	local name=$1 create=()
	shift
	while [ "$1" != -- ]; do create+=("$1"); shift; done
	shift
	k create "${create[@]}" "$name" -o "$T/out/$name"
	k enable-channel -k "$@" ch
	k add-context -k -c ch -t tid -t procname -t prio -t pid -t ppid
}

# table: of the events that were read last, the columns TIME EVENT TID NAME PRIO PID PPID CPU, and the columns PREV_COMM PREV_PRIO
# NEXT_TID NEXT_COMM NEXT_PRIO of switches. Blanks in names become underscores; no name is "-".
table() {
	perl -ne '
		next unless /^\[([\d:.]+)\] .* (\w+): \{ cpu_id = (\d+) \}, \{ tid = (\d+), procname = "(.*?)", prio = (-?\d+), pid = (-?\d+), ppid = (-?\d+) \}, (.*)/;
		my @row = ($1, $2, $4, $5, $6, $7, $8, $3);
		push @row, $1, $2, $4, $3, $5 if $9 =~ /prev_comm = "(.*?)", prev_tid = \d+, prev_prio = (-?\d+), .*next_comm = "(.*?)", next_tid = (\d+), next_prio = (-?\d+)/;
		print join(" ", map { s/ /_/g; $_ eq "" ? "-" : $_ } @row), "\n"' "$T/events" >"$T/table"
	is "$(wc -l <"$T/table")" "$(wc -l <"$T/events")" "every event has the contexts"
}
# of TID COLUMN...: these of its events, each different one once.
of() {
	local tid=$1
	shift
	awk -v tid="$tid" -v columns="$*" 'BEGIN { count = split(columns, column) }
		$3 == tid { line = $column[1]; for (i = 2; i <= count; i++) line = line " " $column[i]; print line }' "$T/table" | sort -u
}

# run PROGRAM...: from its begin to its end; N is its process.
run() {
	"$@" >"$T/load" &
	N=$!
	wait $N || fail "$* runs"
}

# --- who is who ----------------------------------------------------------------------------------------------------------

session who --
k enable-event -k -c ch --syscall getppid
load_begins -n 100
k start
before=$TID
load_runs
cp "$(command -v rf-syscalls)" "$T/a-long-name-for-a-program"
run "$T/a-long-name-for-a-program" -n 100
named=$N
run nice -n 5 rf-syscalls -n 100
nice=$N
run rf-rate -c 2 -n 200 -t 500
both=$N
k stop
is "$(discarded who)" 0 "nothing discarded"
k destroy
ok "it can be read" read_trace "$T/out/who"
table
is "$(of "$before" 4 5 6 7)" "rf-syscalls 20 $before $$" "a thread that was there before"
is "$(of "$named" 4 5)" "a-long-name-for 20" "one of another name"
is "$(of "$nice" 4 5)" "rf-syscalls 25" "one of another priority"
# One that was made on a processor whose records were read later is of no process yet; never of another one.
is "$(awk -v rate="$both" '$4 == "rf-rate" && $6 != rate && $6 != -1' "$T/table" | wc -l)" 0 "threads are of their process"
is "$(awk '$4 == "rf-rate" { n[$3]++ } END { for (tid in n) if (n[tid] >= 20) print tid }' "$T/table" | wc -l)" 2 "both"
is "$(awk '$2 !~ /^syscall_(entry|exit)_getppid$/' "$T/table" | wc -l)" 0 "what they are known from are no events"

# --- as the kernel says in switches --------------------------------------------------------------------------------------

# exact DESC: the contexts of a switch are those of the thread that it leaves.
exact() {
	awk '$2 != "sched_switch" { next }
		{ n++ }
		$4 != $9 || $5 != $10 { bad++; print > "/dev/stderr" }
		END { print (n > 100 ? "many" : n + 0), bad + 0 }' "$T/table" 2>"$T/wrong" >"$T/exact"
	is "$(cat "$T/exact")" "many 0" "$1" || diag "$(head -n 5 "$T/wrong")"
}
# between DESC: those of a system call are those that the switch to its thread told. Some kernels do not tell of every switch (the
# same ones in any instance): then it is from a thread that nobody told of, as may be the first one of a processor.
between() {
	awk '{ told = $8 in runs && runs[$8] == $3 }
		$2 == "sched_switch" { runs[$8] = $11; name[$8] = $12; prio[$8] = $13; next }
		# It became another program since.
		told && name[$8] == "bash" { next }
		told { n++ }
		told && ($4 != name[$8] || $5 != prio[$8]) { bad++; print name[$8], prio[$8], $0 > "/dev/stderr" }
		END { print (n > 100 ? "many" : n + 0), bad + 0 }' "$T/table" 2>"$T/wrong" >"$T/between"
	is "$(cat "$T/between")" "many 0" "$1" || diag "$(head -n 5 "$T/wrong")"
}

session exact -- --subbuf-size 65536 --num-subbuf 64
k enable-event -k -c ch sched_switch
k enable-event -k -c ch --syscall read
k start
for ((i = 0; i < rounds; i++)); do
	rf-syscalls -p $trips >"$T/load"
	"$T/a-long-name-for-a-program" -p $trips >"$T/load"
done
k stop
is "$(discarded exact)" 0 "nothing discarded"
k destroy
ok "it can be read" read_trace "$T/out/exact"
table
exact "switches: every name and priority"
# Of the load, which has one name and priority from its first read to its last.
grep -E ' (rf-syscalls|a-long-name-for) .* [0-9]+$| sched_switch ' "$T/table" | awk '$2 == "sched_switch" || $4 ~ /^(rf-syscalls|a-long-name-for)$/' >"$T/loads"
mv "$T/loads" "$T/table"
between "and in between"

# --- wanted for a time ---------------------------------------------------------------------------------------------------

session wanted --
k enable-event -k -c ch --syscall getppid
k start
run rf-syscalls -n 1 -p 200
first=$N
k enable-event -k -c ch sched_switch
run rf-syscalls -n 1 -p 200
second=$N
k disable-event -k -c ch sched_switch
run rf-syscalls -n 1 -p 200
third=$N
k stop
k destroy
ok "it can be read" read_trace "$T/out/wanted"
table
switches() {
	awk -v tid="$1" '$2 == "sched_switch" && $3 == tid' "$T/table" | wc -l
}
is "$(switches "$first")" 0 "before a rule wants it: no event"
ok "while it does: $(switches "$second")" test "$(switches "$second")" -ge 200
is "$(switches "$third")" 0 "and after: no event"
for tid in "$first" "$second" "$third"; do
	is "$(of "$tid" 2 4 5 | grep getppid)" $'syscall_entry_getppid rf-syscalls 20\nsyscall_exit_getppid rf-syscalls 20' "all the time it is known who runs"
done

# --- snapshots -----------------------------------------------------------------------------------------------------------

session snap --snapshot -- --subbuf-size 65536 --num-subbuf 8
k enable-event -k -c ch sched_switch
k start
for name in one two; do
	run rf-syscalls -p $trips
	k snapshot record -n $name
done
run rf-syscalls -p $trips
k snapshot record -n three
k destroy
for name in one two three; do
	ok "snapshot $name can be read" read_trace "$(echo "$T/out/snap/$name-"*)"
	table
	exact "snapshot $name: every name and priority"
done

# --- where something is missing ------------------------------------------------------------------------------------------

session lossy -- --subbuf-size 4096 --num-subbuf 2
k enable-event -k -c ch --syscall getppid
k start
consumer=$(daemon_pids consumer)
kill -STOP "$consumer"
run rf-syscalls -n 20000
kill -CONT "$consumer"
k stop
ok "events are lost" test "$(discarded lossy)" -gt 0
k destroy
ok "it can be read" read_trace "$T/out/lossy"
table
ok "others are there" grep -q " rf-syscalls " "$T/table"
# Before it became that program, it was the shell.
is "$(awk -v n="$N" '$3 >= n && $3 <= n + 3 && $4 !~ /^(rf-syscalls|bash|-)$/' "$T/table" | wc -l)" 0 "no other name is said"
ok "the daemon ends in order" stop_suite
done_testing
