/* SPDX-License-Identifier: GPL-2.0-only */
#include "tests/unit/client_scene.h"

#include <criterion/criterion.h>
#include <lttng/lttng-error.h>

struct bench bench;
struct rf_session *session;

static void expect_ok(const struct message *m)
{
	cr_assert_eq(code_of(&bench, m), LTTNG_OK);
}

static void begin(const struct message *create)
{
	bench_init(&bench);
	expect_ok(create);
	session = rf_session_find(&bench.sessions, "s");
}

void scene_session(void)
{
	struct message create = create_message("s", "/tmp/out");

	begin(&create);
}

void scene_recording(void)
{
	scene_session();
	make_channel("c");
}

void scene_snapshots(void)
{
	struct message create = create_snapshot_message("s", "/tmp/snap");

	begin(&create);
}

void scene_end(void)
{
	bench_fini(&bench);
}

static void make_channel_in(const char *session_name, const char *name)
{
	struct channel_spec spec = CHANNEL(name);
	struct message m = channel_message(session_name, &spec);

	expect_ok(&m);
}

void make_session(const char *name, const char *path)
{
	struct message create = create_message(name, path);

	expect_ok(&create);
	make_channel_in(name, "c");
}

void make_channel(const char *name)
{
	make_channel_in("s", name);
}

uint32_t command(uint32_t number)
{
	struct message m = simple(number, "s");

	return code_of(&bench, &m);
}
