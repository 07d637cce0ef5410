#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Raw figures of the bench: one file of them, tables, and data to draw.

results.py boot KEY=VALUE...         the line that goes before the lines of a boot
results.py gather COMMAND            lines on standard input to JSON
results.py tables FILE...            what the figures of these files say
results.py ratio FILE ORDER NAME     one of the ratios of the table of cost
results.py back FILE...              when memory is back, of every cell of these files
results.py kthreads FILE...          what each of the kernel's threads ran for
results.py data FILE SCENARIO KIND   lines of fields apart by tabs
"""
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FRAME_NS = 16000000
ORDERS = ("in-order", "scattered")


def host():
    model = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"cpu": model, "cpus": os.cpu_count(), "machine": platform.machine(),
            "load": os.getloadavg()[0]}


def revision():
    """Of the sources, if they are a checkout."""
    try:
        return subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"], text=True,
                              capture_output=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def gather(command, lines):
    boots = []
    for line in lines:
        if line.startswith("#"):
            continue
        entry = json.loads(line)
        if "scenario" in entry:
            boots.append(dict(entry, samples=[]))
        elif "kernel" in entry:
            boots[-1]["guest"] = entry
        else:
            boots[-1]["samples"].append(entry)
    return {"command": command, "date": datetime.date.today().isoformat(),
            "revision": revision(), "host": host(), "boots": boots}


def dump(results):
    """A line a sample, to be read and compared by people, too."""
    boots = results.pop("boots")
    print(json.dumps(results)[:-1] + ', "boots": [')
    for boot in boots:
        samples = boot.pop("samples")
        print(json.dumps(boot)[:-1] + ', "samples": [')
        print(",\n".join(json.dumps(sample) for sample in samples))
        print("]}" + ("," if boot is not boots[-1] else ""))
    print("]}")


def exit_ns(sample):
    return sample["all_dead_ns"]


def own_ns(sample):
    """Of those that die, or of the living one."""
    cpu_ns = sample["cpu_ns"]
    return sum(cpu_ns) if isinstance(cpu_ns, list) else cpu_ns


def workers_ns(sample):
    return sample.get("workers_ns", 0)


def total_ns(sample):
    return exit_ns(sample) + workers_ns(sample)


def all_ns(sample):
    return sample["all_cpu_ns"]


def back_ns(sample):
    """None of a living process, and where entries were dropped."""
    return sample.get("back_ns")


def missed_frames(sample):
    """Of those that were due while it was watched; a late one may cost several."""
    return sum(done // FRAME_NS for due, done in
               zip(sample["frame_due_ns"], sample["frame_done_ns"])
               if 0 <= due < sample["watch_ms"] * 1e6)


def worst_delay(sample):
    return max(delay for due, delay in zip(sample["frame_due_ns"], sample["frame_delay_ns"])
               if 0 <= due < sample["watch_ms"] * 1e6)


def free_at(sample, ns):
    """By the last look before."""
    return [free for at, free in zip(sample["look_at_ns"], sample["free_bytes"]) if at <= ns][-1]


def busy(sample, cpus, looks=5):
    """When, and what part of the CPUs was not idle since five looks before."""
    at, idle = sample["look_at_ns"], sample["idle_ticks"]
    return [(at[i], max(0, 1 - (idle[i] - idle[i - looks]) * 1e7 / (at[i] - at[i - looks]) / cpus))
            for i in range(looks, len(at))]


def arm(sample):
    """With what the module was told, for the arms of a comparison may differ in that."""
    return " ".join(filter(None, (sample["arm"], sample["arm"] != "off" and sample["params"])))


class Boot:
    def __init__(self, boot):
        self.__dict__.update(boot)

    def pick(self, **wanted):
        return [sample for sample in self.samples
                if all(sample[key] == value for key, value in wanted.items())]

    def median(self, value, **wanted):
        return statistics.median(value(sample) for sample in self.pick(**wanted))

    def title(self):
        return f"{self.scenario}, Linux {self.guest['kernel']}, {self.guest['cpus']} CPUs, " \
            f"{self.guest['nodes']} nodes"


def largest(boot):
    return max(sample["size"] for sample in boot.samples)


def ratios(boot, order):
    """Those that have limits, of the largest size; when memory is back of each one."""
    sizes = sorted({sample["size"] for sample in boot.samples}, reverse=True)

    def of(value, name, measure="exit", size=sizes[0]):
        return boot.median(value, arm=name, order=order, measure=measure, size=size)

    found = {
        "exit": of(exit_ns, "on") / of(exit_ns, "off"),
        "exit+workers": of(total_ns, "on") / of(total_ns, "off"),
        "all": of(all_ns, "on") / of(all_ns, "off"),
        "back": of(back_ns, "on") / of(back_ns, "off"),
    }
    for size in sizes[1:]:
        found[f"back-{size >> 20}M"] = (of(back_ns, "on", size=size) /
                                        of(back_ns, "off", size=size))
    if boot.pick(order=order, measure="munmap"):
        found["munmap"] = of(own_ns, "on", "munmap") / of(own_ns, "off", "munmap")
        found["munmap-all"] = of(all_ns, "on", "munmap") / of(all_ns, "off", "munmap")
    if boot.pick(arm="drop"):
        found["exit/drop"] = of(exit_ns, "on") / of(exit_ns, "drop")
    return found


COST_LINES = (("exit", exit_ns, "exit"),
              ("  its own CPU", own_ns, "exit"),
              ("workers", workers_ns, "exit"),
              ("all tasks", all_ns, "exit"),
              ("memory back", back_ns, "exit"),
              ("munmap", own_ns, "munmap"),
              ("  all tasks", all_ns, "munmap"))


def cost_table(boot):
    for order in ORDERS:
        print(f"\n{boot.title()}, {order}: millions of instructions, each sample")
        lines = [["", "off", "on", "drop"]]
        for name, value, measure in COST_LINES:
            found = [[value(sample) for sample in
                      boot.pick(arm=arm_name, order=order, measure=measure, size=largest(boot))]
                     for arm_name in lines[0][1:]]
            lines.append([name] + [" ".join(f"{ns / 1e6:.3f}" for ns in values if ns is not None)
                                   for values in found])
        width = max(len(cell) for line in lines for cell in line)
        for name, *fields in lines:
            print(" ".join([f"  {name:14}"] + [f"{field:>{width}}" for field in fields]).rstrip())
        for name, ratio in ratios(boot, order).items():
            print(f"  {name + ', on/off' if '/' not in name else name:22} {ratio:7.4f}"
                  f"  (1/{1 / ratio:.2f})")


SAME = ("measure", "processes", "size", "order", "swap", "cgroups", "shared", "threads", "killed")


def cells(samples):
    """Samples by what they have in common, whatever the arm."""
    found = {}
    for sample in samples:
        key = tuple((name, sample[name]) for name in SAME)
        found.setdefault(key, {}).setdefault(arm(sample), []).append(sample)
    return found


def figures(sample, cpus):
    """What a table has a line for, in units that people use."""
    found = {
        "all dead, ms": sample["all_dead_ns"] / 1e6,
        "memory back, ms": back_ns(sample) / 1e6,
        "CPU of the dying, ms": own_ns(sample) / 1e6,
        "CPU of the workers, ms": workers_ns(sample) / 1e6,
        "CPU of all, ms": all_ns(sample) / 1e6,
    }
    if sample["watch_ms"]:
        found["frames missed"] = missed_frames(sample)
        found["longest delay, ms"] = worst_delay(sample) / 1e6
        found["most CPU in 100 ms, %"] = max(part for _, part in busy(sample, cpus)) * 100
    if sample["foreground"]:
        found["app started, ms"] = sample["foreground_ns"] / 1e6
    if sample.get("mrelease"):
        found["dead after SIGKILL, each, ms"] = statistics.median(sample["dead_ns"]) / 1e6
        found["process_mrelease(), each, ms"] = statistics.median(sample["mrelease_ns"]) / 1e6
        found["CPU of the killer, ms"] = sample["killer_ns"] / 1e6
    if sample.get("mrelease") and sample["watch_ms"]:
        for ms in (0, 100, 300, 1000):
            found[f"free after {ms} ms, MiB"] = free_at(sample, ms * 1e6) / (1 << 20)
    return found


def spread(values):
    return f"{statistics.median(values):.1f} ({min(values):.1f}..{max(values):.1f})"


def cell_name(key):
    given = dict(key)
    words = [given["measure"]] * (given["measure"] != "exit")
    words += [f"{given['processes']} x {given['size'] >> 20} MiB", given["order"], given["swap"]]
    words += [f"{given[name]} {name}" for name in ("cgroups",) if given[name]]
    words += ["shared"] * given["shared"]
    words += [f"{given['threads']} threads"] * (given["threads"] > 1)
    words += [f"{given['killed']} killed"] * (given["killed"] != given["processes"])
    return ", ".join(words)


def compare_table(boot):
    cpus = boot.guest["cpus"]
    for key, arms in cells(boot.samples).items():
        print(f"\n{boot.title()}: {cell_name(key)}")
        print(f"medians (and range), clock: {boot.clock}")
        base = [figures(sample, cpus) for sample in arms["off"]]
        for name, samples in arms.items():
            rows = [figures(sample, cpus) for sample in samples]
            print(f"  {name}, {len(rows)} runs")
            for what in rows[0]:
                values = [row[what] for row in rows]
                own = statistics.median(row[what] for row in base)
                ratio = f"{statistics.median(values) / own:8.3f}" if own and name != "off" else ""
                print(f"    {what:30} {spread(values):>32} {ratio}")


def line_of(boot, axis, name):
    """Points of an arm along an axis."""
    scale = 1 << 20 if axis == "size" else 1
    found = {}
    for sample in boot.pick(arm=name):
        found.setdefault(sample[axis] // scale, []).append(sample)
    return [(x, statistics.median(map(exit_ns, samples)),
             statistics.median(map(total_ns, samples)),
             statistics.median(map(all_ns, samples)),
             statistics.median(map(back_ns, samples)))
            for x, samples in sorted(found.items())]


def scaling_table(boot):
    axis = boot.scenario
    lines = {name: line_of(boot, axis, name) for name in ("off", "on")}
    print(f"\n{boot.title()}: millions of instructions until all are dead, all tasks took,"
          " and until memory is back")
    print(f"  {axis if axis != 'size' else 'MiB':>10} {'off':>10} {'on':>10} {'on/off':>8}"
          f" {'all off':>10} {'all on':>10} {'on/off':>8}"
          f" {'back off':>10} {'back on':>10} {'on/off':>8}")
    for off, on in zip(lines["off"], lines["on"]):
        print(f"  {off[0]:10} {off[1] / 1e6:10.2f} {on[1] / 1e6:10.2f} {on[1] / off[1]:8.3f}"
              f" {off[3] / 1e6:10.2f} {on[3] / 1e6:10.2f} {on[3] / off[3]:8.3f}"
              f" {off[4] / 1e6:10.2f} {on[4] / 1e6:10.2f} {on[4] / off[4]:8.3f}")
    for name, line in lines.items():
        r = statistics.correlation([p[0] for p in line], [p[1] for p in line])
        print(f"  {name}: r² of a straight line {r * r:.5f}")


def back_table(boot):
    """A line for each cell and what the module was told, as far as memory comes back there."""
    print(f"\n{boot.title()}: until memory is back, medians, clock: {boot.clock}")
    print(f"  {'':50} {'runs':>4} {'off, ms':>9} {'on, ms':>9} {'of the kernel alone':>20}")
    for key, arms in cells(boot.samples).items():
        medians = {name: statistics.median(found) for name, samples in arms.items()
                   if (found := [ns for sample in samples if (ns := back_ns(sample)) is not None])}
        for name in medians:
            if name == "off" or "off" not in medians:
                continue
            what = ": ".join([cell_name(key)] + [name] * (name != "on"))
            print(f"  {what:50} {len(arms[name]):4} {medians['off'] / 1e6:9.2f}"
                  f" {medians[name] / 1e6:9.2f} {medians[name] / medians['off']:20.3f}")


def kthread_name(name):
    """Without its number. Which of a pool's kworkers it is, and what it did last, is chance."""
    return re.sub(r"^kworker/(u?\d+):\d+(H?).*", r"kworker/\1:*\2", name.rsplit(" ", 1)[0])


def kthreads(sample):
    """Nanoseconds by name, then what nobody of those named ran for."""
    found = {}
    for name, ns in sample["kthreads_ns"].items():
        found[kthread_name(name)] = found.get(kthread_name(name), 0) + ns
    found["the dying" if sample["measure"] == "exit" else "the living one"] = own_ns(sample)
    found["others"] = all_ns(sample) - sum(found.values())
    found["all tasks"] = all_ns(sample)
    return found


def kthreads_table(boot):
    """Medians of each one, so they need not add up."""
    for key, arms in cells(boot.samples).items():
        if "kthreads_ns" not in arms[next(iter(arms))][0]:
            continue
        ran = {name: [kthreads(sample) for sample in samples] for name, samples in arms.items()}
        medians = {what: {name: statistics.median(row.get(what, 0) for row in rows) / 1e6
                          for name, rows in ran.items()}
                   for rows in ran.values() for row in rows for what in row}
        print(f"\n{boot.title()}, {cell_name(key)}: millions of instructions that each ran for")
        print(" ".join([f"  {'':24}"] + [f"{name:>20}" for name in arms] +
                       [f"{'more than off':>20}"] * ("off" in arms) * (len(arms) - 1)))
        for what, row in sorted(medians.items(), key=lambda item: -max(item[1].values())):
            fields = [f"{row[name]:20.3f}" for name in arms]
            fields += [f"{row[name] - row['off']:20.3f}" for name in arms
                       if name != "off" and "off" in arms]
            print(" ".join([f"  {what:24}"] + fields))


TABLES = {"cost": cost_table, "gate": cost_table, "size": scaling_table,
          "processes": scaling_table}


def load(path):
    with open(path) as file:
        results = json.load(file)
    return [Boot(boot) for boot in results["boots"]]


def short(kernel):
    return kernel.split("+")[0].split("-")[0]


def data_bars(boot):
    """kernel and order, then parts of the kernel alone: exit on, drop, all tasks on."""
    for order in ORDERS:
        found = ratios(boot, order)
        drop = found["exit"] / found["exit/drop"] if "exit/drop" in found else 0
        print(f"{short(boot.guest['kernel'])}, {order}", found["exit"], drop, found["all"], sep="\t")


def data_spread(boot):
    """what, off, its least and most, on, its least and most, in parts of off's median."""
    cpus = boot.guest["cpus"]
    samples = {name: [figures(sample, cpus) for sample in boot.pick(arm=name)]
               for name in ("off", "on")}
    for what in samples["off"][0]:
        base = statistics.median(row[what] for row in samples["off"])
        if not base or what == "most CPU in 100 ms, %":
            continue
        fields = [what.split(", ")[0]]
        for rows in samples.values():
            values = [row[what] / base for row in rows]
            fields += [statistics.median(values), min(values), max(values)]
        print(*fields, sep="\t")


def data_cpus(boot):
    """CPUs, then ms until all are dead, median, least, most: off, on."""
    fields = [boot.guest["cpus"]]
    for name in ("off", "on"):
        values = [exit_ns(sample) / 1e6 for sample in boot.pick(arm=name)]
        fields += [statistics.median(values), min(values), max(values)]
    print(*fields, sep="\t")


def data_lines(boot):
    """x, off and on: dead, and all tasks."""
    for off, on in zip(*(line_of(boot, boot.scenario, name) for name in ("off", "on"))):
        print(off[0], *(value / 1e6 for value in (off[1], on[1], off[3], on[3])), sep="\t")


def data_time(boot):
    """arm, ms since the kill, free MiB, CPU; a run is a block."""
    for sample in boot.samples:
        parts = dict(busy(sample, boot.guest["cpus"]))
        for at, free in zip(sample["look_at_ns"], sample["free_bytes"]):
            print(sample["arm"], at / 1e6, free / (1 << 20), 100 * parts.get(at, 0), sep="\t")
        print()


def main(command, *words):
    if command == "boot":
        print(json.dumps(dict(word.split("=", 1) for word in words)))
    elif command == "gather":
        dump(gather(words[0], sys.stdin))
    elif command == "tables":
        for path in words:
            for boot in load(path):
                TABLES.get(boot.scenario, compare_table)(boot)
    elif command in ("back", "kthreads"):
        for path in words:
            for boot in load(path):
                globals()[command + "_table"](boot)
    elif command == "ratio":
        print(f"{ratios(load(words[0])[0], words[1])[words[2]]:.4f}")
    elif command == "data":
        for boot in load(words[0]):
            if boot.scenario == words[1]:
                globals()["data_" + words[2]](boot)
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
