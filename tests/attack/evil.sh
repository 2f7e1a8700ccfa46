# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Attacks by evil_child, in the place of both children of a real ringfenced, for the parts that make them.

evil=$T/evil

evil_scene() {
	rm -rf "$evil"
	mkdir -p "$evil"/{alice/private,alice/trapped/ust,bob,shared,rootonly,trees}
	ln -s "$evil/alice/private" "$evil/shared/trap"
	ln -s "$evil/alice/private" "$evil/alice/trapped/ust/uid"
	ln -s "$evil/alice/private" "$evil/alice/trapped/archives"
	chown -R "$ALICE:$ALICE" "$evil/alice"
	chown -h "$BOB:$BOB" "$evil/bob" "$evil/shared/trap" "$evil/alice/trapped/ust/uid" "$evil/alice/trapped/archives"
	chmod 0700 "$evil/bob" "$evil/alice/private"
	chmod 1777 "$evil" "$evil/shared" "$evil/trees"
}

evil_done() {
	grep -q "^evil: the broker" "$T/log/evil"
}

# Of the broker.
evil_options=()

# evil SET ATTACK: leaves granted, refused (...) or killed in RESULT; the log is $T/log/evil.
evil() {
	local from=$BUILD bin=$T/bin/$1
	[ "$1" = all ] || from=$BUILD-hook-$1
	if [ ! -d "$bin" ]; then
		mkdir -p "$bin"
		cp "$from/bin/ringfenced" "$BUILD/bin/ringfence-autoload" "$bin/"
		cp "$BUILD/tests/attack/evil_child" "$bin/ringfence-sessiond"
		cp "$BUILD/tests/attack/evil_child" "$bin/ringfence-consumerd"
	fi
	evil_scene
	echo "$2" >"$evil/plan"
	: >"$T/log/evil"
	start_broker "$bin" "$T/log/evil" "${evil_options[@]}"
	wait_until 20 evil_done
	EVIL_DONE=$?
	RESULT=$(sed -n "s/^evil: attack $2: //p" "$T/log/evil")
	stop_broker
	# shellcheck disable=SC2034 # for the parts
	EVIL_STOPPED=$?
}

# against_broker ATTACK EXPECTED AUDIT [WITHOUT [STILL]]: AUDIT is an expression that a line of the audit log must match.
against_broker() {
	local attack=$1 expected=$2 audit=$3 without=${4:-} still=${5:-} how
	[ -z "${RF_ATTACK:-}" ] || [ "$RF_ATTACK" = "$attack" ] || return
	evil all "$attack"
	case $RESULT in
	"$expected"*) ;;
	*)
		fail "broker: $attack is $expected" "$RESULT" "$(grep -v "channel=\"flood\".*granted" "$T/log/evil" | tail -n 20)"
		return
		;;
	esac
	how=$RESULT
	if [ "$EVIL_DONE" != 0 ] || ! grep -q "^evil: the broker answers" "$T/log/evil"; then
		fail "broker: serves others after $attack" "$(grep -v "channel=\"flood\".*granted" "$T/log/evil" | tail -n 20)"
		return
	fi
	if ! grep -Eq "audit: .*$audit" "$T/log/evil"; then
		fail "broker: $attack is in the audit log" "$(grep audit: "$T/log/evil")"
		return
	fi
	if [ -n "$still" ]; then
		evil "$still" "$attack"
		if [ "$RESULT" = granted ]; then
			fail "broker: $attack is $expected with $still" "$(grep -v "channel=\"flood\".*granted" "$T/log/evil" | tail -n 20)"
			return
		fi
		how="$how, $still: $RESULT"
	fi
	if [ -n "$without" ]; then
		evil "$without" "$attack"
		if [ "$RESULT" != granted ]; then
			fail "broker: $attack succeeds with $without" "$RESULT" "$(grep -v "channel=\"flood\".*granted" "$T/log/evil" | tail -n 20)"
			return
		fi
		how="$how; $without: granted"
	fi
	pass "broker: $attack ($how)"
}

# shellcheck disable=SC2034 # for the parts
killed="op=kill .*result=granted"
