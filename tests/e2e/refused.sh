#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Applications that cannot be served are hung up on at once and named in the log, not too often; others are served.

# shellcheck source-path=SCRIPTDIR source=../lib/suite.sh
. "$(dirname "$0")/../lib/suite.sh"
start_suite

# register UID MAJOR BITS TIMES: registers, and prints how many times the connection was closed within a second.
# shellcheck disable=SC2016 # the dollars are perl's
register() {
	run_as "$1" perl -e '
		use Socket;
		my ($major, $bits, $times) = @ARGV;
		my $closed = 0;
		for (1 .. $times) {
			for my $type (0, 1) {
				socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
				connect($s, pack_sockaddr_un("/run/lttng/lttng-ust-sock-8")) or die "connect: $!";
				syswrite($s, pack("L14 a16 x64", 0xC57C57C5, $major, 0, $$, getppid(), $<, $(+0, $bits,
					8, 8, 8, 8, 8, $type, "crafted")) == 136 or die "send: $!";
				my $set = "";
				vec($set, fileno($s), 1) = 1;
				$closed++ if select($set, undef, undef, 1) && sysread($s, my $byte, 1) == 0;
			}
		}
		print "$closed\n"' "$2" "$3" "$4"
}

lines() {
	grep -c "application crafted, .* of uid $1, refused: $2" "$LOG/daemon"
}

is "$(register "$ALICE" 7 64 20)" 40 "too old: both connections are closed at once"
is "$(register "$BOB" 10 64 20)" 40 "too new: both connections are closed at once"
if [ "$SUITE" = ours ]; then
	# The stock daemons take 32-bit programs wherever a consumer for them is built in.
	is "$(register "$CAROL" 9 32 20)" 40 "32-bit: both connections are closed at once"
	is "$(lines "$ALICE" 'its lttng-ust is too old for this daemon (64-bit, ABI 7.0')" 1 "too old: one line says so"
	is "$(lines "$BOB" 'its lttng-ust is too new for this daemon (64-bit, ABI 10.0')" 1 "too new: one line says so"
	is "$(lines "$CAROL" 'it is a 32-bit program, and no consumer for those is configured (32-bit, ABI 9.0')" 1 \
		"32-bit: one line says so"
	ok "the session daemon holds none of their connections" wait_until 5 test \
		"$(find "/proc/$(daemon_pids sessiond)/fd" -lname 'socket:*' | wc -l)" -lt 20
fi
lttng -q create s -o "$T/out/s"
lttng -q enable-event -u 'rf_sample:*'
lttng -q start
run_as "$ALICE" rf-sample -n 10 >/dev/null
lttng -q destroy
is "$(events "$T/out/s")" 10 "another application of such a user is recorded"
ok "the daemon ends in order" stop_suite
done_testing
