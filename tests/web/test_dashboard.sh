#!/bin/sh
# The dashboard in Chromium.  What drives it comes by npm, by the hashes of the
# lock file, into the build folder.
# shellcheck disable=SC2154,SC2317 # top_srcdir, top_builddir; skip
skip()
{
	echo "1..0 # SKIP $1"
	exit 0
}

case ${PCAPSTAT_NO_PEERS-0} in
''|0) ;;
*) skip "PCAPSTAT_NO_PEERS is set: no browser is asked" ;;
esac
"$PCAPSTAT" dashboard --help >/dev/null 2>&1 ||
    skip "this pcapstat has no dashboard"
for program in node npm chromium; do
	command -v "$program" >/dev/null 2>&1 ||
	    skip "$program is missing (Debian: nodejs, npm, chromium)"
done

from=$top_srcdir/tests/web
modules=$top_builddir/tests/web/modules
if ! cmp -s "$from/package-lock.json" "$modules/package-lock.json"; then
	rm -rf "$modules"
	mkdir -p "$modules"
	cp "$from/package.json" "$from/.npmrc" "$modules/"
	cp "$from/package-lock.json" "$modules/"
	(cd "$modules" && npm ci --ignore-scripts >npm.log 2>&1) || {
		sed 's/^/# /' "$modules/npm.log"
		rm -rf "$modules"
		skip "npm could not fetch playwright-core and axe-core"
	}
fi

# Its own folder for what the browser and the test leave.
TMPDIR=$(mktemp -d) || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 1' HUP INT TERM
WEB_MODULES=$modules CHROMIUM=$(command -v chromium) \
    node "$from/test_dashboard.mjs"
