/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/start.h"

int main(int argc, char **argv)
{
	return rf_broker_main(argc, argv);
}
