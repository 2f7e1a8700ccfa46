/* SPDX-License-Identifier: GPL-2.0-only */
/* Which context types of the client protocol the user-space tracer has, and their numbers there. Pure, any thread. */
#ifndef RF_SESSIOND_UST_CONTEXT_TYPES_H
#define RF_SESSIOND_UST_CONTEXT_TYPES_H

#include <stdint.h>

/* enum lttng_ust_abi_context_type for a client protocol type, -1 when user space has no such context. */
int rf_context_type_to_ust(uint32_t type);

#endif
