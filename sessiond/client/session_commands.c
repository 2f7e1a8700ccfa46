/* SPDX-License-Identifier: GPL-2.0-only */
/* Creating sessions and telling about them. */
#include "common/log.h"
#include "common/names.h"
#include "sessiond/client/handlers.h"
#include "sessiond/client/session_codec.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>

#define HOME_MAX 4096u
#define DESCRIPTOR_MAX 65536u

/* What a creation request carries besides its envelope. */
struct creation {
	const char *home; /* empty when the client sent none */
	struct rf_session_descriptor descriptor;
};

static int read_creation(const struct rf_call *call, struct creation *creation)
{
	struct rf_reader args = rf_request_args(&call->request);
	uint16_t home_len = rf_read_u16(&args);
	uint64_t descriptor_len = rf_read_u64(&args);
	struct rf_reader payload = rf_request_payload(&call->request);

	if (home_len >= HOME_MAX || descriptor_len > DESCRIPTOR_MAX)
		return LTTNG_ERR_INVALID;
	creation->home = home_len ? rf_read_cstr(&payload, home_len) : "";
	if (!creation->home)
		return LTTNG_ERR_INVALID;

	struct rf_reader descriptor = rf_read_sub(&payload, descriptor_len);

	if (!rf_session_descriptor_read(&descriptor, &creation->descriptor) || !rf_reader_done(&payload))
		return LTTNG_ERR_INVALID;
	return home_len && creation->home[0] != '/' ? LTTNG_ERR_INVALID : LTTNG_OK;
}

static void generate_name(struct rf_sessions *sessions, const char *date, char *name, size_t size)
{
	snprintf(name, size, "auto-%s", date);
	for (unsigned int i = 1; rf_session_find(sessions, name); i++)
		snprintf(name, size, "auto%u-%s", i, date);
}

/* Fills path; LTTNG_OK or a code. */
static int choose_path(const struct creation *creation, const char *name, const char *date, char *path)
{
	const struct rf_session_descriptor *d = &creation->descriptor;
	int len;

	if (d->uri_count) {
		memcpy(path, d->path, RF_PATH_SIZE);
		return rf_output_path_ok(path) ? LTTNG_OK : LTTNG_ERR_INVALID;
	}
	if (!creation->home[0])
		return LTTNG_ERR_SET_URL;
	if (d->name[0])
		len = snprintf(path, RF_PATH_SIZE, "%s/lttng-traces/%s-%s", creation->home, name, date);
	else
		len = snprintf(path, RF_PATH_SIZE, "%s/lttng-traces/%s", creation->home, name);
	return len > 0 && (size_t)len < RF_PATH_SIZE && rf_output_path_ok(path) ? LTTNG_OK : LTTNG_ERR_SET_URL;
}

/* A snapshot session's directory is for its snapshots: by itself it records nothing. */
static void set_output(struct rf_session *session, const struct rf_session_descriptor *d, const char *path)
{
	session->snapshot_mode = d->type == RF_SESSION_SNAPSHOT;
	session->output = RF_OUTPUT_NONE;
	if (d->output != RF_DESCRIPTOR_LOCAL)
		return;
	if (!session->snapshot_mode) {
		session->output = RF_OUTPUT_LOCAL;
		snprintf(session->path, sizeof(session->path), "%s", path);
		return;
	}
	session->snapshot = (struct rf_snapshot_output){.there = true, .id = session->next_snapshot_output++};
	snprintf(session->snapshot.name, sizeof(session->snapshot.name), "snapshot-%u", session->snapshot.id);
	snprintf(session->snapshot.path, sizeof(session->snapshot.path), "%s", path);
}

int rf_cmd_create_session(struct rf_call *call)
{
	struct rf_sessions *sessions = call->context->sessions;
	struct creation creation;
	char name[RF_SESSION_NAME_FIELD], date[32], path[RF_PATH_SIZE] = "";
	int code = read_creation(call, &creation);
	const struct rf_session_descriptor *d = &creation.descriptor;

	if (code != LTTNG_OK)
		return code;
	if (d->name[0] && rf_session_find(sessions, d->name))
		return LTTNG_ERR_EXIST_SESS;
	if (d->name[0] && !rf_session_name_ok(d->name))
		return LTTNG_ERR_SESSION_INVALID_CHAR;
	if (d->type == RF_SESSION_LIVE || d->output == RF_DESCRIPTOR_NETWORK) {
		rf_info("client: uid=%u asked for a live or network session, which are not supported",
			(unsigned int)call->request.uid);
		return LTTNG_ERR_NOT_SUPPORTED;
	}
	rf_format_date(date, sizeof(date), time(NULL));
	memcpy(name, d->name, sizeof(name));
	if (!name[0])
		generate_name(sessions, date, name, sizeof(name));
	if (d->output == RF_DESCRIPTOR_LOCAL)
		code = choose_path(&creation, name, date, path);
	if (code != LTTNG_OK)
		return code;

	struct rf_session *session = rf_session_new(sessions, name, call->request.uid, call->request.gid);

	if (!session)
		return LTTNG_ERR_NOMEM;
	session->name_generated = !d->name[0];
	set_output(session, d, path);
	rf_session_descriptor_write(&call->data, d, session);
	return LTTNG_OK;
}

static int read_output(struct rf_call *call, char path[RF_PATH_SIZE])
{
	struct rf_reader payload = rf_request_payload(&call->request);

	while (rf_reader_left(&payload)) {
		switch (rf_uri_read(&payload, path)) {
		case RF_URI_MALFORMED:
			return LTTNG_ERR_INVALID;
		case RF_URI_NETWORK:
			rf_info("client: uid=%u asked for output to another machine, which is not supported",
				(unsigned int)call->request.uid);
			return LTTNG_ERR_NOT_SUPPORTED;
		case RF_URI_PATH:
			if (!rf_output_path_ok(path))
				return LTTNG_ERR_INVALID;
			break;
		case RF_URI_UNKNOWN:
			break;
		}
	}
	return LTTNG_OK;
}

int rf_cmd_set_uri(struct rf_call *call)
{
	struct rf_session *session = call->session;
	char path[RF_PATH_SIZE] = "";

	if (session->active)
		return LTTNG_ERR_TRACE_ALREADY_STARTED;

	int code = read_output(call, path);

	if (code != LTTNG_OK || !path[0])
		return code;
	/* What was recorded is in one place, and snapshots have outputs of their own. */
	if (session->snapshot_mode || (session->ever_started && session->output != RF_OUTPUT_NONE))
		return LTTNG_ERR_NOT_SUPPORTED;
	session->output = RF_OUTPUT_LOCAL;
	memcpy(session->path, path, sizeof(session->path));
	return LTTNG_OK;
}

typedef void (*write_part_fn)(struct rf_writer *w, const struct rf_session *session);

static void write_controlled(struct rf_call *call, write_part_fn write_part)
{
	rf_list_for_each(node, &call->context->sessions->list) {
		const struct rf_session *session = rf_container_of(node, struct rf_session, node);

		if (!session->destroyed && rf_session_may_control(session, call->request.uid))
			write_part(&call->data, session);
	}
}

int rf_cmd_list_sessions(struct rf_call *call)
{
	write_controlled(call, rf_session_record_write);
	write_controlled(call, rf_session_time_write);
	return LTTNG_OK;
}

static void write_domain(struct rf_call *call, uint32_t number, uint32_t buffers)
{
	rf_write_u32(&call->data, number);
	rf_write_u32(&call->data, buffers);
	rf_write_zeros(&call->data, 300);
}

int rf_cmd_list_domains(struct rf_call *call)
{
	if (call->session->kernel.used)
		write_domain(call, RF_DOMAIN_KERNEL, RF_CLIENT_GLOBAL);
	if (call->session->ust.used)
		write_domain(call, RF_DOMAIN_UST, call->session->scheme);
	return LTTNG_OK;
}

int rf_cmd_data_pending(struct rf_call *call)
{
	if (call->session->active)
		return LTTNG_ERR_SESSION_STARTED;
	/* A stop answers when all data is in files, so nothing can be under way unless something runs just now. */
	rf_write_u8(&call->data, call->session->busy || call->session->rotation.state == RF_ROTATION_ONGOING);
	return LTTNG_OK;
}

int rf_cmd_set_shm_path(struct rf_call *call)
{
	struct rf_session *session = call->session;
	struct rf_reader args = rf_request_args(&call->request);
	char path[RF_PATH_SIZE];

	if (session->ever_started)
		return LTTNG_ERR_SESSION_STARTED;
	if (!rf_read_str_field(&args, path, sizeof(path)) || !rf_output_path_ok(path))
		return LTTNG_ERR_INVALID;
	memcpy(session->shm_path, path, sizeof(session->shm_path));
	return LTTNG_OK;
}
