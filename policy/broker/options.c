/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/options.h"

#include "common/log.h"
#include "policy/broker/module_helper.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <ini.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Scripts compare this with what they were written for: the protocol that we speak, not our own version. */
#define PROTOCOL_VERSION "2.13.9"

enum kind {
	FLAG,
	COUNT,
	TEXT,
	PATH,
	IGNORED_FLAG, /* of parts that we do not have */
	IGNORED_TEXT,
};

struct option_row {
	const char *name;
	char letter; /* 0 for none */
	enum kind kind;
	size_t offset;
	const char *help;
};

#define AT(member) offsetof(struct rf_options, member)

static const struct option_row rows[] = {
	{"background", 'b', FLAG, AT(background), "run in the background, keep stdio"},
	{"config", 'f', PATH, AT(config), "read this configuration file, too"},
	{"daemonize", 'd', FLAG, AT(daemonize), "run as a daemon"},
	{"group", 'g', TEXT, AT(group), "group that may connect to root's daemon (default: tracing)"},
	{"sig-parent", 'S', FLAG, AT(sig_parent), "send SIGUSR1 to the parent when ready"},
	{"client-sock", 'c', PATH, AT(client_sock), "socket of clients"},
	{"apps-sock", 'a', PATH, AT(apps_sock), "socket of applications"},
	{"pidfile", 'p', PATH, AT(pidfile), "file for the process id"},
	{"load", 'l', PATH, AT(load), "load sessions from this file or directory"},
	{"consumerd32-path", 0, PATH, AT(consumer32), "consumer program for 32-bit applications"},
	{"quiet", 'q', FLAG, AT(quiet), "print errors only"},
	{"verbose", 'v', COUNT, AT(verbose), "print more; up to three times"},
	{"no-kernel", 0, FLAG, AT(no_kernel), "do not trace the kernel"},
	{"kernel-tracer", 0, TEXT, AT(kernel_tracer), "auto (default), modules (lttng-modules) or tracefs"},
	{"kmod-probes", 0, TEXT, AT(kmod_probes),
		"load these probe modules of lttng-modules instead of the usual ones"},
	{"extra-kmod-probes", 0, TEXT, AT(extra_kmod_probes), "load these probe modules, too"},
	{"policy", 0, PATH, AT(policy), "policy file instead of /etc/ringfence/policy.conf"},
	{"sessiond-user", 0, TEXT, AT(sessiond_user), "UID[:GID] of the session daemon instead of account ringfence"},
	{"consumer-user", 0, TEXT, AT(consumer_user), "UID[:GID] of consumers instead of account ringfence-io"},
	{"help", 'h', FLAG, AT(help), "print this"},
	{"list-options", 0, FLAG, AT(list), "list the names of all options"},
	{"version", 'V', FLAG, AT(version), "print the protocol version"},
	{"agent-tcp-port", 0, IGNORED_TEXT, 0, NULL},
	{"consumerd32-libdir", 0, IGNORED_TEXT, 0, NULL},
	{"consumerd64-libdir", 0, IGNORED_TEXT, 0, NULL},
	{"consumerd64-path", 0, IGNORED_TEXT, 0, NULL},
	{"kconsumerd-cmd-sock", 0, IGNORED_TEXT, 0, NULL},
	{"kconsumerd-err-sock", 0, IGNORED_TEXT, 0, NULL},
	{"ustconsumerd32-cmd-sock", 0, IGNORED_TEXT, 0, NULL},
	{"ustconsumerd64-cmd-sock", 0, IGNORED_TEXT, 0, NULL},
	{"ustconsumerd32-err-sock", 0, IGNORED_TEXT, 0, NULL},
	{"ustconsumerd64-err-sock", 0, IGNORED_TEXT, 0, NULL},
	{"event-notifier-error-buffer-size-kernel", 0, IGNORED_TEXT, 0, NULL},
	{"event-notifier-error-buffer-size-userspace", 0, IGNORED_TEXT, 0, NULL},
	{"verbose-consumer", 0, IGNORED_FLAG, 0, NULL},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool takes_value(const struct option_row *row)
{
	return row->kind == TEXT || row->kind == PATH || row->kind == IGNORED_TEXT;
}

static void *member(struct rf_options *options, const struct option_row *row)
{
	return (char *)options + row->offset;
}

/* Paths are meant from where the daemon was started, and it leaves from there. */
static char *absolute(const char *path)
{
	char cwd[PATH_MAX];
	char *full = NULL;

	if (path[0] == '/' || !getcwd(cwd, sizeof(cwd)))
		return strdup(path);
	return asprintf(&full, "%s/%s", cwd, path) < 0 ? NULL : full;
}

static int apply(struct rf_options *options, const struct option_row *row, const char *value, bool on)
{
	switch (row->kind) {
	case FLAG:
		*(bool *)member(options, row) = on;
		return 0;
	case COUNT:
		if (on)
			++*(unsigned int *)member(options, row);
		return 0;
	case TEXT:
	case PATH: {
		char **text = member(options, row);

		free(*text);
		*text = row->kind == PATH ? absolute(value) : strdup(value);
		return *text ? 0 : -ENOMEM;
	}
	case IGNORED_FLAG:
	case IGNORED_TEXT:
		rf_info("option --%s has no effect in this daemon", row->name);
		return 0;
	}
	return 0;
}

static bool is_true(const char *value)
{
	return !strcasecmp(value, "true") || !strcasecmp(value, "yes") || !strcasecmp(value, "on") || atoi(value) != 0;
}

static int ini_entry(void *data, const char *section, const char *name, const char *value)
{
	struct rf_options *options = data;

	if (strcmp(section, "sessiond") != 0)
		return 1;
	if (!strcmp(name, "help") || !strcmp(name, "version") || !strcmp(name, "config"))
		return 1;
	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		if (apply(options, &rows[i], value, takes_value(&rows[i]) || is_true(value)) < 0)
			return 0;
		return 1;
	}
	rf_warning("configuration: there is no option \"%s\"", name);
	return 1;
}

static void read_files(struct rf_options *options, const char *home)
{
	char path[PATH_MAX];

	ini_parse("/etc/lttng/lttng.conf", ini_entry, options);
	if (home && snprintf(path, sizeof(path), "%s/.lttng/lttng.conf", home) < (int)sizeof(path))
		ini_parse(path, ini_entry, options);
}

static int print_help(void)
{
	printf("Usage: ringfenced [OPTION]...\n"
	       "Ringfence %s: privilege-separated tracing daemons, serving clients and applications of LTTng 2.13.\n\n",
		RF_VERSION);
	for (size_t i = 0; i < ROWS; i++) {
		if (!rows[i].help)
			continue;
		if (rows[i].letter)
			printf("  -%c, ", rows[i].letter);
		else
			printf("      ");
		printf("--%s%s\n          %s\n", rows[i].name, takes_value(&rows[i]) ? "=VALUE" : "", rows[i].help);
	}
	printf("\nOther options of lttng-sessiond(8) are accepted and have no effect. See ringfenced(8).\n");
	return RF_OPTIONS_EXIT;
}

/* Text options that may come from the environment. */
static int take_text(char **option, const char *variable)
{
	const char *value = secure_getenv(variable);

	if (!value || !*value)
		return 0;
	*option = strdup(value);
	return *option ? 0 : -ENOMEM;
}

/* Of what the broker acts upon before it serves. */
static int check(const struct rf_options *options)
{
	static const char *const tracers[] = {"auto", "modules", "tracefs"};
	const char *const probes[] = {options->kmod_probes, options->extra_kmod_probes};
	bool known = false;

	for (size_t i = 0; i < sizeof(tracers) / sizeof(tracers[0]); i++)
		known |= !strcmp(options->kernel_tracer, tracers[i]);
	if (!known) {
		fprintf(stderr, "ringfenced: --kernel-tracer=%s: not auto, modules or tracefs\n",
			options->kernel_tracer);
		return -EINVAL;
	}
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		if (!probes[i] || rf_module_names_ok(probes[i]))
			continue;
		fprintf(stderr,
			"ringfenced: probe modules \"%s\": not names of letters, digits, '_' and '-', "
			"separated by commas\n",
			probes[i]);
		return -EINVAL;
	}
	if (options->policy && access(options->policy, R_OK) < 0) {
		fprintf(stderr, "ringfenced: policy file %s: %s\n", options->policy, strerror(errno));
		return -ENOENT;
	}
	return 0;
}

static int read_environment(struct rf_options *options)
{
	const char *timeout = getenv("LTTNG_APP_SOCKET_TIMEOUT");
	const char *consumer32 = secure_getenv("LTTNG_CONSUMERD32_BIN");
	long seconds = timeout ? strtol(timeout, NULL, 10) : 5;

	if (seconds < -1 || seconds > INT_MAX / 1000) {
		fprintf(stderr, "ringfenced: LTTNG_APP_SOCKET_TIMEOUT=%s: not a number of seconds from -1 to %d\n",
			timeout, INT_MAX / 1000);
		return -EINVAL;
	}
	if (consumer32 && *consumer32) {
		options->consumer32 = absolute(consumer32);
		if (!options->consumer32)
			return -ENOMEM;
	}
	options->app_timeout_ms = seconds < 0 ? 0 : (uint32_t)seconds * 1000;
	if (take_text(&options->kmod_probes, "LTTNG_KMOD_PROBES") < 0)
		return -ENOMEM;
	return take_text(&options->extra_kmod_probes, "LTTNG_EXTRA_KMOD_PROBES");
}

/* One pass over the command line: for the configuration file's name, or for everything. */
static int read_command_line(struct rf_options *options, int argc, char **argv, bool config_only)
{
	struct option longs[ROWS + 1] = {0};
	char shorts[3 * ROWS + 1] = "";
	size_t at = 0;
	int got;

	for (size_t i = 0; i < ROWS; i++) {
		longs[i] = (struct option){
			.name = rows[i].name, .has_arg = takes_value(&rows[i]), .val = (int)(256 + i)};
		if (rows[i].letter) {
			shorts[at++] = rows[i].letter;
			if (takes_value(&rows[i]))
				shorts[at++] = ':';
		}
	}
	optind = 1;
	opterr = !config_only;
	while ((got = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_row *row = NULL;

		for (size_t i = 0; i < ROWS; i++)
			if (got == (int)(256 + i) || (rows[i].letter && got == rows[i].letter))
				row = &rows[i];
		if (!row && !config_only)
			return -EINVAL;
		if (!row || (config_only && strcmp(row->name, "config") != 0))
			continue;
		if (apply(options, row, optarg, true) < 0)
			return -ENOMEM;
	}
	return 0;
}

int rf_options_read(struct rf_options *options, int argc, char **argv, const char *home)
{
	*options = (struct rf_options){.group = strdup("tracing"), .kernel_tracer = strdup("auto")};

	int err = read_environment(options);

	if (err < 0)
		return err;
	read_files(options, home);
	read_command_line(options, argc, argv, true);
	if (options->config && access(options->config, R_OK) < 0) {
		fprintf(stderr, "ringfenced: configuration file %s: %s\n", options->config, strerror(errno));
		return -ENOENT;
	}
	if (options->config)
		ini_parse(options->config, ini_entry, options);
	err = read_command_line(options, argc, argv, false);
	if (err < 0)
		return err;
	if (options->help)
		return print_help();
	if (options->version) {
		puts(PROTOCOL_VERSION);
		return RF_OPTIONS_EXIT;
	}
	if (options->list) {
		for (size_t i = 0; i < ROWS; i++)
			printf("--%s\n", rows[i].name);
		return RF_OPTIONS_EXIT;
	}
	err = check(options);
	return err < 0 ? err : RF_OPTIONS_RUN;
}

void rf_options_free(struct rf_options *options)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].kind == TEXT || rows[i].kind == PATH)
			free(*(char **)member(options, &rows[i]));
}
