/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy file: what it may say, whose it must be, and what the broker does with it. */
#include "policy/broker/policy_file.h"

#include "policy/broker/state.h"
#include "tests/unit/kernel_bench.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

/* What TEXT says; -EINVAL when it makes no sense. */
static int read_text(struct rf_policy_text *text, const char *says)
{
	FILE *file = fmemopen((void *)(uintptr_t)says, strlen(says), "r");
	int err;

	cr_assert(file);
	*text = (struct rf_policy_text){.path = "policy.conf"};
	err = rf_policy_text_read(text, file);
	fclose(file);
	return err;
}

Test(broker_policy, users_and_groups_of_the_kernel)
{
	struct rf_policy_text text;

	cr_expect_eq(read_text(&text,
			     "# who may\n[kernel]\nusers = 1005, daemon,root 1005\n  77\nusers = 3\n"
			     "; more\ngroups = daemon, no-such-group-here\n"),
		0);
	cr_assert_eq(text.kernel_count, 4);
	cr_expect_eq(text.kernel_uids[0], 1);
	cr_expect_eq(text.kernel_uids[1], 3);
	cr_expect_eq(text.kernel_uids[2], 77);
	cr_expect_eq(text.kernel_uids[3], 1005);
	rf_policy_text_free(&text);
	cr_expect_eq(read_text(&text, "[kernel]\nusers = no-such-account-here\n"), 0);
	cr_expect_eq(text.kernel_count, 0);
	/* The only member by the primary group. */
	cr_expect_eq(read_text(&text, "[kernel]\ngroups = 1\n"), 0);
	cr_assert_eq(text.kernel_count, 1);
	cr_expect_eq(text.kernel_uids[0], 1);
	rf_policy_text_free(&text);
	cr_expect_eq(read_text(&text, "[kernel]\n"), 0);
	cr_expect_eq(text.kernel_count, 0);
}

Test(broker_policy, what_makes_no_sense_is_refused)
{
	static const char *const bad[] = {
		"[kernal]\nusers = 5\n",
		"[kernel]\nuser = 5\n",
		"users = 5\n",
		"[kernel]\nusers\n",
		"[kernel]\nusers = a/b\n",
		"[kernel]\nusers = -1\n",
		"[kernel]\nusers = 5\n[other]\nx = y\n",
		"[kernel\nusers = 5\n",
	};
	struct rf_policy_text text;
	char *lengthy = malloc(20000);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect_eq(read_text(&text, bad[i]), -EINVAL, "%s", bad[i]);
		rf_policy_text_free(&text);
	}
	strcpy(lengthy, "[kernel]\nusers =");
	for (size_t i = strlen(lengthy); i < 19990; i += 2)
		strcpy(lengthy + i, " 5");
	strcat(lengthy, "\n");
	cr_expect_eq(read_text(&text, lengthy), -EINVAL);
	rf_policy_text_free(&text);
	free(lengthy);
}

static void put_file(const char *path, const char *says, uid_t uid, mode_t mode)
{
	FILE *file = fopen(path, "w");

	cr_assert(file);
	fputs(says, file);
	cr_assert_eq(fchown(fileno(file), uid, uid), 0);
	cr_assert_eq(fchmod(fileno(file), mode), 0);
	fclose(file);
}

Test(broker_policy, the_file_is_roots_alone)
{
	static const struct {
		uid_t uid;
		mode_t mode;
		int err;
	} files[] = {{0, 0644, 0}, {0, 0600, 0}, {0, 0664, -EPERM}, {0, 0646, -EPERM}, {1000, 0644, -EPERM}};
	char path[] = "/tmp/rf-unit-policy-XXXXXX";
	FILE *file;
	int err;

	if (geteuid() != 0)
		cr_skip_test("not root");
	close(mkstemp(path));
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		put_file(path, "", files[i].uid, files[i].mode);
		file = rf_policy_file_open(path, &err);
		cr_expect_eq(err, files[i].err, "%zu", i);
		if (file)
			fclose(file);
	}
	unlink(path);
	cr_expect_null(rf_policy_file_open(path, &err));
	cr_expect_eq(err, -ENOENT);
	cr_expect_null(rf_policy_file_open("/etc", &err));
	cr_expect_eq(err, -EPERM);
}

/* Until the session daemon has been told; the number of users, -1 when it hears nothing. */
static int read_and_hear(struct kernel_bench *bench)
{
	struct rf_broker_policy policy;
	struct rf_frame frame;

	rf_policy_read(&bench->broker);
	bench_wait(bench, bench->ends[BENCH_SESSIOND]);
	if (rf_frame_recv(bench->ends[BENCH_SESSIOND], &bench->buffer, &frame, MSG_DONTWAIT) != 1)
		return -1;
	cr_assert_eq(frame.type, RF_BROKER_POLICY);
	cr_assert(rf_broker_policy_decode(&frame.body, &policy));
	return (int)(policy.kernel_uids.len / sizeof(uint32_t));
}

Test(broker_policy, it_is_read_by_a_process_of_its_own_and_told)
{
	struct kernel_bench *bench = bench_with(-1, RF_TRACER_CHOOSE_TRACEFS);
	char path[] = "/tmp/rf-unit-policy-XXXXXX";

	if (geteuid() != 0)
		cr_skip_test("not root");
	bench->broker.policy = (struct rf_policy){0};
	bench->broker.sessiond_identity = (struct rf_identity){.uid = 54321, .gid = 54321};
	bench->options.policy = path;
	close(mkstemp(path));
	/* Who reads it need not be able to open it. */
	put_file(path, "[kernel]\nusers = 1005, 1006\n", 0, 0600);
	cr_expect_eq(read_and_hear(bench), 2);
	cr_expect(rf_policy_may_trace_kernel(&bench->broker.policy, 1006));
	cr_expect(rf_policy_may_trace_kernel(&bench->broker.policy, 0));
	cr_expect_not(rf_policy_may_trace_kernel(&bench->broker.policy, 1007));
	put_file(path, "[kernel]\nusers = 1007\n", 0, 0600);
	cr_expect_eq(read_and_hear(bench), 1);
	cr_expect_not(rf_policy_may_trace_kernel(&bench->broker.policy, 1006));
	cr_expect(rf_policy_may_trace_kernel(&bench->broker.policy, 1007));
	put_file(path, "", 0, 0600);
	cr_expect_eq(read_and_hear(bench), 0);
	cr_expect_not(rf_policy_may_trace_kernel(&bench->broker.policy, 1007));
	unlink(path);
	bench_free(bench);
}
