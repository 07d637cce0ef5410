// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "contest.h"
#include "hog.h"
#include "module.h"
#include "swap.h"
#include "util.h"

#define ROUNDS		5	/* each way */
#define QUIET_MS	1500	/* a killer looks again sooner than that */

/* It is the foreground process, so the busy ones must not slow it down. */
#define GROWER_NICE	(-10)

#define SETTINGS	3

/* One of several words in a file, of which the one in force is in brackets. */
struct setting {
	const char *path;
	char before[32];
};

/* The results of all rounds without the module, or of all with it. */
struct tally {
	int survivors[ROUNDS];
	int sum;
	long long times[ROUNDS * MOST];	/* from kill to death */
	int deaths;
	int grown;			/* rounds in which the grower survived */
	int slow;			/* rounds that took too long */
};

/* A kernel that lacks the file does without. */
static void change(struct setting *setting, const char *path, const char *value)
{
	const char *word;
	char text[128];

	setting->path = path;
	if (read_file(path, text, sizeof(text)) <= 0)
		return;
	word = strchr(text, '[');
	check(word && sscanf(word, "[%31[^]]", setting->before) == 1,
	      "%s holds '%s'", path, text);
	write_file(path, value);
}

static void change_back(const struct setting *setting)
{
	if (*setting->before)
		write_file(setting->path, setting->before);
}

/*
 * A page fault takes long on an emulated CPU. With 16 pages for each fault the
 * grower is about as fast as on a real one, compared with the times for which
 * killers and workers sleep.
 */
static void allow_large_pages(struct setting *settings)
{
	change(&settings[0], THP "enabled", "never");
	change(&settings[1], THP "defrag", "never");
	change(&settings[2], THP "hugepages-64kB/enabled", "madvise");
}

static void grow(struct task *parent, void *arg)
{
	const struct contest *contest = arg;
	unsigned char *base;
	long long start;

	setpriority(PRIO_PROCESS, 0, GROWER_NICE);
	if (contest->enter)
		contest->enter();
	base = mmap(NULL, contest->growth, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(base != MAP_FAILED, "mmap: %m");
	madvise(base, contest->growth, MADV_HUGEPAGE);
	if (contest->locked)
		check(!mlock2(base, contest->growth, MLOCK_ONFAULT),
		      "mlock2: %m");
	task_say(parent, 0);
	task_hear(parent);
	start = now_ns();
	for (size_t i = 0; i < contest->growth; i += PAGE)
		base[i] = 1;
	task_say(parent, now_ns() - start);
	for (;;)
		pause();
}

static void note(struct tally *tally, const struct crowd *crowd)
{
	for (int i = 0; i < crowd->count; i++)
		if (crowd->killed[i] && crowd->died[i])
			tally->times[tally->deaths++] =
				crowd->died[i] - crowd->killed[i];
}

static bool has_grown(struct task *grower)
{
	long ns;

	if (!task_told(grower, 0) ||
	    read(grower->line, &ns, sizeof(ns)) != sizeof(ns))
		return false;
	diag("the grower took %ld ms", ns / 1000000);
	return true;
}

/* The test runs at nice -20 meanwhile: it must see each death when it happens. */
static void play(const struct contest *contest, struct crowd *crowd,
		 struct tally *tally)
{
	struct contest copy = *contest;
	struct task grower = task_start(grow, &copy);

	task_hear(&grower);
	if (contest->start)
		contest->start(crowd);
	for (int i = 0; i < contest->busy; i++)
		hog_start(i % cpu_count(), 0);
	setpriority(PRIO_PROCESS, 0, -20);
	task_say(&grower, 0);
	tally->slow += !crowd_watch(crowd, &grower, QUIET_MS);
	setpriority(PRIO_PROCESS, 0, 0);
	hogs_end();
	contest->stop(crowd);
	tally->grown += has_grown(&grower);
	task_kill(&grower);
}

/* Starting a crowd takes longest, so survivors stay for the next round. */
static void play_round(const struct contest *contest, struct crowd *crowd,
		       struct tally *tally, int round)
{
	crowd_complete(crowd, &contest->crowd);
	contest->prepare();
	play(contest, crowd, tally);
	tally->survivors[round] = crowd_survivors(crowd);
	tally->sum += tally->survivors[round];
	note(tally, crowd);
	knob_set("drain", 1);
	contest->clean_up();
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void tell(const char *way, struct tally *tally,
		 const struct contest *contest)
{
	char list[ROUNDS * 8] = "";

	for (int i = 0; i < ROUNDS; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%d", i ? ", " : "", tally->survivors[i]);
	qsort(tally->times, tally->deaths, sizeof(*tally->times), compare);
	diag("%s: %s of %d survive, %d in all; median of %d deaths %lld ms after the kill",
	     way, list, contest->crowd.count, tally->sum, tally->deaths,
	     tally->deaths ? tally->times[tally->deaths / 2] / 1000000 : 0);
	if (tally->slow)
		diag("%s: %d rounds took too long", way, tally->slow);
	if (tally->grown < ROUNDS)
		diag("%s: the grower survived %d of %d rounds", way,
		     tally->grown, ROUNDS);
}

void contest_must_be_even(const struct contest *contest,
			  void (*finish)(void))
{
	static struct tally tallies[2];
	struct crowd *crowd = crowd_create();
	struct setting settings[SETTINGS] = {};
	long long start;

	if (kernel_is_slow())
		skip("what a kernel with checkers takes says nothing");
	check(!write_file("/proc/self/oom_score_adj", "-1000"),
	      "cannot write oom_score_adj");
	allow_large_pages(settings);
	for (int i = 0; i < 2 * ROUNDS; i++) {
		int with = i % 2;

		start = now_ns();
		knob_set("enabled", with);
		play_round(contest, crowd, &tallies[with], i / 2);
		diag("%s: %d of %d survive, round of %lld ms",
		     with ? "with" : "without", tallies[with].survivors[i / 2],
		     contest->crowd.count, (now_ns() - start) / 1000000);
	}
	crowd_end(crowd);
	for (int i = 0; i < SETTINGS; i++)
		change_back(&settings[i]);
	finish();
	tell("without", &tallies[0], contest);
	tell("with", &tallies[1], contest);
	check(books_settle().diverted > 0, "nothing was diverted");
	check(tallies[0].sum < ROUNDS * contest->crowd.count,
	      "nothing was killed without the module");
	check(tallies[1].sum >= tallies[0].sum,
	      "%d survive with the module, %d without", tallies[1].sum,
	      tallies[0].sum);
}
