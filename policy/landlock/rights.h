/* SPDX-License-Identifier: GPL-2.0-only */
/* Constants of Landlock, also those that are newer than the oldest headers that we are built with. */
#ifndef RF_POLICY_LANDLOCK_RIGHTS_H
#define RF_POLICY_LANDLOCK_RIGHTS_H

#include "policy/landlock/paths.h"

#include <linux/landlock.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP (1ULL << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1)
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL (1ULL << 1)
#endif

/* The first version of the kernel's Landlock that knows it. */
#define RF_LANDLOCK_REFER 2
#define RF_LANDLOCK_TRUNCATE 3
#define RF_LANDLOCK_TCP 4
#define RF_LANDLOCK_IOCTL_DEV 5
#define RF_LANDLOCK_SCOPES 6

#endif
