/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sink that is a data file, with an index file beside it or without one. The files are new and empty, and nobody else
 * writes to them.
 */
#ifndef RF_CONSUMERD_SINK_FILE_H
#define RF_CONSUMERD_SINK_FILE_H

#include "consumerd/sink.h"

/*
 * Takes both descriptors in every case; INDEX_FD -1: no index. NULL without memory. The index header is written at
 * once; when the disk is full it is tried again with the first packet.
 */
struct rf_sink *rf_sink_file_new(int data_fd, int index_fd);

#endif
