// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "actor.h"
#include "region.h"
#include "util.h"

#define REGIONS		4
#define CHILDREN	2
#define GENERATIONS	2	/* beside the first */
#define PAGES_MAX	1536UL
#define REST_US		3000

struct holding {
	struct region region;
	bool fixed;	/* others see it, too: it is not written any more */
};

struct actor {
	unsigned long state;
	int generation;
	struct holding holdings[REGIONS];
	pid_t children[CHILDREN];
	const atomic_bool *over;
};

static unsigned long pick(struct actor *actor, unsigned long below)
{
	return (next_random(&actor->state) >> 16) % below;
}

static struct holding *pick_holding(struct actor *actor)
{
	return &actor->holdings[pick(actor, REGIONS)];
}

static bool held(const struct holding *holding)
{
	return holding->region.base;
}

static void let_go(struct actor *actor)
{
	struct holding *holding = pick_holding(actor);

	if (held(holding))
		region_destroy(&holding->region);
	memset(holding, 0, sizeof(*holding));
}

static struct region create_shared(size_t size, unsigned long seed)
{
	int fd = memfd_create("torture", MFD_CLOEXEC);
	struct region region;

	check(fd >= 0, "memfd_create: %m");
	region = region_create_shared(size, seed, fd);
	close(fd);
	return region;
}

/* Sizes of every order of magnitude. */
static size_t pick_size(struct actor *actor)
{
	return PAGE * (1 + pick(actor, PAGES_MAX >> pick(actor, 8)));
}

static void map(struct actor *actor)
{
	struct holding *holding = pick_holding(actor);
	unsigned long seed = pick(actor, 1UL << 30);
	size_t size = pick_size(actor);

	if (held(holding))
		return;
	holding->fixed = !pick(actor, 4);
	if (holding->fixed)
		holding->region = create_shared(size, seed);
	else if (huge_page_size() && !pick(actor, 3))
		holding->region = region_create_huge(size, seed);
	else
		holding->region = region_create(size, seed);
}

static void write_anew(struct actor *actor)
{
	struct holding *holding = pick_holding(actor);

	if (held(holding) && !holding->fixed)
		region_fill(&holding->region, pick(actor, 1UL << 30));
}

static void swap_out(struct actor *actor)
{
	struct holding *holding = pick_holding(actor);
	struct region part = holding->region;
	size_t skip;

	if (!held(holding))
		return;
	skip = pick(actor, 2) ? pick(actor, region_pages(&part)) * PAGE : 0;
	part.base += skip;
	part.size -= skip;
	region_page_out_once(&part, pick(actor, 2) ? SCATTERED : IN_ORDER);
}

static void verify(struct actor *actor)
{
	struct holding *holding = pick_holding(actor);

	if (held(holding))
		region_verify(&holding->region);
}

static void verify_some(struct actor *actor)
{
	struct holding *holding = pick_holding(actor);

	if (held(holding))
		region_verify_page(&holding->region,
				   pick(actor, region_pages(&holding->region)));
}

static void verify_all(struct actor *actor)
{
	for (int i = 0; i < REGIONS; i++)
		if (held(&actor->holdings[i]))
			region_verify(&actor->holdings[i].region);
}

bool actor_ended_well(int status)
{
	return WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL :
	       WIFEXITED(status) && !WEXITSTATUS(status);
}

static void reap(pid_t *child)
{
	int status;

	check(waitpid(*child, &status, 0) == *child, "waitpid: %m");
	check(actor_ended_well(status), "process %d ended with status %#x",
	      *child, status);
	*child = 0;
}

static void live(struct actor *actor);

/* Another program takes the memory's place, as in exec() of a shell. */
static void become_another(void)
{
	execl("/proc/self/exe", "torture", "--nothing", NULL);
	fail("exec: %m");
}

static void be_born(struct actor *actor, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	actor->state ^= getpid() * 0x9e3779b97f4a7c15UL;
	actor->generation++;
	memset(actor->children, 0, sizeof(actor->children));
	if (!pick(actor, 8))
		become_another();
	live(actor);
}

static void give_birth(struct actor *actor)
{
	pid_t *child = &actor->children[pick(actor, CHILDREN)];
	pid_t self = getpid();

	if (*child || actor->generation >= GENERATIONS)
		return;
	for (int i = 0; i < REGIONS; i++)
		if (held(&actor->holdings[i]) && pick(actor, 2))
			region_page_out_once(&actor->holdings[i].region,
					     IN_ORDER);
	*child = fork();
	check(*child >= 0, "fork: %m");
	if (!*child)
		be_born(actor, self);
}

static void lose_child(struct actor *actor)
{
	pid_t *child = &actor->children[pick(actor, CHILDREN)];

	if (!*child)
		return;
	kill(*child, SIGKILL);
	reap(child);
}

static void rest(struct actor *actor)
{
	usleep(pick(actor, REST_US));
}

static void live(struct actor *actor)
{
	static void (*const deeds[])(struct actor *actor) = {
		map, map, write_anew, swap_out, swap_out, swap_out, verify,
		verify_some, give_birth, lose_child, let_go, rest, rest,
	};

	while (!*actor->over)
		deeds[pick(actor, ARRAY_SIZE(deeds))](actor);
	verify_all(actor);
	for (int i = 0; i < CHILDREN; i++)
		if (actor->children[i])
			reap(&actor->children[i]);
	_exit(0);
}

pid_t actor_start(unsigned long seed, const _Atomic bool *over)
{
	struct actor actor = { .state = seed, .over = over };
	pid_t self = getpid(), child = fork();

	check(child >= 0, "fork: %m");
	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != self)
		_exit(0);
	live(&actor);
	_exit(0);
}
