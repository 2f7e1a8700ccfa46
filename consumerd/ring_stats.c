/* SPDX-License-Identifier: GPL-2.0-only */
#include "consumerd/ring_stats.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The text has some 200 bytes. */
#define TEXT_MAX 1024

static const struct {
	const char *key;
	bool waits;
	bool lost;
} lines[] = {
	{"entries: ", true, false},
	{"overrun: ", false, true},
	{"commit overrun: ", false, true},
	{"dropped events: ", false, true},
	{"read events: ", false, false},
};

static void take_line(struct rf_ring_stats *stats, const char *line)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		size_t len = strlen(lines[i].key);

		if (strncmp(line, lines[i].key, len) != 0)
			continue;

		uint64_t value = strtoull(line + len, NULL, 10);

		stats->position += value;
		stats->entries += lines[i].waits ? value : 0;
		stats->lost += lines[i].lost ? value : 0;
		return;
	}
}

int rf_ring_stats_read(int fd, struct rf_ring_stats *stats)
{
	char text[TEXT_MAX];
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);

	*stats = (struct rf_ring_stats){0};
	if (got <= 0)
		return got ? -errno : -ENODATA;
	text[got] = 0;
	for (char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		take_line(stats, line);
	}
	return 0;
}
