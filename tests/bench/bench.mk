# SPDX-License-Identifier: GPL-2.0-only
# make bench ROUNDS=3: the stock daemons and ours, alternating; see tests/bench/bench.sh for sizes.
bench: all apps
	BUILD=$(abspath $(BUILD)) tests/bench/bench.sh
