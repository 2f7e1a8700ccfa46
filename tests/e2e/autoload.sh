#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sessions that are loaded when the daemon starts: from --load, from the user's directory, from the system's.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"

run_dir=/run/lttng
mapfile -t command < <(suite_command)
auto=$HOME/.lttng/sessions/auto
system=/etc/lttng/sessions/auto

# session_file FILE NAME: a session with one channel, in the form that clients save.
session_file() {
	cat >"$1" <<-END
		<?xml version="1.0" encoding="UTF-8"?>
		<sessions><session><name>$2</name><domains><domain><type>UST</type><buffer_type>PER_UID</buffer_type>
		<channels><channel><name>loaded</name><enabled>true</enabled><overwrite_mode>DISCARD</overwrite_mode>
		<subbuffer_size>131072</subbuffer_size><subbuffer_count>4</subbuffer_count>
		<switch_timer_interval>0</switch_timer_interval><read_timer_interval>0</read_timer_interval>
		<output_type>MMAP</output_type><blocking_timeout>0</blocking_timeout>
		<monitor_timer_interval>1000000</monitor_timer_interval>
		<tracefile_size>0</tracefile_size><tracefile_count>0</tracefile_count>
		<live_timer_interval>0</live_timer_interval>
		<events><event><name>rf_sample:*</name><enabled>true</enabled><type>TRACEPOINT</type>
		<loglevel_type>ALL</loglevel_type></event></events><contexts/></channel></channels>
		<process_attr_trackers/></domain></domains><started>false</started>
		<output><consumer_output><enabled>true</enabled><destination><path>$T/out/$2</path></destination>
		</consumer_output></output></session></sessions>
	END
}
# start [OPTION...]: the daemon in the background; its exit status is that of the start.
start() { timeout 20 "${command[@]}" -b "$@" >>"$LOG/daemon" 2>&1; }
end() {
	kill -TERM "$(cat "$run_dir/lttng-sessiond.pid")"
	wait_until 10 no_daemons
}
# Names of sessions, at once: nobody waits here.
sessions() { lttng -n list | sed -n 's/^ *[0-9]*) \([^ ]*\) .*/\1/p' | sort | tr '\n' ' '; }
nothing_left() { no_daemons && [ -z "$(ls -A $run_dir)" ]; }
nothing_served() { no_daemons && [ ! -S $run_dir/client-lttng-sessiond ]; }

mkdir -p "$T/files" "$T/empty" "$T/mixed" "$auto"
session_file "$T/files/one.lttng" one
session_file "$T/files/two.lttng" two
session_file "$T/files/not-by-its-name" three
session_file "$T/mixed/a.lttng" a
echo '<sessions><session>' >"$T/broken.lttng"
echo '<sessions><session><name>x</name></session></sessions>' >"$T/invalid.lttng"

ok "nothing to load: it starts" start
is "$(sessions)" "" "nothing to load: no session"
ok "nothing to load: it ends" end

ok "--load FILE" start --load "$T/files/one.lttng"
is "$(sessions)" "one " "--load FILE: its session is there at once"
is "$(lttng list one | grep -c 'rf_sample:\*')" 1 "--load FILE: with its event rule"
ok "--load FILE: it records" eval 'lttng start one >/dev/null && rf-sample -n 10 >/dev/null && lttng stop one >/dev/null'
is "$(events "$T/out/one")" 10 "--load FILE: its events"
ok "--load FILE: it ends" end

ok "--load DIRECTORY" start --load "$T/files"
is "$(sessions)" "one two " "--load DIRECTORY: every session file, and only those"
ok "--load DIRECTORY: it ends" end
ok "--load of a file with another name" start --load "$T/files/not-by-its-name"
is "$(sessions)" "three " "--load of a file with another name: its session"
end
ok "--load of an empty directory" start --load "$T/empty"
end

for what in none broken.lttng invalid.lttng; do
	not_ok "--load $what: it does not start" start --load "$T/$what"
	ok "--load $what: and nothing is left" nothing_left
done
if [ "$SUITE" = ours ]; then
	cp "$T/broken.lttng" "$T/mixed/b.lttng"
	not_ok "one bad file among others is enough" start --load "$T/mixed"
	ok "one bad file among others: nothing is left" nothing_left
else
	skip "one bad file among others is enough" "the stock daemons start without any session then"
	skip "one bad file among others: nothing is left" "the stock daemons start without any session then"
fi

session_file "$auto/mine.lttng" mine
ok "the user's directory" start
is "$(sessions)" "mine " "the user's directory: its session"
end
ok "--load in its place" start --load "$T/files/one.lttng"
is "$(sessions)" "one " "--load in its place: only that session"
end

mkdir -p "$T/etc/sessions/auto"
mkdir -p /etc/lttng && mount --bind "$T/etc" /etc/lttng
session_file "$system/all.lttng" all
session_file "$system/mine.lttng" mine
ok "both directories" start
is "$(sessions)" "all mine " "both directories: a session of the same name is replaced"
is "$(stat -c %U "/proc/$(cat $run_dir/lttng-sessiond.pid)")" root "both directories: the daemon is root's"
end
cp "$T/broken.lttng" "$system/"
not_ok "a bad file in the system's directory" start
ok "a bad file in the system's directory: nothing is left" nothing_left
rm "$system/broken.lttng"

# Without root: one's own directory and no other's, and one's own daemon.
alice_home=$(home_of "$ALICE")
alice() { run_as "$ALICE" "$@"; }
start_alice() { alice timeout 20 "${own[@]}" -b "$@" >>"$LOG/daemon" 2>&1; }
own=("$BIN/ringfenced")
[ "$SUITE" = ours ] || own=(lttng-sessiond)
alice_sessions() { alice lttng -n list | sed -n 's/^ *[0-9]*) \([^ ]*\) .*/\1/p' | sort | tr '\n' ' '; }
end_alice() {
	kill -TERM "$(cat "$alice_home/.lttng/lttng-sessiond.pid")"
	wait_until 10 no_daemons
}
alice mkdir -p "$alice_home/.lttng/sessions/auto"
session_file "$alice_home/.lttng/sessions/auto/hers.lttng" hers
ok "rootless: it starts" start_alice
is "$(alice_sessions)" "hers " "rootless: the session of her own directory, not that of root's"
ok "rootless: it ends" end_alice
chown "$BOB" "$alice_home/.lttng/sessions/auto"
ok "rootless: a directory that is another's" start_alice
is "$(alice_sessions)" "" "rootless: a directory that is another's is passed by"
end_alice
umount /etc/lttng

if [ "$SUITE" = ours ]; then
	caps() { grep -hE '^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):' "/proc/$1/status" | tr -d '\t' | tr '\n' ' '; }
	# A file that does not come to an end holds the helper where it can be looked at.
	mkfifo "$T/slow.lttng"
	"${command[@]}" -d --load "$T/slow.lttng" >>"$LOG/daemon" 2>&1 &
	starter=$!
	helper() { pgrep -x ringfence-autol; }
	ok "the helper runs" wait_until 10 helper
	confined() { [ "$(caps "$(helper)")" = "CapPrm:0000000000000000 CapEff:0000000000000000 CapBnd:0000000000000000 NoNewPrivs:1 Seccomp:2 " ]; }
	ok "the helper is root without any capability, in its filter" wait_until 5 confined
	ok "nobody is told that it is ready" kill -0 "$starter"
	kill -TERM "$(cat $run_dir/lttng-sessiond.pid)"
	ok "it can be ended while it loads" wait_until 10 nothing_served
fi
done_testing
