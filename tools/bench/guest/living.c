// SPDX-License-Identifier: GPL-2.0
#include <sys/mman.h>
#include <time.h>

#include "cost.h"
#include "kthreads.h"
#include "living.h"
#include "record.h"
#include "region.h"
#include "task.h"
#include "settle.h"
#include "util.h"

static long own_cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000L + ts.tv_nsec;
}

static void act(enum measure measure, struct region *region)
{
	switch (measure) {
	case MUNMAP:
		region_destroy(region);
		break;
	case DONTNEED:
		check(!madvise(region->base, region->size, MADV_DONTNEED),
		      "MADV_DONTNEED: %m");
		break;
	default:
		for (size_t i = 0; i < region_pages(region); i++)
			asm volatile("" : : "r" (region->base[i * PAGE]));
	}
}

static void live(struct task *parent, void *arg)
{
	const struct spec *spec = arg;
	struct region region = region_create(spec_swapped_size(spec),
					     spec->seed * 4096);
	long cpu_ns, took_ns;

	region_must_page_out(&region, spec->layout == LAYOUT_SCATTERED ?
			     SCATTERED : IN_ORDER);
	task_say(parent, 0);
	task_hear(parent);
	took_ns = now_ns();
	cpu_ns = own_cpu_ns();
	act(spec->measure, &region);
	cpu_ns = own_cpu_ns() - cpu_ns;
	took_ns = now_ns() - took_ns;
	task_say(parent, cpu_ns);
	task_say(parent, took_ns);
	task_hear(parent);
}

void living_measure(const struct spec *spec)
{
	struct task task = task_start(live, (void *)spec);
	struct kthreads kthreads;
	double others_ms;

	task_hear(&task);
	kthreads = kthreads_find(spec);
	settle();
	kthreads_start(&kthreads);
	others_ms = others_run_ms();
	task_say(&task, 0);
	record_long("entries", spec_swapped_size(spec) / PAGE);
	record_long("cpu_ns", task_hear(&task));
	record_long("took_ns", task_hear(&task));
	settle();
	record_long("all_cpu_ns", (others_run_ms() - others_ms) * 1e6);
	kthreads_stop(&kthreads, spec);
	task_kill(&task);
}
