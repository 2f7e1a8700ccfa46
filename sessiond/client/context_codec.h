/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Context fields as the client protocol writes them. Pure functions.
 */
#ifndef RF_SESSIOND_CLIENT_CONTEXT_CODEC_H
#define RF_SESSIOND_CLIENT_CONTEXT_CODEC_H

#include "common/wire.h"
#include "sessiond/model/channel.h"

#include <stdbool.h>

/* The whole payload must be one context; types that user space does not have are read, too. */
bool rf_context_read(struct rf_reader *r, struct rf_context *context);
/* Kernels may have it; whether this one does, its tracer says. */
bool rf_context_is_kernel(const struct rf_context *context);
/* User space has it, and its names are such that an application takes them. */
bool rf_context_is_ust(const struct rf_context *context);

#endif
