/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/kernel/modules.h"

#include "common/log.h"
#include "sessiond/kernel/modules_ioctl.h"
#include "sessiond/kernel/modules_lists.h"
#include "sessiond/kernel/modules_trace.h"

#include <errno.h>
#include <lttng/lttng-error.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int (*parse_fn)(const char *text, size_t len, struct rf_kernel_names *names);

static int list(struct rf_kernel_tracer *tracer, unsigned long request, parse_fn parse, struct rf_kernel_names *names)
{
	char *text;
	size_t len;
	int err = rf_modules_read_list(rf_modules_control(tracer), request, &text, &len);

	*names = (struct rf_kernel_names){0};
	if (!err)
		err = parse(text, len, names);
	free(text);
	if (!err)
		return LTTNG_OK;
	rf_error("cannot list what lttng-modules records: %s", strerror(-err));
	return err == -ENOMEM ? LTTNG_ERR_NOMEM : LTTNG_ERR_KERN_LIST_FAIL;
}

static int list_tracepoints(struct rf_kernel_tracer *tracer, struct rf_kernel_names *names)
{
	return list(tracer, RF_MODULES_LIST_TRACEPOINTS, rf_modules_parse_tracepoints, names);
}

static int list_syscalls(struct rf_kernel_tracer *tracer, struct rf_kernel_names *names)
{
	return list(tracer, RF_MODULES_LIST_SYSCALLS, rf_modules_parse_syscalls, names);
}

static void destroy(struct rf_kernel_tracer *tracer)
{
	struct rf_modules_tracer *modules = rf_container_of(tracer, struct rf_modules_tracer, tracer);

	close(modules->control_fd);
	free(modules);
}

static const struct rf_kernel_tracer_ops modules_ops = {
	.name = "lttng-modules",
	.list_tracepoints = list_tracepoints,
	.list_syscalls = list_syscalls,
	.trace_new = rf_modules_trace_new,
	.trace_free = rf_modules_trace_free,
	.add_channel = rf_modules_add_channel,
	.drop_channel = rf_modules_drop_channel,
	.enable_channel = rf_modules_enable_channel,
	.add_rule = rf_modules_add_rule,
	.enable_rule = rf_modules_enable_rule,
	.add_context = rf_modules_add_context,
	.track = rf_modules_track,
	.start = rf_modules_start,
	.stop = rf_modules_stop,
	.dump_state = rf_modules_dump_state,
	.regenerate_metadata = rf_modules_regenerate_metadata,
	.trace_readable = rf_modules_trace_readable,
	.destroy = destroy,
};

int rf_modules_control(const struct rf_kernel_tracer *tracer)
{
	return rf_container_of(tracer, const struct rf_modules_tracer, tracer)->control_fd;
}

/* An LTTNG code. */
static int check_version(int control_fd)
{
	struct rf_modules_version version = {0};
	struct rf_modules_abi_version abi = {0};
	int err = rf_modules_call(control_fd, RF_MODULES_VERSION, &version);

	if (!err)
		err = rf_modules_call(control_fd, RF_MODULES_ABI_VERSION, &abi);
	if (err) {
		rf_error("lttng-modules does not tell its version: %s", strerror(-err));
		return LTTNG_ERR_KERN_VERSION;
	}
	if (version.major != RF_MODULES_MAJOR || abi.major != RF_MODULES_MAJOR) {
		rf_error("lttng-modules %u.%u.%u (ABI %u.%u) is installed; the kernel can be traced with version 2",
			version.major, version.minor, version.patch, abi.major, abi.minor);
		return LTTNG_ERR_KERN_VERSION;
	}
	rf_info("kernel tracer: lttng-modules %u.%u.%u, ABI %u.%u", version.major, version.minor, version.patch,
		abi.major, abi.minor);
	return LTTNG_OK;
}

struct rf_kernel_tracer *rf_modules_tracer_new(struct rf_kernel_link *link, int control_fd, int *error)
{
	*error = check_version(control_fd);
	if (*error != LTTNG_OK)
		return NULL;

	struct rf_modules_tracer *modules = calloc(1, sizeof(*modules));

	if (!modules) {
		*error = LTTNG_ERR_NOMEM;
		return NULL;
	}
	modules->tracer = (struct rf_kernel_tracer){.ops = &modules_ops, .link = link};
	modules->control_fd = control_fd;
	return &modules->tracer;
}
