/* SPDX-License-Identifier: GPL-2.0-only */
/* The step that asks an application for its tracepoints or their fields. Actor threads. */
#ifndef RF_SESSIOND_UST_STEP_LIST_H
#define RF_SESSIOND_UST_STEP_LIST_H

#include "sessiond/ust/steps.h"

/* What one application may put into a listing; one with more is cut there, and the log says so. */
#define RF_LIST_MAX 100000u

/* Appends to LISTING. Negative liblttng-ust-ctl code on failure, what was got before stays. */
int rf_step_list(struct rf_app *app, struct rf_listing *listing);

#endif
