#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A full file system costs only the traces on it.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite
mkdir "$T/small"
mount -t tmpfs -o size=256k,mode=1777 tmpfs "$T/small" || bail "cannot mount a small file system"
lttng -q create full -o "$T/small/full"
lttng -q enable-channel -u --subbuf-size 16384 ch
lttng -q enable-event -u -c ch 'rf_flood:*'
lttng -q create fine -o "$T/out/fine"
lttng -q enable-event -u 'rf_sample:*'
lttng -q start full
lttng -q start fine
rf-flood -t 1000 >"$T/app-out"
rf-sample -n 50 >"$T/app-out"
ok "stop of the full one ends" timeout 10 lttng -q stop full
ok "list answers" timeout 2 lttng list
ours_ok "destroy of the full one ends" timeout 10 lttng -q destroy full
ok "destroy of the other" timeout 10 lttng -q destroy fine
is "$(events "$T/out/fine")" 50 "the other session lost nothing"
ours_ok "what is on the full disk is readable" read_trace "$T/small/full"
lttng -q create onfull -o "$T/small/another"
lttng -q enable-event -u 'rf_sample:*'
lttng -q start onfull >/dev/null 2>&1
rf-sample -n 5 >"$T/app-out"
ours_ok "a session on a full disk can go" timeout 10 lttng -q destroy onfull
lttng -q create after -o "$T/out/after"
lttng -q enable-event -u 'rf_sample:*'
lttng -q start after
rf-sample -n 5 >"$T/app-out"
lttng -q destroy after
is "$(events "$T/out/after")" 5 "tracing goes on"
done_testing
