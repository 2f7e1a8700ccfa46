#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run a command as root in a machine whose kernel has lttng-modules: README.md.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

usage() {
	cat >&2 <<-'END'
		usage: run.sh [OPTION]... [--] COMMAND [ARG]...
		  -o DIR      DIR is writable, at the same path (repeatable)
		  -e NAME=V   an environment variable (repeatable)
		  -m SET      load lttng-modules: all (default) or none
		  -t SECONDS  give up then (default 300)
		  -c N        CPUs (default 2; as qemu's -smp)
		  -a WORDS    more kernel command line, as lockdown=integrity
		  -l FILE     keep the guest's kernel log there
		  -i          COMMAND (default: a shell) on this terminal
		  -v          say how long it took
	END
	exit $VM_BROKEN
}

outs=() envs=() modules=all limit=300 cpus=2 words='' kernel_log='' interactive=0 verbose=0
while getopts o:e:m:t:c:a:l:iv option; do
	case $option in
	o) outs+=("$OPTARG") ;;
	e) envs+=("$OPTARG") ;;
	m) modules=$OPTARG ;;
	t) limit=$OPTARG ;;
	c) cpus=$OPTARG ;;
	a) words=$OPTARG ;;
	l) kernel_log=$OPTARG ;;
	i) interactive=1 ;;
	v) verbose=1 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
case $modules in all | none) ;; *) usage ;; esac
if [ $# = 0 ]; then
	[ $interactive = 1 ] || usage
	set -- /bin/bash
fi

"$here/build.sh"
cache=$(cache_dir)
kver=$(cat "$cache/kver")
ctl=$(mktemp -d)
qemu_pid=
trap '[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null; rm -rf "$ctl"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What the guest reads: its init, settings, shared directories, the command.
cp "$here/guest-init.sh" "$ctl/init"
cat >"$ctl/vars" <<-END
	kver=$(printf %q "$kver")
	moddir=$(printf %q "$cache/root/lib/modules/$kver")
	preload=$modules
	interactive=$interactive
	END
shares=()
: >"$ctl/outdirs"
for out in "${outs[@]}"; do
	mkdir -p "$out"
	out=$(cd "$out" && pwd)
	id=out$((${#shares[@]} / 4))
	shares+=(-fsdev "local,id=$id,path=${out//,/,,},security_model=none,multidevs=remap"
		-device "virtio-9p-pci,fsdev=$id,mount_tag=$id")
	printf '%s\n' "$out" >>"$ctl/outdirs"
done
{
	echo '#!/bin/bash'
	echo "export HOME=/root USER=root LOGNAME=root LANG=C.UTF-8 TERM=${TERM:-vt100}"
	echo 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
	for env in "${envs[@]}"; do printf 'export %s=%q\n' "${env%%=*}" "${env#*=}"; done
	printf 'cd %q || exit %d\n' "$PWD" $VM_BROKEN
	printf 'exec'
	printf ' %q' "$@"
	echo
} >"$ctl/command"
chmod 755 "$ctl/command"

# One thread for all emulated CPUs: with one for each, QEMU 7.2 now and then goes on running code that the kernel has
# changed, for ever; switching tracepoints on and off is changing code.
accel=${KERNEL_VM_ACCEL:-tcg,thread=single}
qemu=(qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none
	-accel "$accel" -cpu Nehalem -smp "$cpus" -m "${KERNEL_VM_MEMORY:-1536}"
	-kernel "$cache/vmlinuz" -initrd "$cache/initrd.gz"
	-append "console=ttyS0 loglevel=5 panic=-1 mitigations=off $words"
	-fsdev "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"
	-device "virtio-9p-pci,fsdev=root,mount_tag=hostroot"
	-fsdev "local,id=ctl,path=${ctl//,/,,},security_model=none"
	-device "virtio-9p-pci,fsdev=ctl,mount_tag=ctl"
	"${shares[@]}")
# booted: the guest is about to run the command.
booted() {
	[ -e "$ctl/up" ]
}

# one_boot: RC is what became of the machine. 1 when it hangs before it runs the command.
one_boot() {
	local wait
	rm -f "$ctl/out" "$ctl/err"
	mkfifo "$ctl/out" "$ctl/err"
	# Open at both ends: a machine that never opens them ends all the same.
	exec 3<>"$ctl/out" 4<>"$ctl/err"
	cat <"$ctl/out" 3<&- 4<&- &
	cats=($!)
	cat <"$ctl/err" >&2 3<&- 4<&- &
	cats+=($!)
	timeout -k 5 "$limit" "${qemu[@]}" -serial "file:$ctl/console" -device virtio-serial-pci \
		-chardev "file,id=o,path=$ctl/out" -device virtserialport,nr=1,chardev=o \
		-chardev "file,id=e,path=$ctl/err" -device virtserialport,nr=2,chardev=e \
		</dev/null 2>"$ctl/qemu.err" 3<&- 4<&- &
	qemu_pid=$!
	for ((wait = 0; wait < 10 * KERNEL_VM_BOOT; wait++)); do
		if booted || ! kill -0 "$qemu_pid" 2>/dev/null; then break; fi
		sleep 0.1
	done
	booted || kill "$qemu_pid" 2>/dev/null || true
	RC=0
	wait "$qemu_pid" || RC=$?
	qemu_pid=
	exec 3<&- 4<&-
	wait "${cats[@]}" || true
	[ -z "$kernel_log" ] || cp "$ctl/console" "$kernel_log"
	booted
}

began=${EPOCHREALTIME/./}
KERNEL_VM_BOOT=${KERNEL_VM_BOOT:-60}
RC=0
if [ $interactive = 1 ]; then
	"${qemu[@]}" -serial stdio || true
else
	for try in 1 2 3; do
		if one_boot; then break; fi
		log "boot $try did not come to its end"
	done
fi
took=$((${EPOCHREALTIME/./} - began))
if [ $verbose = 1 ] && [ -f "$ctl/end" ]; then
	awk -v s="$(cat "$ctl/up")" -v e="$(cat "$ctl/end")" -v w=$took 'BEGIN {
		printf "kernel-vm: boot and modules %.1f s, command %.1f s, total %.1f s\n", s, e - s, w / 1e6 }' >&2
fi
if [ ! -s "$ctl/status" ]; then
	[ $RC != 124 ] || die 124 "no end after $limit s"
	[ $interactive = 1 ] || tail -n 40 "$ctl/console" "$ctl/qemu.err" >&2
	die $VM_BROKEN "the guest stopped without reporting a status"
fi
exit "$(cat "$ctl/status")"
