/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks a filter program before it reaches an application. The tracer's own validator lets programs through that need
 * more operands than its stack has and then aborts the application, so we walk the code here and know the depth. What
 * a tracer would refuse anyway, and every code that no compiler emits for submission, is refused, too.
 * A pure function, any thread.
 */
#ifndef RF_SESSIOND_MODEL_FILTER_CHECK_H
#define RF_SESSIOND_MODEL_FILTER_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#define RF_FILTER_STACK 8u   /* operands that the tracer's interpreter holds */
#define RF_FILTER_MAX 65536u /* bytes of code and relocation table */

/* PROGRAM is the code, then from offset RELOC the relocation table. False: malformed, unknown, or too deep. */
bool rf_filter_check(const uint8_t *program, uint32_t len, uint32_t reloc);

/*
 * Whether a program that passed the check may read the context NAME: a tracer may have one that harms. True for a few
 * programs that do not, of kinds that no compiler makes.
 */
bool rf_filter_reads_context(const uint8_t *program, uint32_t len, uint32_t reloc, const char *name);

#endif
