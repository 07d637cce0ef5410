// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "task.h"
#include "util.h"

struct task task_start(void (*body)(struct task *parent, void *arg), void *arg)
{
	struct task task, parent;
	int ends[2];

	check(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends),
	      "socketpair: %m");
	parent = (struct task){ .pid = getpid(), .line = ends[1] };
	task = (struct task){ .pid = fork(), .line = ends[0] };
	check(task.pid >= 0, "fork: %m");
	if (!task.pid) {
		close(ends[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		body(&parent, arg);
		_exit(0);
	}
	close(ends[1]);
	return task;
}

void task_say(struct task *other, long value)
{
	check(write(other->line, &value, sizeof(value)) == sizeof(value),
	      "process %d does not listen: %m", other->pid);
}

long task_hear(struct task *other)
{
	long value;

	check(read(other->line, &value, sizeof(value)) == sizeof(value),
	      "process %d ended without a word", other->pid);
	return value;
}

bool task_told(struct task *other, int ms)
{
	struct pollfd fd = { .fd = other->line, .events = POLLIN };

	return poll(&fd, 1, ms) > 0;
}

void task_signal(struct task *task, int signal)
{
	check(!kill(task->pid, signal), "kill: %m");
}

int task_mrelease(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	int err;

	check(fd >= 0, "pidfd_open: %m");
	err = syscall(SYS_process_mrelease, fd, 0) ? -errno : 0;
	close(fd);
	return err;
}

static long pages_of(pid_t pid, const char *file, const char *key)
{
	char path[64];
	long kib;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	kib = read_keyed(path, key);
	return kib < 0 ? -1 : kib * 1024 / (long)PAGE;
}

long task_swapped(pid_t pid)
{
	return pages_of(pid, "smaps_rollup", "Swap");
}

long task_counts_swapped(pid_t pid)
{
	return pages_of(pid, "status", "VmSwap");
}

int task_reap(struct task *task)
{
	int status;

	check(waitpid(task->pid, &status, 0) == task->pid, "waitpid: %m");
	close(task->line);
	return status;
}

void task_stop_at_exit(const struct task *task)
{
	check(!ptrace(PTRACE_SEIZE, task->pid, 0, PTRACE_O_TRACEEXIT),
	      "PTRACE_SEIZE: %m");
}

void task_wait_stopped(const struct task *task)
{
	int status;

	check(waitpid(task->pid, &status, 0) == task->pid, "waitpid: %m");
	check(status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8),
	      "process %d has status %#x", task->pid, status);
}

void task_let_go(struct task *task)
{
	check(!ptrace(PTRACE_DETACH, task->pid, 0, 0), "PTRACE_DETACH: %m");
	task_reap(task);
}

long long task_kill(struct task *task)
{
	long long start = now_ns();

	task_signal(task, SIGKILL);
	task_reap(task);
	return now_ns() - start;
}

void task_join(struct task *task)
{
	int status = task_reap(task);

	check(WIFEXITED(status) && !WEXITSTATUS(status),
	      "process %d ended with status %#x", task->pid, status);
}
