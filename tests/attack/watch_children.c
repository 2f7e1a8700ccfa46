/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * watch_children PID: says what each child that PID makes from now on is and may do when it ends, which is the only
 * time to see that of those that live for a moment. "watching" when it has begun; then a line a child:
 *
 *   NAME Uid: ... Gid: ... (lines of /proc/PID/status, white space as one blank)
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const facts[] = {
	"Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:"};

static void say(pid_t pid)
{
	char path[64];
	char line[512];
	char name[64] = "?";
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof(line), status)) {
		if (sscanf(line, "Name: %63s", name) == 1)
			printf("%s", name);
		for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
			char *rest = NULL;

			if (strncmp(line, facts[i], strlen(facts[i])) != 0)
				continue;
			for (const char *word = strtok_r(line, " \t\n", &rest); word;
				word = strtok_r(NULL, " \t\n", &rest))
				printf(" %s", word);
		}
	}
	if (status)
		fclose(status);
	printf("\n");
	fflush(stdout);
}

static void stopped(pid_t pid, pid_t broker, int status)
{
	int event = status >> 16;
	int signal = WSTOPSIG(status);

	if (event == PTRACE_EVENT_EXIT)
		say(pid);
	/* A new child: only its end is of interest. */
	if (event == PTRACE_EVENT_STOP && pid != broker)
		ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_TRACEEXIT);
	/* Stops of the whole process stay stops. */
	if (event == PTRACE_EVENT_STOP &&
		(signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU))
		ptrace(PTRACE_LISTEN, pid, NULL, NULL);
	else
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)(event ? 0 : signal));
}

int main(int argc, char **argv)
{
	pid_t broker = argc == 2 ? (pid_t)strtol(argv[1], NULL, 10) : 0;
	int status;
	pid_t pid;

	if (!broker || ptrace(PTRACE_SEIZE, broker, NULL, (void *)(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK)) < 0) {
		fprintf(stderr, "watch_children: %s\n", broker ? strerror(errno) : "no process");
		return EXIT_FAILURE;
	}
	printf("watching\n");
	fflush(stdout);
	while ((pid = waitpid(-1, &status, __WALL)) > 0)
		if (WIFSTOPPED(status))
			stopped(pid, broker, status);
	return EXIT_SUCCESS;
}
