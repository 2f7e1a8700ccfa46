/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Saving sessions. The text is made here and goes to the broker in a sealed memory file: a worker with the rights of
 * the caller puts it where the caller wants it. One session after the other; none is kept busy meanwhile.
 */
#include "common/log.h"
#include "common/names.h"
#include "sessiond/client/handlers.h"
#include "sessiond/client/session_file.h"

#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng-error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A save command on its way. Frees itself with its call. */
struct saving {
	struct rf_call *call;
	struct rf_broker_save_session request;
	char name[RF_SESSION_NAME_FIELD]; /* empty: all of them */
	uint64_t next_id;                 /* of all, those with smaller ids are still to be saved */
};

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t done = write(fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		data += done;
		len -= (size_t)done;
	}
	return 0;
}

/* A memory file with the session's text that nobody can change any more, or a negative errno. */
static int make_text(const struct rf_session *session)
{
	struct rf_xml xml;
	int err = rf_session_file_write(session, &xml, RF_SAVE_SIZE_MAX);
	int fd = err ? err : memfd_create("session", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (!err && fd < 0)
		err = -errno;
	if (!err)
		err = write_all(fd, xmlBufferContent(xml.buffer), (size_t)xmlBufferLength(xml.buffer));
	if (!err && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL))
		err = -errno;
	rf_xml_free(&xml);
	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	rf_warning("client: cannot write session %llu down: %s", (unsigned long long)session->id, strerror(-err));
	return err;
}

static void finish(struct saving *saving, int code)
{
	struct rf_call *call = saving->call;

	rf_turn_give(&call->context->saves, &call->turn);
	free(saving);
	rf_call_finish(call, code);
}

static int code_of(int status, const struct rf_broker_saved *saved)
{
	/* Earlier ones of this user still hang somewhere. */
	if (status == -EUSERS)
		return LTTNG_ERR_NOMEM;
	if (!saved->at_file)
		return LTTNG_ERR_SET_URL;
	if (status == -EEXIST)
		return LTTNG_ERR_SAVE_FILE_EXIST;
	return status == -EACCES ? LTTNG_ERR_EPERM : LTTNG_ERR_SAVE_IO_FAIL;
}

static void save_next(struct saving *saving);

static void saved(void *data, int status, struct rf_reader *body)
{
	struct saving *saving = data;
	struct rf_broker_saved where;

	if (status) {
		/* Without a body it is not the directory's fault. */
		if (!rf_broker_saved_decode(body, &where))
			where.at_file = 1;
		rf_info("client: cannot save to %s: %s", where.where, strerror(-status));
		finish(saving, code_of(status, &where));
	} else if (!saving->name[0]) {
		save_next(saving);
	} else {
		finish(saving, LTTNG_OK);
	}
}

/* LTTNG_OK: SAVED will be called. */
static int save(struct saving *saving, const struct rf_session *session)
{
	int fd = make_text(session);

	if (fd < 0)
		return fd == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_SAVE_IO_FAIL;
	saving->next_id = session->id;
	snprintf(saving->request.name, sizeof(saving->request.name), "%s", session->name);

	int failed = rf_broker_save_session(saving->call->context->broker, &saving->request, fd, saved, saving);

	close(fd);
	return failed ? LTTNG_ERR_SAVE_IO_FAIL : LTTNG_OK;
}

/* Sessions may come and go between two of them, so the next is found by its id: they are in the list by it. */
static const struct rf_session *find_next(const struct saving *saving)
{
	const struct rf_call *call = saving->call;

	rf_list_for_each(node, &call->context->sessions->list) {
		const struct rf_session *session = rf_container_of(node, struct rf_session, node);

		if (session->id < saving->next_id && !session->destroyed &&
			rf_session_may_control(session, call->request.uid))
			return session;
	}
	return NULL;
}

static void save_next(struct saving *saving)
{
	const struct rf_session *session = find_next(saving);
	int code = session ? save(saving, session) : LTTNG_OK;

	if (!session || code != LTTNG_OK)
		finish(saving, code);
}

static int find_named(struct rf_call *call, const char *name, const struct rf_session **session)
{
	*session = rf_session_find(call->context->sessions, name);
	if (!*session)
		return LTTNG_ERR_SESS_NOT_FOUND;
	return rf_session_may_control(*session, call->request.uid) ? LTTNG_OK : LTTNG_ERR_EPERM;
}

/* Its turn has come. What the caller named may have gone meanwhile. */
static void begin(void *data)
{
	struct saving *saving = data;
	const struct rf_session *session;

	if (!saving->name[0]) {
		save_next(saving);
		return;
	}

	int code = find_named(saving->call, saving->name, &session);

	if (code == LTTNG_OK)
		code = save(saving, session);
	if (code != LTTNG_OK)
		finish(saving, code);
}

static int read_request(struct rf_call *call, struct saving *saving)
{
	struct rf_reader args = rf_request_args(&call->request);
	struct rf_broker_save_session *request = &saving->request;
	const struct rf_session *session;

	*saving = (struct saving){.call = call, .next_id = UINT64_MAX};
	request->uid = call->request.uid;
	request->gid = call->request.gid;
	if (!rf_read_str_field(&args, saving->name, sizeof(saving->name)))
		return LTTNG_ERR_INVALID;

	int code = saving->name[0] ? find_named(call, saving->name, &session) : LTTNG_OK;

	if (code != LTTNG_OK)
		return code;
	if (!rf_read_str_field(&args, request->directory, sizeof(request->directory)) ||
		(request->directory[0] && !rf_output_path_ok(request->directory)))
		return LTTNG_ERR_SET_URL;
	request->overwrite = rf_read_u8(&args) != 0;
	return LTTNG_OK;
}

int rf_cmd_save(struct rf_call *call)
{
	struct saving *saving = malloc(sizeof(*saving));

	if (!saving)
		return LTTNG_ERR_NOMEM;

	int code = read_request(call, saving);

	if (code != LTTNG_OK) {
		free(saving);
		return code;
	}
	rf_turn_take(&call->context->saves, &call->turn, call->request.uid, begin, saving);
	return RF_LATER;
}
