/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rf-health sessiond|consumerd64|consumerd32|kconsumerd, or rf-health relayd SOCKET: asks a daemon's health as programs
 * do, by liblttng-ctl. Prints the names of the components in bad health (or their number, without a name), one a line.
 * Exit status: 0 all well, 1 something is not, 2 usage, 3 nobody answered.
 */
#include <lttng/health.h>
#include <lttng/lttng.h>
#include <stdio.h>
#include <string.h>

static struct lttng_health *about(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "relayd"))
		return lttng_health_create_relayd(argv[2]);
	if (argc != 2)
		return NULL;
	if (!strcmp(argv[1], "sessiond"))
		return lttng_health_create_sessiond();
	if (!strcmp(argv[1], "consumerd64"))
		return lttng_health_create_consumerd(LTTNG_HEALTH_CONSUMERD_UST_64);
	if (!strcmp(argv[1], "consumerd32"))
		return lttng_health_create_consumerd(LTTNG_HEALTH_CONSUMERD_UST_32);
	if (!strcmp(argv[1], "kconsumerd"))
		return lttng_health_create_consumerd(LTTNG_HEALTH_CONSUMERD_KERNEL);
	return NULL;
}

int main(int argc, char **argv)
{
	struct lttng_health *health = about(argc, argv);

	if (health == NULL) {
		fprintf(stderr, "usage: rf-health sessiond|consumerd64|consumerd32|kconsumerd|relayd SOCKET\n");
		return 2;
	}
	if (lttng_health_query(health) != 0) {
		fprintf(stderr, "no answer\n");
		return 3;
	}

	int threads = lttng_health_get_nr_threads(health);

	for (int i = 0; i < threads; i++) {
		const struct lttng_health_thread *thread = lttng_health_get_thread(health, (unsigned int)i);
		const char *name = lttng_health_thread_name(thread);

		if (lttng_health_thread_state(thread) == 0)
			continue;
		if (name != NULL)
			printf("%s\n", name);
		else
			printf("%d\n", i);
	}
	fprintf(stderr, "%d components\n", threads);

	int bad = lttng_health_state(health) != 0;

	lttng_health_destroy(health);
	return bad;
}
