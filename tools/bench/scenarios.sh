# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What can be measured: each scenario is a function that calls measure(), and
# a line of help. Sourced by run, which sets full.

default_scenarios="cost"

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

# shellcheck disable=SC2034 # by their names
about_cost="instructions that an exit, the workers and munmap take; 128 MiB"
scenario_cost()
{
	local order words=() drops=()
	for order in in-order scattered; do
		words+=("order=$order" "arms=off,on" rounds=2 --
			measure=munmap "order=$order" "arms=off,on" rounds=2 --)
		drops+=("order=$order" arms=drop rounds=2 --)
	done
	# what drops entries leaves a guest behind that is good for nothing else
	unset 'drops[-1]'
	measure instructions "-m 2G" "${words[@]}" "${drops[@]}"
}
