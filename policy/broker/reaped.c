/* SPDX-License-Identifier: GPL-2.0-only */
#include "policy/broker/reaped.h"

#include "common/log.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>

bool rf_audit_killed(int status, const char *format, ...)
{
	char what[256];
	va_list arguments;

	if (!WIFSIGNALED(status))
		return false;
	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	rf_audit("%s result=killed signal=%d%s", what, WTERMSIG(status),
		WTERMSIG(status) == SIGSYS ? " violation=seccomp" : "");
	return true;
}
