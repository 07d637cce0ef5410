/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every file here needs: how a test fails or skips, the clock, waiting,
 * and small files under /proc and /sys.
 */
#ifndef UTIL_H
#define UTIL_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MIB(n)		((size_t)(n) << 20)

/* Ends the calling process; in a child of a test, whoever joins it fails. */
void fail(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void skip(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define check(cond, fmt, ...)						\
	do {								\
		if (!(cond))						\
			fail("%s:%d: " fmt, __FILE__, __LINE__,		\
			     ##__VA_ARGS__);				\
	} while (0)

#define check_equal(a, b, what)						\
	do {								\
		long a_ = (a), b_ = (b);				\
									\
		check(a_ == b_, "%s: %ld, expected %ld", what, a_, b_);	\
	} while (0)

/* Bytes. Tests count in pages, so that they do the same whatever a page is. */
extern size_t page_size;
#define PAGE		page_size

#define THP		"/sys/kernel/mm/transparent_hugepage/"
#define TRACING		"/sys/kernel/tracing/"
#define FTRACE_ENABLED	"/proc/sys/kernel/ftrace_enabled"
#define DEBUGFS		"/sys/kernel/debug/"

long long now_ns(void);

/*
 * What takes others @ms milliseconds at most may take a kernel with checkers,
 * which tells by "slow" on its command line. Nanoseconds.
 */
long long patience(long long ms);
/* Such a kernel: its costs say nothing. */
bool kernel_is_slow(void);
/*
 * Bytes of @pages, or where the kernel is slow of a quarter of them, but of no
 * fewer than make an exit worth diverting.
 */
size_t afford(size_t pages);

/*
 * True as soon as @cond is, false if it is not within @ms milliseconds, or what
 * they are here. Looks every @us microseconds.
 */
#define wait_until_every(us, cond, ms)					\
	({								\
		long long end_ = now_ns() + patience(ms);		\
		bool met_;						\
									\
		while (!(met_ = (cond)) && now_ns() < end_)		\
			usleep(us);					\
		met_;							\
	})

#define wait_until(cond, ms)	wait_until_every(200, cond, ms)

/* 0 or -errno; the text is written by one write() as it is. */
int write_file(const char *path, const char *text);
/* Length or -errno; a trailing newline is cut. */
int read_file(const char *path, char *buf, size_t size);
/* The number in a file; the test fails if there is none. */
long read_number(const char *path);
/* The number after @key in a file of "key value" lines, or -1. */
long read_keyed(const char *path, const char *key);

/* Skips the test if the kernel has no such file system. */
void must_mount(const char *type, const char *where);

bool kernel_has_symbol(const char *name);
/* From where to where the function is, or false if there is none. */
bool kernel_symbol_range(const char *name, unsigned long *start,
			 unsigned long *end);
/* Bytes of the largest transparent huge page, or 0. */
size_t huge_page_size(void);
int cpu_count(void);
/* False if there is no such node, or none of its CPUs is online. */
bool node_cpus(int node, cpu_set_t *cpus);
int node_count(void);
/* Functions can be traced, and so redirected. */
/* The kernel's list of kprobes. */
void kprobes_read(char *list, size_t size);
bool kernel_has_ftrace(void);
/* Android's tracepoints where an mm loses its swap. */
bool kernel_has_vendor_hooks(void);
/* Built with PREEMPT_RT. */
bool kernel_is_rt(void);
/* Parses a list such as "0-2,5"; false if it is none. */
bool parse_cpu_list(const char *list, cpu_set_t *set);
void pin_to_cpus(const cpu_set_t *set);
void pin_to_cpu(int cpu);
void unpin(void);
/*
 * Calls @agrees with the directory in /proc of every process whose name matches
 * the pattern @name; how many do, or how many there are if it is NULL.
 */
int count_processes(const char *name,
		    bool (*agrees)(const char *proc, const void *arg),
		    const void *arg);
/* Where the process may run; empty if it is gone. */
cpu_set_t allowed_cpus(const char *proc);
/* Whose directory in /proc it is. */
pid_t process_id(const char *proc);

#endif
