/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/c_type.h"

#include <string.h>

static const struct rf_c_type types[] = {
	{"bool", 1, false},
	{"u8", 1, false},
	{"__u8", 1, false},
	{"uint8_t", 1, false},
	{"unsigned char", 1, false},
	{"char", 1, false},
	{"s8", 1, true},
	{"__s8", 1, true},
	{"int8_t", 1, true},
	{"signed char", 1, true},
	{"u16", 2, false},
	{"__u16", 2, false},
	{"uint16_t", 2, false},
	{"unsigned short", 2, false},
	{"umode_t", 2, false},
	{"s16", 2, true},
	{"__s16", 2, true},
	{"int16_t", 2, true},
	{"short", 2, true},
	{"u32", 4, false},
	{"__u32", 4, false},
	{"uint32_t", 4, false},
	{"unsigned int", 4, false},
	{"unsigned", 4, false},
	{"uint", 4, false},
	{"uid_t", 4, false},
	{"gid_t", 4, false},
	{"qid_t", 4, false},
	{"dev_t", 4, false},
	{"s32", 4, true},
	{"__s32", 4, true},
	{"int32_t", 4, true},
	{"int", 4, true},
	{"pid_t", 4, true},
	{"key_t", 4, true},
	{"key_serial_t", 4, true},
	{"mqd_t", 4, true},
	{"timer_t", 4, true},
	{"clockid_t", 4, true},
	{"rwf_t", 4, true},
	{"u64", 8, false},
	{"__u64", 8, false},
	{"uint64_t", 8, false},
	{"unsigned long", 8, false},
	{"unsigned long long", 8, false},
	{"size_t", 8, false},
	{"cpumask_t", 8, false}, /* locators: an array of these longs */
	{"s64", 8, true},
	{"__s64", 8, true},
	{"int64_t", 8, true},
	{"long", 8, true},
	{"long long", 8, true},
	{"off_t", 8, true},
	{"loff_t", 8, true},
	{"ssize_t", 8, true},
};
static const struct rf_c_type an_enum = {"enum", 4, false};

static bool starts_with(const char *name, size_t len, const char *word)
{
	size_t word_len = strlen(word);

	return len > word_len && memcmp(name, word, word_len) == 0;
}

const struct rf_c_type *rf_c_type_find(const char *name, size_t len)
{
	if (starts_with(name, len, "const ")) {
		name += 6;
		len -= 6;
	}
	if (memchr(name, '*', len))
		return NULL;
	if (starts_with(name, len, "enum "))
		return &an_enum;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].name) == len && memcmp(types[i].name, name, len) == 0)
			return &types[i];
	return NULL;
}
