// SPDX-License-Identifier: GPL-2.0
#include <time.h>

#include "bystander.h"
#include "record.h"
#include "shared.h"
#include "util.h"

#define FRAME_NS	16000000L
#define WORK_NS		4000000L	/* of CPU time, each frame */
#define MAX_FRAMES	4096

struct frames {
	int count;
	long due_ns[MAX_FRAMES];
	long delay_ns[MAX_FRAMES];	/* from when it was due until it ran */
	long done_ns[MAX_FRAMES];	/* from when it was due until it was done */
};

static struct timespec to_timespec(long ns)
{
	return (struct timespec){ ns / 1000000000L, ns % 1000000000L };
}

static void work(void)
{
	struct timespec now;
	long end;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	end = now.tv_sec * 1000000000L + now.tv_nsec + WORK_NS;
	do {
		for (int i = 0; i < 1000; i++)
			asm volatile("");
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	} while (now.tv_sec * 1000000000L + now.tv_nsec < end);
}

/* A frame that is not done when the next is due costs that one, too. */
static void draw(struct task *parent, void *arg)
{
	struct frames *frames = arg;
	long due = now_ns() + FRAME_NS;

	task_say(parent, 0);
	while (frames->count < MAX_FRAMES) {
		struct timespec until = to_timespec(due);
		int frame = frames->count;

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		frames->due_ns[frame] = due;
		frames->delay_ns[frame] = now_ns() - due;
		work();
		frames->done_ns[frame] = now_ns() - due;
		frames->count = frame + 1;
		due += (frames->done_ns[frame] / FRAME_NS + 1) * FRAME_NS;
	}
	task_hear(parent);
}

struct bystander bystander_start(void)
{
	struct bystander bystander = {
		.frames = shared_create(sizeof(struct frames)),
	};

	bystander.task = task_start(draw, bystander.frames);
	task_hear(&bystander.task);
	return bystander;
}

void bystander_stop(struct bystander *bystander, long start_ns)
{
	struct frames *frames = bystander->frames;

	task_kill(&bystander->task);
	for (int i = 0; i < frames->count; i++)
		frames->due_ns[i] -= start_ns;
	record_longs("frame_due_ns", frames->due_ns, frames->count);
	record_longs("frame_delay_ns", frames->delay_ns, frames->count);
	record_longs("frame_done_ns", frames->done_ns, frames->count);
	shared_destroy(frames, sizeof(*frames));
}
