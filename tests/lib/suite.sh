# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every end-to-end script and bench starts from. Source it first:
#
#     . "$(dirname "$0")/../lib/suite.sh"
#
# It re-executes the script in private namespaces (see private.sh) and then offers the functions below.
#
# Environment of a run:
#     SUITE=ours|stock   which daemons start_suite starts (default: ours)
#     BUILD=DIR          where the tree was built (default: build/ at the top of the tree)
#     RF_KEEP=DIR        on failure, copy the scratch directory there
#     RF_DAEMON_ARGS     further options for the daemon, for instance -vvv
#     SUITE_AS=UID       not root's daemon but that user's own, and lttng and the applications as that user, too
#     KERNEL_TRACER      modules or tracefs: the only one that ours may use (see kernel.sh)
#     RF_SHARE_PIDS=1    processes are not in a name space of their own (see private.sh)
#     RF_SLOW=N          this machine is so many times slower than others: deadlines are longer (default: 1)

set -u
set -o pipefail
export LC_ALL=C

rf_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rf_top=$(cd "$rf_lib/../.." && pwd)

if [ -z "${RF_PRIVATE:-}" ]; then
	exec "$BASH" "$rf_lib/private.sh" "$BASH" "$0" "$@"
fi

SUITE=${SUITE:-ours}
BUILD=${BUILD:-$rf_top/build}
# Identities used by the tests: alice and bob have (private) accounts, the others need none.
RF_SESSIOND_UID=64001
RF_CONSUMER_UID=64002
# shellcheck disable=SC2034 # for the scripts
ALICE=64101 BOB=64102 CAROL=64103

# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$rf_lib/tap.sh"

# The tree may lie where only root can go; daemons and applications run as others. So use copies.
BIN=$T/bin
LOG=$T/log
mkdir -p "$BIN" "$LOG" "$T/out"
chmod 1777 "$T/out"
rf_install() {
	local dir
	for dir in "$BUILD/bin" "$BUILD/tests/apps"; do
		[ ! -d "$dir" ] || find "$dir" -maxdepth 1 -type f -perm -u+x -exec cp -p -t "$BIN" {} +
	done
	chmod -R a+rX "$BIN"
	[ -x "$BIN/rf-sample" ] || bail "no test applications below $BUILD/tests/apps: run make"
	PATH=$BIN:$PATH
}
rf_install

# --- waiting -------------------------------------------------------------------------------------------------

# Milliseconds of a clock that may be subtracted.
now_ms() {
	local t=$EPOCHREALTIME
	t=${t/[.,]/}
	echo "$((10#$t / 1000))"
}

RF_SLOW=${RF_SLOW:-1}

# wait_until SECONDS CMD...: run the command again and again until it succeeds; 1 when the time is over.
wait_until() {
	local end
	end=$(($(now_ms) + $1 * 1000 * RF_SLOW))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt "$end" ] || return 1
		sleep 0.02
	done
}

# within SECONDS CMD...: run the program; 124 when the time is over.
within() {
	local seconds=$(($1 * RF_SLOW))
	shift
	timeout "$seconds" "$@"
}

# elapsed CMD...: run it, leave its wall time in milliseconds in ELAPSED and return its status.
elapsed() {
	local start rc
	start=$(now_ms)
	"$@"
	rc=$?
	# shellcheck disable=SC2034 # for the scripts
	ELAPSED=$(($(now_ms) - start))
	return $rc
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

at_most() {
	[ "$1" -le "$2" ]
}

# --- identities ------------------------------------------------------------------------------------------------

# home_of UID: that identity's home, made on first use.
home_of() {
	local home=$T/home/$1
	if [ ! -d "$home" ]; then
		mkdir -p "$home"
		chown "$1:$1" "$home"
		chmod 0700 "$home"
	fi
	echo "$home"
}

# run_as UID CMD...: as that user and group, no further groups, own home.
run_as() {
	local uid=$1 home
	shift
	home=$(home_of "$uid")
	HOME=$home setpriv --reuid "$uid" --regid "$uid" --clear-groups -- "$@"
}

# client_as UID CMD...: the same, but a member of the tracing group, which may talk to root's daemon.
client_as() {
	local uid=$1 home gid
	shift
	home=$(home_of "$uid")
	gid=$(getent group tracing | cut -d: -f3)
	HOME=$home setpriv --reuid "$uid" --regid "$uid" --groups "$gid" -- "$@"
}

# --- daemons -----------------------------------------------------------------------------------------------------

DAEMON_PID=

# suite_command: how the daemons are started, one word a line.
suite_command() {
	if [ "$SUITE" = stock ]; then
		echo lttng-sessiond
		return
	fi
	echo "$BIN/ringfenced"
	# So that both can be tested on one machine.
	[ -z "${KERNEL_TRACER:-}" ] || echo "--kernel-tracer=$KERNEL_TRACER"
	if [ -z "${SUITE_AS:-}" ] && [ "$(id -u)" = 0 ]; then
		echo "--sessiond-user=$RF_SESSIOND_UID:$RF_SESSIOND_UID"
		echo "--consumer-user=$RF_CONSUMER_UID:$RF_CONSUMER_UID"
	fi
}

suite_available() {
	if [ "$SUITE" = stock ]; then
		command -v lttng-sessiond >/dev/null
	else
		[ -x "$BIN/ringfenced" ]
	fi
}

# Where its sockets are.
SUITE_DIR=/run/lttng

# The script itself stays root: it may look at everybody's processes and files. What it starts by these names does not.
suite_as() {
	local dir=$T/as path
	mkdir -p "$dir"
	for path in "$(command -v lttng)" "$BIN"/rf-*; do
		cat >"$dir/${path##*/}" <<-END
			#!/bin/sh
			[ -O / ] || exec "$path" "\$@"
			# Some libraries for applications are not for setpriv.
			preload=\$LD_PRELOAD
			unset LD_PRELOAD
			exec setpriv --reuid "$SUITE_AS" --regid "$SUITE_AS" --clear-groups -- \
				env \${preload:+"LD_PRELOAD=\$preload"} "$path" "\$@"
		END
		chmod 0755 "$dir/${path##*/}"
	done
	PATH=$dir:$PATH
	HOME=$(home_of "$SUITE_AS")
	SUITE_DIR=$HOME/.lttng
	chown "$SUITE_AS" "$T"
}
[ -z "${SUITE_AS:-}" ] || suite_as

# sanitised: ours, built with SAN=.
sanitised() {
	# Not grep -q: it would leave, ldd would end by a signal, and the pipe would have failed.
	[ "$SUITE" = ours ] && ldd "$BIN/ringfenced" | grep -E 'lib[at]san' >/dev/null
}

suite_ready() {
	[ -S "$SUITE_DIR/client-lttng-sessiond" ] && [ -S "$SUITE_DIR/lttng-ust-sock-8" ] && lttng -n list
}

# start_suite [OPTION...]: the daemon, in the background; returns when it answers. DAEMON_PID is its process.
# shellcheck disable=SC2120 # options are rare
start_suite() {
	local command
	suite_available || bail "the $SUITE daemons are not there"
	mapfile -t command < <(suite_command)
	[ -z "${SUITE_AS:-}" ] || command=(setpriv --reuid "$SUITE_AS" --regid "$SUITE_AS" --clear-groups -- "${command[@]}")
	rm -f "$T/daemon.pid" "$T/daemon.status"
	# Its status is kept in a file: bash forgets that of a child which it was asked about before.
	(
		# shellcheck disable=SC2086 # RF_DAEMON_ARGS is a list of words
		"${command[@]}" ${RF_DAEMON_ARGS:-} "$@" >>"$LOG/daemon" 2>&1 &
		echo $! >"$T/daemon.pid"
		wait $!
		echo $? >"$T/daemon.status"
	) &
	wait_until 5 test -s "$T/daemon.pid" || bail "the daemon's pid is not known"
	DAEMON_PID=$(cat "$T/daemon.pid")
	wait_until 10 suite_ready && return 0
	bail "the $SUITE daemons do not answer"
}

# stop_suite: orderly end by SIGTERM; returns the daemon's exit status, 124 when it does not end.
stop_suite() {
	local pid=$DAEMON_PID rc
	DAEMON_PID=
	[ -n "$pid" ] || return 0
	kill -TERM "$pid" 2>/dev/null
	if ! wait_until 15 gone "$pid"; then
		diag "pid $pid ignored SIGTERM for 15 s"
		kill -KILL "$pid"
		return 124
	fi
	wait_until 5 test -s "$T/daemon.status" || return 125
	rc=$(cat "$T/daemon.status")
	wait_until 5 no_daemons || return 123
	return "$rc"
}

# A killed process loses its program first and its files, sockets and locks later, up to its last thread.
# ending DIR: the name of the process of this directory of /proc, if it still may have them.
ending() {
	grep -qE '^State:\s+[^ZX]|^Threads:\s+([2-9]|1.)' "$1/status" && cat "$1/comm"
} 2>/dev/null

# daemon_pids [ROLE]: pids of the suite's processes, by role: broker, sessiond, consumer or (default) all.
# The namespace is private, so every process of these names belongs to this test; with RF_SHARE_PIDS that of mounts is.
# shellcheck disable=SC2120 # a role is optional
daemon_pids() {
	local dir exe role
	for dir in /proc/[0-9]*; do
		exe=$(readlink "$dir/exe" 2>/dev/null) || exe=$(ending "$dir") || continue
		# A name by itself is cut after 15 characters.
		case ${exe##*/} in
		ringfenced*) role=broker ;;
		ringfence-sessi* | lttng-sessiond*) role=sessiond ;;
		ringfence-consu* | lttng-consumerd*) role=consumer ;;
		*) continue ;;
		esac
		[ -z "${RF_SHARE_PIDS:-}" ] || [ "$dir/ns/mnt" -ef /proc/self/ns/mnt ] || continue
		[ "${1:-$role}" != "$role" ] || echo "${dir#/proc/}"
	done
}

no_daemons() {
	# shellcheck disable=SC2119 # all of them
	[ -z "$(daemon_pids)" ]
}

# kill_suite: whatever is left of the daemons, when some of them were killed.
kill_suite() {
	# The broker first: it would start others again.
	# shellcheck disable=SC2119 # all of them
	{ daemon_pids broker; daemon_pids; } | xargs -r kill -KILL 2>/dev/null
	wait_until 10 no_daemons || bail "daemons stay"
}

# --- traces --------------------------------------------------------------------------------------------------------

# read_trace DIR: every event as a line of text in $T/events. Fails when babeltrace2 fails or says anything but
# that the tracer discarded events.
read_trace() {
	local rc
	babeltrace2 "$1" >"$T/events" 2>"$T/events.err"
	rc=$?
	if [ $rc != 0 ] || grep -qvE 'Tracer (may have )?discarded ([0-9]+ )?(event|packet)' "$T/events.err"; then
		echo "babeltrace2 $1: exit status $rc" >&2
		head -n 10 "$T/events.err" >&2
		return 1
	fi
}

# has_packets DIR: there are three sub-buffers of 4096 bytes of channel ch.
has_packets() {
	local size
	size=$(find "$1" -name 'ch_*' ! -name '*.idx' -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }')
	[ "$size" -ge 12288 ]
}

# left_readable NAME: what a killed daemon has left of session NAME can be read. 1: it need not be, for it is the stock one.
left_readable() {
	if [ "$SUITE" = stock ]; then
		skip "$1: the trace is readable" "metadata of the stock daemons may be missing then"
		return 1
	fi
	ok "$1: the trace is readable" read_trace "$T/out/$1"
	return 0
}

# events DIR [PATTERN]: how many events (whose line matches PATTERN) the trace holds; "unreadable" when it is not clean.
events() {
	if ! read_trace "$1"; then
		echo unreadable
		return 1
	fi
	if [ $# -gt 1 ]; then
		grep -cE -- "$2" "$T/events"
	else
		wc -l <"$T/events"
	fi
	return 0
}

# discarded SESSION: the sum of "Discarded events" over the session's channels, as lttng list tells it.
discarded() {
	lttng -n list "$1" | awk '/Discarded events:/ { n += $3 } END { print n + 0 }'
}

# tree_of DIR: type, mode, owner and name of everything below, with process ids, dates and CPU-free order.
tree_of() {
	find "$1" -printf '%y %m %U:%G %P\n' | normalise_dates | sed -E 's/(ust\/pid\/[^ /]*)-[0-9]+-DATE/\1-PID-DATE/' | sort -k4
}

normalise_dates() {
	sed -E 's/[0-9]{8}[-T][0-9]{6}([+-][0-9]{4})?/DATE/g'
}

# normalise_list: `lttng list` output with dates taken out.
normalise_list() {
	normalise_dates | sed -E 's/[A-Z][a-z]{2} [A-Z][a-z]{2} +[0-9]+ [0-9:]{8} [0-9]{4}/DATE/'
}

# --- applications ----------------------------------------------------------------------------------------------------

# app_registered PID: the daemon lists tracepoints of that process.
app_registered() {
	lttng -n list -u | grep -q "^PID: $1 "
}

# apps_registered N: that many processes are listed.
apps_registered() {
	[ "$(lttng -n list -u | grep -c '^PID: ')" = "$1" ]
}

# ready_files N PREFIX: files PREFIX* that applications made when they were ready.
ready_files() {
	local files
	files=$(compgen -G "$2*" | wc -l)
	[ "$files" -ge "$1" ]
}

# --- the end -----------------------------------------------------------------------------------------------------------

# What else a script has to take away; libraries define it anew.
rf_leave() {
	:
}

rf_finish() {
	local rc=$? file
	trap - EXIT
	rf_leave
	if [ -z "$tap_finished" ] && [ $rc = 0 ]; then
		echo "not ok $((tap_count + 1)) - the script ended before its last line"
		rc=1
	fi
	# Sanitised builds speak on stderr and go on.
	if grep -qE '(Address|Leak|Thread|UndefinedBehavior)Sanitizer|runtime error:' "$LOG"/* 2>/dev/null; then
		echo "not ok $((tap_count + 1)) - the sanitisers have nothing to say"
		diag "$(grep -hE -A 12 '(Address|Leak|Thread|UndefinedBehavior)Sanitizer|runtime error:' "$LOG"/* | head -n 60)"
		rc=1
	fi
	# The kernel's word: a build for use would have died there, and a sanitised one before it could speak.
	if grep -q 'violation=seccomp' "$LOG"/* 2>/dev/null; then
		echo "not ok $((tap_count + 1)) - no filter is violated"
		rc=1
	fi
	if [ $rc != 0 ]; then
		for file in "$LOG"/*; do
			[ -s "$file" ] || continue
			diag "--- last lines of ${file##*/} ---"
			diag "$(tail -n 40 "$file")"
		done
		[ -z "${RF_KEEP:-}" ] || { mkdir -p "$RF_KEEP" && cp -a "$T/." "$RF_KEEP/"; }
	fi
	exit $rc
}
trap rf_finish EXIT
