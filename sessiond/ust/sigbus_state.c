/* SPDX-License-Identifier: GPL-2.0-only */
/* liblttng-ust-ctl wants this of every program that links it; buffers are read by consumers only. */
#include <lttng/ust-sigbus.h>

DEFINE_LTTNG_UST_SIGBUS_STATE();
