/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the broker was told: the session daemon's documented options, so that `lttng create`, service managers and
 * scripts start it like that one, and two of our own. Later sources override: environment, configuration files,
 * command line.
 */
#ifndef RF_POLICY_BROKER_OPTIONS_H
#define RF_POLICY_BROKER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct rf_options {
	bool daemonize;
	bool background;
	bool sig_parent;
	unsigned int verbose;
	bool quiet;
	char *group;
	char *client_sock;
	char *apps_sock;
	char *pidfile;
	char *config;
	char *load;
	char *consumer32; /* program for 32-bit applications, NULL without */
	char *sessiond_user;
	char *consumer_user;
	uint32_t app_timeout_ms;
	bool no_kernel;
	char *kernel_tracer; /* "auto", "modules" or "tracefs" */
	char *kmod_probes;   /* probe modules to load instead of the usual ones; NULL: those */
	char *extra_kmod_probes;
	char *policy; /* file; NULL: the usual one, if it is there */
	bool help;
	bool version;
	bool list;
};

#define RF_OPTIONS_RUN 0
#define RF_OPTIONS_EXIT 1 /* --help, --version, --list-options were answered */
/* RF_OPTIONS_RUN, RF_OPTIONS_EXIT or a negative errno (said on stderr). HOME: where the user's configuration is. */
int rf_options_read(struct rf_options *options, int argc, char **argv, const char *home);
void rf_options_free(struct rf_options *options);

#endif
