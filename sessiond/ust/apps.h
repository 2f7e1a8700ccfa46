/* SPDX-License-Identifier: GPL-2.0-only */
/* Applications come and go: what happens from a complete registration to the last trace of a hang-up. Loop thread. */
#ifndef RF_SESSIOND_UST_APPS_H
#define RF_SESSIOND_UST_APPS_H

#include "sessiond/ust/app.h"
#include "sessiond/ust/domain_state.h"
#include "sessiond/ust/steps.h"

/* For rf_registration; DATA is the domain. */
void rf_apps_registered(void *data, const struct rf_app_facts *facts, int command_sock, int notify_sock);
/* Forgets the application: its sessions are released, its per-pid traces end. */
void rf_apps_leave(struct rf_ust_domain *domain, struct rf_app *app);
/* Hands PROGRAM to APP's actor, or frees it when it is empty (then FALSE). */
bool rf_apps_submit(struct rf_ust_domain *domain, struct rf_app *app, struct rf_app_program *program);

#endif
