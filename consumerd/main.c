/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/log.h"
#include "common/proto_broker.h"
#include "consumerd/confine.h"
#include "consumerd/daemon.h"

int main(void)
{
	rf_log_init("ringfence-consumerd", RF_LOG_WARNING);
	return rf_daemon_run(RF_BROKER_FD, RF_CONSUMER_CONTROL_FD, rf_confine);
}
