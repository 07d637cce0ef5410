#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Raw figures of the bench: one file of them, and tables.

results.py boot KEY=VALUE...   the line that goes before the lines of a boot
results.py gather COMMAND      lines on standard input to JSON
results.py tables FILE...      what the figures of these files say
"""
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


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


def median(samples, value):
    return statistics.median(value(sample) for sample in samples)


def exit_ns(sample):
    return sample["all_dead_ns"]


def workers_ns(sample):
    return sample.get("workers_ns", 0)


def total_ns(sample):
    return exit_ns(sample) + workers_ns(sample)


class Boot:
    def __init__(self, boot):
        self.__dict__.update(boot)

    def pick(self, **wanted):
        return [sample for sample in self.samples
                if all(sample[key] == value for key, value in wanted.items())]

    def median(self, value, **wanted):
        return median(self.pick(**wanted), value)


def cost(boot, order):
    """The ratios that are compared with the limits."""
    def of(value, arm, measure="exit"):
        return boot.median(value, arm=arm, order=order, measure=measure)

    def munmap(sample):
        return sample["cpu_ns"]

    return {
        "exit off/on": of(exit_ns, "off") / of(exit_ns, "on"),
        "exit on/drop": of(exit_ns, "on") / of(exit_ns, "drop"),
        "exit+workers on/off": of(total_ns, "on") / of(total_ns, "off"),
        "munmap on/off": of(munmap, "on", "munmap") / of(munmap, "off", "munmap"),
    }


def million(value):
    return f"{value / 1e6:.3f}"


def cost_tables(boot):
    for order in ("in-order", "scattered"):
        print(f"\n{boot.guest['kernel']}, {order}: millions of instructions, each sample")
        print(f"  {'':10} {'off':>22} {'on':>22} {'drop':>22}")
        for name, value, measure in (("exit", exit_ns, "exit"),
                                     ("  own CPU", lambda s: sum(s["cpu_ns"]), "exit"),
                                     ("workers", workers_ns, "exit"),
                                     ("all tasks", lambda s: s["all_cpu_ns"], "exit"),
                                     ("munmap", lambda s: s["cpu_ns"], "munmap")):
            cells = [" ".join(million(value(sample)) for sample in
                              boot.pick(arm=arm, order=order, measure=measure))
                     for arm in ("off", "on", "drop")]
            print(f"  {name:10} {cells[0]:>22} {cells[1]:>22} {cells[2]:>22}")
        for name, ratio in cost(boot, order).items():
            print(f"  {name:20} {ratio:7.3f}")


TABLES = {"cost": cost_tables}


def tables(path):
    with open(path) as file:
        results = json.load(file)
    for boot in results["boots"]:
        TABLES[boot["scenario"]](Boot(boot))


def main(command, *words):
    if command == "boot":
        print(json.dumps(dict(word.split("=", 1) for word in words)))
    elif command == "gather":
        dump(gather(words[0], sys.stdin))
    elif command == "tables":
        for path in words:
            tables(path)
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
