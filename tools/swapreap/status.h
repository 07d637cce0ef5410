/* SPDX-License-Identifier: GPL-2.0 */
/* What status prints, for whoever else wants it printed. */
#ifndef STATUS_H
#define STATUS_H

#include <json-c/json_types.h>
#include <stdio.h>

#include "machine.h"
#include "module.h"

void status_text(FILE *file, const struct snapshot *snapshot,
		 const struct machine *machine);
struct json_object *status_json(const struct snapshot *snapshot,
				const struct machine *machine);

#endif
