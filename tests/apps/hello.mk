# SPDX-License-Identifier: GPL-2.0-only
# The application of tests/demo.sh. A real one: its warnings and hardening are its own, not those of the daemons.
$(BUILD)/tests/apps/rf-hello: tests/apps/rf-hello.c tests/apps/rf-hello-tp.h
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) -std=gnu17 -O2 -g -Wall -Wextra -D_GNU_SOURCE -I. -o $@ $< -llttng-ust -ldl

hello: $(BUILD)/tests/apps/rf-hello
apps: hello
.PHONY: hello
