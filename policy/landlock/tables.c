/* SPDX-License-Identifier: GPL-2.0-only */
/* The lists. A new entry needs a reason beside it. */
#include "policy/landlock/rights.h"

#define PATH(name, what, why)                                                                                          \
	{                                                                                                              \
		.path = name, .rights = what, .reason = why                                                            \
	}
#define GIVEN(which, what, why)                                                                                        \
	{                                                                                                              \
		.given = which, .rights = what, .reason = why                                                          \
	}
#define TABLE(name)                                                                                                    \
	static const struct rf_path_table name = {name##_rules, sizeof(name##_rules) / sizeof(name##_rules[0])}

#define LIST LANDLOCK_ACCESS_FS_READ_DIR
#define READ LANDLOCK_ACCESS_FS_READ_FILE
#define WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define DIRECTORIES (LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR)
#define EXECUTE LANDLOCK_ACCESS_FS_EXECUTE

#ifdef RF_SANITIZED
#define RUN_TIME READ /* what is for tests looks at its own process */
#else
#define RUN_TIME 0
#endif

static const struct rf_path_rule kernel_worker_rules[] = {
	GIVEN(RF_GIVEN_TRACEFS, LIST | READ | WRITE | DIRECTORIES, "instances, their files, lists of probes"),
	GIVEN(RF_GIVEN_MODULES, READ | WRITE, "the session daemon gets it"),
	PATH("/proc", LIST | RUN_TIME, "threads of a process that is tracked"),
};
TABLE(kernel_worker);

static const struct rf_path_rule state_reader_rules[] = {
	PATH("/proc", LIST | READ, "threads, interrupts, processors"),
	PATH("/sys/class", LIST, "network interfaces, block devices"),
	PATH("/sys/devices", READ, "numbers of block devices: what is in the class are links"),
};
TABLE(state_reader);

/* Where modprobe(8) has its configuration, what that has it run, and where libraries are is the machine's to say. */
static const struct rf_path_rule module_helper_rules[] = {
	PATH("/", LIST | READ | EXECUTE, "modprobe(8), its libraries, its configuration, modules"),
	PATH("/dev/null", WRITE, "what programs of modprobe's configuration say"),
};
TABLE(module_helper);

const struct rf_path_table *rf_paths_table(enum rf_paths_of who)
{
	static const struct rf_path_table *const tables[] = {
		[RF_PATHS_KERNEL_WORKER] = &kernel_worker,
		[RF_PATHS_STATE_READER] = &state_reader,
		[RF_PATHS_MODULE_HELPER] = &module_helper,
	};

	return tables[who];
}
