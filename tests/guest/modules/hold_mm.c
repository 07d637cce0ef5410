// SPDX-License-Identifier: GPL-2.0
/*
 * Holds on to a process's memory while the process dies, as reclaim does that
 * walks its page tables, and then has a kworker tear it down.
 */
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

static int pid;
module_param(pid, int, 0444);
MODULE_PARM_DESC(pid, "whose memory to hold until unloading");

static struct mm_struct *mm;

static int __init hold_mm_init(void)
{
	struct pid *holder = find_get_pid(pid);
	struct task_struct *task = get_pid_task(holder, PIDTYPE_TGID);

	put_pid(holder);
	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	return mm ? 0 : -ESRCH;
}

static void __exit hold_mm_exit(void)
{
	mmput_async(mm);
}

module_init(hold_mm_init);
module_exit(hold_mm_exit);

MODULE_DESCRIPTION("Hold a process's memory while it dies");
MODULE_LICENSE("GPL");
