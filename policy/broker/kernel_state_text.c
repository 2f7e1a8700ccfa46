/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts of /proc. A thread's name is the thread's own choice and may hold anything. */
#include "policy/broker/kernel_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_THREAD 0x00200000ul /* among a thread's flags */
#define FIELD_FLAGS 9
#define FIELD_CPU 39

static uint8_t status_of(char state)
{
	switch (state) {
	case 'R':
		return RF_PROCESS_WAIT_CPU;
	case 'S':
	case 'D':
		return RF_PROCESS_WAIT;
	case 'Z':
		return RF_PROCESS_ZOMBIE;
	case 'X':
	case 'x':
		return RF_PROCESS_DEAD;
	default:
		return RF_PROCESS_UNNAMED;
	}
}

/* Field NUMBER of `stat`, where AT is field 3; NULL: there is none. */
static const char *field(const char *at, int number)
{
	for (int i = 3; at && i < number; i++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at;
}

bool rf_state_parse_thread(const char *stat, int32_t pid, struct rf_state_process *thread)
{
	const char *open = strchr(stat, '(');
	const char *close = strrchr(stat, ')');

	if (!open || !close || close < open || close[1] != ' ' || !close[2])
		return false;

	const char *flags = field(close + 2, FIELD_FLAGS);
	const char *cpu = field(close + 2, FIELD_CPU);

	if (!flags || !cpu)
		return false;
	*thread = (struct rf_state_process){
		.tid = (int32_t)strtol(stat, NULL, 10),
		.pid = pid,
		.ppid = (int32_t)strtol(field(close + 2, 4), NULL, 10),
		.kernel_thread = (strtoul(flags, NULL, 10) & KERNEL_THREAD) != 0,
		.status = status_of(close[2]),
		.cpu = (uint32_t)strtoul(cpu, NULL, 10),
	};
	snprintf(thread->name, sizeof(thread->name), "%.*s", (int)(close - open - 1), open + 1);
	return thread->tid > 0;
}

static const char *skip_spaces(const char *at)
{
	return at + strspn(at, " \t");
}

static const char *skip_word(const char *at)
{
	return skip_spaces(at + strcspn(at, " \t"));
}

bool rf_state_parse_interrupt(const char *line, unsigned int cpus, struct rf_state_interrupt *interrupt)
{
	char *colon;
	const char *at = skip_spaces(line);
	unsigned long irq = strtoul(at, &colon, 10);

	if (colon == at || *colon != ':' || irq > UINT32_MAX)
		return false;
	at = skip_spaces(colon + 1);
	for (unsigned int i = 0; i < cpus; i++)
		at = skip_word(at);
	*interrupt = (struct rf_state_interrupt){.irq = (uint32_t)irq};
	snprintf(interrupt->name, sizeof(interrupt->name), "%.*s", (int)strcspn(at, " \t"), at);
	/* Then the line at the controller, and who has it. */
	snprintf(interrupt->action, sizeof(interrupt->action), "%s", skip_word(skip_word(at)));
	return interrupt->name[0] && interrupt->action[0];
}

bool rf_state_parse_block_device(const char *line, struct rf_state_block_device *device)
{
	unsigned int major;
	unsigned int minor;

	*device = (struct rf_state_block_device){0};
	if (sscanf(line, " %u %u %*u %255s", &major, &minor, device->name) != 3)
		return false;
	device->dev = major << 20 | (minor & 0xfffff);
	return true;
}

static void copy(char *out, const char *value)
{
	snprintf(out, RF_NAME_SIZE, "%s", value);
}

bool rf_state_parse_cpu(const char *line, struct rf_state_cpu *cpu)
{
	const char *colon = strchr(line, ':');

	if (!colon)
		return cpu->architecture[0] != '\0';

	const char *value = skip_spaces(colon + 1);
	unsigned long number = strtoul(value, NULL, 10);
	char key[32];

	snprintf(key, sizeof(key), "%.*s", (int)strcspn(line, "\t:"), line);
	if (strcmp(key, "processor") == 0) {
		*cpu = (struct rf_state_cpu){.cpu = (uint16_t)number};
		copy(cpu->architecture, "x86");
	} else if (strcmp(key, "vendor_id") == 0) {
		copy(cpu->vendor, value);
	} else if (strcmp(key, "cpu family") == 0) {
		cpu->family = (uint8_t)number;
	} else if (strcmp(key, "model") == 0) {
		cpu->model = (uint8_t)number;
	} else if (strcmp(key, "model name") == 0) {
		copy(cpu->model_name, value);
	} else if (strcmp(key, "physical id") == 0) {
		cpu->physical = (uint16_t)number;
	} else if (strcmp(key, "core id") == 0) {
		cpu->core = (uint16_t)number;
	} else if (strcmp(key, "cpu cores") == 0) {
		cpu->cores = (uint16_t)number;
	}
	return false;
}
