#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A kernel in lockdown mode confidentiality lets nobody trace it: clients are told so, and user space is traced as ever.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
# The kernel's own: of lttng-modules such a kernel loads none.
KERNEL_TRACER=tracefs
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"
lockdown=/sys/kernel/security/lockdown
if ! grep -qs '\[confidentiality\]' "$lockdown"; then
	skip kernel-lockdown "this kernel is not in lockdown mode confidentiality: make kernel-vm boots one that is"
	done_testing
fi

start_suite
told 1 "Kernel tracer not available" "list" list -k
ok "create" lttng -q create s -o "$T/out/s"
told 1 "Kernel tracer not available" "a channel" enable-channel -k c
told 33 "Kernel tracer not available" "an event" enable-event -k sched_switch
told 1 "Kernel tracer not available" "system calls" enable-event -k --syscall -a
ok "the log says what the kernel refuses" grep -q 'the kernel cannot be traced.*confidentiality' "$LOG/daemon"
ok "user space" lttng -q enable-event -u rf_sample:tick
ok "start" lttng -q start
ok "an application" rf-sample -n 5
ok "destroy" lttng -q destroy
is "$(events "$T/out/s" rf_sample)" 5 "its events are there"
ok "the daemon ends in order" stop_suite
done_testing
