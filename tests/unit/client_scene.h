/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What most tests of client commands begin with: a bench with a session "s" of root's on it. A program names one of the
 * scenes for its suite; each of its tests then begins with a new one.
 */
#ifndef RF_TESTS_UNIT_CLIENT_SCENE_H
#define RF_TESTS_UNIT_CLIENT_SCENE_H

#include "tests/unit/client_request.h"

#define SCENE(suite, begin) TestSuite(suite, .init = (begin), .fini = scene_end)

extern struct bench bench;
extern struct rf_session *session; /* "s", until a test destroys it */

/* For traces below /tmp/out, without a channel. */
void scene_session(void);
/* The same with channel "c". */
void scene_recording(void);
/* For snapshots below /tmp/snap, without a channel. */
void scene_snapshots(void);
void scene_end(void);

/* One more session, with channel "c". PATH: NULL for none. */
void make_session(const char *name, const char *path);
/* A channel of "s". */
void make_channel(const char *name);
/* The code of a command on "s" that needs nothing else. */
uint32_t command(uint32_t number);

#endif
