# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Tests that are shell functions, reported as KTAP. Sourced.

patterns=("$@")
exec {progress}>&2
checks=0
failures=0

echo "KTAP version 1"

# wanted SENTENCE - whether the patterns of the command line pick this test
wanted()
{
	local pattern
	[ ${#patterns[@]} -gt 0 ] || return 0
	for pattern in "${patterns[@]}"; do
		[[ $1 != *"$pattern"* ]] || return 0
	done
	return 1
}

# check SENTENCE CMD... - the test holds if CMD succeeds; else its output is shown
check()
{
	local sentence=$1 log status
	shift
	wanted "$sentence" || return 0
	checks=$((checks + 1))
	log=$(mktemp)
	# a subshell outside of any condition: there errexit holds
	set +e
	(set -e; "$@") >"$log" 2>&1 </dev/null
	status=$?
	set -e
	if [ $status = 0 ]; then
		echo "ok $checks - $sentence"
	else
		failures=$((failures + 1))
		echo "not ok $checks - $sentence"
		sed 's/^/# /' "$log"
	fi
	rm -f "$log"
}

# aloud NAME - what a test that takes long has to say of NAME goes to stderr at once
aloud()
{
	sed "s/^/$1: /" >&"$progress"
}

# skip SENTENCE REASON - instead of check, where the test cannot run
skip()
{
	wanted "$1" || return 0
	checks=$((checks + 1))
	echo "ok $checks - $1 # SKIP $2"
}

# finish - the plan; fails if a test did
finish()
{
	echo "1..$checks"
	[ $failures = 0 ]
}
