/* SPDX-License-Identifier: GPL-2.0 */
/* What was read as JSON; schema.json describes it. */
#ifndef TO_JSON_H
#define TO_JSON_H

#include <json-c/json.h>
#include <stdio.h>

#include "machine.h"
#include "module.h"

struct json_object *json_document(const char *kind);
struct json_object *json_text(const char *text);
struct json_object *json_ms(double seconds);
struct json_object *json_entries(const struct entries *entries);
struct json_object *json_kernel(const struct machine *machine);
struct json_object *json_swaps(const struct machine *machine);
void json_add(struct json_object *object, const char *name,
	      struct json_object *value);
void json_print(FILE *file, struct json_object *object);

#endif
