/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests about sessions, as honest children make them. */
#include "tests/attack/evil_requests.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of every tree: the root itself. */
#define FIRST_CHUNK 1u

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

int evil_make_tree_at(uint32_t id, uint32_t uid, const char *path)
{
	struct rf_broker_make_tree message = {.tree = id, .uid = uid, .gid = uid};
	struct rf_writer w = evil_body();

	snprintf(message.root, sizeof(message.root), "%s", path);
	rf_broker_make_tree_encode(&w, &message);
	return evil_ask(RF_BROKER_MAKE_TREE, &w, NULL, 0);
}

int evil_make_chunk(uint32_t tree, uint32_t chunk, enum rf_chunk_kind kind, const char *name)
{
	struct rf_broker_make_chunk message = {
		.tree = tree, .chunk = chunk, .kind = (uint8_t)kind, .parts = RF_CHUNK_UST};
	struct rf_writer w = evil_body();

	snprintf(message.name, sizeof(message.name), "%s", name);
	rf_broker_make_chunk_encode(&w, &message);
	return evil_ask(RF_BROKER_MAKE_CHUNK, &w, NULL, 0);
}

int evil_end_chunk(uint32_t type, uint32_t tree)
{
	const struct rf_broker_chunk message = {.tree = tree, .chunk = EVIL_CHUNK};
	struct rf_writer w = evil_body();

	rf_broker_chunk_encode(&w, &message);
	return evil_ask(type, &w, NULL, 0);
}

int evil_make_tree(uint32_t id, uint32_t uid, const char *path)
{
	char full[256];

	snprintf(full, sizeof(full), EVIL_DIR "/%s", path);

	int err = evil_make_tree_at(id, uid, full);

	return err < 0 ? err : evil_make_chunk(id, FIRST_CHUNK, RF_CHUNK_BASE, "");
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

struct rf_writer evil_streams_body(uint32_t dir, uint32_t first, uint32_t count, const char *channel)
{
	struct rf_broker_open_streams message = {
		.dir = dir, .first_cpu = first, .cpu_count = count, .file_number = RF_NO_FILE_NUMBER};
	struct rf_writer w = evil_body();

	snprintf(message.channel, sizeof(message.channel), "%s", channel);
	rf_broker_open_streams_encode(&w, &message);
	return w;
}

int evil_open_streams(uint32_t dir, uint32_t first, uint32_t count, const char *channel)
{
	struct rf_writer w = evil_streams_body(dir, first, count, channel);

	return evil_ask(RF_BROKER_OPEN_STREAMS, &w, NULL, 0);
}

int evil_save_text(const char *directory, const char *name, off_t size, int seals)
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

int evil_save(const char *directory, const char *name, int seals)
{
	return evil_save_text(directory, name, 4, seals);
}
