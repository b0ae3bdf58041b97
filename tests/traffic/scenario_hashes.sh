# shellcheck shell=sh
# What the scripts that look at hashes share.  Sourced.

# scenario_names LABGEN: those that it comes with.
scenario_names()
{
	"$1" list | awk '{ print $1 }'
}

# scenario_hashes LABGEN FOLDER NAME: synthesizes the scenario below the folder
# and prints "HASH  NAME/FILE" for each file of it, sorted by name.
scenario_hashes()
{
	timeout -k 5 120 "$1" synth "$3" -o "$2/$3" >&2 || return 1
	(cd "$2" && LC_ALL=C find "$3" -type f | LC_ALL=C sort |
	    xargs sha256sum)
}
