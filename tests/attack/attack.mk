# SPDX-License-Identifier: GPL-2.0-only
# Attack tests: tests/attack/README.md says what they show. Included by tests/tests.mk.

ATTACK := $(BUILD)/tests/attack

# Builds with protections switched off: what the attack programs need of them, nothing else.
ATTACK_INSIDE_HOOKS := no-seccomp no-seccomp+no-new-privs+no-landlock no-seccomp+keep-root+worker-root \
	no-seccomp+keep-root+worker-root+keep-caps follow-links worker-root worker-root+keep-caps \
	no-landlock no-seccomp+no-landlock no-seccomp+keep-root+worker-root+no-landlock \
	no-seccomp+keep-root+worker-root+keep-caps+no-landlock
ATTACK_BROKER_HOOKS := no-roles no-roles+no-grants no-grants no-names no-names+follow-links follow-links worker-root \
	worker-root+keep-caps no-kernel-owner
ATTACK_CLIENT_HOOKS := no-kernel-users no-kernel-users+no-kernel-owner
ATTACK_CONSUMER_HOOKS := no-seals keep-positions die-of-rings
ATTACK_INSIDE_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/attack/inside_*.c)) \
	$(addprefix $(BUILD)/policy/,broker/capabilities.o broker/resolve.o broker/tracefs.o landlock/paths.o \
	landlock/tables.o) $(SANDBOX) $(COMMON)

$(ATTACK)/attack_inside: $(ATTACK)/attack_inside.o $(ATTACK_INSIDE_OBJECTS)
	@echo "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcap -lseccomp -lpthread

$(ATTACK)/evil_child: $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/attack/evil_*.c)) $(COMMON)
	@echo "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ -lpthread

HOSTILE := $(addprefix $(ATTACK)/hostile_,client kernel app)
$(HOSTILE): $(ATTACK)/hostile_%: $(ATTACK)/hostile_%.o $(ATTACK)/hostile_request.o $(ATTACK)/hostile.o
	@echo "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^

$(ATTACK)/watch_children: $(ATTACK)/watch_children.o
	@echo "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^

# A traced application is no part of the suite: its tracer's headers are not held to our warnings.
$(ATTACK)/traced_app: tests/attack/traced_app.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) -std=gnu17 -O2 -g -Wall -Wextra -D_GNU_SOURCE -o $@ $< -llttng-ust -ldl

attack-tools: $(addprefix $(ATTACK)/,attack_inside evil_child hostile_client hostile_kernel hostile_app watch_children traced_app)
	@for hooks in $(ATTACK_INSIDE_HOOKS); do \
		$(MAKE) --no-print-directory HOOKS=$$hooks BUILD=$(BUILD)-hook-$$hooks \
			$(BUILD)-hook-$$hooks/tests/attack/attack_inside || exit 1; \
	done
	@for hooks in $(ATTACK_BROKER_HOOKS); do \
		$(MAKE) --no-print-directory HOOKS=$$hooks BUILD=$(BUILD)-hook-$$hooks \
			$(BUILD)-hook-$$hooks/bin/ringfenced || exit 1; \
	done
	@for hooks in $(ATTACK_CLIENT_HOOKS); do \
		$(MAKE) --no-print-directory HOOKS=$$hooks BUILD=$(BUILD)-hook-$$hooks \
			$(BUILD)-hook-$$hooks/bin/ringfenced $(BUILD)-hook-$$hooks/bin/ringfence-sessiond || exit 1; \
	done
	@for hooks in $(ATTACK_CONSUMER_HOOKS); do \
		$(MAKE) --no-print-directory HOOKS=$$hooks BUILD=$(BUILD)-hook-$$hooks \
			$(BUILD)-hook-$$hooks/bin/ringfence-consumerd || exit 1; \
	done
