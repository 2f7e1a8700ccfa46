#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A hundred applications of one user that register at once, and the long listings they make.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

start_suite
pids=()
for ((i = 0; i < 100; i++)); do
	LTTNG_UST_REGISTER_TIMEOUT=-1 rf-idle -r "$T/ready-$i" >/dev/null &
	pids+=($!)
done
before=$(daemon_pids sessiond)
ok "all get to main" wait_until 20 ready_files 100 "$T/ready-"
ok "all are listed" wait_until 20 apps_registered 100
for ((i = 0; i < 20; i++)); do
	lttng -n list -u >"$T/list"
	lttng -n list -u -f >"$T/fields"
done
is "$(grep -c '^PID: ' "$T/list")" 100 "still after many listings"
is "$(grep -c 'field: beat' "$T/fields")" 100 "with the fields of each"
kill -TERM "${pids[@]}"
wait "${pids[@]}"
ok "none is listed when they are gone" wait_until 10 apps_registered 0
is "$(daemon_pids sessiond)" "$before" "the session daemon is still the same process"
ok "the daemon ends in order" stop_suite
done_testing
