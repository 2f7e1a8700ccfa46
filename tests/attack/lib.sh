# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the parts share: results, waiting, and daemons of a build.

count=0 failed=0 skipped=0
# shellcheck disable=SC2034 # for the parts
SESSIOND_UID=64001 CONSUMER_UID=64002 ALICE=64101 BOB=64102

pass() {
	count=$((count + 1))
	echo "ok $count - $1"
}

# fail NAME [LINE...]
fail() {
	count=$((count + 1))
	failed=$((failed + 1))
	echo "not ok $count - $1"
	shift
	[ $# = 0 ] || printf '%s\n' "$@" | sed 's/^/# /'
}

skip() {
	count=$((count + 1))
	skipped=$((skipped + 1))
	echo "ok $count - $1 # SKIP $2"
}

# check NAME COMMAND...: passes when the command does.
check() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		pass "$name"
	else
		fail "$name" "status of: $*" "$(tail -n 15 <<<"$out")"
	fi
}

now_ms() {
	local t=$EPOCHREALTIME
	echo $((10#${t/[.,]/} / 1000))
}

# wait_until SECONDS COMMAND...: again and again until it succeeds; 1 when the time is over.
wait_until() {
	local end=$(($(now_ms) + $1 * 1000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt "$end" ] || return 1
		sleep 0.02
	done
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# as UID COMMAND...: that user, in the tracing group.
as() {
	(become "$@")
}

# become UID COMMAND... &: the same in the background; its pid is the command's.
become() {
	local uid=$1
	shift
	mkdir -p "$T/home/$uid" && chown "$uid:$uid" "$T/home/$uid"
	HOME=$T/home/$uid exec setpriv --reuid "$uid" --regid "$uid" --groups "$(getent group tracing | cut -d: -f3)" -- "$@"
}

# Accounts need no entry: they are given by number.
# start_broker BINDIR LOG [OPTION...]: BROKER is its pid.
start_broker() {
	local bin=$1 log=$2
	shift 2
	"$bin/ringfenced" --sessiond-user=$SESSIOND_UID:$SESSIOND_UID --consumer-user=$CONSUMER_UID:$CONSUMER_UID "$@" \
		>>"$log" 2>&1 &
	BROKER=$!
}

stop_broker() {
	kill -TERM "$BROKER" 2>/dev/null
	if ! wait_until 15 gone "$BROKER"; then
		kill -KILL "$BROKER"
		wait "$BROKER" 2>/dev/null
		return 1
	fi
	wait "$BROKER"
}
