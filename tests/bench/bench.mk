# SPDX-License-Identifier: GPL-2.0-only
# make bench ROUNDS=3: the stock daemons and ours, alternating; see tests/bench/bench.sh for sizes.
# make lifetimes: what many applications cost, at once and one after the other; see tests/bench/lifetimes.sh.
bench: all apps
	BUILD=$(abspath $(BUILD)) tests/bench/bench.sh
lifetimes: all apps
	BUILD=$(abspath $(BUILD)) tests/bench/lifetimes.sh
.PHONY: lifetimes
