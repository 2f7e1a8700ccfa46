#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a client is told about the kernel: exit codes of the stock command. The tracers differ in what they can refuse:
# lttng-modules wait for events that may come, the kernel's own tracer knows what there is.
#
# Takes up to 120 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"

start_suite
# by MODULES TRACEFS: what is right with the tracer in use.
by() {
	if [ "$KERNEL_TRACER" = modules ]; then echo "$1"; else echo "$2"; fi
}

k create sizes -o "$T/out/sizes"
code 72 "start without a channel" start
code 0 "a size that the client rounds" enable-channel -k --subbuf-size 6000 rounded
ok "it is rounded" grep -qE 'Sub-buffer size: +8192' <(lttng list sizes)
# The client's messages for these are its own; only that it fails is the daemon's.
not_ok "one buffer that is overwritten" lttng -n enable-channel -k --overwrite --num-subbuf 1 one
not_ok "more than there is memory" lttng -n enable-channel -k --subbuf-size 1G --num-subbuf 1024 huge
is "$(lttng list sizes | grep -cE '^- (one|huge):')" 0 "neither is there"
k destroy
k create s -o "$T/out/s"
code 0 "a channel" enable-channel -k c
told 4 "Kernel channel not found" "an unknown channel" disable-channel -k nosuch
told 4 "Kernel channel already exists" "the same channel" enable-channel -k c
code 0 "disable-channel" disable-channel -k c
code 0 "and enable it again" enable-channel -k c
code 0 "an event" enable-event -k -c c sched_switch
told 35 "already enabled" "the same event" enable-event -k -c c sched_switch
code 83 "a channel name is needed" enable-event -k sched_wakeup
code "$(by 0 43)" "an unknown tracepoint" enable-event -k -c c nosuch_tp
code "$(by 0 43)" "an unknown system call" enable-event -k -c c --syscall nosuchcall
code 0 "a system call" enable-event -k -c c --syscall openat
told 35 "already enabled" "the same system call" enable-event -k -c c --syscall openat
code 106 "a filter that does not parse" enable-event -k -c c sched_waking --filter 'tid >'
code "$(by 0 106)" "a filter on a field that is not there" enable-event -k -c c sched_wakeup_new --filter 'nosuchfield == 1'
code 29 "disable what was not enabled" disable-event -k -c c sched_stat_runtime
code 0 "disable a tracepoint" disable-event -k -c c sched_switch
code 0 "and again" disable-event -k -c c sched_switch
code 0 "contexts" add-context -k -c c -t tid -t interruptible
code 0 "the same contexts" add-context -k -c c -t tid -t interruptible
if [ "$KERNEL_TRACER" = modules ]; then
	code 0 "a context that only lttng-modules have" add-context -k -c c -t nice
else
	told 4 "Context unavailable on this kernel" "a context that only lttng-modules have" add-context -k -c c -t nice
fi
not_ok "an exclusion" lttng -n enable-event -k -c c 'sched_*' --exclude sched_switch
code 0 "track a process" track -k --pid 4194300
told 0 "already in the process ID inclusion set" "the same process" track -k --pid 4194300
told 0 "not in the process ID" "untrack one that is not tracked" untrack -k --pid 4194299
code 0 "untrack it" untrack -k --pid 4194300
code 0 "track all" track -k --pid --all
code 118 "regenerate before the start" regenerate metadata
code 0 "start" start
code 80 "start twice" start
told 4 "already been started" "no context after the start" add-context -k -c c -t prio
told 1 "already been started" "no channel after the start" enable-channel -k d
code 0 "but events" enable-event -k -c c sched_process_exec
code 0 "regenerate" regenerate metadata
code 0 "a state dump" regenerate statedump
code 0 "stop" stop
code 81 "stop twice" stop
told 1 "non-snapshot session" "a snapshot of a session that is not for them" snapshot record
code 0 "destroy" destroy
code 23 "of an unknown session" enable-event -k sched_switch -s nosuch

k create x -o "$T/out/x"
if [ "$KERNEL_TRACER" = modules ] || [ -e "$TRACEFS/kprobe_events" ]; then
	code 43 "a symbol that is not there" enable-event -k --probe=nosuchsymbol p
else
	code 82 "probes, where the kernel has none" enable-event -k --probe=nosuchsymbol p
fi
code 0 "after it, an event" enable-event -k sched_switch
k destroy
k create z -o /proc/zz
k enable-event -k sched_switch
code 17 "start into a place that cannot be made" start z
ok "after all that, it answers" within 5 lttng list
ok "the daemon ends in order" stop_suite
[ "$SUITE" = stock ] || {
	start_suite --no-kernel
	k create n -o "$T/out/n"
	code 33 "with --no-kernel" enable-event -k sched_switch
	told 1 "Kernel tracer not available" "nor is anything listed" list -k
}
done_testing
