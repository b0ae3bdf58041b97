# The shipped scenarios as C, from their files in the order of their names.

# As a C string: the text is UTF-8, a tab is its only control.
function quoted(text)
{
	gsub(/\\/, "&&", text)
	gsub(/"/, "\\\"", text)
	gsub(/\t/, "\\t", text)
	sub(/\r$/, "", text)
	return "\"" text "\\n\""
}

function close_text()
{
	if (name != "")
		print "\t    ;"
}

function fail(what)
{
	print "embed.awk: " what | "cat >&2"
	failed = 1
	exit 1
}

BEGIN {
	print "/* Written by traffic/scenarios/embed.awk. */"
	print "#include \"traffic/scenario/scenario.h\""
}

FNR == 1 {
	close_text()
	before = name
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.scenario$/, "", name)
	if (before != "" && name <= before)
		fail(name " stands behind " before ": the list is not sorted")
	names[++count] = name
	printf "\nstatic const char text_%d[] =\n", count
}

{ print "\t    " quoted($0) }

END {
	if (failed)
		exit 1
	close_text()
	print "\nconst struct shipped_scenario shipped_scenarios[] = {"
	for (i = 1; i <= count; i++)
		printf "\t{ \"%s\", text_%d, sizeof(text_%d) - 1 },\n", \
		    names[i], i, i
	print "\t{ NULL, NULL, 0 },\n};"
}
