/* SPDX-License-Identifier: GPL-2.0-only */
/* An application's first message: what is taken of it can be worked with. */
#include "sessiond/ust/registration.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t message[RF_REGISTRATION_SIZE] = {0};
	struct rf_app_facts facts;
	uint32_t type;

	memcpy(message, data, size < sizeof(message) ? size : sizeof(message));
	if (rf_registration_parse(message, &facts, &type) < 0)
		return 0;

	const struct rf_ctf_layout *layout = &facts.layout;
	const uint32_t aligns[] = {
		layout->align8, layout->align16, layout->align32, layout->align64, layout->align_long};

	for (size_t i = 0; i < sizeof(aligns) / sizeof(aligns[0]); i++)
		if (!aligns[i] || aligns[i] > 64)
			abort();
	if (type > RF_REGISTRATION_NOTIFY || facts.pid || facts.uid || facts.gid ||
		!memchr(facts.name, '\0', sizeof(facts.name)))
		abort();
	return 0;
}
