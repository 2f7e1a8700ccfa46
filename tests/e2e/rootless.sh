#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A daemon that a plain user starts: where it is, what it makes and removes, who may start one, that it lives beside root's,
# and that everything works in it as in root's.
# Takes up to 240 s

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

home=$(home_of "$ALICE")
dir=$home/.lttng
wait_file=/dev/shm/lttng-ust-wait-8-$ALICE
alice() { run_as "$ALICE" "$@"; }
daemon=$BIN/ringfenced other=lttng-sessiond
[ "$SUITE" = ours ] || { daemon=lttng-sessiond other=$BIN/ringfenced; }

# -b keeps stdio, which must not be a pipe that somebody reads to its end.
start() { alice timeout 20 "$@" >>"$LOG/daemon" 2>&1; }
end_in() {
	kill -TERM "$(cat "$1/lttng-sessiond.pid")" && wait_until 15 nobody_of_alice
}
end() { end_in "$dir"; }
# What is left are not daemons: sessions that were saved.
nothing_left() { [ -z "$(find "$1" -mindepth 1 ! -path '*/sessions*')" ]; }
# All of the user's daemons and their helpers.
pids_of_alice() {
	local pid
	# shellcheck disable=SC2119 # all of them
	for pid in $(daemon_pids); do ! grep -qE "^Uid:\s+$ALICE\s" "/proc/$pid/status" || echo "$pid"; done 2>/dev/null
}
nobody_of_alice() { [ -z "$(pids_of_alice)" ]; }
shm_word() { od -An -N4 -td4 "$1" | tr -d ' '; }
answers() { alice lttng -n list; }
# sessions USER-FUNCTION: the names of those that this user sees.
sessions() { "$1" lttng -n list | sed -n 's/^ *[0-9]*) \([^ ]*\) .*/\1/p' | sort | tr '\n' ' '; }

# record USER-FUNCTION NAME: a session that is started.
record() {
	"$1" lttng -q create "$2" -o "$T/out/$2" && "$1" lttng -q enable-event -u -s "$2" 'rf_sample:*' && "$1" lttng -q start "$2"
}

# --- what it makes ---------------------------------------------------------------------------------------------

rendezvous() {
	cat <<-END
		d 700 $ALICE:$ALICE .
		s 660 $ALICE:$ALICE ./client-lttng-sessiond
		f 640 $ALICE:$ALICE ./lttng-sessiond.lck
		f 644 $ALICE:$ALICE ./lttng-sessiond.pid
		s 666 $ALICE:$ALICE ./lttng-ust-sock-8
		s 755 $ALICE:$ALICE ./sessiond-health
		s 660 $ALICE:$ALICE ./sessiond-notification
		d 750 $ALICE:$ALICE ./ustconsumerd32
		s 660 $ALICE:$ALICE ./ustconsumerd32/error
		d 750 $ALICE:$ALICE ./ustconsumerd64
		s 660 $ALICE:$ALICE ./ustconsumerd64/error
	END
	# The stock daemons make it with the first consumer.
	[ "$SUITE" = stock ] || echo "s 755 $ALICE:$ALICE ./ustconsumerd64/health"
}
# No agents are served here: no file for their port.
made() { (cd "$1" && find . ! -name agent.port -printf '%y %m %U:%G %p\n' | sort -k4); }

ok "it starts" start "$daemon" -d
ok "a client is answered at once" answers
is "$(made "$dir")" "$(rendezvous)" "what it makes, with modes and owners"
is "$(stat -c '%a %u:%g' "$wait_file")" "660 $ALICE:$ALICE" "its wait file"
is "$(shm_word "$wait_file")" 1 "which says that it listens"
is "$(tr -dc 0-9 <"$dir/lttng-sessiond.pid")" "$(pids_of_alice | sort -n | head -n 1)" "its pid file"
not_ok "it makes nothing of root's" test -e /run/lttng
for option in "" -d -b; do
	# shellcheck disable=SC2086 # may be nothing
	not_ok "a second instance refuses${option:+ with $option}" start "$daemon" $option
done
ok "the first goes on" answers
if [ "$SUITE" = ours ] && command -v lttng-sessiond >/dev/null; then
	for option in "" -d; do
		# shellcheck disable=SC2086
		not_ok "a stock daemon refuses${option:+ with $option}" start "$other" $option
	done
	ok "and the first still goes on" answers
fi
ok "the daemon's health" alice rf-health sessiond
record alice healthy
alice rf-sample -n 3 >/dev/null
ok "the consumer's health" alice rf-health consumerd64
alice lttng -q destroy healthy
is "$(events "$T/out/healthy")" 3 "it records"
is "$(find "$T/out/healthy" ! -uid "$ALICE" | wc -l)" 0 "the trace is the user's"
ok "it ends" end
ok "and leaves nothing" nothing_left "$dir"
is "$(shm_word "$wait_file")" 0 "the wait file says so"

if [ "$SUITE" = ours ] && command -v lttng-sessiond >/dev/null; then
	ok "a stock daemon" start "$other" -d
	not_ok "beside a stock daemon it refuses" start "$daemon"
	not_ok "beside a stock daemon it refuses with -d" start "$daemon" -d
	ok "the stock daemon goes on" answers
	ok "the stock daemon ends" end
	ok "then it starts" start "$daemon" -d
	ok "and ends" end
fi

# --- where -------------------------------------------------------------------------------------------------------

in_place() {
	local desc=$1 place=$2
	shift 2
	ok "$desc: it starts" start "$@" "$daemon" -d
	ok "$desc: it is there" test -S "$place/.lttng/client-lttng-sessiond"
	alice "$@" lttng -q create place
	alice "$@" lttng -q enable-event -u 'rf_sample:*'
	alice "$@" lttng -q start
	# Without any of the two variables applications do not look for a user's daemon.
	alice env LTTNG_HOME="$place" rf-sample -n 10 >/dev/null
	ok "$desc: clients find it" alice "$@" lttng -q destroy
	is "$(events "$place/lttng-traces")" 10 "$desc: the trace is there"
	is "$(find "$place" ! -uid "$ALICE" | wc -l)" 0 "$desc: every file is the user's"
	ok "$desc: it ends" end_in "$place/.lttng"
	ok "$desc: it leaves nothing" nothing_left "$place/.lttng"
}
install -d -o "$ALICE" -g "$ALICE" "$T/out/lttng-home" "$T/out/a-home"
in_place "LTTNG_HOME" "$T/out/lttng-home" env LTTNG_HOME="$T/out/lttng-home"
in_place "HOME" "$T/out/a-home" env HOME="$T/out/a-home"
in_place "the account's home" "$home" env -u HOME
if [ "$SUITE" = ours ]; then
	# Sessions to load are looked for in the same place, also when no variable names it.
	start "$daemon" -b
	alice lttng -q create loaded -o "$T/out/loaded"
	alice lttng -q save -o "$dir/sessions/auto" loaded
	end || fail "it ends"
	start env -u HOME "$daemon" -b
	is "$(sessions alice)" "loaded " "the account's home: sessions are loaded"
	end || fail "it ends"
	rm -r "$dir/sessions"
fi
not_ok "the home directory itself is not made" start env HOME="$T/out/none" "$daemon" -d
not_ok "nor anything in it" test -e "$T/out/none"
long=$T/out/lttng-home/$(printf 'x%.0s' {1..90})
alice mkdir "$long"
not_ok "a name that is too long for sockets" start env HOME="$long" "$daemon" -d
ours_ok "leaves nothing" nothing_left "$long/.lttng"

# --- started by lttng create -----------------------------------------------------------------------------------

spawn() { alice env LTTNG_SESSIOND_PATH="$(command -v "$daemon")" lttng create "$@"; }
list_needs_one() { alice lttng -n list >/dev/null 2>&1; }
not_ok "list starts no daemon" list_needs_one
not_ok "nor does create with -n" alice lttng -n create no
ok "create does" spawn first
is "$(sessions alice)" "first " "and makes its session"
ok "the next one finds it" spawn second
is "$(sessions alice)" "first second " "and makes its own"
end || fail "it ends"
# Who of several is first is open; in the end there is one daemon and who succeeded has a session in it.
pids=()
for ((i = 0; i < 6; i++)); do
	spawn "at-once-$i" >"$T/spawned-$i" 2>&1 && echo "at-once-$i" >>"$T/spawned" &
	pids+=($!)
done
wait "${pids[@]}"
is "$(sessions alice)" "$(sort "$T/spawned" | tr '\n' ' ')" "six at once: each that succeeded has its session"
is "$(cat "$dir/lttng-sessiond.pid")" "$(pids_of_alice | head -n 1)" "six at once: one daemon"
end || fail "it ends"
not_ok "create says when there is none" alice env LTTNG_SESSIOND_PATH=/bin/false lttng create none

# The parent is told by a signal; by our daemons also if it started one that goes into the background.
signals_parent() {
	alice bash -c 'trap "exit 0" USR1; "$@" >/dev/null 2>&1 & for ((i = 0; i < 200; i++)); do sleep 0.05; done; exit 1' sh "$@"
}
for options in -S "-b -S" "-d -S"; do
	[ "$SUITE" = ours ] || [ "$options" = -S ] || continue
	# shellcheck disable=SC2086 # words
	ok "$options: the parent is told" signals_parent "$daemon" $options
	ok "$options: and answered at once" answers
	end || fail "$options: ends"
done

# Whoever is told that it is ready is answered: again and again.
late=0
for ((i = 0; i < 10; i++)); do
	start "$daemon" -b || late=$((late + 1))
	answers >/dev/null 2>&1 || late=$((late + 1))
	end || late=$((late + 1))
done
is "$late" 0 "ten times: ready is ready"

# One ends while several begin: one of them is the next, none finds anything of the old one's in its way or takes it for its own.
# Of stock daemons that go into the background several may start: they lose their lock.
if [ "$SUITE" = ours ]; then
	begin_next() {
		until start "$daemon" -b; do ! answers || return 1; done
	}
	wrong=0
	start "$daemon" -b
	for ((i = 0; i < 5; i++)); do
		old=$(cat "$dir/lttng-sessiond.pid")
		kill -TERM "$old"
		pids=() won=0
		for ((j = 0; j < 4; j++)); do
			begin_next >/dev/null 2>&1 &
			pids+=($!)
		done
		for pid in "${pids[@]}"; do ! wait "$pid" || won=$((won + 1)); done
		wait_until 10 gone "$old" || wrong=$((wrong + 1))
		if [ "$won" != 1 ] || ! answers >/dev/null 2>&1; then wrong=$((wrong + 1)); fi
	done
	ok "one ends while others begin: five times one of them is the next" test "$wrong" = 0
	end || fail "it ends"
fi

# --- what remains of a killed one ----------------------------------------------------------------------------------

start "$daemon" -b
mapfile -t killed < <(pids_of_alice)
kill -KILL "${killed[@]}" 2>/dev/null
wait_until 5 nobody_of_alice || fail "killed daemons stay"
ok "over the remains of a killed one" start "$daemon" -b
is "$(made "$dir")" "$(rendezvous)" "all is there as if there had been nothing"
end || fail "it ends"
ok "over the remains of a killed one: nothing is left" nothing_left "$dir"

# --- hostile neighbours ------------------------------------------------------------------------------------------

# Another user made the wait file, and cuts it while the daemon writes and applications map it.
rm "$wait_file"
(umask 0 && run_as "$BOB" dd if=/dev/zero of="$wait_file" bs=4096 count=1 2>/dev/null)
ok "a wait file of another user" start "$daemon" -b
run_as "$BOB" truncate -s 0 "$wait_file"
ok "it ends in order although that user cut it" end
ok "and nothing is left" nothing_left "$dir"
rm -f "$wait_file"

# Everybody may go to the directory: an application of another user is not recorded.
chmod 0755 "$dir"
chmod 0711 "$home"
start "$daemon" -b
record alice mine
alice rf-sample -n 3 >/dev/null
LTTNG_HOME=$home run_as "$BOB" rf-sample -n 5 >/dev/null
LTTNG_HOME=$home run_as "$BOB" lttng -n list >"$T/list" 2>&1
not_ok "another user is no client" grep -q mine "$T/list"
alice lttng -q destroy mine
ours_ok "another user's application is not recorded" test "$(events "$T/out/mine")" = 3

if [ "$SUITE" = ours ]; then
	record alice filtered
	alice rf-sample -n 3 >/dev/null
	bad=0
	confined() { sed -nE 's/^(Uid|CapEff|CapPrm|CapInh|NoNewPrivs|Seccomp):\s+(\S+).*/\2/p' "/proc/$1/status" | tr '\n' ' '; }
	mapfile -t pids < <(pids_of_alice)
	for pid in "${pids[@]}"; do
		[ "$(confined "$pid")" = "$ALICE 0000000000000000 0000000000000000 0000000000000000 1 2 " ] || bad=$((bad + 1))
	done
	ok "broker, session daemon, consumer and worker are there" test "${#pids[@]}" -ge 4
	is "$bad" 0 "each is in its filter, without any capability and any way to one"
	alice lttng -q destroy filtered
fi

# With a low limit of descriptors, which a user cannot raise: 75 applications, of which others may not take half here.
end || fail "it ends"
(ulimit -n 400 && start "$daemon" -b)
for ((i = 0; i < 60; i++)); do alice rf-idle -r "$T/out/idle-$i" >/dev/null 2>&1 & done
all_registered() { [ "$(alice lttng -n list -u | grep -c '^PID: ')" = 60 ]; }
ours_ok "a low limit of descriptors: sixty applications" wait_until 20 all_registered
mapfile -t idle < <(pgrep -u "$ALICE" -x rf-idle)
kill "${idle[@]}"

# Another group of the same user, by newgrp or sg. A stock daemon cannot take that identity, and ends in the attempt to save.
if [ "$SUITE" = ours ]; then
	other_group() { HOME=$home setpriv --reuid "$ALICE" --regid "$BOB" --clear-groups -- "$@"; }
	ok "a client with another group: a session" record other_group grouped
	ok "a client with another group: an application" other_group rf-sample -n 3
	ok "a client with another group: save" other_group lttng save grouped
	other_group lttng -q destroy grouped
	is "$(events "$T/out/grouped")" 3 "a client with another group: every event"
	ok "load" alice lttng load grouped
	is "$(sessions alice)" "grouped " "what was loaded"
fi
end || fail "it ends"

# --- beside root's --------------------------------------------------------------------------------------------------

root() { "$@"; }
bob() { client_as "$BOB" "$@"; }
stop_roots() { kill -TERM "$DAEMON_PID" && wait_until 15 test -s "$T/daemon.status" && [ "$(cat "$T/daemon.status")" = 0 ]; }
start_suite
ok "beside root's daemon" start "$daemon" -b
not_ok "but not for a member of its group" bob timeout 10 "$daemon" -b
record root roots
record alice hers
ok "a member of the group uses root's" record bob bobs
is "$(sessions alice)" "hers " "others their own"
is "$(sessions root)" "bobs roots " "root's is another"
alice rf-sample -n 7 >/dev/null
run_as "$BOB" rf-sample -n 5 >/dev/null
# One that is there when they end.
LTTNG_UST_REGISTER_TIMEOUT=-1 alice rf-sample -n 2 -g "$T/gate" -r "$T/out/waiting" >/dev/null &
waiting=$!
wait_until 10 test -e "$T/out/waiting" || bail "the application does not start"
alice lttng -q destroy hers
is "$(events "$T/out/hers")" 7 "the user's daemon records the user's application"
ok "the user's daemon ends" end
: >"$T/gate"
wait "$waiting"
lttng -q destroy roots
is "$(events "$T/out/roots")" 14 "root's daemon records the same, and goes on"
bob lttng -q destroy bobs
start "$daemon" -b
record alice stays
ok "root's daemon ends" stop_roots
alice rf-sample -n 4 >/dev/null
alice lttng -q destroy stays
is "$(events "$T/out/stays")" 4 "and the user's goes on"
end || fail "it ends"

# --- everything else --------------------------------------------------------------------------------------------------

# What some hundred commands do in a user's daemon is compared with what they do in a user's stock daemon.
if [ "$SUITE" = ours ] && command -v lttng-sessiond >/dev/null; then
	ok "commands, trees and events are those of a user's stock daemon" env -u RF_PRIVATE SUITE_AS="$ALICE" \
		"$(dirname "$0")/compare.sh" clear data files rotation snapshot trackers
else
	skip "commands, trees and events are those of a user's stock daemon" "for our daemons, where there are stock ones"
fi
done_testing
