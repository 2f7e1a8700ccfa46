/* SPDX-License-Identifier: GPL-2.0-only */
/* Saving a session's configuration, as the run-as worker does it. */
#include "tests/unit/worker_peer.h"

#include <sys/mman.h>

#define ALL_SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)
#define OWNER 54321

static struct worker_peer peer;

static void begin(void)
{
	static char home[] = "/no-such-home";
	struct rf_identity owner = {.uid = getuid(), .gid = getgid(), .home = home};

	worker_start(&peer, &owner);
}

static void end(void)
{
	worker_end(&peer);
}

TestSuite(broker_save, .init = begin, .fini = end);

static int sealed(const char *text, int seals)
{
	int fd = memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(fcntl(fd, F_ADD_SEALS, seals), 0);
	return fd;
}

static int save(const char *directory, const char *name, bool overwrite, int text)
{
	struct rf_broker_save_session request = {.uid = getuid(), .gid = getgid(), .overwrite = overwrite};
	struct rf_writer w = worker_body();
	int status;

	snprintf(request.directory, sizeof(request.directory), "%s", directory);
	snprintf(request.name, sizeof(request.name), "%s", name);
	rf_broker_save_session_encode(&w, &request);
	status = worker_ask(&peer, RF_BROKER_SAVE_SESSION, &w, text);
	if (text >= 0)
		close(text);
	return status;
}

static void expect_text(const char *name, const char *text)
{
	char got[64] = "";
	FILE *file = fopen(worker_path(&peer, name), "r");

	cr_assert(file, "%s", name);
	(void)!fgets(got, sizeof(got), file);
	fclose(file);
	cr_expect_str_eq(got, text);
}

/* That nothing but what is named is there. */
static void expect_entries(const char *name, int count)
{
	char command[256];

	snprintf(command, sizeof(command), "test $(ls -A '%s' | wc -l) -eq %d", worker_path(&peer, name), count);
	cr_expect_eq(system(command), 0, "not %d files in %s", count, name);
}

Test(broker_save, a_file_is_whole_and_the_owners)
{
	struct stat st;

	cr_expect_eq(save(worker_path(&peer, "a/b"), "s", false, sealed("text", ALL_SEALS)), 0);
	cr_assert_eq(stat(worker_path(&peer, "a/b/s.lttng"), &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0660u);
	cr_expect_eq(st.st_nlink, 1);
	cr_assert_eq(stat(worker_path(&peer, "a/b"), &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0770u);
	expect_text("a/b/s.lttng", "text");
	expect_entries("a/b", 1);
}

Test(broker_save, a_file_that_is_there_is_not_replaced_unasked)
{
	cr_expect_eq(save(peer.dir, "s", false, sealed("first", ALL_SEALS)), 0);
	cr_expect_eq(save(peer.dir, "s", false, sealed("second", ALL_SEALS)), -EEXIST);
	cr_expect_eq(peer.at_file, 1);
	cr_expect_str_eq(peer.where, worker_path(&peer, "s.lttng"));
	expect_text("s.lttng", "first");
	expect_entries("", 1);
	cr_expect_eq(save(peer.dir, "s", true, sealed("third", ALL_SEALS)), 0);
	expect_text("s.lttng", "third");
	expect_entries("", 1);
}

Test(broker_save, a_link_in_the_files_place_is_not_followed)
{
	worker_put(&peer, "victim", "precious");
	cr_assert_eq(symlink("victim", worker_path(&peer, "s.lttng")), 0);
	cr_expect_eq(save(peer.dir, "s", false, sealed("text", ALL_SEALS)), -EEXIST);
	cr_expect_eq(save(peer.dir, "s", true, sealed("text", ALL_SEALS)), 0);
	expect_text("victim", "precious");
	expect_text("s.lttng", "text");
}

Test(broker_save, text_that_can_change_is_refused)
{
	int pipe_ends[2];

	cr_expect_eq(save(peer.dir, "s", false, sealed("text", 0)), -EINVAL);
	cr_expect_eq(save(peer.dir, "s", false, sealed("text", F_SEAL_SHRINK | F_SEAL_GROW)), -EINVAL);
	cr_expect_eq(save(peer.dir, "s", false, sealed("text", F_SEAL_WRITE)), -EINVAL);
	cr_assert_eq(pipe(pipe_ends), 0);
	cr_expect_eq(save(peer.dir, "s", false, pipe_ends[0]), -EINVAL);
	close(pipe_ends[1]);
	cr_expect_eq(save(peer.dir, "s", false, open("/etc/passwd", O_RDONLY)), -EINVAL);
	cr_expect_eq(save(peer.dir, "s", false, -1), -EINVAL);
	expect_entries("", 0);
}

Test(broker_save, text_beyond_the_limit_is_refused)
{
	int fd = memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	cr_assert_eq(ftruncate(fd, (off_t)RF_SAVE_SIZE_MAX + 1), 0);
	cr_assert_eq(fcntl(fd, F_ADD_SEALS, ALL_SEALS), 0);
	cr_expect_eq(save(peer.dir, "s", false, fd), -EFBIG);
	expect_entries("", 0);
}

Test(broker_save, names_and_directories_that_climb_are_refused)
{
	cr_expect_eq(save(peer.dir, "a/b", false, sealed("text", ALL_SEALS)), -EINVAL);
	cr_expect_eq(save(peer.dir, "", false, sealed("text", ALL_SEALS)), -EINVAL);
	cr_expect_eq(save(worker_path(&peer, "../x"), "s", false, sealed("text", ALL_SEALS)), -EINVAL);
	cr_expect_eq(save("relative", "s", false, sealed("text", ALL_SEALS)), -EINVAL);
	cr_expect_eq(peer.at_file, 0);
	expect_entries("", 0);
}

Test(broker_save, what_failed_is_said)
{
	char name[RF_NAME_SIZE];

	worker_put(&peer, "file", "x");
	cr_expect_eq(save(worker_path(&peer, "file"), "s", false, sealed("text", ALL_SEALS)), -ENOTDIR);
	cr_expect_eq(peer.at_file, 0);
	cr_expect_str_eq(peer.where, worker_path(&peer, "file"));
	cr_assert_eq(mkdir(worker_path(&peer, "d"), 0770), 0);
	cr_assert_eq(mkdir(worker_path(&peer, "d/s.lttng"), 0770), 0);
	cr_expect_eq(save(worker_path(&peer, "d"), "s", true, sealed("text", ALL_SEALS)), -EISDIR);
	cr_expect_eq(peer.at_file, 1);
	expect_entries("d", 1);
	/* Longer with its suffix than a name may be. */
	memset(name, 'n', 254);
	name[254] = '\0';
	cr_expect_eq(save(worker_path(&peer, "d"), name, false, sealed("text", ALL_SEALS)), -ENAMETOOLONG);
	expect_entries("d", 1);
}

Test(broker_save_as, the_default_is_in_the_accounts_home)
{
	char home[] = "/tmp/rf-unit-home-XXXXXX";
	struct rf_identity owner = {.uid = getuid(), .gid = getgid(), .home = home};
	char command[128];
	char full[128];

	cr_assert(mkdtemp(home));
	worker_start(&peer, &owner);
	cr_expect_eq(save("", "s", false, sealed("text", ALL_SEALS)), 0);
	snprintf(full, sizeof(full), "%s/.lttng/sessions/s.lttng", home);
	cr_expect_str_eq(peer.where, full);
	cr_expect_eq(access(full, R_OK), 0);
	worker_end(&peer);
	snprintf(command, sizeof(command), "rm -rf '%s'", home);
	cr_expect_eq(system(command), 0);

	owner.home = NULL;
	worker_start(&peer, &owner);
	cr_expect_eq(save("", "s", false, sealed("text", ALL_SEALS)), -ENOENT);
	worker_end(&peer);
}

Test(broker_save_as, only_where_the_owner_may)
{
	struct rf_identity owner = {.uid = OWNER, .gid = OWNER};
	struct stat st;

	if (getuid() != 0)
		cr_skip_test("becoming another uid needs root");
	worker_start(&peer, &owner);
	cr_assert_eq(mkdir(worker_path(&peer, "roots"), 0755), 0);
	cr_assert_eq(mkdir(worker_path(&peer, "other"), 0777), 0);
	cr_assert_eq(chmod(worker_path(&peer, "other"), 0777), 0);
	cr_assert_eq(symlink("other", worker_path(&peer, "trap")), 0);
	cr_assert_eq(lchown(worker_path(&peer, "trap"), OWNER + 1, OWNER + 1), 0);
	cr_expect_eq(save(worker_path(&peer, "roots"), "s", false, sealed("text", ALL_SEALS)), -EACCES);
	cr_expect_eq(peer.at_file, 1);
	cr_expect_eq(save(worker_path(&peer, "roots/sub"), "s", false, sealed("text", ALL_SEALS)), -EACCES);
	cr_expect_eq(peer.at_file, 0);
	/* A link that a third made says where he wants it. */
	cr_expect_eq(save(worker_path(&peer, "trap"), "s", false, sealed("text", ALL_SEALS)), -EPERM);
	cr_expect_eq(save(worker_path(&peer, "other"), "s", false, sealed("text", ALL_SEALS)), 0);
	cr_assert_eq(stat(worker_path(&peer, "other/s.lttng"), &st), 0);
	cr_expect_eq(st.st_uid, OWNER);
	cr_expect_eq(st.st_gid, OWNER);
	worker_end(&peer);
}
