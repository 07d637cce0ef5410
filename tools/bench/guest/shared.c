// SPDX-License-Identifier: GPL-2.0
#include <sys/mman.h>

#include "shared.h"
#include "util.h"

void *shared_create(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	check(memory != MAP_FAILED, "mmap: %m");
	return memory;
}

void shared_destroy(void *memory, size_t size)
{
	munmap(memory, size);
}
