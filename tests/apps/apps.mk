# SPDX-License-Identifier: GPL-2.0-only
#
# Sample applications linked with lttng-ust: one source file each, $(BUILD)/tests/apps/NAME.
# Included by the top Makefile; works alone too: make -f tests/apps/apps.mk apps

BUILD ?= build
RF_APPS := rf-sample rf-flood rf-idle rf-fields rf-forker rf-many rf-audit rf-dlopen rf-between
# No applications: what the kernel's tracer sees of them is counted, or they are in its way.
RF_LOADS := rf-syscalls rf-rate rf-fuse
# Clients and not applications: linked with the control library, and not with the tracer.
RF_CLIENTS := rf-health
RF_PLUGINS := $(BUILD)/tests/apps/librf-plugin.so
RF_APP_BINS := $(patsubst %,$(BUILD)/tests/apps/%,$(RF_APPS) $(RF_CLIENTS) $(RF_LOADS))
$(RF_LOADS:%=$(BUILD)/tests/apps/%): RF_APP_LIBS := -lpthread
$(RF_CLIENTS:%=$(BUILD)/tests/apps/%): RF_APP_LIBS := -llttng-ctl
RF_APP_LIBS := -llttng-ust -ldl
RF_APP_CFLAGS := -std=gnu17 -O2 -g -Wall -Wextra -Wshadow -Wstrict-prototypes -Wformat=2 -Wvla -Werror

.PHONY: apps
apps: $(RF_APP_BINS) $(RF_PLUGINS)

$(BUILD)/tests/apps/%.so: tests/apps/%.c $(wildcard tests/apps/*.h)
	@mkdir -p $(@D)
	$(CC) $(RF_APP_CFLAGS) -fPIC -shared -I. -Itests/apps -o $@ $< -llttng-ust -ldl

$(BUILD)/tests/apps/%: tests/apps/%.c $(wildcard tests/apps/*.h)
	@mkdir -p $(@D)
	$(CC) $(RF_APP_CFLAGS) -I. -Itests/apps -o $@ $< $(RF_APP_LIBS)
