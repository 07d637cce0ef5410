// SPDX-License-Identifier: GPL-2.0
/*
 * Holds tasks at two places. Whoever dies with a mapping of /dev/hold_exit is
 * held in exit_mmap(), after all of the page tables have been walked and before
 * exit_mmap() returns (mm/mmap.c: mappings are closed last). Whoever touches
 * such a mapping is held in the page fault, which then fails: a system call that
 * copies to it keeps what it holds for as long.
 *
 * They are let go when the process that opened the file for writing closes it,
 * so they do not outlive a test that fails; and after a while, as the test may
 * wait for one of them and not be killable.
 */
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/wait.h>

static int held_get(char *buf, const struct kernel_param *param);

static const struct kernel_param_ops held_ops = { .get = held_get };
module_param_cb(held, &held_ops, NULL, 0444);
MODULE_PARM_DESC(held, "how many tasks are held now");

#define HOLD_LIMIT	(30 * HZ)

static DECLARE_WAIT_QUEUE_HEAD(queue);
static atomic_t held;
static atomic_t holder;	/* its process ID, or 0 */

static int held_get(char *buf, const struct kernel_param *param)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&held));
}

/* Idle, so that the kernel does not take it for a task that hangs. */
static void hold(void)
{
	atomic_inc(&held);
	wait_event_idle_timeout(queue, !atomic_read(&holder), HOLD_LIMIT);
	atomic_dec(&held);
}

static void hold_close(struct vm_area_struct *vma)
{
	if (current->flags & PF_EXITING)
		hold();
}

static vm_fault_t hold_fault(struct vm_fault *vmf)
{
	hold();
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct hold_vm_ops = {
	.close = hold_close,
	.fault = hold_fault,
};

static int hold_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &hold_vm_ops;
	return 0;
}

static int hold_open(struct inode *inode, struct file *file)
{
	if (file->f_mode & FMODE_WRITE &&
	    atomic_cmpxchg(&holder, 0, current->tgid))
		return -EBUSY;
	return 0;
}

/* Its children have the file, too, and do not outlive it by much. */
static int hold_flush(struct file *file, fl_owner_t owner)
{
	if (file->f_mode & FMODE_WRITE &&
	    atomic_cmpxchg(&holder, current->tgid, 0) == current->tgid)
		wake_up_all(&queue);
	return 0;
}

static const struct file_operations hold_fops = {
	.owner = THIS_MODULE,
	.open = hold_open,
	.flush = hold_flush,
	.mmap = hold_mmap,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hold_exit",
	.fops = &hold_fops,
};

module_misc_device(device);

MODULE_DESCRIPTION("Hold tasks in the middle of an exit or a page fault");
MODULE_LICENSE("GPL");
