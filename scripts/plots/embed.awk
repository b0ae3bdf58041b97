# The gnuplot files as C, in the order in which they are given.

# As a C string: the text is UTF-8, a tab is its only control.
function quoted(text)
{
	gsub(/\\/, "&&", text)
	gsub(/"/, "\\\"", text)
	gsub(/\t/, "\\t", text)
	return "\"" text "\\n\""
}

BEGIN {
	print "/* Written by scripts/plots/embed.awk. */"
	print "#include \"analyzer/report/gnuplot.h\""
	print "\nconst struct gnuplot_file gnuplot_files[] = {"
}

FNR == 1 {
	if (NR > 1)
		print "\t},"
	name = FILENAME
	sub(/.*\//, "", name)
	print "\t{ \"" name "\","
}

{ print "\t    " quoted($0) }

END { print "\t},\n\t{ NULL, NULL },\n};" }
