# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# A running suite, for the parts that attack it from outside.

suite_ready() {
	lttng -n list
}

# Of the broker.
suite_options=()

# start_suite [HOOK]: with what there is of another build. The tree may lie where only root can go: programs are copied.
start_suite() {
	mkdir -p "$T/suite"
	cp "$BUILD"/bin/ringfence* "$BUILD"/tests/attack/{hostile_client,hostile_kernel,hostile_app,traced_app} "$T/suite/" || exit 2
	[ $# = 0 ] || cp "$BUILD-hook-$1"/bin/ringfence* "$T/suite/" || exit 2
	: >"$T/log/suite"
	start_broker "$T/suite" "$T/log/suite" "${suite_options[@]}"
	if ! wait_until 10 suite_ready; then
		fail "the suite starts" "$(tail -n 20 "$T/log/suite")"
		echo "attack: $((count - failed - skipped)) passed, $failed failed"
		exit 1
	fi
	SESSIOND=$(pids_of ringfence-sessiond)
}

# pids_of PROGRAM: of the processes of that name; the name space is ours alone.
pids_of() {
	local dir
	for dir in /proc/[0-9]*; do
		[ "$(readlink "$dir/exe")" != "$T/suite/$1" ] || echo "${dir#/proc/}"
	done
}

# same_processes WHO: nobody had to be started again.
same_processes() {
	if [ "$(pids_of ringfence-sessiond)" = "$SESSIOND" ] && ! grep -Eq "result=killed|Sanitizer" "$T/log/suite"; then
		pass "$1: the daemons survive"
	else
		fail "$1: the daemons survive" "$(grep -E "audit: op=(end|start|kill)|error" "$T/log/suite" | tail -n 20)"
	fi
}

# list_in_time WHILE: an honest client gets its answer within half a second (sanitised builds: five).
list_in_time() {
	local begin ms limit=500 out
	"$BUILD/tests/attack/attack_inside" --sanitized && limit=5000
	begin=$(now_ms)
	if ! out=$(lttng -n list 2>&1); then
		fail "lttng list works despite $1" "$out"
		return
	fi
	ms=$(($(now_ms) - begin))
	if [ $ms -le $limit ]; then
		pass "lttng list takes $ms ms despite $1"
	else
		fail "lttng list takes $ms ms despite $1"
	fi
}

stop_suite() {
	if stop_broker; then
		pass "$1: the suite ends in order"
	else
		fail "$1: the suite ends in order" "$(tail -n 20 "$T/log/suite")"
	fi
}

# hostile ATTACK [ARGUMENT]: by $hostile_program on $hostile_socket, in the background, as bob; hostile_results takes
# what came out of all of them.
hostile_names=() hostile_pids=()
hostile() {
	become "$BOB" "$T/suite/$hostile_program" "$hostile_socket" "$@" >"$T/log/hostile-${#hostile_pids[@]}" 2>&1 &
	hostile_pids+=($!)
	hostile_names+=("$*")
}

hostile_results() {
	local i log
	for i in "${!hostile_names[@]}"; do
		log=$T/log/hostile-$i
		if wait "${hostile_pids[i]}"; then
			pass "${hostile_program#hostile_}: ${hostile_names[i]}$(sed -n '$s/.*/ (&)/p' "$log")"
		else
			fail "${hostile_program#hostile_}: ${hostile_names[i]}" "$(tail -n 5 "$log")"
		fi
	done
	hostile_names=() hostile_pids=()
}
