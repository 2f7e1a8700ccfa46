/* SPDX-License-Identifier: GPL-2.0-only */
#include "sessiond/ust/context_types.h"

#include <lttng/ust-abi.h>
#include <stddef.h>

/* Left: the client protocol's numbers, as <lttng/event.h> publishes them. */
static const struct {
	uint32_t client;
	int ust;
} types[] = {
	{2, LTTNG_UST_ABI_CONTEXT_PROCNAME},
	{5, LTTNG_UST_ABI_CONTEXT_VPID},
	{7, LTTNG_UST_ABI_CONTEXT_VTID},
	{10, LTTNG_UST_ABI_CONTEXT_PTHREAD_ID},
	{12, LTTNG_UST_ABI_CONTEXT_IP},
	{14, LTTNG_UST_ABI_CONTEXT_PERF_THREAD_COUNTER},
	{15, LTTNG_UST_ABI_CONTEXT_APP_CONTEXT},
	{22, LTTNG_UST_ABI_CONTEXT_CGROUP_NS},
	{23, LTTNG_UST_ABI_CONTEXT_IPC_NS},
	{24, LTTNG_UST_ABI_CONTEXT_MNT_NS},
	{25, LTTNG_UST_ABI_CONTEXT_NET_NS},
	{26, LTTNG_UST_ABI_CONTEXT_PID_NS},
	{27, LTTNG_UST_ABI_CONTEXT_USER_NS},
	{28, LTTNG_UST_ABI_CONTEXT_UTS_NS},
	{35, LTTNG_UST_ABI_CONTEXT_VUID},
	{36, LTTNG_UST_ABI_CONTEXT_VEUID},
	{37, LTTNG_UST_ABI_CONTEXT_VSUID},
	{38, LTTNG_UST_ABI_CONTEXT_VGID},
	{39, LTTNG_UST_ABI_CONTEXT_VEGID},
	{40, LTTNG_UST_ABI_CONTEXT_VSGID},
	{41, LTTNG_UST_ABI_CONTEXT_TIME_NS},
};

int rf_context_type_to_ust(uint32_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].client == type)
			return types[i].ust;
	return -1;
}
