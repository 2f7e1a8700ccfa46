/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/state_reader.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_THREAD 0x00200000u /* of a task's flags */

static enum rf_process_status status_of(char state)
{
	switch (state) {
	case 'R':
		return RF_PROCESS_WAIT_CPU;
	case 'Z':
		return RF_PROCESS_ZOMBIE;
	case 'X':
	case 'x':
		return RF_PROCESS_DEAD;
	default:
		return RF_PROCESS_WAIT;
	}
}

/* Field NUMBER of TEXT (the first is 0), separated by single spaces. */
static uint64_t field_at(const char *text, unsigned int number)
{
	while (text && number--) {
		text = strchr(text, ' ');
		if (text)
			text++;
	}
	return text ? strtoull(text, NULL, 10) : 0;
}

static void copy_text(char *out, size_t size, const char *text, size_t len)
{
	len = len < size - 1 ? len : size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

/* Of a kernel's worker the file tells what it works at, too, which is not its name: `kworker/1:0-events`. */
static void cut_work(char *name)
{
	char *number = strncmp(name, "kworker/", 8) == 0 ? strchr(name, ':') : NULL;

	if (number)
		number[strcspn(number, "-+")] = '\0';
}

bool rf_state_parse_stat(const char *line, struct rf_state_process *process)
{
	const char *open = strchr(line, '(');
	/* A name may hold anything. */
	const char *close = strrchr(line, ')');

	*process = (struct rf_state_process){0};
	if (!open || !close || close < open || close[1] != ' ' || !close[2] || close[3] != ' ')
		return false;
	process->tid = (int32_t)strtol(line, NULL, 10);
	copy_text(process->name, sizeof(process->name), open + 1, (size_t)(close - open - 1));
	process->status = (uint8_t)status_of(close[2]);
	process->ppid = (int32_t)field_at(close + 4, 0);
	process->kernel_thread = (field_at(close + 4, 5) & KERNEL_THREAD) != 0;
	process->priority = (int32_t)field_at(close + 4, 14);
	if (process->kernel_thread)
		cut_work(process->name);
	process->cpu = (uint32_t)field_at(close + 4, 35);
	return process->tid > 0;
}

static const char *skip_spaces(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return at;
}

/* ` 24:  100  3  PCI-MSI 512-edge  eth0`: number, a count for each processor, the controller's words, who has it. */
bool rf_state_parse_interrupt(const char *line, unsigned int columns, struct rf_state_interrupt *interrupt)
{
	const char *at = skip_spaces(line);
	size_t len;
	char *end;

	*interrupt = (struct rf_state_interrupt){0};
	interrupt->irq = (uint32_t)strtoul(at, &end, 10);
	if (end == at || *end != ':')
		return false;
	at = skip_spaces(end + 1);
	for (; columns; columns--) {
		if (!isdigit((unsigned char)*at))
			return false;
		at = skip_spaces(at + strspn(at, "0123456789"));
	}
	len = strcspn(at, " \t\n");
	copy_text(interrupt->name, sizeof(interrupt->name), at, len);
	/* The controller's own number and trigger, which have no spaces in them either. */
	at = skip_spaces(at + len);
	at = skip_spaces(at + strcspn(at, " \t\n"));
	copy_text(interrupt->action, sizeof(interrupt->action), at, strcspn(at, "\n"));
	return interrupt->action[0] != '\0';
}

bool rf_state_parse_cpu(const char *line, struct rf_state_cpu *cpu)
{
	const char *colon = strchr(line, ':');
	unsigned long number;
	const char *value;
	size_t key;
	size_t len;

	if (!colon)
		return false;
	value = skip_spaces(colon + 1);
	len = strcspn(value, "\n");
	number = strtoul(value, NULL, 10);
	for (key = (size_t)(colon - line); key && isspace((unsigned char)line[key - 1]); key--)
		;
#define IS(name) (key == strlen(name) && !strncmp(line, name, key))
	if (IS("processor")) {
		*cpu = (struct rf_state_cpu){.cpu = (uint16_t)number, .architecture = "x86"};
		return true;
	}
	if (IS("vendor_id"))
		copy_text(cpu->vendor, sizeof(cpu->vendor), value, len);
	else if (IS("cpu family"))
		cpu->family = (uint8_t)number;
	else if (IS("model"))
		cpu->model = (uint8_t)number;
	else if (IS("model name"))
		copy_text(cpu->model_name, sizeof(cpu->model_name), value, len);
	else if (IS("physical id"))
		cpu->physical = (uint16_t)number;
	else if (IS("core id"))
		cpu->core = (uint16_t)number;
	else if (IS("cpu cores"))
		cpu->cores = (uint16_t)number;
#undef IS
	return false;
}
