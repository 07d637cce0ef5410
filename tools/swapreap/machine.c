// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "machine.h"
#include "output.h"
#include "root.h"

/**
 * machine_kernel() - release and architecture of the kernel
 * @machine: where they are put
 */
void machine_kernel(struct machine *machine)
{
	struct utsname name;

	uname(&name);
	if (root_read("proc/sys/kernel/osrelease", machine->release,
		      sizeof(machine->release)) < 0)
		snprintf(machine->release, sizeof(machine->release), "%s",
			 root_is_real() ? name.release : "unknown");
	if (root_read("proc/sys/kernel/arch", machine->arch,
		      sizeof(machine->arch)) < 0)
		snprintf(machine->arch, sizeof(machine->arch), "%s",
			 root_is_real() ? name.machine : "unknown");
}

struct memory machine_memory(void)
{
	FILE *file = root_fopen("proc/meminfo");
	struct memory memory = { };
	char line[128], name[64];
	long long kib;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63[^:]: %lld", name, &kib) != 2)
			continue;
		if (!strcmp(name, "MemTotal"))
			memory.total = kib * 1024;
		else if (!strcmp(name, "MemAvailable"))
			memory.available = kib * 1024;
		else if (!strcmp(name, "SwapTotal"))
			memory.swap_total = kib * 1024;
		else if (!strcmp(name, "SwapFree"))
			memory.swap_free = kib * 1024;
	}
	if (file)
		fclose(file);
	return memory;
}

/* The algorithm in use stands in brackets: lzo [lz4] zstd */
static void read_compressor(struct swap_area *area, const char *device)
{
	char *path = text_of("sys/block/%s/comp_algorithm", device);
	char text[256];

	if (root_read(path, text, sizeof(text)) > 0 && strchr(text, '['))
		sscanf(strchr(text, '['), "[%31[^]]", area->compressor);
	free(path);
}

static void read_zram(struct swap_area *area)
{
	const char *device = strrchr(area->name, '/');
	char text[256];
	char *path;

	if (!device || strncmp(device, "/zram", 5))
		return;
	device++;
	path = text_of("sys/block/%s/mm_stat", device);
	if (root_read(path, text, sizeof(text)) > 0)
		sscanf(text, "%*s %*s %lld", &area->compressed);
	free(path);
	read_compressor(area, device);
}

static void read_swaps(struct machine *machine)
{
	FILE *file = root_fopen("proc/swaps");
	struct swap_area area;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		area = (struct swap_area) { };
		if (sscanf(line, "%255s %15s %lld %lld %d", area.name,
			   area.type, &area.size, &area.used,
			   &area.priority) != 5)
			continue;
		area.size *= 1024;
		area.used *= 1024;
		read_zram(&area);
		machine->swaps = must(realloc(machine->swaps,
					      (machine->nr_swaps + 1) * sizeof(area)));
		machine->swaps[machine->nr_swaps++] = area;
	}
	if (file)
		fclose(file);
}

/**
 * machine_look() - find out all about the machine
 * @machine: where it is put; to be freed by machine_free()
 */
void machine_look(struct machine *machine)
{
	*machine = (struct machine) { .memory = machine_memory() };
	machine_kernel(machine);
	read_swaps(machine);
}

void machine_free(struct machine *machine)
{
	free(machine->swaps);
}

/**
 * machine_half_of_memory() - the module's default of max_pending, in pages
 */
long long machine_half_of_memory(void)
{
	return machine_memory().total / page_size() / 2;
}

static bool possible_cpus(char *text, size_t size)
{
	return root_read("sys/devices/system/cpu/possible", text, size) > 0;
}

/* Where there are none, the kernel prints nothing or "(null)". */
static bool lists_cpus(const char *path)
{
	char text[256];

	return root_read(path, text, sizeof(text)) > 0 && isdigit(text[0]);
}

/**
 * machine_default_cpus() - is this the module's default of worker_cpus?
 * @list: CPUs as the kernel lists them
 *
 * Return: false on a machine with isolated CPUs, which the default leaves out:
 * there any list is as good as one that the user has set.
 */
bool machine_default_cpus(const char *list)
{
	char possible[256];

	return !lists_cpus("sys/devices/system/cpu/isolated") &&
	       !lists_cpus("sys/devices/system/cpu/nohz_full") &&
	       possible_cpus(possible, sizeof(possible)) &&
	       !strcmp(possible, list);
}

/**
 * machine_cpus() - how many CPUs are online
 */
int machine_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

bool machine_uses_zswap(void)
{
	char text[16];

	return root_read("sys/module/zswap/parameters/enabled", text,
			 sizeof(text)) > 0 && text[0] == 'Y';
}
