# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of suite.sh and compare.sh, and for the parts
#
# What compare.sh writes down, and how two logs are compared. Sourced by compare.sh after suite.sh.
#
# A log is a list of records: a line "== COMMAND", what the command printed, "exit N". Commands of parts:
#
#     L ARGUMENT...        lttng with these arguments
#     app NAME ARG...      a test application on CPU 0, so that its events are in one stream, in order
#     tree DIR             what is below a directory, with types, modes and owners
#     decoded DIR          the events in a trace, one a line, without times, process ids and addresses
#     metadata DIR         the trace's description
#     note TEXT CMD...     the output and status of any other command
#
# Dates, process ids, addresses and progress are taken out; channels of a session, rules of a channel and values of a
# tracker have no order in the stock daemons, so they are sorted.

O=$T/out

record() {
	echo "== $1"
	cat
}

normalise_record() {
	normalise_list | sed -E '
		/^(Destroying session|Waiting for) [^.]*\.*$/d
		s/^Destroying session [^.]*\.+(Trace chunk)/\1/
		/^  (Virtual .*|(Process|User|Group) IDs):.*, /s/^/SORT /
		s/\(-1: include all\)//
		s/\r//g
		s/PID: [0-9]+/PID: N/
		s/(rf-[a-z]+)-[0-9]+-DATE/\1-PID-DATE/
		s/^PERROR - [^]]*\]/PERROR/
		s/^[0-9-]+ [0-9:.]{12,} +[0-9]+ +[0-9]+ //
		s/0x[0-9a-f]{9,}/ADDRESS/g
		s/:(rf-[a-z]+):\([0-9]+\)/:\1:(PID)/'
}

# The stock daemons may refuse before the client has said all, which is then ended by SIGPIPE.
L() {
	local rc tries=20
	while :; do
		within 30 lttng "$@" >"$T/L.out" 2>&1 </dev/null
		rc=$?
		[ "$SUITE" = stock ] && [ $rc = 141 ] && [ $((tries--)) -gt 0 ] || break
	done
	# Whether progress ends with an empty line depends on how long it took.
	[ "$1" != destroy ] || sed -i '/^$/d' "$T/L.out"
	{ normalise_record <"$T/L.out" | sorted_lists; echo "exit $rc"; } | record "lttng $*"
	return 0
}

said() {
	sed 's/ elapsed_ns=.*//' "$T/app.out"
}

app() {
	local rc
	LTTNG_UST_REGISTER_TIMEOUT=-1 taskset -c 0 "$@" >"$T/app.out" 2>&1 </dev/null
	rc=$?
	{ said; echo "exit $rc"; } | record "app $*"
}

# app_start NAME ARG...: in the background, waiting at a gate until app_go; APP is its process.
app_start() {
	rm -f "$T/gate" "$T/ready"
	LTTNG_UST_REGISTER_TIMEOUT=-1 taskset -c 0 "$@" -g "$T/gate" -r "$T/ready" >"$T/app.out" 2>&1 </dev/null &
	APP=$!
	wait_until 10 test -e "$T/ready" || echo "== the application does not start"
}

app_go() {
	local rc
	: >"$T/gate"
	wait "$APP"
	rc=$?
	{ said; echo "exit $rc"; } | record "the application ends"
}

tree() {
	{ [ ! -e "$1" ] && echo "nothing" || tree_of "$1"; } 2>&1 | normalise_record | record "tree $1"
}

decoded() {
	babeltrace2 "$1" >"$T/decoded" 2>"$T/decoded.err"
	{
		sed -E 's/^\[[^]]*\] \([^)]*\) //
			s/\b(v?pid|v?tid|ip|pthread_id|pid_ns|user_ns|cgroup_ns|ipc_ns|mnt_ns|net_ns|uts_ns|time_ns|baddr|memsz) = (0x[0-9A-F]+|[0-9]+)/\1 = N/g
			s/\b(perf_thread_[a-z_]+) = [0-9]+/\1 = N/g' "$T/decoded"
		sed -E 's/\[[0-9:.]+\]/[TIME]/g; s/UUID: [0-9a-f-]+/UUID: U/g; s/^[0-9-]+ [0-9:.]+ [^:]*: //' "$T/decoded.err"
	} | normalise_record | record "decoded $1"
}

metadata() {
	babeltrace2 -o ctf-metadata "$(dirname "$(find "$1" -name metadata | head -n 1)")" 2>&1 | sed -E '
		s/uuid = "[^"]*"/uuid = U/
		s/(vpid|vuid|trace_creation_datetime|creation_datetime) = .*/\1 = N;/
		s/trace_creation_datetime.*/DATE/
		s/offset = [0-9]+/offset = N/' | normalise_record | record "metadata $1"
}

note() {
	local text=$1 rc
	shift
	"$@" >"$T/note.out" 2>&1 </dev/null
	rc=$?
	{ normalise_record <"$T/note.out"; echo "exit $rc"; } | record "$text"
}

# An application is gone for the daemon some time after it is gone for us.
apps_gone() {
	wait_until 10 apps_registered 0 || echo "== applications stay"
}

sorted_lists() {
	awk '
		function sorted(list, n, i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
		}
		function end_rules(i) {
			sorted(rule, rules)
			for (i = 1; i <= rules; i++) block[blocks] = block[blocks] "\n" rule[i]
			rules = 0
		}
		function end_blocks(i) {
			end_rules()
			sorted(block, blocks)
			for (i = 1; i <= blocks; i++) print block[i]
			blocks = 0
		}
		/^SORT / {
			split($0, kind, /: +/)
			n = split(substr($0, length(kind[1]) + 1), value, /[:,] +/)
			sorted(value, n)
			$0 = substr(kind[1], 6) ":"
			for (i = 1; i <= n; i++) if (value[i] != "") $0 = $0 " " value[i]
		}
		/^- / { end_rules(); block[++blocks] = $0; next }
		blocks && /^      .*\(type: ?(tracepoint|syscall|probe|function|userspace-probe)\)/ { rule[++rules] = $0; next }
		rules && /^        / { rule[rules] = rule[rules] "\n" $0; next }
		blocks && /^( |$)/ { end_rules(); block[blocks] = block[blocks] "\n" $0; next }
		{ end_blocks(); print }
		END { end_blocks() }'
}

record_part() {
	umask 022
	cd "$T" || exit
	start_suite
	# shellcheck disable=SC1090 # the parts are linted on their own
	. "$parts_dir/part_$1.sh"
	L destroy --all
	L list
	stop_suite
	echo "exit $?" | record "the daemon ends"
	echo "== end of part"
}

# --- comparing -------------------------------------------------------------------------------------------------

# Each line with its command before it, so that a difference can be recognised wherever it is.
with_commands() {
	awk '/^== / { command = substr($0, 4); n[command]++; print command " =>"; next } { print command " => " $0 }' "$1"
}

# Differing lines of two logs, as "stock COMMAND => LINE" and "ours COMMAND => LINE".
differences() {
	diff <(with_commands "$1") <(with_commands "$2") | sed -nE 's/^< /stock ;; /p; s/^> /ours ;; /p'
}

# explain PART <DIFFERENCES: what no explanation matches. Notes which were used.
explain() {
	awk -v part="$1" -v used="$logs/used" -v table="$parts_dir/explained" '
		BEGIN {
			while ((getline line < table) > 0) {
				if (line ~ /^#/ || line == "") continue
				if (split(line, f, " ;; ") != 3) { print "bad explanation: " line; continue }
				side[++n] = f[1]; pattern[n] = f[2]; text[n] = line
			}
		}
		{
			this = substr($0, 1, index($0, " ;; ") - 1); rest = part ": " substr($0, index($0, " ;; ") + 4)
			for (i = 1; i <= n; i++)
				if ((side[i] == this || side[i] == "both") && rest ~ pattern[i]) { print text[i] >> used; next }
			print
		}'
}

unused_explanations() {
	grep -vE '^(#|$)' "$parts_dir/explained" | grep -vxFf "$logs/used"
}

# The third field: words of docs/compatibility.md.
undocumented_explanations() {
	local words
	grep -vE '^(#|$)' "$parts_dir/explained" | sed 's/.* ;; //' | sort -u | while read -r words; do
		tr '\n' ' ' <"$rf_top/docs/compatibility.md" | grep -qF -- "$words" || echo "not in docs/compatibility.md: $words"
	done
}
