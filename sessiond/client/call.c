/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/client/call.h"

#include "common/log.h"
#include "sessiond/client/command.h"
#include "sessiond/client/domain.h"
#include "sessiond/kernel/domain.h"

#include <lttng/lttng-error.h>
#include <stdlib.h>

void rf_client_context_init(struct rf_client_context *context, struct rf_loop *loop, struct rf_sessions *sessions,
	struct rf_recorder *recorder, struct rf_broker_client *broker, bool rootless)
{
	*context = (struct rf_client_context){
		.loop = loop, .sessions = sessions, .recorder = recorder, .broker = broker, .rootless = rootless};
	rf_list_init(&context->calls);
	rf_turns_init(&context->lookups, RF_LOOKUPS_AT_ONCE);
	rf_turns_init(&context->saves, RF_SAVES_AT_ONCE);
}

struct rf_call *rf_call_new(
	struct rf_client_context *context, struct rf_request *request, rf_answer_fn take_answer, void *answer_data)
{
	struct rf_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	rf_list_init(&call->node);
	rf_list_init(&call->all);
	rf_list_append(&context->calls, &call->all);
	call->context = context;
	call->request = *request;
	*request = (struct rf_request){.number = 0};
	call->take_answer = take_answer;
	call->answer_data = answer_data;
	rf_writer_init_growing(&call->header, RF_REPLY_MAX, RF_HOST_ORDER);
	rf_writer_init_growing(&call->data, RF_REPLY_MAX, RF_HOST_ORDER);
	return call;
}

void *rf_call_begin_steps(struct rf_call *call, size_t size, void (*free_steps)(void *steps))
{
	call->steps = calloc(1, size);
	call->steps_free = free_steps;
	return call->steps;
}

static void call_free(struct rf_call *call)
{
	if (call->steps)
		call->steps_free(call->steps);
	rf_answer_clear(&call->answer);
	rf_list_remove(&call->node);
	rf_list_remove(&call->all);
	rf_writer_free(&call->header);
	rf_writer_free(&call->data);
	rf_request_clear(&call->request);
	free(call);
}

/* Clients expect that a session that is gone has no process to name. */
static uint32_t reply_echo(const struct rf_call *call)
{
	return call->request.number == RF_CMD_DESTROY_SESSION ? UINT32_MAX : call->request.echo;
}

static void make_reply(struct rf_call *call, int code)
{
	bool good = code == LTTNG_OK;
	size_t header_len = good ? call->header.at : 0;
	size_t data_len = good ? call->data.at : 0;
	struct rf_writer w;

	if (!good)
		rf_answer_clear(&call->answer);
	rf_writer_init_growing(&w, RF_REPLY_HEADER_SIZE + header_len + data_len, RF_HOST_ORDER);
	rf_write_u32(&w, call->request.number);
	rf_write_u32(&w, (uint32_t)code);
	rf_write_u32(&w, reply_echo(call));
	rf_write_u32(&w, (uint32_t)header_len);
	rf_write_u32(&w, (uint32_t)data_len);
	rf_write_u32(&w, call->answer.fd_count);
	rf_write_bytes(&w, call->header.base, header_len);
	rf_write_bytes(&w, call->data.base, data_len);
	call->answer.message = rf_writer_take(&w, &call->answer.len);
}

static void end_call(struct rf_call *call)
{
	rf_answer_fn take_answer = call->take_answer;
	void *answer_data = call->answer_data;
	struct rf_answer answer;

	rf_answer_move(&answer, &call->answer);
	call_free(call);
	take_answer(answer_data, &answer);
}

void rf_call_finish(struct rf_call *call, int code)
{
	if (code == LTTNG_OK && (!rf_writer_ok(&call->header) || !rf_writer_ok(&call->data)))
		code = LTTNG_ERR_NOMEM;
	rf_debug("client: uid=%u command=%u (%s) session=%s code=%d", (unsigned int)call->request.uid,
		call->request.number, call->command && call->command->name ? call->command->name : "undefined",
		call->session ? "yes" : "no", code);
	make_reply(call, code);
	end_call(call);
}

void rf_client_context_fini(struct rf_client_context *context)
{
	rf_list_for_each_safe(node, tmp, &context->calls) {
		struct rf_call *call = rf_container_of(node, struct rf_call, all);

		rf_answer_clear(&call->answer);
		end_call(call);
	}
}

void rf_call_refuse(struct rf_call *call, int code)
{
	rf_call_finish(call, code);
}

/* RF_LATER: the tracer is to be looked for. */
static int check_kernel(const struct rf_call *call)
{
	if (!(call->command->flags & RF_DOMAIN_COMMAND) || call->request.domain != RF_DOMAIN_KERNEL)
		return LTTNG_OK;
	if (call->context->rootless)
		return LTTNG_ERR_NEED_ROOT_SESSIOND;
	if (rf_kernel_may_trace(call->context->recorder, call->request.uid))
		return rf_kernel_ready(call->context->recorder) ? LTTNG_OK : RF_LATER;
	rf_audit("op=kernel-command role=client uid=%u command=%u result=refused", (unsigned int)call->request.uid,
		call->request.number);
	return LTTNG_ERR_EPERM;
}

static int find_session(struct rf_call *call)
{
	if (call->command->flags & RF_NO_SESSION)
		return LTTNG_OK;

	struct rf_session *session = rf_session_find(call->context->sessions, call->request.session_name);

	if (!session)
		return LTTNG_ERR_SESS_NOT_FOUND;
	if (!rf_session_may_control(session, call->request.uid)) {
		rf_audit("op=client-command role=client uid=%u command=%u session-owner=%u result=refused",
			(unsigned int)call->request.uid, call->request.number, (unsigned int)session->uid);
		return LTTNG_ERR_EPERM;
	}
	call->session = session;
	return LTTNG_OK;
}

static bool is_agent(uint32_t domain)
{
	return domain == RF_DOMAIN_JUL || domain == RF_DOMAIN_LOG4J || domain == RF_DOMAIN_PYTHON;
}

/* Agents are a part of user space. */
static int check_needed_domain(const struct rf_call *call)
{
	if (!(call->command->flags & RF_NEEDS_DOMAIN))
		return LTTNG_OK;

	uint32_t number = is_agent(call->request.domain) ? RF_DOMAIN_UST : call->request.domain;
	const struct rf_domain *domain = rf_domain_find(number);

	if (!domain)
		return LTTNG_ERR_UNKNOWN_DOMAIN;
	return call->session && rf_domain_of(domain, call)->used ? LTTNG_OK : LTTNG_ERR_NO_CHANNEL;
}

static int check_consumer(const struct rf_call *call)
{
	if (!(call->command->flags & RF_CONSUMER_CHECK))
		return LTTNG_OK;
	if (call->request.domain == RF_DOMAIN_KERNEL)
		return call->session && call->session->kernel.used ? LTTNG_OK : LTTNG_ERR_NO_KERNCONSUMERD;
	return call->request.domain <= RF_DOMAIN_PYTHON ? LTTNG_OK : LTTNG_ERR_UNKNOWN_DOMAIN;
}

static int check_agent(const struct rf_call *call)
{
	bool asked = (call->command->flags & RF_DOMAIN_COMMAND) && is_agent(call->request.domain);

	return asked ? LTTNG_ERR_AGENT_TRACING_DISABLED : LTTNG_OK;
}

static int enter(struct rf_call *call)
{
	const struct rf_domain *domain = rf_domain_find(call->request.domain);

	if (!call->command->run)
		return LTTNG_ERR_UND;
	if (domain && (call->command->flags & RF_MAKES_DOMAIN) && call->session)
		rf_domain_of(domain, call)->used = true;
	return call->command->run(call);
}

static int check_payload(const struct rf_call *call)
{
	return call->command->no_payload && !call->request.payload_len ? call->command->no_payload : LTTNG_OK;
}

static void run(struct rf_call *call)
{
	int code = check_needed_domain(call);

	if (code == LTTNG_OK)
		code = check_agent(call);
	if (code == LTTNG_OK)
		code = check_consumer(call);
	if (code == LTTNG_OK)
		code = check_payload(call);
	if (code == LTTNG_OK)
		code = enter(call);
	if (code != RF_LATER)
		rf_call_finish(call, code);
}

static void go_on(struct rf_call *call)
{
	int code = find_session(call);

	if (code != LTTNG_OK) {
		rf_call_finish(call, code);
		return;
	}
	if (call->session && call->session->busy && (call->command->flags & RF_IN_LINE)) {
		rf_list_append(&call->session->line, &call->node);
		return;
	}
	run(call);
}

static void have_tracer(void *data, int code)
{
	struct rf_call *call = data;

	if (code == LTTNG_OK)
		go_on(call);
	else
		rf_call_finish(call, code);
}

void rf_call_start(struct rf_call *call)
{
	call->command = rf_command_find(call->request.number);
	if (!call->command) {
		rf_call_finish(call, LTTNG_ERR_UND);
		return;
	}

	int code = check_kernel(call);

	if (code == LTTNG_OK)
		go_on(call);
	else if (code == RF_LATER)
		rf_kernel_look(call->context->recorder, have_tracer, call);
	else
		rf_call_finish(call, code);
}

void rf_call_take_session(struct rf_call *call)
{
	call->session->busy = true;
}

/* Runs what waits until one of the commands is long again. */
static void serve_line(struct rf_session *session)
{
	while (!session->busy && rf_list_linked(&session->line)) {
		struct rf_call *next = rf_container_of(session->line.next, struct rf_call, node);

		rf_list_remove(&next->node);
		run(next);
	}
}

void rf_call_release_session(struct rf_call *call, int code)
{
	struct rf_session *session = call->session;

	session->busy = false;
	rf_call_finish(call, code);
	serve_line(session);
}

void rf_call_session_done(void *call, int code)
{
	rf_call_release_session(call, code);
}

void rf_call_dismiss_line(struct rf_session *session, int code)
{
	rf_list_for_each_safe(node, tmp, &session->line) {
		struct rf_call *waiting = rf_container_of(node, struct rf_call, node);

		waiting->session = NULL;
		rf_call_finish(waiting, code);
	}
}

void rf_call_end_session(struct rf_call *call, int code)
{
	struct rf_session *session = call->session;
	struct rf_client_context *context = call->context;

	rf_call_dismiss_line(session, LTTNG_ERR_SESS_NOT_FOUND);
	call->session = NULL;
	rf_session_free(session);
	rf_call_finish(call, code);
	if (context->on_session_gone)
		context->on_session_gone(context->owner);
}
