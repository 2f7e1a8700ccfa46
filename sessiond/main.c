/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/proto_broker.h"
#include "sessiond/daemon.h"

int main(void)
{
	return rf_daemon_run(RF_BROKER_FD);
}
