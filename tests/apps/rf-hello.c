/* SPDX-License-Identifier: GPL-2.0-only */
/* The smallest traced application: `rf-hello NAME COUNT` records COUNT greetings and ends. Shown by tests/demo.sh. */
#define LTTNG_UST_TRACEPOINT_CREATE_PROBES
#define LTTNG_UST_TRACEPOINT_DEFINE
#include "tests/apps/rf-hello-tp.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: rf-hello NAME COUNT\n");
		return EXIT_FAILURE;
	}

	unsigned long count = strtoul(argv[2], NULL, 10);

	for (unsigned long i = 0; i < count; i++)
		lttng_ust_tracepoint(rf_hello, greeting, argv[1], (uint32_t)i);
	return EXIT_SUCCESS;
}
