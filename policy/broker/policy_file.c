/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/policy_file.h"

#include "common/frame.h"
#include "common/log.h"
#include "common/proto_broker.h"
#include "policy/broker/lookups.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ini.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
	struct rf_policy_text *text;
	FILE *file;
	unsigned int line;
	bool failed;
};

static void __attribute__((format(printf, 2, 3))) complain(struct reading *reading, const char *format, ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	rf_error("%s:%u: %s", reading->text->path, reading->line, what);
	reading->failed = true;
}

static int add_uid(struct reading *reading, uint32_t uid)
{
	struct rf_policy_text *text = reading->text;
	uint32_t *more;

	if (uid == 0)
		return 0;
	for (size_t i = 0; i < text->kernel_count; i++)
		if (text->kernel_uids[i] == uid)
			return 0;
	if (text->kernel_count >= RF_POLICY_UIDS_MAX) {
		complain(reading, "more than %u users", RF_POLICY_UIDS_MAX);
		return -E2BIG;
	}
	more = reallocarray(text->kernel_uids, text->kernel_count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	more[text->kernel_count++] = uid;
	text->kernel_uids = more;
	return 0;
}

static bool as_number(const char *word, uint32_t *number)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	value = strtoul(word, &end, 10);
	*number = (uint32_t)value;
	return !*end && !errno && value < UINT32_MAX;
}

static void left_out(const struct reading *reading, const char *what, const char *word)
{
	rf_warning("%s:%u: there is no %s \"%s\"; left out", reading->text->path, reading->line, what, word);
}

static int add_user(struct reading *reading, const char *word)
{
	const struct passwd *user;
	uint32_t uid;

	if (as_number(word, &uid))
		return add_uid(reading, uid);
	user = getpwnam(word);
	if (user)
		return add_uid(reading, user->pw_uid);
	left_out(reading, "user", word);
	return 0;
}

/* Those that the group lists, and those whose first group it is, as far as the data base lists its users. */
static int add_group(struct reading *reading, const char *word)
{
	uint32_t gid;
	const struct group *group = as_number(word, &gid) ? getgrgid(gid) : getgrnam(word);
	const struct passwd *user;
	int err = 0;

	if (!group) {
		left_out(reading, "group", word);
		return 0;
	}
	gid = group->gr_gid;
	for (char *const *member = group->gr_mem; !err && *member; member++) {
		user = getpwnam(*member);
		err = user ? add_uid(reading, user->pw_uid) : 0;
	}
	setpwent();
	while (!err && (user = getpwent()))
		if (user->pw_gid == gid)
			err = add_uid(reading, user->pw_uid);
	endpwent();
	return err;
}

static const struct {
	const char *section;
	const char *key;
	int (*add)(struct reading *reading, const char *word);
} keys[] = {
	{"kernel", "users", add_user},
	{"kernel", "groups", add_group},
};

static int add_words(struct reading *reading, int (*add)(struct reading *reading, const char *word), const char *value)
{
	char *words = strdup(value);
	char *rest = NULL;
	int err = words ? 0 : -ENOMEM;

	for (char *word = words ? strtok_r(words, ", \t", &rest) : NULL; !err && word;
		word = strtok_r(NULL, ", \t", &rest)) {
		if (rf_account_name_ok(word)) {
			err = add(reading, word);
			continue;
		}
		complain(reading, "\"%s\" is no name of an account", word);
		err = -EINVAL;
	}
	free(words);
	return err;
}

static int entry(void *data, const char *section, const char *key, const char *value)
{
	struct reading *reading = data;
	bool known = false;

	if (reading->failed)
		return 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].section, section) != 0)
			continue;
		known = true;
		if (strcmp(keys[i].key, key) != 0)
			continue;
		if (add_words(reading, keys[i].add, value) < 0)
			reading->failed = true;
		return !reading->failed;
	}
	if (known)
		complain(reading, "there is no key \"%s\" in section [%s]", key, section);
	else
		complain(reading, "there is no section [%s]", section);
	return 0;
}

/* As fgets(). */
static char *next_line(char *line, int size, void *data)
{
	struct reading *reading = data;

	if (reading->failed || !fgets(line, size, reading->file))
		return NULL;
	reading->line++;
	if (strchr(line, '\n') || feof(reading->file))
		return line;
	complain(reading, "longer than %d bytes: give a key several times, its words add up", size - 2);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

int rf_policy_text_read(struct rf_policy_text *text, FILE *file)
{
	struct reading reading = {.text = text, .file = file};
	int bad = ini_parse_stream(next_line, &reading, entry, &reading);

	if (bad > 0 && !reading.failed) {
		reading.line = (unsigned int)bad;
		complain(&reading, "neither a [section] nor \"key = value\"");
	}
	if (bad || reading.failed)
		return -EINVAL;
	if (text->kernel_count)
		qsort(text->kernel_uids, text->kernel_count, sizeof(*text->kernel_uids), compare);
	return 0;
}

void rf_policy_text_free(struct rf_policy_text *text)
{
	free(text->kernel_uids);
	text->kernel_uids = NULL;
	text->kernel_count = 0;
}

FILE *rf_policy_file_open(const char *path, int *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st = {0};
	FILE *file;

	*err = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
	if (!*err && (!S_ISREG(st.st_mode) || st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)))) {
		rf_error("policy file %s: must be a regular file that belongs to root and that nobody else may write: "
			 "run \"chown root %s; chmod go-w %s\"",
			path, path, path);
		*err = -EPERM;
	} else if (*err && *err != -ENOENT) {
		rf_error("cannot read policy file %s: %s", path, strerror(-*err));
	}
	file = *err ? NULL : fdopen(fd, "r");
	if (!file && fd >= 0)
		close(fd);
	if (!file && !*err)
		*err = -ENOMEM;
	return file;
}

_Noreturn void rf_policy_file_send(int sock, const struct rf_identity *identity, const char *path, bool must_be_there)
{
	struct rf_policy_text text = {.path = path};
	struct rf_broker_policy message;
	struct rf_writer w;
	FILE *file;
	int err;

	rf_log_init("ringfence-policy", rf_log_get_level());
	prctl(PR_SET_NAME, "rf-policy");
	file = rf_policy_file_open(path, &err);
	if (rf_identity_confine(identity) < 0)
		_exit(EXIT_FAILURE);
	/* After the identity: changing that clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	if (file)
		err = rf_policy_text_read(&text, file);
	else if (err == -ENOENT && !must_be_there)
		err = 0;
	else if (err == -ENOENT)
		rf_error("there is no policy file %s", path);
	message.kernel_uids = (struct rf_blob){
		.data = (const uint8_t *)text.kernel_uids, .len = err ? 0 : text.kernel_count * sizeof(uint32_t)};
	rf_frame_body(&w);
	rf_broker_policy_encode(&w, &message);
	rf_frame_send(sock, RF_BROKER_POLICY, 0, err, w.base, w.at, NULL, 0);
	_exit(EXIT_SUCCESS);
}
