# SPDX-License-Identifier: GPL-2.0-only
# make                 build/bin/{ringfenced,ringfence-sessiond,ringfence-consumerd,ringfence-autoload}
# make SAN=address     the same with ASan and UBSan, in build-address/ (SAN=thread: TSan, build-thread/)
# make check           all tests; make unit, make e2e, make attack, make fuzz: parts of them
# make lint            clang-format, clang-tidy, shellcheck and a clang build
# make bench           compare with the stock daemons
# make install         prefix=/usr DESTDIR=
# HOOKS=name+name      test builds with protections switched off (see tests/attack), in build-hook-NAME+NAME/

SAN ?=
HOOKS ?=
CC ?= gcc
ifeq ($(origin CC),default)
CC = gcc
endif
BUILD ?= build$(if $(SAN),-$(SAN))$(if $(HOOKS),-hook-$(HOOKS))$(if $(filter clang%,$(CC)),-clang)
VERSION := 0.1.0

prefix ?= /usr
bindir ?= $(prefix)/bin
sbindir ?= $(prefix)/sbin
libexecdir ?= $(prefix)/libexec/ringfence
mandir ?= $(prefix)/share/man
sysconfdir ?= /etc
unitdir ?= /usr/lib/systemd/system
sysusersdir ?= /usr/lib/sysusers.d
tmpfilesdir ?= /usr/lib/tmpfiles.d

comma := ,
# Says what is made, but not under make -s.
SAY = @$(if $(findstring s,$(filter-out --%,$(MAKEFLAGS))),:,echo)
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wformat=2 -Wvla -Werror
HARDEN := -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
LDHARDEN := -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack
comma := ,
ifeq ($(SAN),)
HARDEN += -O2 -D_FORTIFY_SOURCE=2
else
SANFLAGS := -fsanitize=$(if $(filter address,$(SAN)),address$(comma)undefined,$(SAN)) -fno-omit-frame-pointer -O1 -DRF_SANITIZED=1
ifeq ($(SAN),address)
SANFLAGS += -fno-sanitize-recover=undefined
endif
endif
HOOKFLAGS := $(foreach hook,$(subst +, ,$(HOOKS)),-DRF_HOOK_$(shell echo '$(hook)' | tr 'a-z-' 'A-Z_')=1)
CPPFLAGS += -D_GNU_SOURCE -I. $(shell pkg-config --cflags-only-I libxml-2.0) -DRF_VERSION='"$(VERSION)"'
CFLAGS ?= -g
ALL_CFLAGS = -std=gnu17 $(WARNINGS) $(HARDEN) $(SANFLAGS) $(HOOKFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP
ALL_LDFLAGS = $(LDHARDEN) $(SANFLAGS) $(LDFLAGS)

BROKER_LIBS := -lcap -lseccomp -linih
SESSIOND_LIBS := -lxml2 -llttng-ust-ctl -llttng-ust-common -lurcu-cds -lurcu-common -lurcu -lseccomp -lcap -lpthread -ldl
CONSUMERD_LIBS := -llttng-ust-ctl -llttng-ust-common -lurcu -lseccomp -lcap -lpthread -ldl
AUTOLOAD_LIBS := -llttng-ctl -lseccomp -lpthread

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
COMMON := $(call objects,$(wildcard common/*.c))
SANDBOX := $(call objects,$(wildcard policy/seccomp/*.c))
BROKER := $(call objects,$(filter-out %/main.c,$(wildcard policy/broker/*.c policy/landlock/*.c)))
SESSIOND := $(call objects,$(filter-out %/main.c,$(wildcard sessiond/*.c sessiond/*/*.c)))
CONSUMERD := $(call objects,$(filter-out %/main.c,$(wildcard consumerd/*.c)))
PROGRAMS := $(addprefix $(BUILD)/bin/,ringfenced ringfence-sessiond ringfence-consumerd ringfence-autoload)
MANPAGES := $(patsubst docs/man/%.scd,$(BUILD)/man/%,$(wildcard docs/man/*.scd))

all: $(PROGRAMS)
man: $(MANPAGES)

$(BUILD)/bin/ringfenced: $(BUILD)/policy/broker/main.o $(BROKER) $(SANDBOX) $(COMMON)
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(BROKER_LIBS)
$(BUILD)/bin/ringfence-sessiond: $(BUILD)/sessiond/main.o $(SESSIOND) $(SANDBOX) $(COMMON)
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(SESSIOND_LIBS)
$(BUILD)/bin/ringfence-consumerd: $(BUILD)/consumerd/main.o $(CONSUMERD) $(SANDBOX) $(COMMON)
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(CONSUMERD_LIBS)
$(BUILD)/bin/ringfence-autoload: $(BUILD)/autoload/main.o $(SANDBOX) $(COMMON)
	@mkdir -p $(@D)
	$(SAY) "  LD $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(AUTOLOAD_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) "  CC $@"
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/man/%: docs/man/%.scd
	@mkdir -p $(@D)
	scdoc <$< >$@

-include tests/tests.mk

install: all man
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(libexecdir) $(DESTDIR)$(unitdir) $(DESTDIR)$(sysusersdir) $(DESTDIR)$(tmpfilesdir)
	install -m 0755 $(BUILD)/bin/ringfenced $(DESTDIR)$(bindir)/ringfenced
	install -m 0755 $(addprefix $(BUILD)/bin/,ringfence-sessiond ringfence-consumerd ringfence-autoload) $(DESTDIR)$(libexecdir)/
	sed 's,@bindir@,$(bindir),g' policy/ringfenced.service.in >$(BUILD)/ringfenced.service
	install -m 0644 $(BUILD)/ringfenced.service $(DESTDIR)$(unitdir)/ringfenced.service
	install -m 0644 policy/ringfence.sysusers $(DESTDIR)$(sysusersdir)/ringfence.conf
	install -m 0644 policy/ringfence.tmpfiles $(DESTDIR)$(tmpfilesdir)/ringfence.conf
	for page in $(MANPAGES); do \
		section=$${page##*.}; \
		install -D -m 0644 $$page $(DESTDIR)$(mandir)/man$$section/$${page##*/} || exit 1; \
	done

clean:
	rm -rf build build-*

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all man install clean
.DELETE_ON_ERROR:
