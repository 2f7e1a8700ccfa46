/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A source that is one CPU's ring buffer of a channel of lttng-modules, read through its stream's descriptor and its
 * mapping. See source.h.
 */
#ifndef RF_CONSUMERD_SOURCE_MODULES_H
#define RF_CONSUMERD_SOURCE_MODULES_H

#include "consumerd/source.h"

/*
 * Takes FD in every case: a stream of STREAM_CLASS. NULL with a negative errno in *ERROR. The packets' UUID is what the
 * first packet has.
 */
struct rf_source *rf_source_modules_new(int fd, uint32_t stream_class, int *error);

#endif
