/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/app.h"

#include <stdlib.h>
#include <unistd.h>

struct rf_app *rf_app_new(uint64_t id, const struct rf_app_facts *facts, int command_sock)
{
	struct rf_app *app = calloc(1, sizeof(*app));

	if (!app)
		return NULL;
	app->id = id;
	app->refs = 1;
	app->facts = *facts;
	app->since = time(NULL);
	app->command_sock = command_sock;
	rf_list_init(&app->node);
	rf_list_init(&app->sessions);
	rf_actor_init(&app->actor, facts->uid);
	return app;
}

struct rf_app *rf_app_ref(struct rf_app *app)
{
	app->refs++;
	return app;
}

void rf_app_unref(struct rf_app *app)
{
	if (--app->refs)
		return;
	rf_watch_remove(&app->hang_up);
	close(app->command_sock);
	free(app);
}
