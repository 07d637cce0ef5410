# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Builds of the module that are only looked at for warnings. Sourced, after
# tests/lib.sh and tests/ktap.sh.

# Debian configures its kernels for gcc. For clang these take away what clang
# lacks, and warnings that kernel headers give under such a mixture.
clang=(CC=clang CONFIG_CC_IS_GCC= CONFIG_CC_IS_CLANG=y
	CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough
	CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT= CONFIG_INIT_STACK_ALL_ZERO=
	CONFIG_FTRACE_MCOUNT_USE_CC= CONFIG_FTRACE_MCOUNT_USE_OBJTOOL=y
	CONFIG_RETHUNK= CONFIG_MITIGATION_RETHUNK= CONFIG_SLS= CONFIG_UBSAN_BOUNDS_STRICT=
	"KCFLAGS=-Wno-unknown-warning-option -Wno-address-of-packed-member -Wno-duplicate-decl-specifier")

release_name()
{
	# shellcheck disable=SC2154 # tests/lib.sh has it
	echo "$1 $(cat "$cache/kernels/$1/release")"
}

# check_builds NAME - each compiler, and sparse
check_builds()
{
	local on
	on="on $(release_name "$1")"
	check "gcc has no warning at W=1 $on" module_build "$1" W=1
	check "clang has no warning at W=1 $on" module_build "$1" W=1 "${clang[@]}"
	check "sparse has no warning $on" module_build "$1" C=2
}
