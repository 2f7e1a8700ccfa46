/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of /proc, in which processes have a say: whatever they are, what is made of them can be told. */
#include "policy/broker/state_reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_body(struct rf_writer *w)
{
	if (!rf_writer_ok(w) || w->at > RF_STATE_BODY_MAX)
		abort();
	rf_writer_free(w);
	rf_writer_init_growing(w, RF_STATE_BODY_MAX, RF_HOST_ORDER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rf_state_process thread;
	struct rf_state_interrupt interrupt;
	struct rf_state_cpu cpu = {0};
	struct rf_writer w;

	/* Its own block, so that the sanitiser sees one byte too many. */
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	rf_writer_init_growing(&w, RF_STATE_BODY_MAX, RF_HOST_ORDER);
	if (rf_state_parse_stat(text, &thread)) {
		rf_state_process_encode(&w, &thread);
		check_body(&w);
	}
	if (rf_state_parse_interrupt(text, size ? data[0] & 7 : 0, &interrupt)) {
		rf_state_interrupt_encode(&w, &interrupt);
		check_body(&w);
	}
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		rf_state_parse_cpu(line, &cpu);
	rf_state_cpu_encode(&w, &cpu);
	check_body(&w);
	rf_writer_free(&w);
	free(text);
	return 0;
}
