/* SPDX-License-Identifier: GPL-2.0-only */
/* Where snapshots go, and taking them. */
#include "common/names.h"
#include "sessiond/client/handlers.h"
#include "sessiond/client/snapshot_codec.h"

#include <lttng/lttng-error.h>
#include <stdio.h>
#include <string.h>

#define RECORD_OUTPUT 4u /* offset in the arguments */

/* What a request sets of OUTPUT, besides where it is. LTTNG_OK, or what is wrong with it. */
static int apply(const struct rf_snapshot_request *request, struct rf_snapshot_output *output)
{
	if (request->max_size != RF_SNAPSHOT_SIZE_UNSET)
		output->max_size = request->max_size;
	if (request->name[0])
		snprintf(output->name, sizeof(output->name), "%s", request->name);
	/* The name becomes a part of one of a directory. */
	return rf_session_name_ok(output->name) ? LTTNG_OK : LTTNG_ERR_INVALID;
}

/* The output that a request describes. LTTNG_OK, or what is wrong with it. */
static int make_output(const struct rf_snapshot_request *request, uint32_t id, struct rf_snapshot_output *output)
{
	int code;

	*output = (struct rf_snapshot_output){.there = true, .id = id};
	code = rf_snapshot_path(request, output->path);
	if (code != LTTNG_OK)
		return code;
	snprintf(output->name, sizeof(output->name), "snapshot-%u", id);
	return apply(request, output);
}

/* The protocol's rule; how we read buffers does not depend on it. */
static bool has_spliced_channel(const struct rf_session *session)
{
	rf_list_for_each(node, &session->kernel.channels) {
		if (rf_container_of(node, struct rf_channel, node)->attr.output == RF_OUTPUT_SPLICE)
			return true;
	}
	return false;
}

int rf_cmd_snapshot_add_output(struct rf_call *call)
{
	struct rf_session *session = call->session;
	struct rf_reader args = rf_request_args(&call->request);
	struct rf_snapshot_request request;
	struct rf_snapshot_output output;

	if (session->output != RF_OUTPUT_NONE)
		return LTTNG_ERR_NOT_SNAPSHOT_SESSION;
	if (has_spliced_channel(session))
		return LTTNG_ERR_SNAPSHOT_UNSUPPORTED;
	if (session->snapshot.there)
		return LTTNG_ERR_SNAPSHOT_OUTPUT_EXIST;
	if (!rf_snapshot_read(&args, &request))
		return LTTNG_ERR_INVALID;

	int code = make_output(&request, session->next_snapshot_output, &output);

	if (code != LTTNG_OK)
		return code;
	session->snapshot = output;
	session->next_snapshot_output++;
	rf_write_u32(&call->data, output.id);
	return LTTNG_OK;
}

int rf_cmd_snapshot_del_output(struct rf_call *call)
{
	struct rf_session *session = call->session;
	struct rf_snapshot_output *output = &session->snapshot;
	struct rf_reader args = rf_request_args(&call->request);
	struct rf_snapshot_request request;

	if (session->output != RF_OUTPUT_NONE)
		return LTTNG_ERR_NOT_SNAPSHOT_SESSION;
	if (!rf_snapshot_read(&args, &request) || !output->there)
		return LTTNG_ERR_INVALID;
	if (request.id ? request.id != output->id : strcmp(request.name, output->name) != 0)
		return LTTNG_ERR_INVALID;
	*output = (struct rf_snapshot_output){.there = false};
	return LTTNG_OK;
}

int rf_cmd_snapshot_list_outputs(struct rf_call *call)
{
	if (call->session->output != RF_OUTPUT_NONE)
		return LTTNG_ERR_NOT_SNAPSHOT_SESSION;
	if (call->session->snapshot.there)
		rf_snapshot_write(&call->data, &call->session->snapshot);
	return LTTNG_OK;
}

/* The session's output with what the request says otherwise, or one for this time only. */
static int choose_output(
	const struct rf_session *session, const struct rf_snapshot_request *request, struct rf_snapshot_output *output)
{
	if (request->control_url[0])
		return make_output(request, 0, output);
	if (!session->snapshot.there)
		return LTTNG_ERR_SNAPSHOT_FAIL;
	*output = session->snapshot;
	return apply(request, output);
}

int rf_cmd_snapshot_record(struct rf_call *call)
{
	struct rf_session *session = call->session;
	struct rf_reader args = rf_request_args(&call->request);
	struct rf_snapshot_request request;
	struct rf_snapshot_output output;

	if (session->output != RF_OUTPUT_NONE)
		return LTTNG_ERR_NOT_SNAPSHOT_SESSION;
	if (!session->ever_started)
		return LTTNG_ERR_START_SESSION_ONCE;
	rf_read_skip(&args, RECORD_OUTPUT);
	if (!rf_snapshot_read(&args, &request))
		return LTTNG_ERR_INVALID;

	int code = choose_output(session, &request, &output);

	if (code != LTTNG_OK)
		return code;
	rf_call_take_session(call);
	rf_recording_snapshot(call->context->recorder, session, &output, rf_call_session_done, call);
	return RF_LATER;
}
