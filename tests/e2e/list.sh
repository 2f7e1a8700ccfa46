#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# lttng list says the same as with the stock daemons, line by line but for dates.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

[ "$SUITE" = ours ] || { skip "list" "compares ours with stock: run it with SUITE=ours"; done_testing; }

scenario() {
	local session
	lttng create one -o "$T/out/$1/one"
	lttng enable-channel -u --subbuf-size 8192 --num-subbuf 8 first
	lttng enable-channel -u --overwrite --switch-timer 200000 --read-timer 300000 second
	lttng enable-channel -u --num-subbuf 16 third
	lttng disable-channel -u third
	lttng enable-event -u -c first 'rf_sample:*'
	lttng enable-event -u -c first 'rf_sample:tick' --filter 'seq > 10 && mod == 3'
	lttng enable-event -u -c first 'rf_fields:*' --loglevel WARNING
	lttng enable-event -u -c first 'rf_fields:lv_info' --loglevel-only INFO
	lttng enable-event -u -c second -a
	lttng disable-event -u -c first 'rf_sample:tick'
	lttng add-context -u -c first -t vpid -t procname
	lttng create two -o "$T/out/$1/two"
	lttng enable-channel -u --buffers-pid small
	lttng enable-event -u -c small 'rf_sample:tick'
	lttng create three --no-output
	lttng enable-event -u 'rf_sample:tick'
	lttng list
	lttng list one
	lttng start two
	lttng list two
	rf-sample -n 25
	lttng stop two
	lttng start one
	rf-sample -n 25
	lttng list one
	lttng list
	lttng list one -d
	for session in one two three; do lttng list "$session"; done
	lttng status
	rf-idle -r "$T/ready-$1" &
	wait_until 5 test -e "$T/ready-$1"
	lttng list -u
	lttng list -u -f
	kill -TERM $!
	wait $!
	lttng enable-channel -u first -s one
	lttng enable-event -u -c first 'rf_sample:*' -s one
	lttng add-context -u -c first -t vtid -s one
	lttng start one
	lttng stop two
	lttng list nosuch
	lttng destroy nosuch
	lttng destroy -a
	lttng list
}

# Channels of a session and rules of a channel have no order; progress dots tell how long something took; pids differ.
comparable() {
	sed -E 's/PID: [0-9]+/PID: N/; /^(Destroying session|Waiting for).*[.]+$/d' | awk '
		function sorted(list, n, i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
		}
		function end_rules(i) {
			sorted(rule, rules)
			for (i = 1; i <= rules; i++) block[blocks] = block[blocks] "\n" rule[i]
			rules = 0
		}
		function end_blocks(i) {
			end_rules()
			sorted(block, blocks)
			for (i = 1; i <= blocks; i++) print block[i]
			blocks = 0
		}
		/^- / { end_rules(); block[++blocks] = $0; next }
		blocks && /^      .*\(type: tracepoint\)/ { rule[++rules] = $0; next }
		blocks && /^( |$)/ { end_rules(); block[blocks] = block[blocks] "\n" $0; next }
		{ end_blocks(); print }
		END { end_blocks() }'
}

run_scenario() {
	SUITE=$1
	start_suite
	scenario x 2>&1 | normalise_list | comparable >"$T/list-$1"
	stop_suite
	rm -rf "$T/out/x" "$T/ready-x" "$HOME/.lttngrc"
}

run_scenario stock
run_scenario ours
ok "the scenario said something" test "$(wc -l <"$T/list-stock")" -gt 150
ok "equal, line by line" diff -u "$T/list-stock" "$T/list-ours"
done_testing
