/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes in the kernel, and in a copy of this program. */
#include "tests/kernel-vm/road_checks.h"
#include "tests/kernel-vm/road_scene.h"

#include <err.h>
#include <fcntl.h>
#include <link.h>
#include <lttng/lttng-error.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((noinline)) static void probed(void)
{
	__asm__ volatile("");
}

void road_be_probed(void)
{
	for (unsigned int i = 0; i < 7; i++)
		probed();
}

/* Where `probed` is in the program's file. */
static int file_offset(struct dl_phdr_info *info, size_t size, void *result)
{
	uint64_t address = (uint64_t)(uintptr_t)probed - info->dlpi_addr;

	(void)size;
	for (unsigned int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
			address < segment->p_vaddr + segment->p_filesz)
			*(uint64_t *)result = address - segment->p_vaddr + segment->p_offset;
	}
	return 1;
}

static struct rf_event_rule *user_probe(const char *path)
{
	struct rf_event_rule *rule = new_rule(RF_EVENT_USERSPACE_PROBE, "up");

	rule->user_probe = calloc(1, sizeof(*rule->user_probe));
	if (!rule->user_probe)
		err(1, "probe");
	rule->user_probe->fd = open(path, O_RDONLY | O_CLOEXEC);
	rule->user_probe->place_count = 1;
	dl_iterate_phdr(file_offset, rule->user_probe->places);
	return rule;
}

void road_probes(const char *program)
{
	struct rf_kernel_trace *trace = new_trace(++dirs);
	uint32_t dir = dirs;
	char copy[] = "/dev/shm/road-probed";
	char command[700];
	struct rf_event_rule *rule = new_rule(RF_EVENT_PROBE, "kp");

	/* Probes need a file system whose pages are its own. */
	snprintf(command, sizeof(command), "cp '%s' %s", program, copy);
	check(system(command) == 0, "a program to be probed");
	check_code(add_channel(trace, 256 << 10, 4, false), LTTNG_OK, "a channel for probes");
	snprintf(rule->probe.symbol, sizeof(rule->probe.symbol), "do_sys_openat2");
	rf_event_rule_ref(rule);
	check_code(add_rule(trace, 1, rule), LTTNG_OK, "kprobe");
	check_code(add_rule(trace, 2, rule), LTTNG_ERR_KERN_EVENT_EXIST, "the same again");
	rule = new_rule(RF_EVENT_FUNCTION, "kr");
	snprintf(rule->probe.symbol, sizeof(rule->probe.symbol), "do_sys_openat2");
	check_code(add_rule(trace, 3, rule), LTTNG_OK, "kretprobe");
	check_code(add_rule(trace, 4, user_probe(copy)), LTTNG_OK, "user-space probe");
	rule = user_probe(copy);
	snprintf(rule->name, sizeof(rule->name), "outside");
	rule->user_probe->places[0] = (uint64_t)1 << 40;
	check_code(add_rule(trace, 5, rule), LTTNG_ERR_KERN_ENABLE_FAIL, "user-space probe outside of the file");
	check_code(tracer->ops->start(trace), LTTNG_OK, "start");
	open_file(77, 10);
	snprintf(command, sizeof(command), "%s --probed", copy);
	check(system(command) == 0, "it runs");
	check_code(tracer->ops->enable_rule(trace, CHANNEL, 1, false), LTTNG_OK, "kprobe off");
	check_code(tracer->ops->enable_rule(trace, CHANNEL, 1, false), LTTNG_ERR_KERN_DISABLE_FAIL, "kprobe off again");
	check_code(tracer->ops->stop(trace), LTTNG_OK, "stop");
	end_trace(trace);
	unlink(copy);

	char *text = read_trace(dir);

	check(count_lines(text, " kp:", "ip = ") >= 10, "kprobe: %u", count_lines(text, " kp:", "ip = "));
	check(count_lines(text, "kr_entry:", "ip = ") >= 10, "kretprobe, entry: %u",
		count_lines(text, "kr_entry:", "ip = "));
	check(count_lines(text, "kr_exit:", "ip = ") >= 10, "kretprobe, exit: %u",
		count_lines(text, "kr_exit:", "ip = "));
	check(count_lines(text, " up:", "ip = ") == 7, "user-space probe: %u", count_lines(text, " up:", "ip = "));
	free(text);
}
