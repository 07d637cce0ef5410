# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What both tests of symbols need. Sourced, after tests/lib.sh.

# shellcheck disable=SC2154 # tests/lib.sh has it
list=$top/tools/symbols.d/imports

# Of the kernels at hand those that are as people have them.
users_kernels()
{
	local name
	for name in $(kernels); do
		[[ $(kernel_line "$name") == *debug.config* ]] || echo "$name"
	done
}

listed()
{
	awk '!/^#/ { print $1 }' "$list"
}

imports()
{
	nm -u "$1" | awk '$1 == "U" { print $2 }' | sort
}

# names_imports MODULE - our list has them all
names_imports()
{
	local new
	new=$(comm -23 <(imports "$1") <(listed | sort))
	[ -z "$new" ] || {
		echo "tools/symbols.d/imports lacks, with the kernel's file that exports it:"
		echo "$new"
		return 1
	}
}
