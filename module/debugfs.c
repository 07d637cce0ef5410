// SPDX-License-Identifier: GPL-2.0
/* The histograms in /sys/kernel/debug/swapreap, on kernels that have debugfs. */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "debugfs.h"
#include "stats.h"

static struct dentry *dir;

/* FROM TO COUNT, for values from FROM up to but not including TO. */
static int histogram_show(struct seq_file *file, void *data)
{
	struct histogram *histogram = file->private;
	unsigned int i;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		long count = atomic_long_read(&histogram->buckets[i]);
		unsigned long from = i ? 1UL << (i - 1) : 0;

		if (count)
			seq_printf(file, "%lu %lu %ld\n", from, from * 2 ?: 1,
				   count);
	}
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(histogram);

static void __init histogram_file(const char *name, struct histogram *histogram)
{
	debugfs_create_file(name, 0444, dir, histogram, &histogram_fops);
}

/**
 * debugfs_init() - make the directory
 *
 * The kernel wants no check for errors: without debugfs, nothing is missed
 * that the module needs.
 *
 * Context: Process context, sleeps.
 */
void __init debugfs_init(void)
{
	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	histogram_file("scope_pages", &stats.scope_pages);
	histogram_file("exit_us", &stats.exit_us);
	histogram_file("age_us", &stats.age_us);
}

/**
 * debugfs_exit() - remove the directory
 *
 * Context: Process context, sleeps until all reads of its files have returned.
 */
void debugfs_exit(void)
{
	debugfs_remove(dir);
}
