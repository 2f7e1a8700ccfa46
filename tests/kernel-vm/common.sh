# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by build.sh and run.sh.

# Exit statuses of both, besides those of the command: the machine cannot have the VM; the VM is broken.
# shellcheck disable=SC2034 # for who sources this
VM_UNAVAILABLE=77 VM_BROKEN=125

log() {
	echo "kernel-vm: $*" >&2
}

# die STATUS REASON
die() {
	local status=$1
	shift
	log "$*"
	exit "$status"
}

# Absolute path of the cache, made when it is not there.
cache_dir() {
	local dir=${KERNEL_VM_CACHE:-}
	[ -n "$dir" ] || dir=${XDG_CACHE_HOME:-${HOME:-/var/cache}/.cache}/ringfence-kernel-vm
	mkdir -p "$dir" && (cd "$dir" && pwd)
}
