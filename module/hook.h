/* SPDX-License-Identifier: GPL-2.0 */
/* The one interface to the ways into the kernel's exit path. */
#ifndef SWAPREAP_HOOK_H
#define SWAPREAP_HOOK_H

/**
 * struct hook - a way to see exit_mmap() begin and end and to skip the target
 * @name: what the sysfs file hook shows
 * @prove: shows on a function of the module's own that the way works here; 0 or
 *	an errno with the reason in the log. Comes before target_init(), for a
 *	kprobe on a function that ftrace could trace, had it not been switched
 *	off, makes the kernel warn (kernel/trace/ftrace.c, ftrace_shutdown())
 * @prepare: finds what it needs beside the target; 0 or an errno with the
 *	reason in the log
 * @release: gives back what @prepare took
 * @install: hooks the target and exit_mmap(); 0 or an errno with the reason in
 *	the log
 * @remove: takes the hooks away, after scopes_close(); returns when nobody is
 *	in the module's code any more
 *
 * All are called in process context, one at a time, and may sleep.
 */
struct hook {
	const char *name;
	int (*prove)(void);
	int (*prepare)(void);
	void (*release)(void);
	int (*install)(void);
	void (*remove)(void);
};

extern const struct hook hook_ftrace;

#endif
