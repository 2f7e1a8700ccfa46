#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Many applications at once and one after the other: what they cost while they are there, and that nothing of them stays.
#
#     lifetimes.sh            all of it, as TAP
#
# crowd: APPS applications with per-process buffers and two channels, with the stock daemons and with ours.
# series: SERIES applications, 50 at a time, per-user and per-process, with ours: descriptors and memory of each of our
# processes are looked at after a fifth of them (everything is warm by then), three fifths, and all.
#
# Sizes, from the environment: APPS=500 SERIES=10000 SCHEMES="uid pid"

set -u
APPS=${APPS:-500} SERIES=${SERIES:-10000} SCHEMES=${SCHEMES:-uid pid}

if [ $# -eq 0 ]; then
	results=$(mktemp)
	export RF_RESULTS=$results
	trap 'rm -f "$results"' EXIT
	status=0
	for suite in stock ours; do
		SUITE=$suite "$0" crowd || status=1
	done
	read -r stock ours < <(awk '$2 == "rss" { v[$1] = $3 } END { print v["stock"], v["ours"] }' "$results")
	echo "# resident memory of all daemons for an application: stock ${stock:-?} kB, ours ${ours:-?} kB"
	if awk "BEGIN { exit !(${ours:-1} > 0 && ${ours:-1} <= ${stock:-0}) }"; then
		echo "ok - an application costs no more memory than with the stock daemons"
	else
		echo "not ok - an application costs no more memory than with the stock daemons"
		status=1
	fi
	SUITE=ours "$0" series || status=1
	exit $status
fi

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
ulimit -n "$(ulimit -H -n)"

# usage_of ROLE: descriptors, and kB of resident memory: all, and that which is no file or shared buffer.
usage_of() {
	local pid fds=0 rss=0 anon=0 n a b
	for pid in $(daemon_pids "$1"); do
		n=$(find "/proc/$pid/fd" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)
		read -r a b < <(awk '$1 == "VmRSS:" { r = $2 } $1 == "RssAnon:" { a = $2 } END { print r + 0, a + 0 }' "/proc/$pid/status")
		fds=$((fds + n)) rss=$((rss + a)) anon=$((anon + b))
	done
	echo "$fds $rss $anon"
}

fds_at_most() {
	local n
	read -r n _ < <(usage_of "$1")
	at_most "$n" "$2"
}

resident() {
	local role rss sum=0
	for role in broker sessiond consumer; do
		read -r _ rss _ < <(usage_of "$role")
		sum=$((sum + rss))
	done
	echo "$sum"
}

new_session() {
	local name=$1 scheme=$2
	lttng -q create "$name" -o "$T/out/$name"
	lttng -q enable-channel -u "--buffers-$scheme" --subbuf-size 4096 --num-subbuf 2 a
	lttng -q enable-channel -u "--buffers-$scheme" --subbuf-size 4096 --num-subbuf 2 b
	lttng -q enable-event -u -c a 'rf_sample:*'
	lttng -q enable-event -u -c b 'rf_sample:*'
	lttng -q start
}

crowd() {
	local i pids=() before with sessiond consumer n
	new_session crowd pid
	# Something that has been there, so that what is only made once is not counted.
	rf-sample -n 1 >/dev/null
	wait_until 20 apps_registered 0
	before=$(resident)
	read -r sessiond _ < <(usage_of sessiond)
	read -r consumer _ < <(usage_of consumer)
	mkfifo "$T/gate"
	for ((i = 0; i < APPS; i++)); do
		LTTNG_UST_REGISTER_TIMEOUT=-1 rf-sample -n 10 -g "$T/gate" -r "$T/ready-$i" >/dev/null &
		pids+=($!)
	done
	ok "$SUITE: $APPS applications register" wait_until 120 ready_files "$APPS" "$T/ready-"
	ok "$SUITE: and are listed" wait_until 30 apps_registered "$APPS"
	with=$(resident)
	echo "$SUITE rss $(awk "BEGIN { printf \"%.1f\", ($with - $before) / $APPS }")" >>"${RF_RESULTS:-/dev/null}"
	for role in sessiond consumer; do
		read -r n _ < <(usage_of "$role")
		diag "$SUITE: descriptors of $role: $n"
	done
	# Held open: one that comes late finds the gate open, too.
	exec 9<>"$T/gate"
	wait "${pids[@]}"
	exec 9>&-
	ours_ok "$SUITE: the session daemon's descriptors come back" wait_until 60 fds_at_most sessiond $((sessiond + 8))
	ours_ok "$SUITE: a consumer's descriptors come back" wait_until 60 fds_at_most consumer $((consumer + 8))
	ok "$SUITE: stop" lttng -q stop
	ok "$SUITE: destroy" lttng -q destroy
	if [ "$SUITE" = stock ]; then
		diag "stock: $(events "$T/out/crowd") events read, of $((20 * APPS + 2))"
	else
		is "$(events "$T/out/crowd")" $((20 * APPS + 2)) "$SUITE: every event of both channels"
	fi
	rm -rf "$T/out/crowd"
}

fifty() {
	local i pids=()
	for ((i = 0; i < 50; i++)); do
		LTTNG_UST_REGISTER_TIMEOUT=-1 rf-sample -n 1 >/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# recorded DIR: events in all traces below it. A reader opens every file of what it reads, so not all at once.
recorded() {
	find "$1" -name metadata -printf '%h\n' | sort | xargs -n 500 babeltrace2 | wc -l
}

# How much more of its own a process may have at the end than it had when it was warm, kB.
GROWTH=${GROWTH:-512}

series() {
	local scheme n role fds anon began
	local -A warm_fds warm_anon
	for scheme in $SCHEMES; do
		new_session "$scheme" "$scheme"
		began=$(now_ms)
		for ((n = 50; n <= SERIES; n += 50)); do
			fifty
			[ $((n % (SERIES / 5))) = 0 ] || continue
			case $((n / (SERIES / 5))) in 1 | 3 | 5) ;; *) continue ;; esac
			wait_until 60 apps_registered 0 || bail "gone applications stay listed"
			for role in broker sessiond consumer; do
				if [ "$n" -gt $((SERIES / 5)) ]; then
					ok "$scheme, $n: $role has no more descriptors" \
						wait_until 30 fds_at_most "$role" $((warm_fds[$role] + 2))
				elif [ "$scheme" = pid ] && [ "$role" != broker ]; then
					wait_until 30 fds_at_most "$role" 60
				fi
				read -r fds _ anon < <(usage_of "$role")
				diag "$scheme, $n: $role: $fds descriptors, $anon kB of its own"
				if [ "$n" = $((SERIES / 5)) ]; then
					warm_fds[$role]=$fds warm_anon[$role]=$anon
				else
					ok "$scheme, $n: $role does not grow" at_most "$anon" $((warm_anon[$role] + GROWTH))
				fi
			done
		done
		diag "$scheme: $(($(now_ms) - began)) ms"
		lttng -q stop
		lttng -q destroy
		is "$(recorded "$T/out/$scheme")" $((2 * SERIES)) "$scheme: every event"
		rm -rf "$T/out/$scheme"
	done
}

start_suite
"$1"
ok "$SUITE: the daemon ends in order" stop_suite
done_testing
