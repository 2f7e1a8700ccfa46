/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs for probes of user space, as clients send them: descriptors of files of theirs. A file system in user space
 * (FUSE) is a process of its owner that is asked for everything, even by close(2) and at the end of a process, and who
 * waits for its answer there cannot be ended. So a process of its own takes each from its client's socket, and the
 * descriptor goes on to others only when its file system is known to be another; one that hangs harms nobody. Loop
 * thread, unless it says otherwise.
 */
#ifndef RF_POLICY_BROKER_PROGRAMS_H
#define RF_POLICY_BROKER_PROGRAMS_H

#include "common/proto_broker.h"
#include "policy/broker/state.h"

/* At one time, of one user, and for how long. One that does not end counts on. */
#define RF_PROGRAMS_MAX 64u
#define RF_PROGRAMS_OF_USER_MAX 16u
#define RF_PROGRAM_DEADLINE (2 * RF_SECOND)

/*
 * Whether FD may be had, as far as its file system says: 0, -EOPNOTSUPP for one in user space, or another negative
 * errno. May wait for as long as the file system likes. Any process.
 */
int rf_program_check(int fd);
/*
 * Begins to take one from the socket that is FRAME's descriptor, a client of UID; PEER is answered when that is done,
 * if it still lives. 0 or a negative errno (-EAGAIN: there are too many).
 */
int rf_program_receive(struct rf_broker *broker, struct rf_peer *peer, const struct rf_frame *frame, uid_t uid);
/* PEER is gone: nothing is sent to it any more. */
void rf_programs_forget_peer(struct rf_broker *broker, const struct rf_peer *peer);
/* True when PID was one. */
bool rf_programs_reap(struct rf_broker *broker, pid_t pid, int status);

#endif
