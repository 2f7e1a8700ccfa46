/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/log.h"
#include "common/loop.h"
#include "common/names.h"

#include <criterion/criterion.h>
#include <string.h>

Test(names, sessions_and_channels)
{
	char long_name[300];

	memset(long_name, 'n', sizeof(long_name));
	long_name[254] = '\0';
	cr_assert(rf_session_name_ok(long_name));
	long_name[254] = 'n';
	long_name[255] = '\0';
	cr_assert_not(rf_session_name_ok(long_name));
	cr_assert_not(rf_session_name_ok(""));
	cr_assert_not(rf_session_name_ok("a/b"));
	cr_assert(rf_session_name_ok("."));
	cr_assert_not(rf_channel_name_ok(".hidden"));
	cr_assert_not(rf_channel_name_ok("a/b"));
	cr_assert(rf_channel_name_ok("channel0"));
}

Test(names, process_names_become_one_component)
{
	char out[32];

	rf_path_component(out, sizeof(out), "../../etc/passwd");
	cr_assert_str_eq(out, ".._.._etc_passwd");
	rf_path_component(out, sizeof(out), "..");
	cr_assert_str_eq(out, "__");
	rf_path_component(out, sizeof(out), ".");
	cr_assert_str_eq(out, "_");
	rf_path_component(out, sizeof(out), "");
	cr_assert_str_eq(out, "_");
	rf_path_component(out, sizeof(out), "a b\n\x80");
	cr_assert_str_eq(out, "a_b__");
	rf_path_component(out, 4, "abcdef");
	cr_assert_str_eq(out, "abc");
}

Test(names, output_paths)
{
	cr_assert(rf_output_path_ok("/home/u/traces"));
	cr_assert(rf_output_path_ok("/a/..b/c.."));
	cr_assert_not(rf_output_path_ok("relative"));
	cr_assert_not(rf_output_path_ok(""));
	cr_assert_not(rf_output_path_ok("/a/../b"));
	cr_assert_not(rf_output_path_ok("/a/.."));
	cr_assert_not(rf_output_path_ok("/.."));
}

Test(names, stars_collapse)
{
	char pattern[] = "**a***b*c**";

	rf_collapse_stars(pattern);
	cr_assert_str_eq(pattern, "*a*b*c*");
}

Test(log, unprintable_text_is_escaped)
{
	char out[32];

	cr_assert_str_eq(rf_log_safe(out, sizeof(out), "a\n\x1b[2J\\"), "a\\x0a\\x1b[2J\\x5c");
	cr_assert_str_eq(rf_log_safe(out, 8, "abcdefghij"), "abc");
}

static int fired[4];
static int fired_count;
static struct rf_loop *timer_loop;
static struct rf_timer timers[4];

static void fire(struct rf_timer *timer)
{
	fired[fired_count++] = (int)(timer - timers);
	if (timer == &timers[1])
		rf_timer_cancel(&timers[3]);
	if (timer == &timers[2])
		rf_loop_stop(timer_loop);
}

Test(loop, timers_fire_in_order_and_can_be_cancelled, .timeout = 10)
{
	timer_loop = rf_loop_create();
	rf_timer_arm(timer_loop, &timers[2], 30 * RF_MS, fire);
	rf_timer_arm(timer_loop, &timers[0], 5 * RF_MS, fire);
	rf_timer_arm(timer_loop, &timers[3], 20 * RF_MS, fire);
	rf_timer_arm(timer_loop, &timers[1], 10 * RF_MS, fire);
	rf_loop_run(timer_loop);
	cr_assert_eq(fired_count, 3);
	cr_assert_eq(fired[0], 0);
	cr_assert_eq(fired[1], 1);
	cr_assert_eq(fired[2], 2);
	rf_loop_destroy(timer_loop);
}
