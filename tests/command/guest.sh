#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# shellcheck disable=SC2317 # what check calls
#
# The command in a booted guest, over the real module. Prints a line for each
# test, and what others are to look at: "json: " and "metrics: " lines.

failed=0
pages=8192

# check SENTENCE CMD... - each in a shell that ends at the first error
check()
{
	sentence=$1
	shift
	# outside of any condition: there errexit holds
	(set -e; "$@") >/tmp/log 2>&1
	result=$?
	if [ $result = 0 ]; then
		echo "ok - $sentence"
	else
		failed=1
		echo "not ok - $sentence"
		sed 's/^/# /' /tmp/log
	fi
}

# exits STATUS CMD... - prints what it says
exits()
{
	wanted=$1
	shift
	status=0
	"$@" >/tmp/said 2>&1 || status=$?
	cat /tmp/said
	[ "$status" = "$wanted" ] || { echo "exit status $status, not $wanted"; return 1; }
}

says()
{
	words=$1
	shift
	exits "$@"
	grep -qF "$words" /tmp/said || { echo "'$words' is not in that"; return 1; }
}

# until_true CMD... - within ten seconds
until_true()
{
	tries=0
	until "$@"; do
		[ $((tries += 1)) -le 200 ] || return 1
		usleep 50000
	done
}

knob()
{
	cat "/sys/kernel/swapreap/$1"
}

start_swap()
{
	echo 256M >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null
	swapon /dev/zram0
	mount -t tracefs nodev /sys/kernel/tracing
	mount -t debugfs nodev /sys/kernel/debug
	mkdir -p /etc/modprobe.d
}

without_module()
{
	says "is not loaded" 3 swapreap
	exits 3 swapreap get
	exits 3 swapreap bench
	says "PROBLEM  loaded" 1 swapreap check
	insmod /swapreap.ko exit_threshold=-1 || true
	says "the kernel's log says: \`-1' invalid" 3 swapreap
}

shows_status()
{
	says "is loaded and enabled" 0 swapreap status
	grep -q "diverts .*by $(knob hook)" /tmp/said
	grep -q "/dev/zram0 .*256.0 MiB used" /tmp/said
	says "loaded       version $(knob version)" 0 swapreap check
}

shows_knobs()
{
	[ "$(swapreap get exit_threshold)" = "$(knob exit_threshold)" ]
	[ "$(swapreap get | wc -l)" -ge 8 ]
}

sets_knobs()
{
	swapreap set max_age_ms=1500 worker_nice=5 worker_cpus=0
	[ "$(knob max_age_ms) $(knob worker_nice) $(knob worker_cpus)" = "1500 5 0" ]
	before=$(swapreap get)
	says "is set back" 1 swapreap set max_age_ms=700 worker_nice=6 worker_cpus=777
	[ "$(swapreap get)" = "$before" ]
	exits 2 swapreap set max_age_ms=700 worker_nice=77
	[ "$(swapreap get)" = "$before" ]
}

# The module takes on loading what was saved.
saves_knobs()
{
	swapreap save
	saved=$(sed -n 's/^options swapreap //p' /etc/modprobe.d/swapreap.conf)
	before=$(swapreap get)
	rmmod swapreap
	# shellcheck disable=SC2086 # a list
	insmod /swapreap.ko $saved
	[ "$(swapreap get)" = "$before" ]
}

measures()
{
	swapreap bench --size $((pages / 256)) --rounds 2 --json >/tmp/bench.json
	[ "$(grep -c '"module": "on"' /tmp/bench.json)" = 2 ]
	[ "$(grep -c '"module": "off"' /tmp/bench.json)" = 2 ]
	[ "$(knob enabled)" = 1 ]
	[ "$(knob stats/diverted)" -ge "$pages" ]
	swapreap bench --size $((pages / 256)) --rounds 1
}

# $1: the signal
puts_back()
{
	swapreap bench --size 64 --rounds 50 >/tmp/bench.log 2>&1 &
	bench=$!
	until_true grep -q 0 /sys/kernel/swapreap/enabled
	kill "-$1" "$bench"
	status=0
	wait "$bench" || status=$?
	cat /tmp/bench.log
	[ "$status" = 1 ]
	[ "$(knob enabled)" = 1 ]
	! pidof swapreap
}

refuses_to_measure()
{
	exits 4 swapreap bench --size 512
	exits 4 swapreap bench --size 1 --svg /tmp/x.svg
}

drains()
{
	exits 0 swapreap drain --timeout 10
	[ "$(knob stats/pending)" = 0 ]
}

follows_events()
{
	swapreap trace >/tmp/events 2>/tmp/trace.log &
	tracer=$!
	until_true test -e "/sys/kernel/tracing/instances/swapreap-$tracer/trace_pipe"
	[ -z "$(cat /sys/kernel/tracing/set_event)" ]
	swapreap bench --size $((pages / 256)) --rounds 1 >/dev/null
	# small: this shell's children, without an entry in swap or with a few
	until_true grep -q drain /tmp/events
	until_true grep -q scope_end /tmp/events
	kill -INT "$tracer"
	wait "$tracer"
	cat /tmp/events /tmp/trace.log
	grep -Eq '^ +[0-9]+\.[0-9]{6}  scope_end +pid=[0-9]+ node=0 diverted=[0-9]+ in_place=[0-9]+ exit_us=[0-9]+$' /tmp/events
	[ -z "$(ls /sys/kernel/tracing/instances)" ]
}

stops_with_its_reader()
{
	swapreap trace 2>/dev/null | true
	[ -z "$(ls /sys/kernel/tracing/instances)" ]
}

reports()
{
	says "histograms.txt" 0 swapreap report --output /tmp/report.tar.gz
	cd /tmp
	tar -xzf report.tar.gz
	[ ! -d /sys/kernel/debug/swapreap ] || grep -q exit_us swapreap-report-*/histograms.txt
	grep -q diverts swapreap-report-*/log.txt
}

# has_events - whether this kernel can trace modules
has_events()
{
	[ -d /sys/kernel/tracing/events/swapreap ]
}

PATH=/bin
start_swap
check "without the module the command says so, and why" without_module
insmod /swapreap.ko
check "status and check say what is loaded" shows_status
check "get prints what the files hold" shows_knobs
check "set sets all or nothing where the module itself refuses" sets_knobs
check "what save wrote gives the same knobs after a load" saves_knobs
check "bench measures, and leaves the module enabled" measures
check "bench stopped by SIGINT leaves the module enabled" puts_back INT
check "bench stopped by SIGTERM leaves the module enabled" puts_back TERM
check "bench refuses what does not fit, and a picture without gnuplot" refuses_to_measure
check "drain leaves nothing pending" drains
if has_events; then
	check "trace follows events in an instance of its own, and removes it" follows_events
	check "trace ends when nobody reads it" stops_with_its_reader
else
	check "trace says that there are no events" exits 4 swapreap trace
fi
check "report has histograms and the module's log" reports
check "version is the same of both" test "$(swapreap version | awk '{ print $2 }' | uniq | wc -l)" = 1
sed 's/^/json: /' /tmp/bench.json
swapreap status --json | sed 's/^/json: /'
swapreap metrics | sed 's/^/metrics: /'
exit $failed
