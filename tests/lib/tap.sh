# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The Test Anything Protocol for shell scripts. Sourced by suite.sh.
# Commands run in the script's own shell: a function under test may change its variables.
#
#     plan N                  announce N tests (optional; then a different number of results is a failure)
#     ok DESC CMD [ARG...]    passes when the command succeeds; its output is shown when it does not
#     not_ok DESC CMD ...     passes when the command fails
#     is GOT WANT DESC        string equality
#     ours_ok DESC CMD ...    like ok, but the stock daemons are known not to do it: skipped for them, by name
#     pass DESC / fail DESC / skip DESC REASON
#     bail REASON             nothing further makes sense
#     diag TEXT               a comment line
#     done_testing            the last line of every script: prints the plan, exits 0 only if all is well
#
# A script that ends without done_testing fails.

tap_count=0
tap_failed=0
tap_planned=
tap_finished= # read by suite.sh

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

plan() {
	tap_planned=$1
	echo "1..$1"
}

pass() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

fail() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	return 1
}

skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP ${2:?a skip needs a reason}"
}

ok() {
	local desc=$1 rc
	shift
	"$@" >"$T/tap.out" 2>&1
	rc=$?
	if [ "$rc" = 0 ]; then
		pass "$desc"
		return 0
	fi
	fail "$desc"
	diag "exit status $rc of: $*"
	diag "$(tail -n 20 "$T/tap.out")"
	return 1
}

not_ok() {
	local desc=$1 rc
	shift
	"$@" >"$T/tap.out" 2>&1
	rc=$?
	if [ "$rc" != 0 ]; then
		pass "$desc"
		return 0
	fi
	fail "$desc"
	diag "unexpected success of: $*"
	diag "$(tail -n 20 "$T/tap.out")"
	return 1
}

is() {
	if [ "$1" = "$2" ]; then
		pass "$3"
		return 0
	fi
	fail "$3"
	diag "got:    $1"
	diag "wanted: $2"
	return 1
}

ours_ok() {
	if [ "$SUITE" = stock ]; then
		skip "$1" "known defect of the stock daemons"
		return 0
	fi
	ok "$@"
}

bail() {
	echo "Bail out! $*"
	tap_failed=$((tap_failed + 1))
	exit 1
}

done_testing() {
	# shellcheck disable=SC2034 # read by suite.sh
	tap_finished=1
	if [ -z "$tap_planned" ]; then
		echo "1..$tap_count"
	elif [ "$tap_planned" != "$tap_count" ]; then
		diag "planned $tap_planned tests but ran $tap_count"
		tap_failed=$((tap_failed + 1))
	fi
	[ "$tap_count" -gt 0 ] || tap_failed=1
	[ "$tap_failed" = 0 ]
	exit
}
