# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# A process that is wholly in an attacker's hands, inside its sandbox: every forbidden thing is tried with all
# protections, with all but the last one, and without, when it must succeed.

declare -A hooks=(
	[seccomp]=no-seccomp
	[privs]=no-seccomp+no-new-privs+no-landlock # which cannot be had then
	[identity]=no-seccomp+keep-root+worker-root
	[caps]=no-seccomp+keep-root+worker-root+keep-caps
	[kernel]=no-seccomp+keep-root+worker-root+keep-caps
	[links]=follow-links
	[landlock]=no-landlock
	[worker]=worker-root
	[worker-caps]=worker-root+keep-caps
)
# Protections that hold alone, when those of the smaller sets are gone.
declare -A smaller=([seccomp]="" [privs]=seccomp [identity]=seccomp [caps]="seccomp identity" [kernel]="" [links]=""
	[worker]="" [worker-caps]=worker [landlock]="")
# Where Landlock stops it, too, it holds alone, and so do the others without it.
for set in seccomp identity caps kernel; do
	hooks[$set+landlock]=${hooks[$set]}+no-landlock
	smaller[$set+landlock]="landlock ${smaller[$set]} $set"
	for less in ${smaller[$set]}; do
		smaller[$set+landlock]+=" $less+landlock"
	done
done

inside_tool() {
	local set=$1 from=$BUILD
	[ "$set" = all ] || from=$BUILD-hook-${hooks[$set]}
	mkdir -p "$T/inside/$set"
	cp "$from/tests/attack/attack_inside" "$T/inside/$set/attack_inside" &&
		cp "$from/tests/attack/attack_inside" "$T/inside/$set/attack_inside-setuid" &&
		chmod 4755 "$T/inside/$set/attack_inside-setuid"
}

# inside SET ROLE NAME: result in RESULT; 0 succeeded, 1 refused.
inside() {
	local scratch status
	scratch=$(mktemp -d "$T/scratch.XXXXXX")
	RESULT=$("$T/inside/$1/attack_inside" "$2" "$3" "$scratch" 2>&1)
	status=$?
	umount "$scratch/mount-here" 2>/dev/null
	rm -rf "$scratch"
	return $status
}

inside_attempt() {
	local role=$1 name=$2 needs=$3 set
	if [ "$needs" = none ]; then
		skip "$role: $name" "this kernel has no Landlock, or it is not switched on"
		return
	fi
	inside all "$role" "$name"
	if [ $? != 1 ]; then
		fail "$role: $name is refused" "$RESULT"
		return
	fi
	local with=$RESULT layers=
	for set in ${smaller[$needs]}; do
		inside "$set" "$role" "$name"
		if [ $? != 1 ]; then
			fail "$role: $name is refused without ${hooks[$set]}" "$RESULT"
			return
		fi
		layers="$layers, ${hooks[$set]}: $RESULT"
	done
	if inside "$needs" "$role" "$name"; then
		pass "$role: $name ($with$layers; ${hooks[$needs]}: succeeds)"
	elif [ "$RESULT" = "FAILED Function not implemented" ]; then
		skip "$role: $name ($with$layers)" "this kernel does not have it at all"
	elif [ "$name" = user-namespace ] && ! unshare --user true 2>/dev/null; then
		skip "$role: $name ($with$layers)" "nobody can make one here: below a chroot the kernel refuses, as do some systems"
	else
		fail "$role: $name succeeds with ${hooks[$needs]}" "$RESULT"
	fi
}

if "$BUILD/tests/attack/attack_inside" --sanitized; then
	skip "attacks from inside" "run-times of sanitised builds need calls that the filters refuse"
else
	for set in all "${!hooks[@]}"; do
		inside_tool "$set"
	done
	while read -r role name needs; do
		inside_attempt "$role" "$name" "$needs" </dev/null
	done < <("$BUILD/tests/attack/attack_inside" --list)
	rm -rf "$T/inside"
fi
