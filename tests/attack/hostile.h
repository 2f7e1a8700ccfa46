/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets and clocks of the hostile client and the hostile application. */
#ifndef RF_TESTS_ATTACK_HOSTILE_H
#define RF_TESTS_ATTACK_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENDED (-1)        /* the daemon closed the connection */
#define SAID_NOTHING (-2) /* it did neither answer nor close in time */

struct hostile_attack {
	const char *name;
	/* true: the daemon behaved; says on standard output what it did. */
	bool (*run)(const char *argument);
};

/* Connects to the socket that was given on the command line; exits when that fails. */
int hostile_connect(void);
/* The same, but -1 when it fails. */
int hostile_try_connect(void);
uint64_t hostile_now_ms(void);
/* Sends all of it; false when the daemon hung up before. */
bool hostile_send(int sock, const void *bytes, size_t len);
/* Sends a byte with the descriptor; false when that cannot be (errno). */
bool hostile_send_fd(int sock, int fd);
/* Reads exactly LEN bytes: how many came, or ENDED, or SAID_NOTHING. */
long hostile_read(int sock, void *bytes, size_t len, int timeout_ms);
/* Throws away what comes until the end: milliseconds it took, or SAID_NOTHING. */
long hostile_wait_end(int sock, int timeout_ms);
void hostile_fill(uint8_t *bytes, size_t len);
/* Ends the program: PROGRAM SOCKET ATTACK [ARGUMENT] of the table. */
int hostile_main(int argc, char **argv, const struct hostile_attack *attacks, size_t count);

#endif
