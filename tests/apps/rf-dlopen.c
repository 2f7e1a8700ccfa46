/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program whose only tracepoints are those of a library that it opens and closes again: -l LIBRARY has a function
 * rf_plugin_emit(count). Loads it -c times, emits -n events each time and closes it; the last time it first says that
 * it is ready (-r) and waits (-g), so that somebody may look at it.
 */
#include <dlfcn.h>

#include "app_common.h"

struct options {
	const char *library, *gate, *ready;
	uint64_t cycles, count;
};

static int cycle(const struct options *options, int last)
{
	void (*emit)(uint64_t);
	void *library = dlopen(options->library, RTLD_NOW);

	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 2;
	}
	*(void **)&emit = dlsym(library, "rf_plugin_emit");
	if (emit == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 2;
	}
	emit(options->count);
	if (last)
		app_ready_and_gate(options->ready, options->gate);
	return dlclose(library) == 0 ? 0 : 2;
}

int main(int argc, char **argv)
{
	static const char usage[] = "rf-dlopen -l LIBRARY [-c CYCLES] [-n COUNT] [-g GATE] [-r READY_FILE]";
	struct options options = {.cycles = 1, .count = 1};
	const struct app_option table[] = {
		{'l', .text = &options.library},
		{'c', .number = &options.cycles},
		{'n', .number = &options.count},
		{'g', .text = &options.gate},
		{'r', .text = &options.ready},
		{0},
	};
	int status = 0;

	app_options(argc, argv, table, usage);
	if (options.library == NULL)
		app_usage(usage);
	for (uint64_t i = 0; i < options.cycles && status == 0; i++)
		status = cycle(&options, i + 1 == options.cycles);
	printf("emitted %llu\n", (unsigned long long)(options.cycles * options.count));
	return status;
}
