#!/bin/sh
# Makes ./configure and the Makefile templates of a fresh clone.
set -e
cd "$(dirname "$0")"
exec autoreconf --force --install
