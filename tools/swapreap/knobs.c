// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "knobs.h"
#include "machine.h"
#include "module.h"
#include "output.h"

/* include/linux/sched/prio.h */
#define MIN_NICE	(-20)
#define MAX_NICE	19

/* The default of a knob whose default is found when the module is loaded. */
#define BY_MACHINE	(-1)

struct knob {
	const char *name;
	const char *summary;
	bool number;
	long value;
	long min;
	long max;
};

#include "knobs-table.h"

static const struct knob *knob_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++)
		if (!strcmp(knobs[i].name, name))
			return &knobs[i];
	return NULL;
}

/**
 * knob_summary() - what a knob is for
 * @name: of the knob
 *
 * Return: a line, or "" for a knob that is not known here.
 */
const char *knob_summary(const char *name)
{
	const struct knob *knob = knob_find(name);

	return knob ? knob->summary : "";
}

bool knob_is_number(const char *name)
{
	const struct knob *knob = knob_find(name);

	return knob && knob->number;
}

/**
 * knob_is_list() - is it a list of CPUs, even if it reads like a number?
 * @name: of the knob
 */
bool knob_is_list(const char *name)
{
	const struct knob *knob = knob_find(name);

	return knob && !knob->number;
}

/**
 * knob_is_default() - would the module take this value by itself?
 * @name: of the knob
 * @text: its value
 */
bool knob_is_default(const char *name, const char *text)
{
	const struct knob *knob = knob_find(name);
	long long value;

	if (!knob)
		return false;
	if (!knob->number)
		return machine_default_cpus(text);
	if (!text_number(text, &value))
		return false;
	return value == (knob->value == BY_MACHINE && knob->min >= 0 ?
			 machine_half_of_memory() : knob->value);
}

/* A piece of what cpulist_parse() of the kernel takes. */
#define CPUS	"(all|(N|[0-9]+)(-(N|[0-9]+)(:[0-9]+/[0-9]+)?)?)"

static bool is_cpu_list(const char *text)
{
	regex_t regex;
	bool match;

	if (regcomp(&regex, "^(" CPUS ",)*" CPUS "$", REG_EXTENDED | REG_NOSUB))
		return true;
	match = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return match;
}

/**
 * knob_refuses() - can a knob not be set to this?
 * @name: of the knob
 * @text: the value
 *
 * Return: NULL, or what it needs instead, to be freed.
 */
char *knob_refuses(const char *name, const char *text)
{
	const struct knob *knob = knob_find(name);
	long long value;

	if (!knob)
		return NULL;
	if (!knob->number)
		return is_cpu_list(text) ? NULL :
		       text_of("needs a list of CPUs such as 0-3,6");
	if (text_number(text, &value) && value >= knob->min &&
	    value <= knob->max)
		return NULL;
	if (knob->max >= INT_MAX)
		return text_of("needs a number from %ld on", knob->min);
	return text_of("needs a number from %ld to %ld", knob->min, knob->max);
}

static size_t rank(const char *name)
{
	const struct knob *knob = knob_find(name);

	return knob ? (size_t)(knob - knobs) : ARRAY_SIZE(knobs);
}

/**
 * knob_compare() - order of two files: knobs as the module has them, then
 * others by name
 * @left: name of one
 * @right: name of the other
 */
int knob_compare(const char *left, const char *right)
{
	size_t a = rank(left), b = rank(right);

	return a != b ? (a < b ? -1 : 1) : strcmp(left, right);
}
