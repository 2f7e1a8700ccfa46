/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/step_list.h"

#include "common/log.h"

#include <errno.h>
#include <lttng/ust-ctl.h>
#include <lttng/ust-error.h>
#include <stdlib.h>
#include <string.h>

static struct rf_ust_tracepoint *next_entry(struct rf_listing *listing)
{
	if (listing->count == listing->room) {
		size_t room = listing->room ? listing->room * 2 : 64;
		struct rf_ust_tracepoint *more = realloc(listing->entries, room * sizeof(*more));

		if (!more)
			return NULL;
		listing->entries = more;
		listing->room = room;
	}

	struct rf_ust_tracepoint *entry = &listing->entries[listing->count++];

	memset(entry, 0, sizeof(*entry));
	return entry;
}

/* Names come from the application and need not be terminated. */
static void copy_name(char *out, const char *name)
{
	memcpy(out, name, LTTNG_UST_ABI_SYM_NAME_LEN);
	out[LTTNG_UST_ABI_SYM_NAME_LEN - 1] = '\0';
}

/* Asks for one entry more; the two kinds of listings differ in what the application tells of it. */
static int next(struct rf_app *app, int handle, struct rf_listing *listing)
{
	struct lttng_ust_abi_tracepoint_iter tracepoint = {0};
	struct lttng_ust_abi_field_iter field = {0};
	int err = listing->with_fields ? lttng_ust_ctl_tracepoint_field_list_get(app->command_sock, handle, &field)
				       : lttng_ust_ctl_tracepoint_list_get(app->command_sock, handle, &tracepoint);
	struct rf_ust_tracepoint *entry = err < 0 ? NULL : next_entry(listing);

	if (!entry)
		return err < 0 ? err : -ENOMEM;
	entry->pid = (uint32_t)app->facts.pid;
	entry->loglevel = listing->with_fields ? field.loglevel : tracepoint.loglevel;
	copy_name(entry->name, listing->with_fields ? field.event_name : tracepoint.name);
	if (listing->with_fields) {
		entry->field_type = field.type;
		entry->field_nowrite = field.nowrite;
		copy_name(entry->field_name, field.field_name);
	}
	return 0;
}

int rf_step_list(struct rf_app *app, struct rf_listing *listing)
{
	int handle = listing->with_fields ? lttng_ust_ctl_tracepoint_field_list(app->command_sock)
					  : lttng_ust_ctl_tracepoint_list(app->command_sock);
	int err = handle < 0 ? handle : 0;

	if (err < 0)
		return err;
	while (!err && listing->count < RF_LIST_MAX)
		err = next(app, handle, listing);
	if (!err)
		rf_warning("application %d of uid %u has more than %u tracepoints or fields: the listing is cut there",
			app->facts.pid, app->facts.uid, RF_LIST_MAX);
	if (err && err != -LTTNG_UST_ERR_NOENT)
		return err;
	return lttng_ust_ctl_release_handle(app->command_sock, handle);
}
