// SPDX-License-Identifier: GPL-2.0
#include "knobs.h"
#include "output.h"
#include "to_json.h"

/* To be raised when something is taken away or gets another meaning. */
#define SCHEMA_VERSION	1

void json_add(struct json_object *object, const char *name,
	      struct json_object *value)
{
	if (json_object_object_add(object, name, value))
		must(NULL);
}

/**
 * json_document() - an object that says what it is
 * @kind: of document, as schema.json knows it
 */
struct json_object *json_document(const char *kind)
{
	struct json_object *document = must(json_object_new_object());

	json_add(document, "kind", json_text(kind));
	json_add(document, "schema_version",
		 json_object_new_int(SCHEMA_VERSION));
	return document;
}

/**
 * json_text() - a string, or null
 * @text: may be NULL
 */
struct json_object *json_text(const char *text)
{
	return text ? must(json_object_new_string(text)) : NULL;
}

/**
 * json_ms() - a time in milliseconds, to the microsecond
 * @seconds: the time
 */
struct json_object *json_ms(double seconds)
{
	struct json_object *number = must(json_object_new_double(seconds * 1e3));

	json_object_set_serializer(number, json_object_double_to_json_string,
				   "%.3f", NULL);
	return number;
}

static struct json_object *json_entry(const struct entry *entry)
{
	long long value;

	if (entry->text && !knob_is_list(entry->name) &&
	    text_number(entry->text, &value))
		return must(json_object_new_int64(value));
	return json_text(entry->text);
}

/**
 * json_entries() - files by name: numbers, or else strings; null where a file
 * cannot be read
 * @entries: the files
 */
struct json_object *json_entries(const struct entries *entries)
{
	struct json_object *object = must(json_object_new_object());

	for (size_t i = 0; i < entries->nr; i++)
		json_add(object, entries->list[i].name,
			 json_entry(&entries->list[i]));
	return object;
}

struct json_object *json_kernel(const struct machine *machine)
{
	struct json_object *kernel = must(json_object_new_object());

	json_add(kernel, "release", json_text(machine->release));
	json_add(kernel, "arch", json_text(machine->arch));
	json_add(kernel, "page_size", json_object_new_int64(page_size()));
	return kernel;
}

static struct json_object *json_swap(const struct swap_area *area)
{
	struct json_object *swap = must(json_object_new_object());

	json_add(swap, "name", json_text(area->name));
	json_add(swap, "type", json_text(area->type));
	json_add(swap, "size_bytes", json_object_new_int64(area->size));
	json_add(swap, "used_bytes", json_object_new_int64(area->used));
	json_add(swap, "priority", json_object_new_int(area->priority));
	if (area->compressor[0]) {
		json_add(swap, "compressor", json_text(area->compressor));
		json_add(swap, "compressed_bytes",
			 json_object_new_int64(area->compressed));
	}
	return swap;
}

struct json_object *json_swaps(const struct machine *machine)
{
	struct json_object *swaps = must(json_object_new_array());

	for (size_t i = 0; i < machine->nr_swaps; i++)
		json_object_array_add(swaps, json_swap(&machine->swaps[i]));
	return swaps;
}

/**
 * json_print() - print a document, and be done with it
 * @file: where to
 * @object: the document; freed
 */
void json_print(FILE *file, struct json_object *object)
{
	fprintf(file, "%s\n",
		json_object_to_json_string_ext(object,
					       JSON_C_TO_STRING_PRETTY |
					       JSON_C_TO_STRING_SPACED |
					       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}
