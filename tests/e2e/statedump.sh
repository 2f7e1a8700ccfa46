#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a traced process says of the objects it consists of: complete at the start, again on demand, and when libraries
# with tracepoints come and go.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
plugin=$BIN/librf-plugin.so
start_suite

# objects_of PID: "BASE PATH" of each mapped object with code, as the kernel tells it.
objects_of() {
	awk '$6 ~ /^\// { if (!($6 in base)) base[$6] = $1; if ($2 ~ /x/) code[$6] = 1 }
		END { for (path in code) { split(base[path], a, "-"); print "0x" toupper(a[1]), path } }' "/proc/$1/maps" | sort
}

# dumped N: the same from the N-th state dump in $T/events.
dumped() {
	awk -v want="$1" '/lttng_ust_statedump:start/ { n++ } n == want && /lttng_ust_statedump:bin_info/' "$T/events" |
		sed -nE 's/.*baddr = (0x[0-9A-F]+), .* path = "([^"]*)".*/\1 \2/p' | grep -v vdso | sort
}

for scheme in uid pid; do
	out=$T/out/$scheme
	lttng -q create "$scheme" -o "$out"
	lttng -q enable-channel -u "--buffers-$scheme" ch
	lttng -q enable-event -u -c ch 'lttng_ust_statedump:*'
	lttng -q enable-event -u -c ch 'rf_plugin:*'
	lttng -q add-context -u -c ch -t vpid
	lttng -q start
	rm -f "$T/gate" "$T/ready"
	LTTNG_UST_REGISTER_TIMEOUT=-1 rf-dlopen -l "$plugin" -n 3 -g "$T/gate" -r "$T/ready" >"$T/app-out" &
	app=$!
	wait_until 10 test -e "$T/ready" || bail "the application does not start"
	objects_of "$app" >"$T/objects"
	ok "$scheme: regenerate statedump" lttng -q regenerate statedump
	ok "$scheme: once more" lttng -q regenerate statedump
	: >"$T/gate"
	wait "$app"
	lttng -q stop
	not_ok "$scheme: not while it is stopped" lttng -q regenerate statedump
	lttng -q destroy
	ok "$scheme: readable" read_trace "$out"
	is "$(grep -c rf_plugin:hello "$T/events")" 3 "$scheme: the library's events"
	is "$(grep -c lttng_ust_statedump:start "$T/events")" 3 "$scheme: at registration and twice on demand: begun"
	is "$(grep -c lttng_ust_statedump:end "$T/events")" 3 "$scheme: and ended"
	ok "$scheme: the process has objects" grep -q "$plugin" "$T/objects"
	is "$(dumped 2)" "$(cat "$T/objects")" "$scheme: every object with its address, the opened library, too"
	is "$(dumped 3)" "$(cat "$T/objects")" "$scheme: the same again"
	# The tracing library itself came with the opened one.
	is "$(dumped 1)" "$(cat "$T/objects")" "$scheme: at registration, too"
	is "$(grep lttng_ust_statedump:bin_info "$T/events" | grep -vc vdso)" "$((3 * $(wc -l <"$T/objects")))" \
		"$scheme: and nothing else is"
	is "$(grep -oE 'procname = "[^"]*"' "$T/events" | sort -u)" 'procname = "rf-dlopen"' "$scheme: the process has its name"
done

# A provider that comes and goes, again and again, while the rules stay.
lttng -q create again -o "$T/out/again"
lttng -q enable-event -u 'rf_plugin:*' --filter 'seq < 2'
lttng -q start
ok "a library is opened and closed 50 times" rf-dlopen -l "$plugin" -c 50 -n 3
lttng -q destroy
is "$(events "$T/out/again")" 100 "every event that the rules select"

# It is there only while it is open.
rm -f "$T/gate" "$T/ready"
rf-dlopen -l "$plugin" -g "$T/gate" -r "$T/ready" >"$T/app-out" &
app=$!
wait_until 10 test -e "$T/ready"
listed() { lttng list -u | grep rf_plugin:hello >/dev/null; }
ok "the library's tracepoint is listed while it is open" wait_until 5 listed
: >"$T/gate"
wait "$app"
not_ok "and not afterwards" listed
done_testing
