/* SPDX-License-Identifier: GPL-2.0-only */
/* The attacks of an evil child on the broker: what is for another role, or was granted to another. */
#include "tests/attack/evil_requests.h"

#include <errno.h>
#include <sys/socket.h>

/* A consumer, beyond what was granted to it. */
static int streams_of_other(void)
{
	return evil_open_streams(2, 0, 1, "channel");
}
static int metadata_of_other(void)
{
	return evil_open_metadata(2);
}
static int make_tree(void)
{
	return evil_make_tree(9, EVIL_ALICE, "alice/evil");
}
static int make_dir(void)
{
	return evil_make_dir(9, 2, 1, EVIL_ALICE, RF_DIR_UST_UID, "");
}
static int spawn_another(void)
{
	return evil_spawn(9, EVIL_BOB, RF_CONSUMER_CONTROL_FD);
}
static int chunk_of_other(void)
{
	return evil_make_chunk(2, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");
}
static int remove_chunk_of_other(void)
{
	return evil_end_chunk(RF_BROKER_REMOVE_CHUNK, 2);
}
static int save_by_consumer(void)
{
	return evil_save("alice", "evil", SEALED);
}
static int lookup_by_consumer(void)
{
	const struct rf_broker_lookup_account message = {.kind = RF_ACCOUNT_USER, .name = "root"};
	struct rf_writer w = evil_body();

	rf_broker_lookup_account_encode(&w, &message);
	return evil_ask(RF_BROKER_LOOKUP_ACCOUNT, &w, NULL, 0);
}
/* From a socket that is no client's. */
static int take_program(void)
{
	struct rf_writer w = evil_body();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	return evil_ask(RF_BROKER_RECEIVE_PROGRAM, &w, ends, 1);
}

static int open_buffers(uint32_t dir)
{
	const struct rf_broker_open_buffers message = {.dir = dir, .cpu_count = 1, .channel = "channel"};
	struct rf_writer w = evil_body();

	rf_broker_open_buffers_encode(&w, &message);
	return evil_ask(RF_BROKER_OPEN_BUFFERS, &w, NULL, 0);
}
static int buffers_of_other(void)
{
	return open_buffers(2);
}
static int buffers_in_trace(void)
{
	return open_buffers(1);
}

/* These have no reply: what they should not do is asked for, or seen, afterwards. */
static int one_way(uint32_t type, uint32_t id)
{
	struct rf_writer w = evil_body();
	const struct rf_broker_id message = {.id = id};
	int err;

	rf_broker_id_encode(&w, &message);
	err = rf_frame_send(RF_BROKER_FD, type, 0, 0, w.base, w.at, NULL, 0);
	rf_writer_free(&w);
	return err < 0 ? err : evil_open_metadata(1);
}
static int stop_other(void)
{
	return one_way(RF_BROKER_STOP_CONSUMER, 2);
}
static int remove_dir_of_other(void)
{
	return one_way(RF_BROKER_REMOVE_DIR, 2);
}
static int other_dir_is_gone(void)
{
	/* Its id can be used again. */
	return evil_make_dir(2, 2, 2, EVIL_BOB, RF_DIR_UST_UID, "");
}
static int other_is_gone(void)
{
	return evil_wait_gone(2);
}
static int close_tree_of_other(void)
{
	return one_way(RF_BROKER_CLOSE_TREE, 2);
}
static int other_tree_is_gone(void)
{
	/* Its id can be used again. */
	return evil_make_tree(2, EVIL_BOB, "trees/bob");
}

static int sessiond_opens(void)
{
	return evil_open_streams(1, 0, 1, "channel");
}

static const struct attack attacks[] = {
	BY_CONSUMER("consumer-streams-of-other", streams_of_other),
	BY_CONSUMER("consumer-metadata-of-other", metadata_of_other),
	BY_CONSUMER("consumer-make-tree", make_tree),
	BY_CONSUMER("consumer-make-dir", make_dir),
	BY_CONSUMER("consumer-spawn", spawn_another),
	BY_CONSUMER("consumer-make-chunk", chunk_of_other),
	BY_CONSUMER("consumer-remove-chunk", remove_chunk_of_other),
	BY_CONSUMER("consumer-save", save_by_consumer),
	BY_CONSUMER("consumer-lookup", lookup_by_consumer),
	BY_CONSUMER("consumer-program", take_program),
	BY_CONSUMER("consumer-buffers-of-other", buffers_of_other),
	BY_CONSUMER("consumer-buffers-in-trace", buffers_in_trace),
	{.name = "consumer-remove-dir", .by = 1, .run = remove_dir_of_other, .seen = other_dir_is_gone},
	{.name = "consumer-stop-other", .by = 1, .run = stop_other, .seen = other_is_gone},
	{.name = "consumer-close-tree", .by = 1, .run = close_tree_of_other, .seen = other_tree_is_gone},
	BY_SESSIOND("sessiond-open-streams", sessiond_opens),
	BY_SESSIOND("sessiond-program-of-nobody", take_program),
};
const struct attack_table evil_grants = {attacks, sizeof(attacks) / sizeof(attacks[0])};
