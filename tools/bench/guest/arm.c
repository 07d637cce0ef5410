// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "arm.h"
#include "module.h"
#include "record.h"
#include "util.h"

#define DROPPER	"/modules/drop_entries.ko"

static char target[64];
static bool dropping;

static void record_knob(const char *name)
{
	char text[64];

	knob_read(name, text, sizeof(text));
	record_string(name, text);
}

void arm_init(void)
{
	module_must_load("");
	knob_read("target", target, sizeof(target));
	record_knob("version");
	record_knob("hook");
	record_string("target", target);
	module_must_unload();
}

/* It is never taken out again. */
static void drop(void)
{
	char params[96];
	int err;

	snprintf(params, sizeof(params), "function=%s", target);
	err = dropping ? 0 : module_insert(DROPPER, params);
	check(!err, "cannot load %s: %s", DROPPER, strerror(-err));
	dropping = true;
}

void arm_enter(enum arm arm, const char *params)
{
	char all[256];

	switch (arm) {
	case ARM_DISABLED:
		snprintf(all, sizeof(all), "%s enabled=0", params);
		module_must_load(all);
		break;
	case ARM_ON:
		module_must_load(params);
		break;
	case ARM_DROP:
		drop();
		break;
	default:
		break;
	}
}

void arm_leave(enum arm arm)
{
	if (arm_has_module(arm))
		module_must_unload();
}

bool arm_has_module(enum arm arm)
{
	return arm == ARM_DISABLED || arm == ARM_ON;
}
