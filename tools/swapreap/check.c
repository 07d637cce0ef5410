// SPDX-License-Identifier: GPL-2.0
/*
 * swapreap check: the doctor. Looks at all that the module needs, in the order
 * in which it is needed, and says what to do about what is missing.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "command.h"
#include "debugfs.h"
#include "kernel_config.h"
#include "kernel_log.h"
#include "machine.h"
#include "module.h"
#include "output.h"
#include "root.h"
#include "tracefs.h"
#include "version.h"

#define SECURE_BOOT	\
	"sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

enum verdict { FINE, NOTE, UNKNOWN, PROBLEM };

/**
 * struct patient - what is looked at, and what was found
 * @file: where findings are printed
 * @snapshot: the module
 * @machine: around it
 * @target: the function that the module is to divert, or NULL
 * @problems: how many
 * @hopeless: whether this kernel is not supported at all
 */
struct patient {
	FILE *file;
	struct snapshot snapshot;
	struct machine machine;
	const char *target;
	int problems;
	bool hopeless;
};

static void print_verdict(FILE *file, enum verdict verdict)
{
	static const struct {
		const char *word;
		enum style style;
	} verdicts[] = {
		[FINE] = { "ok", GOOD },
		[NOTE] = { "note", PLAIN },
		[UNKNOWN] = { "unknown", FAINT },
		[PROBLEM] = { "PROBLEM", BAD },
	};

	fprintf(file, "%s%-8s%s ", style(file, verdicts[verdict].style),
		verdicts[verdict].word, style(file, PLAIN));
}

static void PRINTF(4, 5) report(struct patient *patient, enum verdict verdict,
				const char *subject, const char *format, ...)
{
	va_list args;

	if (verdict == PROBLEM)
		patient->problems++;
	print_verdict(patient->file, verdict);
	fprintf(patient->file, "%-12s ", subject);
	va_start(args, format);
	vfprintf(patient->file, format, args);
	va_end(args);
	fputc('\n', patient->file);
}

static void PRINTF(2, 3) advise(struct patient *patient,
				const char *format, ...)
{
	va_list args;

	fprintf(patient->file, "%-21s %sfix:%s ", "",
		style(patient->file, BOLD), style(patient->file, PLAIN));
	va_start(args, format);
	vfprintf(patient->file, format, args);
	va_end(args);
	fputc('\n', patient->file);
}

/* The distribution's way of installing, by the word of os-release. */
static const struct distribution {
	const char *id;
	const char *headers;
	const char *zram;
} distributions[] = {
	{ "debian", "apt-get install linux-headers-%s",
	  "apt-get install systemd-zram-generator" },
	{ "fedora", "dnf install kernel-devel-%s",
	  "dnf install zram-generator-defaults" },
	{ "arch", "pacman -S linux-headers # for %s",
	  "pacman -S zram-generator" },
	{ "suse", "zypper install kernel-default-devel # for %s",
	  "zypper install zram-generator" },
};

/* ID or ID_LIKE names it, or one it descends from. */
static const struct distribution *find_distribution(void)
{
	FILE *file = root_fopen("etc/os-release");
	const struct distribution *found = NULL;
	char line[256];

	while (file && !found && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < ARRAY_SIZE(distributions); i++)
			if (!strncmp(line, "ID", 2) &&
			    strstr(line, distributions[i].id))
				found = &distributions[i];
	if (file)
		fclose(file);
	return found;
}

static void check_kernel(struct patient *patient)
{
	const struct machine *machine = &patient->machine;
	bool supported = !strcmp(machine->arch, "x86_64") ||
			 !strcmp(machine->arch, "aarch64");
	int major, minor;

	supported &= sscanf(machine->release, "%d.%d", &major, &minor) == 2 &&
		     (major > 6 || (major == 6 && minor >= 1));
	report(patient, supported ? FINE : PROBLEM, "kernel", "Linux %s on %s%s",
	       machine->release, machine->arch, supported ? "" :
	       ": needs Linux 6.1 or later, on x86_64 or aarch64");
	if (supported)
		return;
	patient->hopeless = true;
	advise(patient, "boot a newer kernel of your distribution");
}

static void check_config(struct patient *patient)
{
	struct kernel_option needed[] = {
		{ "CONFIG_SWAP", false },
		{ "CONFIG_KPROBES", false },
		{ "CONFIG_MODULES", false },
	};

	if (!kernel_config_read(patient->machine.release, needed,
				ARRAY_SIZE(needed))) {
		report(patient, UNKNOWN, "config",
		       "cannot find this kernel's configuration");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (needed[i].set)
			continue;
		report(patient, PROBLEM, "config", "%s is not set",
		       needed[i].name);
		advise(patient, "boot a kernel that is built with it");
		patient->hopeless = true;
		return;
	}
	report(patient, FINE, "config", "swap, kprobes and modules are built in");
}

/* The newest first, as the module looks for them. */
static const char *const targets[] = {
	"swap_put_entries_direct", "free_swap_and_cache_nr",
	"free_swap_and_cache",
};

/* Where symbols are hidden, names are still there. */
static bool find_target(struct patient *patient)
{
	FILE *file = root_fopen("proc/kallsyms");
	size_t best = ARRAY_SIZE(targets);
	char line[512], name[128];

	if (!file)
		return false;
	while (fgets(line, sizeof(line), file))
		for (size_t i = 0; i < best; i++)
			if (sscanf(line, "%*s %*s %127s", name) == 1 &&
			    !strcmp(name, targets[i]))
				best = i;
	fclose(file);
	if (best < ARRAY_SIZE(targets))
		patient->target = targets[best];
	return true;
}

static void check_target(struct patient *patient)
{
	bool known = find_target(patient);

	if (patient->target) {
		report(patient, FINE, "target", "%s frees swap entries here",
		       patient->target);
	} else if (!known) {
		report(patient, UNKNOWN, "target", "cannot read /proc/kallsyms");
	} else {
		report(patient, PROBLEM, "target",
		       "this kernel has no function that is known to free swap entries");
		advise(patient, "report the kernel: swapreap report");
		patient->hopeless = true;
	}
}

static bool ftrace_is_off(void)
{
	char text[16];

	return root_read("proc/sys/kernel/ftrace_enabled", text,
			 sizeof(text)) > 0 && text[0] == '0';
}

static void check_hook(struct patient *patient)
{
	struct kernel_option ftrace[] = {
		{ "CONFIG_DYNAMIC_FTRACE_WITH_ARGS", false },
		{ "CONFIG_DYNAMIC_FTRACE_WITH_REGS", false },
	};
	const char *hook = entries_text(&patient->snapshot.facts, "hook");
	bool known = kernel_config_read(patient->machine.release, ftrace,
					ARRAY_SIZE(ftrace));

	if (hook) {
		report(patient, FINE, "hook", "%s is in use", hook);
	} else if (!known) {
		report(patient, UNKNOWN, "hook", "ftrace if available, else kprobes");
	} else if (!ftrace[0].set && !ftrace[1].set) {
		report(patient, NOTE, "hook",
		       "kprobes, as there is no ftrace: what the sweep leaves is freed in place");
	} else if (ftrace_is_off()) {
		report(patient, PROBLEM, "hook", "ftrace is switched off");
		advise(patient, "sysctl kernel.ftrace_enabled=1");
	} else {
		report(patient, FINE, "hook", "ftrace can be used");
	}
}

/* While we are loaded, the owner is us. */
static void check_owner(struct patient *patient)
{
	if (patient->snapshot.loaded || !patient->target)
		return;
	if (tracefs_has_owner(patient->target) ||
	    tracefs_has_owner("exit_mmap")) {
		report(patient, PROBLEM, "owner",
		       "%s or exit_mmap is already redirected by a livepatch or another module",
		       patient->target);
		advise(patient, "unload it; flag I in /sys/kernel/tracing/enabled_functions, and ls /sys/kernel/livepatch, show it");
	} else if (debugfs_has_probe(patient->target)) {
		report(patient, NOTE, "owner",
		       "a kprobe is set on %s; it does not interfere with ftrace",
		       patient->target);
	} else if (geteuid() && root_is_real()) {
		report(patient, UNKNOWN, "owner",
		       "only root can see whether %s is redirected",
		       patient->target);
	} else {
		report(patient, FINE, "owner", "%s is not redirected",
		       patient->target);
	}
}

static bool has_headers(const char *release)
{
	char *path = text_of("lib/modules/%s/build/Makefile", release);
	bool found = root_exists(path);

	free(path);
	return found;
}

static void advise_headers(struct patient *patient)
{
	const struct distribution *distribution = find_distribution();
	const char *release = patient->machine.release;

	if (distribution) {
		fprintf(patient->file, "%-21s %sfix:%s ", "",
			style(patient->file, BOLD), style(patient->file, PLAIN));
		fprintf(patient->file, distribution->headers, release);
		fputc('\n', patient->file);
	} else {
		advise(patient, "install the headers of %s", release);
	}
}

static void check_headers(struct patient *patient, bool installed)
{
	const char *release = patient->machine.release;

	if (has_headers(release)) {
		report(patient, FINE, "headers", "for this kernel are installed");
	} else if (installed || patient->snapshot.loaded) {
		report(patient, NOTE, "headers",
		       "for this kernel are missing: an update cannot be built");
	} else {
		report(patient, PROBLEM, "headers", "for this kernel are missing");
		advise_headers(patient);
	}
}

/* The version that dkms has, to be freed, or NULL; @built: for this kernel. */
static char *dkms_version(const struct machine *machine, bool *built)
{
	DIR *dir = root_opendir("var/lib/dkms/swapreap");
	struct dirent *file;
	char *version = NULL;

	*built = false;
	while (dir && !*built && (file = readdir(dir))) {
		char *path;

		if (file->d_name[0] < '0' || file->d_name[0] > '9')
			continue;
		path = text_of("var/lib/dkms/swapreap/%s/%s/%s/module",
			       file->d_name, machine->release, machine->arch);
		*built = root_exists(path);
		free(path);
		free(version);
		version = text_of("%s", file->d_name);
	}
	if (dir)
		closedir(dir);
	return version;
}

static void check_dkms(struct patient *patient, bool installed)
{
	bool built;
	char *version = dkms_version(&patient->machine, &built);
	const char *release = patient->machine.release;

	if (built) {
		report(patient, FINE, "dkms", "has built %s for this kernel",
		       version);
	} else if (version) {
		report(patient, installed ? NOTE : PROBLEM, "dkms",
		       "has %s, but did not build it for this kernel", version);
		advise(patient, "dkms install swapreap/%s -k %s", version, release);
	} else {
		report(patient, NOTE, "dkms",
		       "does not know swapreap, and will not build it for the next kernel");
	}
	free(version);
}

static void check_installed(struct patient *patient, const char *path)
{
	if (path) {
		report(patient, FINE, "installed", "/%s", path);
	} else if (patient->snapshot.loaded) {
		report(patient, NOTE, "installed",
		       "not for this kernel: it is loaded now, but not after a reboot");
	} else {
		report(patient, PROBLEM, "installed", "not for this kernel");
		advise(patient, "make install, in the sources; or install the package swapreap-dkms");
	}
}

static bool secure_boot(void)
{
	char text[16];

	/* four bytes of attributes, then the value */
	return root_read(SECURE_BOOT, text, sizeof(text)) >= 5 && text[4] == 1;
}

/* The mode that is in force stands in brackets. */
static bool locked_down(void)
{
	char text[64];

	return root_read("sys/kernel/security/lockdown", text,
			 sizeof(text)) > 0 && !strstr(text, "[none]");
}

static bool signature_enforced(void)
{
	char text[8];

	return root_read("sys/module/module/parameters/sig_enforce", text,
			 sizeof(text)) > 0 && text[0] == 'Y';
}

static void check_signature(struct patient *patient)
{
	bool boot = secure_boot(), down = locked_down();
	bool enforced = signature_enforced();

	if (!boot && !down && !enforced) {
		report(patient, FINE, "signature",
		       "not required: no Secure Boot, no lockdown");
		return;
	}
	if (patient->snapshot.loaded) {
		report(patient, FINE, "signature",
		       "required, and the module was accepted");
		return;
	}
	report(patient, down || enforced ? PROBLEM : NOTE, "signature",
	       "the kernel %s modules signed with a key it knows (Secure Boot %s, lockdown %s, enforced %s)",
	       down || enforced ? "takes only" : "may take only",
	       boot ? "on" : "off", down ? "on" : "off",
	       enforced ? "yes" : "no");
	advise(patient, "mokutil --import /var/lib/dkms/mok.pub, then reboot and confirm");
}

static void advise_loading(struct patient *patient, bool installed)
{
	if (installed)
		advise(patient, "modprobe swapreap");
	else
		advise(patient, "install it first, see above");
}

static void check_loaded(struct patient *patient, bool installed)
{
	const struct snapshot *snapshot = &patient->snapshot;
	const char *version = entries_text(&snapshot->facts, "version");
	long long enabled;

	if (!snapshot->loaded) {
		char *why = kernel_log_reason(patient->machine.release);

		report(patient, PROBLEM, "loaded", "no: %s", why);
		advise_loading(patient, installed);
		free(why);
		return;
	}
	report(patient, FINE, "loaded", "version %s", version ? version : "?");
	if (version_differs(snapshot)) {
		report(patient, PROBLEM, "version", "this command is of %s",
		       SWAPREAP_VERSION);
		advise(patient, "rmmod swapreap; modprobe swapreap");
	}
	if (entries_number(&snapshot->knobs, "enabled", &enabled) && !enabled) {
		report(patient, PROBLEM, "enabled", "no: nothing is diverted");
		advise(patient, "swapreap set enabled=1");
	}
}

static void check_boot(struct patient *patient)
{
	if (root_exists("etc/modules-load.d/swapreap.conf") ||
	    root_exists("usr/lib/modules-load.d/swapreap.conf"))
		report(patient, FINE, "at boot", "it is loaded");
	else
		report(patient, NOTE, "at boot",
		       "it is not loaded (echo swapreap > /etc/modules-load.d/swapreap.conf)");
}

static void check_swap(struct patient *patient)
{
	const struct distribution *distribution = find_distribution();
	const struct memory *memory = &patient->machine.memory;
	char used[FORMAT_MAX], total[FORMAT_MAX];

	if (patient->machine.nr_swaps) {
		report(patient, FINE, "swap", "%s of %s in use",
		       format_size(used, memory->swap_total - memory->swap_free),
		       format_size(total, memory->swap_total));
		return;
	}
	report(patient, PROBLEM, "swap", "there is none: nothing to divert");
	advise(patient, "%s", distribution ? distribution->zram :
	       "swap to zram or to a disk (mkswap, swapon)");
}

static long long in_place(const struct entries *stats)
{
	long long pages = 0, value;

	for (size_t i = 0; i < stats->nr; i++)
		if (fallback_reason(&stats->list[i]) &&
		    entries_number(stats, stats->list[i].name, &value))
			pages += value;
	return pages;
}

static void check_effect(struct patient *patient)
{
	const struct entries *stats = &patient->snapshot.stats;
	long long diverted, missed, others = in_place(stats);

	if (!entries_number(stats, "diverted", &diverted))
		return;
	if (!diverted && !others)
		report(patient, NOTE, "effect",
		       "no process with memory in swap has died yet");
	else
		report(patient, diverted ? FINE : NOTE, "effect",
		       "%.0f %% of the pages of dying processes were diverted (%lld of %lld)",
		       100.0 * diverted / (diverted + others), diverted,
		       diverted + others);
	if (entries_number(stats, "missed", &missed) && missed)
		report(patient, NOTE, "missed",
		       "the hook missed %lld calls; the kernel freed those entries itself",
		       missed);
}

static void check_all(struct patient *patient)
{
	char *path = module_file(patient->machine.release);

	check_kernel(patient);
	check_config(patient);
	check_target(patient);
	check_hook(patient);
	check_owner(patient);
	check_headers(patient, path);
	check_dkms(patient, path);
	check_installed(patient, path);
	check_signature(patient);
	check_loaded(patient, path);
	check_boot(patient);
	check_swap(patient);
	check_effect(patient);
	free(path);
}

/**
 * check_text() - print what the doctor finds
 * @file: where to
 *
 * Return: EXIT_FINE, EXIT_ERROR if there is a problem, EXIT_UNSUPPORTED if it
 * is the kernel.
 */
int check_text(FILE *file)
{
	struct patient patient = { .file = file };

	snapshot_take(&patient.snapshot);
	machine_look(&patient.machine);
	check_all(&patient);
	if (patient.problems)
		fprintf(file, "\n%d problem%s\n", patient.problems,
			patient.problems == 1 ? "" : "s");
	else
		fprintf(file, "\nno problem found\n");
	machine_free(&patient.machine);
	snapshot_free(&patient.snapshot);
	return patient.hopeless ? EXIT_UNSUPPORTED :
	       patient.problems ? EXIT_ERROR : EXIT_FINE;
}

static int run(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return check_text(stdout);
}

const struct command check_command = {
	.name = "check",
	.summary = "look for what keeps the module from working, and say how to fix it",
	.details = "Root sees a little more than others.",
	.run = run,
};
