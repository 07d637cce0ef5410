// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "command.h"
#include "knobs.h"
#include "module.h"
#include "output.h"
#include "root.h"

#define DIRECTORY	"sys/kernel/swapreap"

/* More than the page that a file of sysfs can have. */
#define TEXT_MAX	8192

static void entries_add(struct entries *entries, const char *directory,
			const char *name)
{
	char *path = text_of("%s/%s", directory, name);
	char text[TEXT_MAX];
	ssize_t length = root_read(path, text, sizeof(text));
	struct entry *entry;

	free(path);
	entries->list = must(realloc(entries->list,
				     (entries->nr + 1) * sizeof(*entry)));
	entry = &entries->list[entries->nr++];
	*entry = (struct entry) {
		.name = text_of("%s", name),
		.text = length < 0 ? NULL : text_of("%s", text),
		.err = length < 0 ? -length : 0,
	};
}

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	return knob_compare(a->name, b->name);
}

static void entries_sort(struct entries *entries)
{
	if (entries->nr)
		qsort(entries->list, entries->nr, sizeof(*entries->list),
		      compare_entries);
}

static void entries_free(struct entries *entries)
{
	for (size_t i = 0; i < entries->nr; i++) {
		free(entries->list[i].name);
		free(entries->list[i].text);
	}
	free(entries->list);
}

static void read_directory(struct entries *entries, const char *directory)
{
	DIR *dir = root_opendir(directory);
	struct dirent *file;

	if (!dir)
		return;
	while ((file = readdir(dir)))
		if (file->d_name[0] != '.')
			entries_add(entries, directory, file->d_name);
	closedir(dir);
	entries_sort(entries);
}

static void add_node(struct snapshot *snapshot, int id)
{
	char *directory = text_of(DIRECTORY "/node%d", id);
	struct node *node;

	snapshot->nodes = must(realloc(snapshot->nodes,
				       (snapshot->nr_nodes + 1) * sizeof(*node)));
	node = &snapshot->nodes[snapshot->nr_nodes++];
	*node = (struct node) { .id = id };
	read_directory(&node->files, directory);
	free(directory);
}

static int compare_nodes(const void *left, const void *right)
{
	const struct node *a = left, *b = right;

	return a->id - b->id;
}

/* The mode says what a file is: a knob can be read and written, drain only written. */
static void add_file(struct snapshot *snapshot, DIR *dir, const char *name)
{
	struct stat stat;
	int id, end = 0;

	if (fstatat(dirfd(dir), name, &stat, 0))
		return;
	if (S_ISDIR(stat.st_mode)) {
		if (sscanf(name, "node%d%n", &id, &end) == 1 && !name[end])
			add_node(snapshot, id);
	} else if (stat.st_mode & 0200) {
		if (stat.st_mode & 0444)
			entries_add(&snapshot->knobs, DIRECTORY, name);
	} else {
		entries_add(&snapshot->facts, DIRECTORY, name);
	}
}

/**
 * snapshot_take() - read all that the module shows
 * @snapshot: where it is put; to be freed by snapshot_free()
 */
void snapshot_take(struct snapshot *snapshot)
{
	DIR *dir = root_opendir(DIRECTORY);
	struct dirent *file;

	*snapshot = (struct snapshot) {
		.loaded = dir || errno != ENOENT,
		.taken = clock_now(),
	};
	if (!dir)
		return;
	while ((file = readdir(dir)))
		if (file->d_name[0] != '.')
			add_file(snapshot, dir, file->d_name);
	closedir(dir);
	entries_sort(&snapshot->facts);
	entries_sort(&snapshot->knobs);
	read_directory(&snapshot->stats, DIRECTORY "/stats");
	if (snapshot->nr_nodes)
		qsort(snapshot->nodes, snapshot->nr_nodes,
		      sizeof(*snapshot->nodes), compare_nodes);
}

void snapshot_free(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->nr_nodes; i++)
		entries_free(&snapshot->nodes[i].files);
	free(snapshot->nodes);
	entries_free(&snapshot->stats);
	entries_free(&snapshot->knobs);
	entries_free(&snapshot->facts);
}

static bool complain(const char *directory, const struct entries *entries,
		     bool numbers)
{
	bool bad = false;
	long long value;

	for (size_t i = 0; i < entries->nr; i++) {
		const struct entry *entry = &entries->list[i];

		if (!entry->text)
			error("cannot read %s%s: %s", directory, entry->name,
			      strerror(entry->err));
		else if ((numbers || knob_is_number(entry->name)) &&
			 !text_number(entry->text, &value))
			error("%s%s holds no number: '%.40s'", directory,
			      entry->name, entry->text);
		else
			continue;
		bad = true;
	}
	return bad;
}

/**
 * snapshot_complain() - say which files could not be understood
 * @snapshot: what was read
 *
 * Return: whether there are any.
 */
bool snapshot_complain(const struct snapshot *snapshot)
{
	bool bad = complain("", &snapshot->facts, false);

	bad |= complain("", &snapshot->knobs, false);
	bad |= complain("stats/", &snapshot->stats, true);
	for (size_t i = 0; i < snapshot->nr_nodes; i++) {
		char directory[32];

		snprintf(directory, sizeof(directory), "node%d/",
			 snapshot->nodes[i].id);
		bad |= complain(directory, &snapshot->nodes[i].files, true);
	}
	return bad;
}

/**
 * snapshot_need() - read all that the module shows, for what needs the module
 * @snapshot: where it is put; to be freed only if there is one
 *
 * Return: 0, or EXIT_NOT_LOADED with the reason said.
 */
int snapshot_need(struct snapshot *snapshot)
{
	snapshot_take(snapshot);
	if (snapshot->loaded)
		return 0;
	error("the module is not loaded; modprobe swapreap loads it, and swapreap check says what stands in the way");
	return EXIT_NOT_LOADED;
}

const struct entry *entries_find(const struct entries *entries,
				 const char *name)
{
	for (size_t i = 0; i < entries->nr; i++)
		if (!strcmp(entries->list[i].name, name))
			return &entries->list[i];
	return NULL;
}

/**
 * entries_text() - what is in a file
 * @entries: the files
 * @name: the one
 *
 * Return: the text, or NULL if there is no such file or it cannot be read.
 */
const char *entries_text(const struct entries *entries, const char *name)
{
	const struct entry *entry = entries_find(entries, name);

	return entry ? entry->text : NULL;
}

bool text_number(const char *text, long long *value)
{
	char *end;

	errno = 0;
	*value = strtoll(text, &end, 0);
	return end != text && !*end && !errno;
}

/**
 * entries_number() - the number in a file
 * @entries: the files
 * @name: the one
 * @value: where it is put
 *
 * Return: whether there is one.
 */
bool entries_number(const struct entries *entries, const char *name,
		    long long *value)
{
	const char *text = entries_text(entries, name);

	return text && text_number(text, value);
}

/**
 * fallback_reason() - why pages were freed in place
 * @stat: a file of the statistics
 *
 * Return: the reason that it counts, or NULL if it counts something else.
 */
const char *fallback_reason(const struct entry *stat)
{
	static const char prefix[] = "fallback_";

	return strncmp(stat->name, prefix, strlen(prefix)) ? NULL :
	       stat->name + strlen(prefix);
}

/* One write, as sysfs wants it. */
static int module_write(const char *name, const char *text)
{
	char *path = text_of(DIRECTORY "/%s", name);
	int fd = root_open(path, O_WRONLY | (root_is_real() ? 0 : O_TRUNC));
	char *line = text_of("%s\n", text);
	int err = fd < 0 ? -fd : 0;

	if (!err && write(fd, line, strlen(line)) < 0)
		err = errno;
	if (fd >= 0)
		close(fd);
	free(line);
	free(path);
	return err;
}

/**
 * module_set() - set a knob
 * @knob: its name
 * @text: its value
 *
 * Return: 0 or an errno.
 */
int module_set(const char *knob, const char *text)
{
	return module_write(knob, text);
}

/**
 * module_drain() - return when all that is pending has been freed
 *
 * Return: 0 or an errno. A signal that ends the process ends the waiting.
 */
int module_drain(void)
{
	return module_write("drain", "1");
}
