/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes torn ends off the files of a trace whose writer was killed: an index is cut to whole entries, its data file to
 * the end of the last packet that is both indexed and there. Readers then meet complete packets only. Run-as worker.
 */
#ifndef RF_POLICY_BROKER_TRIM_H
#define RF_POLICY_BROKER_TRIM_H

/* DIR: descriptor of the trace's directory. Files that cannot be read are left alone. */
void rf_trim_trace(int dir);
/* The same for the data file NAME in DIR that has no index: its packets say how long they are. */
void rf_trim_stream(int dir, const char *name);

#endif
