# SPDX-License-Identifier: GPL-2.0
# Makes the command's table of knobs from the module's own: module/node.h, module/knobs.c

/^#define NODE_WORKERS_MAX/

/^(KNOB|MODULE_PARM_DESC)\(/ { statement = "" }
{ statement = statement " " $0 }
/\);$/ && statement ~ /^ KNOB\(/ {
	gsub(/^ KNOB\(|\);$|[ \t]+/, "", statement)
	split(statement, part, ",")
	values[part[1]] = part[2] ", " part[3] ", " part[4]
}
/\);$/ && statement ~ /^ MODULE_PARM_DESC\(/ {
	gsub(/^ MODULE_PARM_DESC\(|\);$/, "", statement)
	name = statement
	sub(/,.*/, "", name)
	sub(/[^,]*,[ \t]*/, "", statement)
	order[++nr] = name
	summary[name] = statement
}
END {
	if (!nr)
		exit 1
	print "static const struct knob knobs[] = {"
	for (i = 1; i <= nr; i++) {
		name = order[i]
		# a knob without limits is no number but a list of CPUs
		if (name in values)
			printf "\t{ \"%s\", %s, true, %s },\n", name, summary[name], values[name]
		else
			printf "\t{ \"%s\", %s, false, 0, 0, 0 },\n", name, summary[name]
	}
	print "};"
}
