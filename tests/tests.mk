# SPDX-License-Identifier: GPL-2.0-only
# Everything under tests/. Included by the top Makefile; $(BUILD) and the object lists come from there.

CRITERION_LIBS := -lcriterion
# A test links the objects of the program it tests: test_broker_* those of the broker, and so on.
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
UNIT_BROKER := $(filter tests/unit/test_broker_%,$(UNIT_SOURCES))
UNIT_CONSUMER := $(filter tests/unit/test_consumer_%,$(UNIT_SOURCES))
UNIT_COMMON := $(filter tests/unit/test_common_%,$(UNIT_SOURCES))
UNIT_CLIENT := $(filter tests/unit/test_client_% tests/unit/test_model_%,$(UNIT_SOURCES))
UNIT_SESSIOND := $(filter-out $(UNIT_BROKER) $(UNIT_CONSUMER) $(UNIT_COMMON) $(UNIT_CLIENT),$(UNIT_SOURCES))
# What clients reach, with a user-space domain that only notes what it is asked in place of the real one.
CLIENT_SIDE := $(call objects,$(wildcard sessiond/client/*.c sessiond/model/*.c) \
	tests/unit/fake_ust.c tests/unit/fake_kernel.c tests/unit/fake_broker.c tests/unit/client_request.c)
CLIENT_SCENE := $(call objects,tests/unit/client_scene.c)
CLIENT_LIBS := -lxml2
unit_programs = $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(1))
UNIT := $(call unit_programs,$(UNIT_SOURCES))

$(call unit_programs,$(UNIT_BROKER)): $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(BROKER) $(SANDBOX) $(COMMON)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CRITERION_LIBS) $(BROKER_LIBS)
$(call unit_programs,$(UNIT_CONSUMER)): $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(CONSUMERD) $(SANDBOX) $(COMMON)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CRITERION_LIBS) $(CONSUMERD_LIBS)
$(call unit_programs,$(UNIT_COMMON)): $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(COMMON)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CRITERION_LIBS)
$(call unit_programs,$(UNIT_CLIENT)): $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(CLIENT_SCENE) $(CLIENT_SIDE) $(COMMON)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CRITERION_LIBS) $(CLIENT_LIBS)
$(call unit_programs,$(UNIT_SESSIOND)): $(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(SESSIOND) $(SANDBOX) $(COMMON)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CRITERION_LIBS) $(SESSIOND_LIBS)

unit: $(UNIT)
	tests/unit/run.sh $(BUILD)

# For a kernel with lttng-modules; see tests/kernel-vm.
$(BUILD)/tests/kernel-vm/modules_road: $(call objects,$(wildcard tests/kernel-vm/*.c)) $(SESSIOND) $(SANDBOX) $(COMMON)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SESSIOND_LIBS)

# Fuzz targets: libFuzzer, clang only, with ASan and UBSan, in a tree of their own.
FUZZ_BUILD := build-fuzz
FUZZ_SECONDS ?= 6
FUZZ_FLAGS := -std=gnu17 $(WARNINGS) -g -O1 -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined \
	$(CPPFLAGS) -DRF_SANITIZED=1 -MMD -MP
FUZZ_SOURCES := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ := $(patsubst tests/fuzz/%.c,$(FUZZ_BUILD)/%,$(FUZZ_SOURCES))
fuzz_objects = $(patsubst $(BUILD)/%,$(FUZZ_BUILD)/%,$(1))
$(FUZZ_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) "  CC $@"
	@clang $(FUZZ_FLAGS) -c -o $@ $<
FUZZ_COMMON_ONLY := $(addprefix $(FUZZ_BUILD)/,fuzz_wire fuzz_frame)
$(filter $(FUZZ_COMMON_ONLY),$(FUZZ)): $(FUZZ_BUILD)/%: $(FUZZ_BUILD)/tests/fuzz/%.o $(call fuzz_objects,$(COMMON))
	$(SAY) "  LD $@"
	@clang -fsanitize=address,undefined,fuzzer -o $@ $^ -lpthread
FUZZ_CLIENT_SIDE := $(addprefix $(FUZZ_BUILD)/,fuzz_client fuzz_filter)
$(filter $(FUZZ_CLIENT_SIDE),$(FUZZ)): $(FUZZ_BUILD)/%: $(FUZZ_BUILD)/tests/fuzz/%.o $(call fuzz_objects,$(CLIENT_SIDE) $(COMMON))
	$(SAY) "  LD $@"
	@clang -fsanitize=address,undefined,fuzzer -o $@ $^ $(CLIENT_LIBS) -lpthread
FUZZ_CONSUMER := $(addprefix $(FUZZ_BUILD)/,fuzz_packet fuzz_ring)
$(filter $(FUZZ_CONSUMER),$(FUZZ)): $(FUZZ_BUILD)/%: $(FUZZ_BUILD)/tests/fuzz/%.o $(call fuzz_objects,$(CONSUMERD) $(SANDBOX) $(COMMON))
	$(SAY) "  LD $@"
	@clang -fsanitize=address,undefined,fuzzer -o $@ $^ $(CONSUMERD_LIBS)
FUZZ_BROKER := $(addprefix $(FUZZ_BUILD)/,fuzz_broker fuzz_state)
$(filter $(FUZZ_BROKER),$(FUZZ)): $(FUZZ_BUILD)/%: $(FUZZ_BUILD)/tests/fuzz/%.o $(call fuzz_objects,$(BROKER) $(SANDBOX) $(COMMON))
	$(SAY) "  LD $@"
	@clang -fsanitize=address,undefined,fuzzer -o $@ $^ $(BROKER_LIBS)
$(filter-out $(FUZZ_COMMON_ONLY) $(FUZZ_CLIENT_SIDE) $(FUZZ_CONSUMER) $(FUZZ_BROKER),$(FUZZ)): $(FUZZ_BUILD)/%: $(FUZZ_BUILD)/tests/fuzz/%.o $(call fuzz_objects,$(SESSIOND) $(SANDBOX) $(COMMON))
	$(SAY) "  LD $@"
	@clang -fsanitize=address,undefined,fuzzer -o $@ $^ $(SESSIOND_LIBS)

fuzz: $(FUZZ)
	tests/fuzz/run.sh $(FUZZ_BUILD) $(FUZZ_SECONDS)

-include $(wildcard tests/apps/apps.mk) $(wildcard tests/attack/attack.mk) $(wildcard tests/bench/bench.mk)
-include $(shell find $(FUZZ_BUILD) -name '*.d' 2>/dev/null)

e2e: all apps
	tests/e2e/run.sh $(BUILD)

# The kernel domain under a kernel with lttng-modules, emulated.
kernel-vm: all apps $(BUILD)/tests/kernel-vm/modules_road
	tests/kernel-vm/suite.sh $(BUILD)

# A registration storm, a crowd, and everything at the same time: for SAN=thread.
kernel-vm-compare: all apps
	tests/kernel-vm/suite.sh $(BUILD) kernel-compare kernel-save kernel-policy
storm: all apps
	tests/e2e/run.sh $(BUILD) storm crowd mixed basic

attack: all apps attack-tools
	tests/attack/run.sh $(BUILD)

lint:
	tests/lint.sh

check:
	tests/check.sh

.PHONY: unit fuzz e2e kernel-vm kernel-vm-compare storm attack lint check apps attack-tools bench
