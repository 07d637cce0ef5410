// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <time.h>

#include "runner.h"
#include "util.h"

#define SYS_NODES	"/sys/devices/system/node"
#define SYS_CPUS	"/sys/devices/system/cpu/online"
#define FEWEST		384	/* pages; exit_threshold is 256 */

char *skip_reason;
size_t page_size;

__attribute__((constructor)) static void learn_page_size(void)
{
	page_size = sysconf(_SC_PAGESIZE);
}

static void say(const char *fmt, va_list args)
{
	char line[1024] = "# ";
	int len = vsnprintf(line + 2, sizeof(line) - 3, fmt, args);

	if (len > (int)sizeof(line) - 4)
		len = sizeof(line) - 4;
	line[2 + len] = '\n';
	/* one write, so that lines of several processes do not mix */
	if (write(STDOUT_FILENO, line, len + 3) < 0)
		_exit(OUTCOME_FAILED);
}

void diag(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
}

void fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	_exit(OUTCOME_FAILED);
}

void skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(skip_reason, SKIP_REASON_SIZE, fmt, args);
	va_end(args);
	_exit(OUTCOME_SKIPPED);
}

long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int slow(void)
{
	const char *times = getenv("slow");

	return times ? atoi(times) : 1;
}

long long patience(long long ms)
{
	return ms * 1000000 * slow();
}

bool kernel_is_slow(void)
{
	return slow() > 1;
}

size_t afford(size_t pages)
{
	if (kernel_is_slow())
		pages = pages / 4 > FEWEST ? pages / 4 : FEWEST;
	return pages * PAGE;
}

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got, len = 0;

	if (fd < 0)
		return -errno;
	while ((got = read(fd, buf + len, size - 1 - len)) > 0)
		len += got;
	if (got < 0)
		len = -errno;
	close(fd);
	if (len > 0 && buf[len - 1] == '\n')
		len--;
	if (len >= 0)
		buf[len] = '\0';
	return len;
}

long read_number(const char *path)
{
	char buf[64], *end;
	int len = read_file(path, buf, sizeof(buf));
	long value;

	check(len > 0, "cannot read %s: %s", path, strerror(-len));
	value = strtol(buf, &end, 10);
	check(!*end, "%s holds '%s', not a number", path, buf);
	return value;
}

long read_keyed(const char *path, const char *key)
{
	char line[512];
	size_t len = strlen(key);
	long value = -1;
	FILE *file = fopen(path, "re");

	if (!file)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len) &&
		    (line[len] == ' ' || line[len] == ':'))
			value = strtol(line + len + 1, NULL, 10);
	fclose(file);
	return value;
}

void must_mount(const char *type, const char *where)
{
	if (mount(type, where, type, 0, NULL) && errno != EBUSY)
		skip("the kernel has no %s", type);
}

static bool find_symbol(FILE *file, const char *name, unsigned long *address)
{
	char line[512], symbol[256];
	bool found = false;

	check(file, "cannot read /proc/kallsyms: %m");
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%lx %*s %255s", address, symbol) == 2 &&
			!strcmp(symbol, name);
	return found;
}

bool kernel_symbol_range(const char *name, unsigned long *start,
			 unsigned long *end)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long address;
	char line[512];

	if (!find_symbol(file, name, start))
		*start = 0;
	*end = ~0UL;
	rewind(file);
	/* they are in no order that could be relied on */
	while (fgets(line, sizeof(line), file)) {
		address = strtoul(line, NULL, 16);
		if (address > *start && address < *end)
			*end = address;
	}
	fclose(file);
	return *start;
}

bool kernel_has_symbol(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long address;
	bool found = find_symbol(file, name, &address);

	fclose(file);
	return found;
}

size_t huge_page_size(void)
{
	char text[32];

	if (read_file(THP "hpage_pmd_size", text, sizeof(text)) <= 0)
		return 0;
	return strtoul(text, NULL, 10);
}

int cpu_count(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

bool parse_cpu_list(const char *list, cpu_set_t *set)
{
	CPU_ZERO(set);
	while (*list) {
		char *end;
		long first = strtol(list, &end, 10), last = first;

		if (end == list)
			return false;
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		for (; first <= last; first++)
			CPU_SET(first, set);
		list = *end == ',' ? end + 1 : end;
		if (*end && *end != ',')
			return false;
	}
	return true;
}

bool node_cpus(int node, cpu_set_t *cpus)
{
	char path[64] = SYS_CPUS, list[256];

	/* a kernel without NUMA has one node and no word for it */
	if (node || !access(SYS_NODES, F_OK))
		snprintf(path, sizeof(path), SYS_NODES "/node%d/cpulist", node);
	return read_file(path, list, sizeof(list)) > 0 &&
	       parse_cpu_list(list, cpus) && CPU_COUNT(cpus);
}

int node_count(void)
{
	cpu_set_t cpus;
	int count = 0;

	while (node_cpus(count, &cpus))
		count++;
	return count;
}

void pin_to_cpus(const cpu_set_t *set)
{
	check(!sched_setaffinity(0, sizeof(*set), set),
	      "sched_setaffinity: %m");
}

void pin_to_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	pin_to_cpus(&set);
}

void unpin(void)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	pin_to_cpus(&set);
}

pid_t process_id(const char *proc)
{
	return atoi(strrchr(proc, '/') + 1);
}

static bool has_name(const char *proc, const char *name)
{
	char path[64], comm[64];

	snprintf(path, sizeof(path), "%s/comm", proc);
	return read_file(path, comm, sizeof(comm)) > 0 &&
	       !fnmatch(name, comm, 0);
}

int count_processes(const char *name,
		    bool (*agrees)(const char *proc, const void *arg),
		    const void *arg)
{
	int count = 0;
	glob_t found;

	glob("/proc/[0-9]*", 0, NULL, &found);
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (has_name(found.gl_pathv[i], name) &&
		    (!agrees || agrees(found.gl_pathv[i], arg)))
			count++;
	globfree(&found);
	return count;
}

cpu_set_t allowed_cpus(const char *proc)
{
	static const char key[] = "Cpus_allowed_list:";
	char path[64], status[8192], *list;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	snprintf(path, sizeof(path), "%s/status", proc);
	if (read_file(path, status, sizeof(status)) <= 0)
		return cpus;
	list = strstr(status, key);
	list = list ? strtok(list + strlen(key), "\t\n") : NULL;
	if (list)
		parse_cpu_list(list, &cpus);
	return cpus;
}

void kprobes_read(char *list, size_t size)
{
	int len;

	must_mount("debugfs", DEBUGFS);
	len = read_file(DEBUGFS "kprobes/list", list, size);
	check(len >= 0, "cannot read the list of kprobes: %s", strerror(-len));
}

bool kernel_has_ftrace(void)
{
	return !access(FTRACE_ENABLED, F_OK);
}

bool kernel_has_vendor_hooks(void)
{
	return kernel_has_symbol("__traceiter_android_vh_swapmem_gather_add_bypass");
}

bool kernel_is_rt(void)
{
	return !access("/sys/kernel/realtime", F_OK);
}
