/* SPDX-License-Identifier: GPL-2.0-only */
/* The attacks of an evil child on the broker. */
#include "common/proto_broker.h"
#include "tests/attack/evil.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define RAW_MAX 70000
/* Of every tree: the root itself, and what an attack asks for besides. */
#define FIRST_CHUNK 1u
#define EVIL_CHUNK 9u

struct rf_writer evil_body(void)
{
	struct rf_writer w;

	rf_writer_init_growing(&w, RF_FRAME_MAX_BODY, RF_HOST_ORDER);
	return w;
}

int evil_spawn(uint32_t id, uint32_t uid, int control)
{
	const bool kernel = uid == EVIL_KERNEL;
	const struct rf_broker_spawn_consumer message = {
		.consumer = id, .uid = kernel ? 0 : uid, .abi_bits = 64, .kernel = kernel};
	struct rf_writer w = evil_body();

	rf_broker_spawn_consumer_encode(&w, &message);
	return evil_ask(RF_BROKER_SPAWN_CONSUMER, &w, &control, control >= 0 ? 1 : 0);
}

static int make_tree_at(uint32_t id, uint32_t uid, const char *path)
{
	struct rf_broker_make_tree message = {.tree = id, .uid = uid, .gid = uid};
	struct rf_writer w = evil_body();

	snprintf(message.root, sizeof(message.root), "%s", path);
	rf_broker_make_tree_encode(&w, &message);
	return evil_ask(RF_BROKER_MAKE_TREE, &w, NULL, 0);
}

static int make_chunk(uint32_t tree, uint32_t chunk, enum rf_chunk_kind kind, const char *name)
{
	struct rf_broker_make_chunk message = {
		.tree = tree, .chunk = chunk, .kind = (uint8_t)kind, .parts = RF_CHUNK_UST};
	struct rf_writer w = evil_body();

	snprintf(message.name, sizeof(message.name), "%s", name);
	rf_broker_make_chunk_encode(&w, &message);
	return evil_ask(RF_BROKER_MAKE_CHUNK, &w, NULL, 0);
}

int evil_make_tree(uint32_t id, uint32_t uid, const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), EVIL_DIR "/%s", path);

	int err = make_tree_at(id, uid, full);

	return err < 0 ? err : make_chunk(id, FIRST_CHUNK, RF_CHUNK_BASE, "");
}

int evil_make_dir(uint32_t id, uint32_t tree, uint32_t consumer, uint32_t uid, uint8_t kind, const char *procname)
{
	struct rf_broker_make_dir message = {.dir = id,
		.tree = tree,
		.chunk = FIRST_CHUNK,
		.consumer = consumer,
		.kind = kind,
		.uid = uid,
		.abi_bits = 64,
		.pid = 1};
	struct rf_writer w = evil_body();

	snprintf(message.procname, sizeof(message.procname), "%s", procname);
	rf_broker_make_dir_encode(&w, &message);
	return evil_ask(RF_BROKER_MAKE_DIR, &w, NULL, 0);
}

int evil_ask_id(uint32_t type, uint32_t id)
{
	const struct rf_broker_id message = {.id = id};
	struct rf_writer w = evil_body();

	rf_broker_id_encode(&w, &message);
	return evil_ask(type, &w, NULL, 0);
}

int evil_open_metadata(uint32_t dir)
{
	return evil_ask_id(RF_BROKER_OPEN_METADATA, dir);
}

static struct rf_writer streams_body(uint32_t dir, uint32_t first, uint32_t count, const char *channel)
{
	struct rf_broker_open_streams message = {
		.dir = dir, .first_cpu = first, .cpu_count = count, .file_number = RF_NO_FILE_NUMBER};
	struct rf_writer w = evil_body();

	snprintf(message.channel, sizeof(message.channel), "%s", channel);
	rf_broker_open_streams_encode(&w, &message);
	return w;
}

static int open_streams(uint32_t dir, uint32_t first, uint32_t count, const char *channel)
{
	struct rf_writer w = streams_body(dir, first, count, channel);

	return evil_ask(RF_BROKER_OPEN_STREAMS, &w, NULL, 0);
}

/* Sends bytes that no honest sender makes, and waits for what comes of it. */
static int send_raw(const void *bytes, size_t len)
{
	struct rf_frame frame;

	if (send(RF_BROKER_FD, bytes, len, MSG_NOSIGNAL) < 0)
		return -errno;
	return evil_reply(RF_BROKER_FD, 1, &frame);
}

struct header {
	uint32_t type;
	uint32_t serial;
	int32_t status;
	uint32_t length;
};

static int send_frame(uint32_t type, uint32_t length, const void *body, size_t body_len)
{
	static uint8_t bytes[RAW_MAX];
	const struct header header = {.type = type, .serial = 1, .length = length};

	memcpy(bytes, &header, sizeof(header));
	if (body_len)
		memcpy(bytes + sizeof(header), body, body_len);
	return send_raw(bytes, sizeof(header) + body_len);
}

static int end_chunk(uint32_t type, uint32_t tree)
{
	const struct rf_broker_chunk message = {.tree = tree, .chunk = EVIL_CHUNK};
	struct rf_writer w = evil_body();

	rf_broker_chunk_encode(&w, &message);
	return evil_ask(type, &w, NULL, 0);
}

static int open_buffers(uint32_t dir)
{
	const struct rf_broker_open_buffers message = {.dir = dir, .cpu_count = 1, .channel = "channel"};
	struct rf_writer w = evil_body();

	rf_broker_open_buffers_encode(&w, &message);
	return evil_ask(RF_BROKER_OPEN_BUFFERS, &w, NULL, 0);
}

/* DIRECTORY: below EVIL_DIR. SIZE: of the text. SEALS: of the text; -1: there is none. */
static int save_text(const char *directory, const char *name, off_t size, int seals)
{
	struct rf_broker_save_session message = {.uid = EVIL_ALICE, .gid = EVIL_ALICE};
	struct rf_writer w = evil_body();
	int text = memfd_create("text", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	if (text < 0 || write(text, "evil", 4) != 4 || ftruncate(text, size) < 0 ||
		(seals >= 0 && fcntl(text, F_ADD_SEALS, seals) < 0))
		return 0;
	snprintf(message.directory, sizeof(message.directory), EVIL_DIR "/%s", directory);
	snprintf(message.name, sizeof(message.name), "%s", name);
	rf_broker_save_session_encode(&w, &message);
	err = evil_ask(RF_BROKER_SAVE_SESSION, &w, &text, seals < 0 ? 0 : 1);
	close(text);
	return err;
}
static int save(const char *directory, const char *name, int seals)
{
	return save_text(directory, name, 4, seals);
}
#define SEALED (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

/* A consumer, beyond what was granted to it. */
static int streams_of_other(void)
{
	return open_streams(2, 0, 1, "channel");
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
	return make_chunk(2, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");
}
static int remove_chunk_of_other(void)
{
	return end_chunk(RF_BROKER_REMOVE_CHUNK, 2);
}
static int save_by_consumer(void)
{
	return save("alice", "evil", SEALED);
}
static int lookup_by_consumer(void)
{
	const struct rf_broker_lookup_account message = {.kind = RF_ACCOUNT_USER, .name = "root"};
	struct rf_writer w = evil_body();

	rf_broker_lookup_account_encode(&w, &message);
	return evil_ask(RF_BROKER_LOOKUP_ACCOUNT, &w, NULL, 0);
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

/* Names. */
static int name_slash(void)
{
	return open_streams(1, 0, 1, "index/x");
}
static int name_above(void)
{
	return open_streams(1, 0, 1, "../../../../../../above");
}
static int name_absolute(void)
{
	return open_streams(1, 0, 1, EVIL_DIR "/alice/absolute");
}
static int name_dots(void)
{
	return open_streams(1, 0, 1, "..");
}
static int name_empty(void)
{
	return open_streams(1, 0, 1, "");
}
static int name_nul(void)
{
	struct rf_writer w = streams_body(1, 0, 1, "a?b");

	w.base[w.at - 2] = '\0';
	return evil_ask(RF_BROKER_OPEN_STREAMS, &w, NULL, 0);
}

/* Counts. */
static int cpus_too_many(void)
{
	return open_streams(1, 0, RF_OPEN_STREAMS_MAX + 1, "channel");
}
static int cpus_all(void)
{
	return open_streams(1, 0, UINT32_MAX, "channel");
}
static int cpus_none(void)
{
	return open_streams(1, 0, 0, "channel");
}
static int cpu_wraps(void)
{
	return open_streams(1, UINT32_MAX, 2, "channel");
}

/* Frames. */
static int frame_cut(void)
{
	return send_raw("\x14\0\0\0\x01\0\0\0", 8);
}
static int frame_empty(void)
{
	return send_raw("", 0);
}
static int frame_short_of_length(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA, 1000, "\1\0\0\0", 4);
}
static int frame_beyond_length(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA, 4, "\1\0\0\0\1\0\0\0", 8);
}
static int body_cut(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA, 2, "\1\0", 2);
}
static int body_longer(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA, 8, "\1\0\0\0\1\0\0\0", 8);
}
static int text_beyond_body(void)
{
	struct rf_writer w = streams_body(1, 0, 1, "channel");

	/* The length of the name, in front of its seven bytes. */
	memset(w.base + w.at - 9, 0xff, 2);
	return evil_ask(RF_BROKER_OPEN_STREAMS, &w, NULL, 0);
}
static int frame_huge(void)
{
	static uint8_t nothing[RF_FRAME_MAX_BODY + 1000];

	return send_frame(RF_BROKER_OPEN_METADATA, sizeof(nothing), nothing, sizeof(nothing));
}
static int type_unknown(void)
{
	return send_frame(999, 0, NULL, 0);
}
static int type_of_reply(void)
{
	return send_frame(RF_BROKER_OPEN_METADATA | RF_FRAME_REPLY, 4, "\1\0\0\0", 4);
}
static int type_of_broker(void)
{
	return send_frame(RF_BROKER_SHUTDOWN, 0, NULL, 0);
}

static int many_descriptors(void)
{
	enum { MANY = 200 };
	const struct header header = {.type = RF_BROKER_OPEN_METADATA, .serial = 1};
	struct iovec part = {(void *)(uintptr_t)&header, sizeof(header)};
	union {
		char bytes[CMSG_SPACE(MANY * sizeof(int))];
		struct cmsghdr align;
	} room = {.bytes = {0}};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof(room.bytes)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	struct rf_frame frame;
	int fds[MANY];

	for (int i = 0; i < MANY; i++)
		fds[i] = STDERR_FILENO;
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(rights), fds, sizeof(fds));
	if (sendmsg(RF_BROKER_FD, &message, MSG_NOSIGNAL) < 0)
		return -errno;
	return evil_reply(RF_BROKER_FD, 1, &frame);
}

/* Asks for more and more descriptors and takes none: the broker must not run out of them. */
static int never_reads(void)
{
	struct pollfd hang_up = {.fd = RF_BROKER_FD, .events = 0};
	struct rf_writer w = streams_body(1, 0, RF_OPEN_STREAMS_MAX, "flood");
	int err = 0;

	/* Twice what the broker's table of descriptors holds. */
	for (int sent = 0; sent < 1000 && (!err || err == -EAGAIN);) {
		err = rf_frame_send(RF_BROKER_FD, RF_BROKER_OPEN_STREAMS, 7, 0, w.base, w.at, NULL, 0);
		if (err == -EAGAIN)
			usleep(100);
		else
			sent++;
	}
	/* Nothing is read, but the end of the connection shows. */
	return err < 0 || poll(&hang_up, 1, 3000) > 0 ? -ENOTCONN : 0;
}

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
	return make_tree_at(9, EVIL_ALICE, "made-by-attack");
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
	return make_chunk(1, EVIL_CHUNK, RF_CHUNK_SNAPSHOT, "../above");
}
static int chunk_name_dots(void)
{
	int err = make_chunk(1, EVIL_CHUNK, RF_CHUNK_SNAPSHOT, "..");

	/* Made, and named so; but that is no way up. */
	return err ? err : access(EVIL_DIR "/ust", F_OK) < 0 ? -ENOENT : 0;
}
static int chunk_name_where_none_is(void)
{
	return make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "evil");
}
static int chunk_twice(void)
{
	int err = make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");

	return err ? err : make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");
}
static int chunk_of_other_tree(void)
{
	/* The session's own, by the number of another user's tree. */
	int err = make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");

	return err ? err : end_chunk(RF_BROKER_RETIRE_CHUNK, 2);
}
static int archive_unretired(void)
{
	int err = make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");

	return err ? err : end_chunk(RF_BROKER_ARCHIVE_CHUNK, 1);
}
static int retire_twice(void)
{
	int err = make_chunk(1, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");

	if (!err)
		err = end_chunk(RF_BROKER_RETIRE_CHUNK, 1);
	return err ? err : end_chunk(RF_BROKER_RETIRE_CHUNK, 1);
}
static int archive_through_link(void)
{
	/* The trap is archives in this tree. */
	int err = evil_make_tree(9, EVIL_ALICE, "alice/trapped");

	if (!err)
		err = make_chunk(9, EVIL_CHUNK, RF_CHUNK_NUMBERED, "");
	if (!err)
		err = end_chunk(RF_BROKER_RETIRE_CHUNK, 9);
	return err ? err : end_chunk(RF_BROKER_ARCHIVE_CHUNK, 9);
}
static int save_for_other(void)
{
	return save("bob", "evil", SEALED);
}
static int save_through_link(void)
{
	return save("shared/trap", "evil", SEALED);
}
static int save_name_slash(void)
{
	return save("alice", "../evil", SEALED);
}
static int save_above(void)
{
	return save("alice/../shared", "evil", SEALED);
}
static int save_name_dots(void)
{
	return save("alice", "..", SEALED);
}
static int save_huge(void)
{
	return save_text("alice", "evil", (off_t)RF_SAVE_SIZE_MAX + 1, SEALED);
}
static int save_unsealed(void)
{
	return save("alice", "evil", 0);
}
static int save_without_text(void)
{
	return save("alice", "evil", -1);
}
static int sessiond_opens(void)
{
	return open_streams(1, 0, 1, "channel");
}
static int spawn_without_link(void)
{
	return evil_spawn(9, EVIL_ALICE, -1);
}

#define BY_CONSUMER(name_of, run_it)                                                                                   \
	{                                                                                                              \
		.name = name_of, .by = 1, .run = run_it                                                                \
	}
#define BY_SESSIOND(name_of, run_it)                                                                                   \
	{                                                                                                              \
		.name = name_of, .run = run_it                                                                         \
	}

const struct attack attacks[] = {
	BY_CONSUMER("consumer-streams-of-other", streams_of_other),
	BY_CONSUMER("consumer-metadata-of-other", metadata_of_other),
	BY_CONSUMER("consumer-make-tree", make_tree),
	BY_CONSUMER("consumer-make-dir", make_dir),
	BY_CONSUMER("consumer-spawn", spawn_another),
	BY_CONSUMER("consumer-make-chunk", chunk_of_other),
	BY_CONSUMER("consumer-remove-chunk", remove_chunk_of_other),
	BY_CONSUMER("consumer-save", save_by_consumer),
	BY_CONSUMER("consumer-lookup", lookup_by_consumer),
	BY_CONSUMER("consumer-buffers-of-other", buffers_of_other),
	BY_CONSUMER("consumer-buffers-in-trace", buffers_in_trace),
	{.name = "consumer-remove-dir", .by = 1, .run = remove_dir_of_other, .seen = other_dir_is_gone},
	{.name = "consumer-stop-other", .by = 1, .run = stop_other, .seen = other_is_gone},
	{.name = "consumer-close-tree", .by = 1, .run = close_tree_of_other, .seen = other_tree_is_gone},
	BY_CONSUMER("consumer-name-slash", name_slash),
	BY_CONSUMER("consumer-name-above", name_above),
	BY_CONSUMER("consumer-name-absolute", name_absolute),
	BY_CONSUMER("consumer-name-dots", name_dots),
	BY_CONSUMER("consumer-name-empty", name_empty),
	BY_CONSUMER("consumer-name-nul", name_nul),
	BY_CONSUMER("consumer-cpus-too-many", cpus_too_many),
	BY_CONSUMER("consumer-cpus-all", cpus_all),
	BY_CONSUMER("consumer-cpus-none", cpus_none),
	BY_CONSUMER("consumer-cpu-wraps", cpu_wraps),
	BY_CONSUMER("consumer-frame-cut", frame_cut),
	BY_CONSUMER("consumer-frame-empty", frame_empty),
	BY_CONSUMER("consumer-frame-short", frame_short_of_length),
	BY_CONSUMER("consumer-frame-beyond", frame_beyond_length),
	BY_CONSUMER("consumer-frame-huge", frame_huge),
	BY_CONSUMER("consumer-body-cut", body_cut),
	BY_CONSUMER("consumer-body-longer", body_longer),
	BY_CONSUMER("consumer-text-beyond-body", text_beyond_body),
	BY_CONSUMER("consumer-type-unknown", type_unknown),
	BY_CONSUMER("consumer-type-reply", type_of_reply),
	BY_CONSUMER("consumer-type-broker", type_of_broker),
	BY_CONSUMER("consumer-descriptors", many_descriptors),
	BY_CONSUMER("consumer-never-reads", never_reads),
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
	BY_SESSIOND("sessiond-open-streams", sessiond_opens),
	BY_SESSIOND("sessiond-spawn-without-link", spawn_without_link),
	BY_SESSIOND("sessiond-frame-cut", frame_cut),
	BY_SESSIOND("sessiond-frame-huge", frame_huge),
	BY_SESSIOND("sessiond-type-unknown", type_unknown),
	BY_SESSIOND("sessiond-descriptors", many_descriptors),
};
const size_t attack_count = sizeof(attacks) / sizeof(attacks[0]);
