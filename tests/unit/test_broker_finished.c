/* SPDX-License-Identifier: GPL-2.0-only */
/* What is remembered of closed directories. */
#include "common/proto_broker.h"
#include "policy/broker/finished_dirs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct rf_finished_dirs dirs;

static void begin(void)
{
	rf_finished_dirs_init(&dirs);
}

static void end(void)
{
	rf_finished_dirs_free(&dirs);
}

TestSuite(broker_finished, .init = begin, .fini = end);

static void fill(struct rf_made_files *files, const char *channel, uint32_t cpus, bool index)
{
	rf_made_files_init(files);
	cr_assert_eq(rf_made_files_note(files, channel, 0, cpus, RF_NO_FILE_NUMBER, index), 0);
}

static void add(const char *path, const char *channel)
{
	struct rf_made_files files;

	fill(&files, channel, 2, true);
	rf_finished_dirs_add(&dirs, path, &files);
	cr_expect_not(rf_list_linked(&files.channels), "taken over");
}

static unsigned int count_sets(void)
{
	unsigned int count = 0;

	rf_list_for_each(node, &dirs.sets)
		count++;
	return count;
}

Test(broker_finished, paths_are_found_again)
{
	char path[64];

	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "ust/pid/app-%d", i * i);
		add(path, "ch");
	}
	cr_expect_eq(dirs.count, 1000);
	cr_expect(rf_finished_dirs_have(&dirs, "ust/pid/app-0"));
	cr_expect(rf_finished_dirs_have(&dirs, "ust/pid/app-998001"));
	cr_expect_not(rf_finished_dirs_have(&dirs, "ust/pid/app-99800"));
	cr_expect_not(dirs.lost);
	cr_expect_eq(count_sets(), 1);
}

Test(broker_finished, only_the_same_files_are_shared)
{
	add("a", "one");
	add("b", "two");
	add("c", "one");
	add("d", "two");
	cr_expect_eq(count_sets(), 2);
}

Test(broker_finished, what_has_no_room_is_lost_and_that_is_known)
{
	char path[8192];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	add("a", "ch");
	cr_expect_not(dirs.lost);
	add(path, "ch");
	cr_expect(dirs.lost);
	cr_expect_eq(dirs.count, 1);
	cr_expect(rf_finished_dirs_have(&dirs, "a"));
	cr_expect_not(rf_finished_dirs_have(&dirs, path));
}

static bool equal(struct rf_made_files *a, struct rf_made_files *b)
{
	bool same = rf_made_files_equal(a, b);

	cr_expect_eq(same, rf_made_files_equal(b, a));
	rf_made_files_free(b);
	return same;
}

Test(broker_finished, sets_differ_in_any_field)
{
	struct rf_made_files a;
	struct rf_made_files b;

	fill(&a, "ch", 2, true);
	fill(&b, "ch", 2, true);
	cr_expect(equal(&a, &b));
	fill(&b, "cH", 2, true);
	cr_expect_not(equal(&a, &b));
	fill(&b, "ch", 3, true);
	cr_expect_not(equal(&a, &b));
	fill(&b, "ch", 2, false);
	cr_expect_not(equal(&a, &b));
	fill(&b, "ch", 2, true);
	b.metadata = true;
	cr_expect_not(equal(&a, &b));
	fill(&b, "ch", 2, true);
	cr_assert_eq(rf_made_files_note(&b, "ch", 0, 2, 0, true), 0);
	cr_expect_not(equal(&a, &b));
	fill(&b, "ch", 2, true);
	cr_assert_eq(rf_made_files_note(&b, "more", 0, 2, RF_NO_FILE_NUMBER, true), 0);
	cr_expect_not(equal(&a, &b));
	rf_made_files_init(&b);
	cr_expect_not(equal(&a, &b));
	rf_made_files_free(&a);
}
