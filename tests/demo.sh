#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Shows the main job, from nothing: installs what is missing, builds, starts the suite in private namespaces, records
# one application as two users, and prints who ran with which rights and what was recorded; then one beside the kernel. Touches neither the
# machine's own tracing daemons nor its /run, /dev/shm and home directories. Needs root; see README.md.
set -eu
cd "$(dirname "$0")/.."

alice=64101
bob=64102
events=1000

die() {
	echo "demo: $*" >&2
	exit 1
}

# wait_until SECONDS COMMAND...: polls the condition; fails when the time is over.
wait_until() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.05
	done
}

if [ "${1:-}" != --inside ]; then
	[ "$(id -u)" -eq 0 ] || die "run this as root: it makes namespaces and shows applications of two users"
	bash tests/install-deps.sh demo
	make -s -j"$(nproc)" all build/tests/apps/rf-sample >/dev/null
	# The propagation of mounts is changed inside, where it can also be done below a chroot.
	exec unshare -m --propagation unchanged -p -n -i --fork --kill-child --mount-proc -- bash tests/demo.sh --inside
fi

# --- in namespaces of our own: whatever is left at the end dies with this shell -------------------------------------

mount --make-rprivate / 2>/dev/null ||
	{ mount --make-private /run && mount --make-private /dev/shm; } || die "cannot have private mounts"
mount -t tmpfs -o mode=0755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
# The checkout may be where only root can go; daemons and applications run as others.
top=/run/demo
bin=$top/bin
mkdir -p "$bin" "$top/home"
install -m 0755 build/bin/* build/tests/apps/rf-sample "$bin"
export HOME=$top/home LC_ALL=C
unset LTTNG_HOME XDG_RUNTIME_DIR NOTIFY_SOCKET

step() {
	printf '\n== %s\n' "$*"
}
run() {
	printf '# %s\n' "$*"
	"$@"
}
answers() {
	lttng --no-sessiond list
}
gone() {
	! kill -0 "$1"
}

step "the suite starts"
"$bin/ringfenced" --sessiond-user=64001 --consumer-user=64002 2>"$top/log" &
broker=$!
wait_until 20 answers || die "the suite does not answer: $(tail -n 5 "$top/log")"
echo "ringfenced is process $broker"

step "root records what applications of all users do"
run lttng create demo --output="$top/trace"
run lttng enable-event --userspace 'rf_sample:*'
run lttng start
for user in $alice:alice $bob:bob; do
	# Waits for the daemon as long as it takes before main(): this demo must show every event.
	run env LTTNG_UST_REGISTER_TIMEOUT=-1 setpriv --reuid "${user%:*}" --regid "${user%:*}" --clear-groups -- \
		"$bin/rf-sample" -n "$events" -t "${user#*:}"
done

# --- who runs, with what rights -------------------------------------------------------------------------------------

capability_names=(chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap)
status_of() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}
name_capabilities() {
	local bits=$((16#$1)) names="" i
	[ "$bits" -ne 0 ] || { echo none; return; }
	for i in "${!capability_names[@]}"; do
		[ $((bits >> i & 1)) -eq 0 ] || names+=",${capability_names[i]}"
	done
	[ $((bits >> ${#capability_names[@]})) -eq 0 ] || names+=",others"
	echo "${names#,}"
}
# The kernel keeps 15 bytes of a name.
role_of() {
	case $1 in
	ringfenced) echo "broker|directories and sockets it made; reads no byte of a client or application" ;;
	rf-run-as) echo "run-as worker|the files of one trace tree, with its owner's rights" ;;
	ringfence-sessi) echo "session daemon|sockets it was handed; opens no path, starts nothing" ;;
	ringfence-consu) echo "consumer|ring buffers of one user; files it was handed" ;;
	esac
}
processes() {
	local pid role uid effective bounding seen=" " row='%-15s %5s %6s  %-9s %-9s %-8s %-11s %s\n'
	# shellcheck disable=SC2059
	printf "$row" ROLE PID UID CapEff CapBnd Seccomp NoNewPrivs "MAY TOUCH"
	for pid in $(find /proc -maxdepth 1 -name '[0-9]*' -printf '%f\n' | sort -n); do
		role=$(role_of "$(status_of "$pid" Name 2>/dev/null)")
		[ -n "$role" ] || continue
		uid=$(status_of "$pid" Uid | cut -f 1)
		effective=$(status_of "$pid" CapEff) bounding=$(status_of "$pid" CapBnd)
		# shellcheck disable=SC2059
		printf "$row" "${role%%|*}" "$pid" "$uid" "$(printf %x "0x$effective")" "$(printf %x "0x$bounding")" \
			"$(status_of "$pid" Seccomp)" "$(status_of "$pid" NoNewPrivs)" "${role#*|}"
		seen+="${role%%|*} "
		[ "${role%%|*}" = broker ] || [ "${role%%|*}" = "run-as worker" ] || confined "$pid" "$uid" "$effective"
	done
	[ "$seen" = " broker session daemon run-as worker consumer consumer " ] || die "these processes run:$seen"
	echo "(CapEff of the broker: $(name_capabilities "$(status_of "$broker" CapEff)"))"
}
# What the README promises of the processes that read other people's bytes.
confined() {
	[ "$2" -ne 0 ] && [ "$((16#$3))" -eq 0 ] && [ "$(status_of "$1" Seccomp)" = 2 ] &&
		[ "$(status_of "$1" NoNewPrivs)" = 1 ] || die "process $1 is not confined"
}

step "who runs, with what rights (of /proc/PID/status)"
processes

step "the recording stops"
run lttng stop
run lttng destroy demo

step "what was recorded of each user"
for user in $alice:alice $bob:bob; do
	trace=$top/trace/ust/uid/${user%:*}
	babeltrace2 "$trace" >"$top/text" || die "babeltrace2 cannot read $trace"
	echo "# babeltrace2 $trace | head -n 3"
	head -n 3 "$top/text"
	count=$(grep -c "rf_sample:tick:.*text = \"${user#*:}\"" "$top/text" || true)
	echo "(${user#*:}, uid ${user%:*}: $count of $events events)"
	[ "$count" -eq "$events" ] || die "events are missing: $(tail -n 5 "$top/log")"
done

# --- the kernel beside the application -------------------------------------------------------------------------------

[ -e /sys/kernel/tracing/trace ] || mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || true
step "an application between events of the kernel, in one session"
if lttng list --kernel >/dev/null 2>&1; then
	run lttng create both --output="$top/both"
	run lttng enable-event --userspace 'rf_sample:*'
	run lttng enable-event --kernel sched_process_exec,sched_process_exit
	run lttng start
	run env LTTNG_UST_REGISTER_TIMEOUT=-1 "$bin/rf-sample" -n 2 -t both
	run lttng stop
	run lttng destroy both
	babeltrace2 "$top/both" | grep -E 'rf-sample"|rf_sample:tick' >"$top/text" || die "babeltrace2 cannot read $top/both"
	echo "# babeltrace2 $top/both | grep rf.sample"
	cat "$top/text"
	order=$(sed -nE 's/.* (sched_process_exec|sched_process_exit|rf_sample:tick): .*/\1/p' "$top/text" | uniq | tr '\n' ' ')
	# A thread of the tracing library may end before.
	case $order in
	"sched_process_exec "*"rf_sample:tick sched_process_exit ") ;;
	*) die "events are missing or out of order: $order" ;;
	esac
else
	echo "this kernel has neither lttng-modules nor tracefs: $(tail -n 1 "$top/log")"
fi

step "the suite ends"
kill -TERM "$broker"
wait_until 20 gone "$broker" || die "ringfenced does not end"
status=0
wait "$broker" || status=$?
echo "ringfenced: exit status $status"
exit "$status"
