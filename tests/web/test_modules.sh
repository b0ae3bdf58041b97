#!/bin/sh
# The page's modules that need no browser.
# shellcheck disable=SC2154 # top_srcdir
if ! command -v node >/dev/null 2>&1; then
	echo "1..0 # SKIP node is missing (Debian: nodejs)"
	exit 0
fi
exec node "$top_srcdir/tests/web/test_modules.mjs"
