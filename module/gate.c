// SPDX-License-Identifier: GPL-2.0
#include <linux/srcu.h>

#include "gate.h"

/* Read side: from the start of a scope to its end. */
DEFINE_STATIC_SRCU(inside);

/* Closed while nothing is diverted; paused while the machine hibernates. */
static bool open;
static bool paused;

/**
 * gate_is_open() - may a scope begin?
 *
 * Context: Any.
 */
bool gate_is_open(void)
{
	return READ_ONCE(open) && !READ_ONCE(paused);
}

/**
 * gate_enter() - begin a scope
 * @ticket: for gate_leave(), in the same task
 *
 * Context: Any but NMI.
 * Return: false if none may begin.
 */
bool gate_enter(int *ticket)
{
	*ticket = srcu_read_lock(&inside);
	if (!gate_is_open()) {
		srcu_read_unlock(&inside, *ticket);
		return false;
	}
	__release(&inside); /* for sparse: held until gate_leave() */
	return true;
}

/**
 * gate_leave() - the scope has ended
 * @ticket: from gate_enter()
 *
 * Context: Any but NMI.
 */
void gate_leave(int ticket)
{
	__acquire(&inside);
	srcu_read_unlock(&inside, ticket);
}

/**
 * gate_open() - let scopes begin
 *
 * Context: Any.
 */
void gate_open(void)
{
	WRITE_ONCE(open, true);
}

/**
 * gate_close() - let no more scopes begin and wait for the last to end
 *
 * Context: Process context, sleeps as long as it takes to tear down an mm.
 */
void gate_close(void)
{
	WRITE_ONCE(open, false);
	synchronize_srcu(&inside);
}

/**
 * gate_pause() - the same for a while
 *
 * Context: Process context, sleeps as long as it takes to tear down an mm.
 */
void gate_pause(void)
{
	WRITE_ONCE(paused, true);
	synchronize_srcu(&inside);
}

/**
 * gate_resume() - let scopes begin again, unless gate_close() was called
 *
 * Context: Any.
 */
void gate_resume(void)
{
	WRITE_ONCE(paused, false);
}
