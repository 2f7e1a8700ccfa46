/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/accounts.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool parse_id(const char *text, char **end, uint32_t *id)
{
	errno = 0;

	unsigned long value = strtoul(text, end, 10);

	if (*end == text || errno || value >= UINT32_MAX || *text == '-')
		return false;
	*id = (uint32_t)value;
	return true;
}

int rf_account_find(const char *name, const char *override, struct rf_identity *identity)
{
	*identity = (struct rf_identity){0};
	if (override) {
		char *end;

		if (!parse_id(override, &end, &identity->uid))
			return -EINVAL;
		identity->gid = identity->uid;
		if (*end == ':' && !parse_id(end + 1, &end, &identity->gid))
			return -EINVAL;
		/* The point of the account is that it is nobody else's. */
		return *end || identity->uid == 0 || identity->gid == 0 ? -EINVAL : 0;
	}

	const struct passwd *account = getpwnam(name);

	if (!account)
		return -ENOENT;
	identity->uid = account->pw_uid;
	identity->gid = account->pw_gid;
	return identity->uid == 0 ? -EINVAL : 0;
}

static bool has_group(const struct rf_identity *identity, gid_t gid)
{
	for (size_t i = 0; i < identity->group_count; i++)
		if (identity->groups[i] == gid)
			return true;
	return false;
}

int rf_account_complete(struct rf_identity *identity)
{
	const struct passwd *account = getpwuid(identity->uid);
	gid_t primary;
	int count = 0;

	identity->groups = NULL;
	identity->group_count = 0;
	identity->home = NULL;
	if (!account)
		return 0;
	primary = account->pw_gid;
	identity->home = strdup(account->pw_dir);
	if (!identity->home)
		return -ENOMEM;
	/* Nobody's groups can be taken then, and nobody's gid but our own. */
	if (geteuid() != 0)
		return 0;
	getgrouplist(account->pw_name, primary, NULL, &count);
	if (count <= 0 || count > 65536)
		return -EOVERFLOW;
	identity->groups = calloc((size_t)count, sizeof(*identity->groups));
	if (!identity->groups)
		return -ENOMEM;
	if (getgrouplist(account->pw_name, primary, identity->groups, &count) < 0)
		return -EAGAIN;
	identity->group_count = (size_t)count;
	if (!has_group(identity, identity->gid))
		identity->gid = primary;
	return 0;
}

gid_t rf_group_find(const char *name)
{
	const struct group *group = getgrnam(name);

	return group ? group->gr_gid : (gid_t)-1;
}
