# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Rotating, clearing, snapshots, saving and tracking as weapons: by clients that flood with them, applications that never
# answer or destroy buffers which are files, and users who plant links where another's chunks go.

# shellcheck source=tests/attack/suite.sh
. "$here/suite.sh"
# shellcheck disable=SC2119 # no hook
start_suite
# shellcheck disable=SC2034 # for suite.sh
hostile_program=hostile_client hostile_socket=/run/lttng/client-lttng-sessiond

# record UID NAME [OPTION OF CREATE...]: a session that records tracef(); under $T/home/UID, or where an option says.
record() {
	local uid=$1 name=$2
	shift 2
	mkdir -p "$T/home/$uid" && chown "$uid:$uid" "$T/home/$uid"
	[ $# -gt 0 ] || set -- "--output=$T/home/$uid/$name"
	# shellcheck disable=SC2016 # for the other shell
	check "a session $name of $uid" as "$uid" bash -ec '
		name=$1 && shift
		lttng -n create "$name" "$@"
		lttng -n enable-channel -u -s "$name" --subbuf-size=64k --num-subbuf=8 chan
		lttng -n enable-event -u -s "$name" -c chan "lttng_ust_tracef:*"
		lttng -n start "$name"' - "$name" "$@"
}

# in_time MS NAME COMMAND...: succeeds within that time; sanitised builds have five times as long.
in_time() {
	local limit=$1 name=$2 begin ms
	shift 2
	! "$BUILD/tests/attack/attack_inside" --sanitized || limit=$((limit * 5))
	begin=$(now_ms)
	if ! "$@" >"$T/log/in-time" 2>&1; then
		fail "$name" "$(tail -n 5 "$T/log/in-time")"
		return
	fi
	ms=$(($(now_ms) - begin))
	if [ $ms -le "$limit" ]; then pass "$name ($ms ms)"; else fail "$name" "it took $ms ms"; fi
}

# count DIR: how many events a reader finds in a clean trace; its complaints otherwise.
count_events() {
	local out
	if out=$(babeltrace2 "$1" 2>"$T/log/babeltrace"); then
		grep -c "lttng_ust_tracef:event" <<<"$out"
	else
		tail -n 3 "$T/log/babeltrace"
	fi
}

same() {
	[ "$1" = "$2" ] || { echo "got: $1, wanted: $2" && false; }
}

### Floods.
record "$ALICE" amid-floods
record "$BOB" of-bob
as "$BOB" lttng -n create of-bob-snapshots --snapshot >/dev/null
as "$BOB" lttng -n enable-event -u -s of-bob-snapshots 'lttng_ust_tracef:*' >/dev/null
as "$BOB" lttng -n start of-bob-snapshots >/dev/null
as "$BOB" "$T/suite/traced_app" 1000
hostile bursts of-bob
list_in_time "bursts of commands on a session"
in_time 1000 "another user rotates despite bursts of commands" as "$ALICE" lttng -n rotate amid-floods
in_time 1000 "another user saves despite bursts of commands" \
	as "$ALICE" lttng -n save --output-path="$T/home/$ALICE/saved" amid-floods
in_time 1000 "another user clears despite bursts of commands" as "$ALICE" lttng -n clear amid-floods
hostile_results
hostile bursts of-bob-snapshots
in_time 1000 "another user rotates despite bursts of snapshots" as "$ALICE" lttng -n rotate amid-floods
hostile_results
hostile leave-at-once of-bob
list_in_time "a client that leaves before it has its answers"
hostile_results
hostile arguments-garbage of-bob
hostile arguments-garbage of-bob-snapshots
list_in_time "arguments that make no sense"
hostile_results
as "$ALICE" "$T/suite/traced_app" 1000
check "commands: alice's session ends" as "$ALICE" timeout 20 lttng -n destroy amid-floods
check "commands: all that alice recorded after her clear is there" same "$(count_events "$T/home/$ALICE/amid-floods")" 1000
check "commands: bob's sessions end" as "$BOB" timeout 60 lttng -n destroy --all
same_processes commands

### Applications that do not answer: the session has what it asked for within their time-out, others meanwhile.
record "$ALICE" of-alice-2
record "$BOB" of-bob-2
become "$BOB" "$T/suite/traced_app" 1000 wait >"$T/log/stopped" 2>&1 &
stopped=$!
check "an application of bob's runs" wait_until 10 grep -q waiting "$T/log/stopped"
for command in rotate clear "untrack --userspace --vpid=--all" "untrack --userspace --vpid=1" "track --userspace --vpid=--all" \
	"regenerate statedump"; do
	kill -STOP $stopped
	read -ra words <<<"${command//--vpid=--all/--vpid --all}"
	session=(--session=of-bob-2)
	case $command in rotate | clear) session=(of-bob-2) ;; esac
	become "$BOB" timeout 30 lttng -n "${words[@]}" "${session[@]}" >"$T/log/command" 2>&1 &
	commanding=$!
	begin=$(now_ms)
	list_in_time "an application that is stopped during $command"
	in_time 1000 "another user rotates meanwhile ($command)" as "$ALICE" lttng -n rotate of-alice-2
	wait $commanding
	status=$?
	ms=$(($(now_ms) - begin))
	# It is one of five seconds; "not tracked" is an answer, too.
	if [ $status -lt 124 ] && [ $ms -lt 10000 ]; then
		pass "$command with a stopped application is over ($ms ms)"
	else
		fail "$command with a stopped application is over" "status $status after $ms ms" "$(cat "$T/log/command")"
	fi
	kill -CONT $stopped
done
kill -KILL $stopped
wait $stopped 2>/dev/null
check "commands: bob's session with it ends" as "$BOB" timeout 20 lttng -n destroy of-bob-2
check "commands: alice's session ends, too" as "$ALICE" timeout 20 lttng -n destroy of-alice-2
same_processes commands

### Ring buffers that are files, in a session of root; bob's application has descriptors of its own.
# cutting COMMAND...: root's session "files" with two applications, of which bob's cuts its buffers, and commands on it.
cutting() {
	rm -rf "$T/home/0/files" "$T/home/0/shm" && mkdir -p "$T/home/0/shm"
	record 0 files "--output=$T/home/0/files" "--shm-path=$T/home/0/shm"
	become "$ALICE" "$T/suite/traced_app" 1000 wait >"$T/log/honest" 2>&1 &
	honest=$!
	check "an application of alice's runs" wait_until 10 grep -q waiting "$T/log/honest"
	become "$BOB" "$T/suite/traced_app" 1000 cutter >"$T/log/cutter" 2>&1 &
	cutter=$!
	check "an application of bob's cuts its buffers" wait_until 10 grep -q "cut [1-9]" "$T/log/cutter"
	for command; do
		in_time 5000 "root's session has its $command despite cut buffers" timeout 20 lttng -n "$command" files
		[ "$command" = stop ] || in_time 1000 "another user's session has its $command despite cut buffers" \
			as "$ALICE" lttng -n "$command" of-alice-3
	done
	{ kill -KILL $cutter $honest && wait $cutter $honest; } 2>/dev/null
	in_time 5000 "root's session is destroyed despite cut buffers" timeout 20 lttng -n destroy files
}

record "$ALICE" of-alice-3
cutting rotate clear rotate stop
as "$ALICE" "$T/suite/traced_app" 1000
check "commands: alice's session ends a third time" as "$ALICE" timeout 20 lttng -n destroy of-alice-3
# A thousand were archived before the clear.
check "commands: all of alice's that was not cleared is there" \
	same "$(count_events "$T/home/$ALICE/of-alice-3")" 2000
check "commands: root's archives of alice's are whole" test -n "$(ls "$T/home/0/files/archives")"
same_processes commands
stop_suite commands

start_suite die-of-rings
record "$ALICE" of-alice-3
cutting rotate rotate rotate rotate stop
if grep -q "program=ringfence-consumerd .*result=killed signal=6" "$T/log/suite"; then
	pass "commands: a consumer dies of cut buffers (die-of-rings)"
else
	fail "commands: a consumer dies of cut buffers (die-of-rings)" "$(tail -n 20 "$T/log/suite")"
fi
stop_broker

### Links: bob may write to the directory that alice's traces are in, and puts links to what is hers alone.
# plant WHERE: in the place of WHERE in the trace.
plant() {
	as "$BOB" bash -ec "rm -rf '$1' 2>/dev/null || mv '$1' '$1-away'; ln -s '$T/home/$ALICE/private' '$1'" 2>&1
}

# what is in alice's private directory, and in what it holds
private_content() {
	find "$T/home/$ALICE/private" -printf '%p %y %m %s %i\n' | sort
}

# The chunk that is written to at first is the root itself, later ones have a directory of their own.
# links COMMAND...: with the links planted before the second of these; SPOILT tells whether anything of alice's changed.
links() {
	local root=$T/open/out before command step=0
	rm -rf "$T/open" "$T/home/$ALICE/private"
	mkdir -p "$root" && chown "$ALICE:$ALICE" "$T/open" "$root" && chmod 0777 "$T/open" "$root"
	as "$ALICE" mkdir -p "$T/home/$ALICE/private/ust/uid/$ALICE/64-bit" "$T/home/$ALICE/private/index"
	as "$ALICE" sh -c "echo mine | tee '$T/home/$ALICE/private/chan_0' '$T/home/$ALICE/private/metadata'" >/dev/null
	chmod 0755 "$T/home/$ALICE" "$T/home"
	record "$ALICE" open "--output=$root"
	as "$ALICE" "$T/suite/traced_app" 1000
	before=$(private_content)
	for command; do
		if [ "$command" = plant ]; then
			for name in archives .tmp_old_chunk ust; do plant "$root/$name"; done >"$T/log/plant"
			for name in "$root"/2*; do [ ! -d "$name" ] || plant "$name"; done >>"$T/log/plant"
			continue
		fi
		step=$((step + 1))
		as "$ALICE" timeout 20 lttng -n "$command" open >"$T/log/links-$step" 2>&1
		as "$ALICE" timeout 10 "$T/suite/traced_app" 1000
	done
	as "$ALICE" timeout 20 lttng -n destroy open >"$T/log/links-destroy" 2>&1
	SPOILT=no
	[ "$(private_content)" = "$before" ] || SPOILT=yes
}

# shellcheck disable=SC2119 # no hook
start_suite
for plan in "plant rotate clear" "rotate plant rotate clear" "plant clear rotate" "rotate rotate plant clear"; do
	# shellcheck disable=SC2086 # a list of words
	links $plan
	if [ $SPOILT = no ]; then
		pass "links: nothing of alice's changes ($plan)"
	else
		fail "links: nothing of alice's changes ($plan)" "$(private_content)" "$(tail -n 20 "$T/log/suite")"
	fi
done
check "links: what is refused is in the audit log" grep -Eq "audit: op=.*-chunk .*result=refused" "$T/log/suite"
same_processes links
stop_suite links

start_suite follow-links
links plant rotate
if [ $SPOILT = yes ]; then
	pass "links: what is alice's changes (follow-links)"
else
	fail "links: what is alice's changes (follow-links)" "$(tail -n 20 "$T/log/suite")"
fi
stop_broker
