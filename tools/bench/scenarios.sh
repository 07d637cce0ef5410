# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What can be measured: each scenario is a function that calls measure(), and
# a line of help. Sourced by run, which sets full.
#
# The sizes are what an emulator can fill in a few minutes.

default_scenarios="cost size processes storm camera cpus"

scenario_names()
{
	declare -F | sed -n 's/^declare -f scenario_//p' | grep -vx 'list\|names' | tr '\n' ' '
}

scenario_list()
{
	local name about
	for name in $(scenario_names); do
		about=about_$name
		[[ " $default_scenarios " == *" $name "* ]] && name+=' *'
		printf '  %-12s %s\n' "$name" "${!about}"
	done
}

# for_each KEY VALUES WORDS... - in $cells a description for each of the values
for_each()
{
	local key=$1 value
	cells=()
	for value in $2; do
		[ ${#cells[@]} = 0 ] || cells+=(--)
		cells+=("${@:3}" "$key=$value")
	done
}

# kernel_sets OPTION - whether the kernel is built with it
kernel_sets()
{
	grep -q "^CONFIG_$1=y" "$(kernel_fetch "${kernel:?}")/config"
}

# shellcheck disable=SC2034 # these are used by their names
{
about_cost="exit, workers and munmap against the kernel alone and a hook that drops, 128 MiB"
about_hooks="exit and workers by each way into the kernel, 128 MiB"
about_gate="the part of it that make check looks at"
about_size="one process of 4 MiB and more"
about_processes="one process of 16 MiB and more of them"
about_storm="16 processes at once on 4 CPUs, and a bystander"
about_camera="15 apps in the background, one starts and ten are killed"
about_phone="the same by a killer that reaps them by process_mrelease(), as Android's does"
about_mrelease="one process of 64 MiB that is reaped by process_mrelease()"
about_cpus="8 processes at once on 1 CPU and more"
about_nodes="8 processes at once on 1 NUMA node and more, by number of workers"
about_saturated="128 MiB when no more than 0, 16 or 64 MiB may be pending"
about_swap="zram, a disk, and zswap over it"
about_layouts="ways in which entries can lie, and cgroups, shared memory, threads"
}

scenario_cost()
{
	local cells words
	for_each order "in-order scattered" "arms=off,on"
	words=("${cells[@]}")
	for_each order "in-order scattered" measure=munmap "arms=off,on"
	words+=(-- "${cells[@]}")
	if kernel_sets FUNCTION_TRACER; then
		# what drops entries leaves a guest behind that is good for nothing else
		for_each order "in-order scattered" arms=drop
		words+=(-- "${cells[@]}")
	else
		say "nothing drops entries on $kernel: it has no function tracer"
	fi
	measure instructions "-m 2G" "${words[@]}"
}

scenario_hooks()
{
	local cells ways="hook=kprobe" words=()
	! kernel_sets FUNCTION_TRACER || ways+=" hook=ftrace"
	! kernel_sets SWAPMEM_HOOKS || ways+=" hook=android"
	for_each params "$ways" order=in-order
	words+=("${cells[@]}" --)
	for_each params "$ways" order=scattered
	measure instructions "-m 2G" "${words[@]}" "${cells[@]}"
}

# In order, RCU defers a few percent of the work, which lands in one sample and
# not in the next: the median of three filters that out.
scenario_gate()
{
	local cells words=()
	for_each measure "exit munmap" order=in-order "arms=off,on" rounds=3
	words+=("${cells[@]}" --)
	for_each measure "exit munmap" order=scattered "arms=off,on"
	words+=("${cells[@]}" --)
	# with little to free, waiting for a worker shows in when memory is back
	for_each order "in-order scattered" size=16 "arms=off,on" rounds=3
	measure instructions "-m 2G" "${words[@]}" "${cells[@]}"
}

scenario_size()
{
	local cells words=() sizes="128 256" memory=2G
	[ -z "$full" ] || sizes+=" 512 1024 2048" memory=6G
	# a small one's memory comes back sooner or later by how far the next tick is
	for_each size "4 8 16 32 64" rounds=5
	words+=("${cells[@]}" --)
	for_each size "$sizes"
	measure instructions "-m $memory" "${words[@]}" "${cells[@]}"
}

scenario_processes()
{
	local cells counts="1 2 4 8 16" memory=2G
	[ -z "$full" ] || counts+=" 32 64" memory=4G
	for_each processes "$counts" size=16
	measure instructions "-m $memory" "${cells[@]}"
}

scenario_storm()
{
	local size=16
	[ -z "$full" ] || size=64
	measure wall "-c 4 -m 3G" processes=16 size=$size watch=1000 rounds=9
}

scenario_camera()
{
	measure wall "-c 4 -m 512M" processes=15 size=24 swapped=60 killed=10 foreground=128 \
		watch=1500 rounds=9
}

scenario_phone()
{
	local cpus=4
	[ -z "$full" ] || cpus=8
	measure wall "-c $cpus -m 512M" processes=15 size=24 swapped=60 killed=10 mrelease=1 \
		foreground=128 watch=1500 rounds=9
}

scenario_mrelease()
{
	local cells words=()
	for_each order "in-order scattered" size=64 mrelease=1
	words+=("${cells[@]}" --)
	for_each order "in-order scattered" size=64 mrelease=1 arms=on params=divert_mrelease=0
	measure instructions "-m 2G" "${words[@]}" "${cells[@]}"
}

scenario_cpus()
{
	local cpus counts="1 2 4"
	[ -z "$full" ] || counts+=" 8"
	for cpus in $counts; do
		measure wall "-c $cpus -m 2G" processes=8 size=8 rounds=9
	done
}

scenario_nodes()
{
	local cells nodes counts="1 2 4"
	for nodes in $counts; do
		for_each params "workers=1 workers=2 workers=0" processes=8 size=8 rounds=9
		measure wall "-c 4 -n $nodes -m 2G" "${cells[@]}"
	done
}

scenario_saturated()
{
	local cells words=()
	for_each params "max_pending=0 max_pending=4096 max_pending=16384" order=in-order
	words+=("${cells[@]}" --)
	for_each params "max_pending=0 max_pending=4096 max_pending=16384" order=scattered
	measure instructions "-m 2G" "${words[@]}" "${cells[@]}"
}

scenario_swap()
{
	local cells
	for_each swap "zram disk" processes=4 size=16
	if kernel_sets ZSWAP; then
		cells+=(-- swap=zswap processes=4 size=16)
	else
		say "kernel $kernel is built without zswap"
	fi
	measure instructions "-m 2G -d 512M" "${cells[@]}"
}

scenario_layouts()
{
	local cells words=()
	for_each order "in-order scattered interleaved" processes=4 size=16
	words+=("${cells[@]}" --)
	for_each cgroups "2 4" processes=4 size=16 order=interleaved
	words+=("${cells[@]}" --)
	measure instructions "-m 2G" "${words[@]}" processes=4 size=16 shared=1 -- \
		processes=4 size=16 threads=8
}
