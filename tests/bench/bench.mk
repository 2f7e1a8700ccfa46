# SPDX-License-Identifier: GPL-2.0-only
# make bench ROUNDS=3: the stock daemons and ours, alternating; see tests/bench/bench.sh for sizes.
# make ring-speed: what it takes to convert the kernel's own tracer's rings. As root.
# make bench-kernel ROUNDS=3: recording the kernel beside perf and trace-cmd; see tests/bench/kernel.sh. As root.
# make lifetimes: what many applications cost, at once and one after the other; see tests/bench/lifetimes.sh.
bench: all apps
	BUILD=$(abspath $(BUILD)) tests/bench/bench.sh
lifetimes: all apps
	BUILD=$(abspath $(BUILD)) tests/bench/lifetimes.sh
$(BUILD)/tests/bench/ring_speed: $(BUILD)/tests/bench/ring_speed.o $(CONSUMERD) $(SANDBOX) $(COMMON)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CONSUMERD_LIBS)
ring-speed: $(BUILD)/tests/bench/ring_speed
	$<
bench-kernel: all apps
	BUILD=$(abspath $(BUILD)) tests/bench/kernel.sh
.PHONY: bench-kernel lifetimes ring-speed
