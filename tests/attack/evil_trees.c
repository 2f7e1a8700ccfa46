/* SPDX-License-Identifier: GPL-2.0-only */
/* The attacks of an evil session daemon on the broker: what is made, for a user, where that user may not. */
#include "tests/attack/evil_requests.h"

#include <errno.h>
#include <unistd.h>

/* A session daemon, for a user, where that user may not. */
static int tree_of_root(void)
{
	return evil_make_tree(9, EVIL_ALICE, "rootonly/made-by-attack");
}
static int tree_of_bob(void)
{
	return evil_make_tree(9, EVIL_ALICE, "bob/made-by-attack");
}
static int tree_through_link(void)
{
	return evil_make_tree(9, EVIL_ALICE, "shared/trap/made-by-attack");
}
static int part_through_link(void)
{
	/* The trap is ust/uid in this tree. */
	int err = evil_make_tree(9, EVIL_ALICE, "alice/trapped");

	return err ? err : evil_make_dir(9, 9, 1, EVIL_ALICE, RF_DIR_UST_UID, "");
}
static int tree_above(void)
{
	return evil_make_tree(9, EVIL_ALICE, "alice/../shared/made-by-attack");
}
static int tree_relative(void)
{
	return evil_make_tree_at(9, EVIL_ALICE, "made-by-attack");
}
static int tree_twice(void)
{
	return evil_make_tree(1, EVIL_ALICE, "alice/again");
}
static int dir_of_unknown_kind(void)
{
	return evil_make_dir(9, 1, 1, EVIL_ALICE, 9, "");
}
static int dir_for_other_uid(void)
{
	return evil_make_dir(9, 2, 1, EVIL_BOB, RF_DIR_UST_UID, "");
}
static int procname_above(void)
{
	int err = evil_make_dir(9, 1, 1, EVIL_ALICE, RF_DIR_UST_PID, "../../../../../above");

	/* Made, but where it belongs: nothing is above. */
	return err                                                                                 ? err
		: access(EVIL_DIR "/trees/above", F_OK) < 0 && access(EVIL_DIR "/above", F_OK) < 0 ? -ENOENT
												   : 0;
}
static int chunk_name_above(void)
{
	return evil_make_chunk(1, EVIL_CHUNK, RF_CHUNK_SNAPSHOT, "../above");
}
static int chunk_name_dots(void)
{
	int err = evil_make_chunk(1, EVIL_CHUNK, RF_CHUNK_SNAPSHOT, "..");

	/* Made, and named so; but that is no way up. */
	return err ? err : access(EVIL_DIR "/ust", F_OK) < 0 ? -ENOENT : 0;
}
static int chunk_name_where_none_is(void)
{
	return evil_make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "evil");
}
static int chunk_twice(void)
{
	int err = evil_make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");

	return err ? err : evil_make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");
}
static int chunk_of_other_tree(void)
{
	/* The session's own, by the number of another user's tree. */
	int err = evil_make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");

	return err ? err : evil_end_chunk(RF_BROKER_RETIRE_CHUNK, 2);
}
static int archive_unretired(void)
{
	int err = evil_make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");

	return err ? err : evil_end_chunk(RF_BROKER_ARCHIVE_CHUNK, 1);
}
static int retire_twice(void)
{
	int err = evil_make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");

	if (!err)
		err = evil_end_chunk(RF_BROKER_RETIRE_CHUNK, 1);
	return err ? err : evil_end_chunk(RF_BROKER_RETIRE_CHUNK, 1);
}
static int archive_through_link(void)
{
	/* The trap is archives in this tree. */
	int err = evil_make_tree(9, EVIL_ALICE, "alice/trapped");

	if (!err)
		err = evil_make_chunk(9, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");
	if (!err)
		err = evil_end_chunk(RF_BROKER_RETIRE_CHUNK, 9);
	return err ? err : evil_end_chunk(RF_BROKER_ARCHIVE_CHUNK, 9);
}
static int save_for_other(void)
{
	return evil_save("bob", "evil", SEALED);
}
static int save_through_link(void)
{
	return evil_save("shared/trap", "evil", SEALED);
}
static int save_name_slash(void)
{
	return evil_save("alice", "../evil", SEALED);
}
static int save_above(void)
{
	return evil_save("alice/../shared", "evil", SEALED);
}
static int save_name_dots(void)
{
	return evil_save("alice", "..", SEALED);
}
static int save_huge(void)
{
	return evil_save_text("alice", "evil", (off_t)RF_SAVE_SIZE_MAX + 1, SEALED);
}
static int save_unsealed(void)
{
	return evil_save("alice", "evil", 0);
}
static int save_without_text(void)
{
	return evil_save("alice", "evil", -1);
}

static const struct attack attacks[] = {
	BY_SESSIOND("sessiond-tree-of-root", tree_of_root),
	BY_SESSIOND("sessiond-tree-of-user", tree_of_bob),
	BY_SESSIOND("sessiond-tree-through-link", tree_through_link),
	BY_SESSIOND("sessiond-part-through-link", part_through_link),
	BY_SESSIOND("sessiond-tree-above", tree_above),
	BY_SESSIOND("sessiond-tree-relative", tree_relative),
	BY_SESSIOND("sessiond-tree-twice", tree_twice),
	BY_SESSIOND("sessiond-dir-kind", dir_of_unknown_kind),
	BY_SESSIOND("sessiond-dir-for-other", dir_for_other_uid),
	BY_SESSIOND("sessiond-procname-above", procname_above),
	BY_SESSIOND("sessiond-chunk-name-above", chunk_name_above),
	BY_SESSIOND("sessiond-chunk-name-dots", chunk_name_dots),
	BY_SESSIOND("sessiond-chunk-name-where-none-is", chunk_name_where_none_is),
	BY_SESSIOND("sessiond-chunk-twice", chunk_twice),
	BY_SESSIOND("sessiond-chunk-of-other-tree", chunk_of_other_tree),
	BY_SESSIOND("sessiond-archive-unretired", archive_unretired),
	BY_SESSIOND("sessiond-retire-twice", retire_twice),
	BY_SESSIOND("sessiond-archive-through-link", archive_through_link),
	BY_SESSIOND("sessiond-save-for-other", save_for_other),
	BY_SESSIOND("sessiond-save-through-link", save_through_link),
	BY_SESSIOND("sessiond-save-name-slash", save_name_slash),
	BY_SESSIOND("sessiond-save-above", save_above),
	BY_SESSIOND("sessiond-save-name-dots", save_name_dots),
	BY_SESSIOND("sessiond-save-huge", save_huge),
	BY_SESSIOND("sessiond-save-unsealed", save_unsealed),
	BY_SESSIOND("sessiond-save-without-text", save_without_text),
};
const struct attack_table evil_trees = {attacks, sizeof(attacks) / sizeof(attacks[0])};
