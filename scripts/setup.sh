# shellcheck shell=sh disable=SC2034 # its users use the variables
# What quickstart, check and .ci/run share: installing, configuring, building.
# Sourced by scripts one folder below the root.
#
# BUILD_DIR names the build folder (below the root), JOBS how many compilers run
# at a time, and TEST_JOBS how many tests (as many).

set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
build=${BUILD_DIR:-build}
jobs=${JOBS:-$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)}
cd "$root"

build_packages='gcc libc6-dev make autoconf automake pkg-config libpcap-dev
    zlib1g-dev libzstd-dev liblz4-dev liblzma-dev libsqlite3-dev
    libjansson-dev libevent-dev libssl-dev libprotobuf-c-dev
    protobuf-c-compiler libedit-dev libnet1-dev'
# npm may have come with Node.js, outside the system's packages.
command -v npm >/dev/null 2>&1 || build_packages="$build_packages npm"
test_packages='check mandoc gnuplot-nox tshark tcpdump python3 sqlite3 clang
    libclang-rt-dev gzip zstd lz4 xz-utils jq openssl tmux valgrind
    iproute2 xxd protobuf-compiler chromium python3-sklearn'

say()
{
	printf '==> %s\n' "$*"
}

die()
{
	printf '%s: %s\n' "$0" "$*" >&2
	exit 1
}

have()
{
	command -v "$1" >/dev/null 2>&1
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# No package asks a question (tshark would), and one apt-get waits for another.
apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive \
	    apt-get -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

is_installed()
{
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null |
	    grep -qx installed
}

# Prints those of the packages that are not installed.
missing_of()
{
	for package; do
		is_installed "$package" || printf ' %s' "$package"
	done
}

# Installs what is missing of the packages named.  Where that cannot be done it
# says so and goes on: the tools may be there under other names, and configure
# says what it cannot do without.
install_missing()
{
	if ! have apt-get || ! have dpkg-query; then
		say "This is no Debian, so nothing is installed. Needed are:"
		echo "    a C11 compiler, make, autoconf, automake, pkg-config;" \
		    "libpcap, zlib, zstd, lz4, xz (lzma), SQLite, jansson," \
		    "libevent, OpenSSL, protobuf-c, libedit, libnet, each with" \
		    "headers; npm."
		echo "    For the tests: Check, mandoc, gnuplot, tshark," \
		    "tcpdump, python3, sqlite3, clang, gzip, zstd, lz4, xz, jq," \
		    "openssl, xxd, tmux, valgrind, iproute2," \
		    "protoc, Chromium, scikit-learn."
		return 0
	fi
	missing=$(missing_of "$@")
	if [ -z "$missing" ]; then
		say "All packages are installed."
		return 0
	fi
	if [ "$(id -u)" != 0 ] && ! have sudo; then
		say "Not installed, which an administrator can change by"
		echo "    apt-get install$missing"
		return 0
	fi
	mkdir -p "$build"
	log=$build/install.log
	say "Installing (apt-get's words go to $log)$missing"
	apt_get update >"$log" 2>&1 || say "The list of packages may be old."
	# shellcheck disable=SC2086 # one word a package
	apt_get -y --no-install-recommends install $missing >>"$log" 2>&1 || {
		tail -n 5 "$log" >&2
		say "Not all was installed; going on with what is there."
	}
}

# Nothing here names a library: configure does, and knows the alternatives.
need_tools()
{
	for tool in make autoreconf automake pkg-config; do
		have "$tool" || die "$tool is missing"
	done
	have "${CC:-cc}" || have gcc || have clang || die "no C compiler"
}

case $root in
*[[:space:]]*) die "make knows no path with a space in it: move $root" ;;
esac

# inside FOLDER COMMAND...
inside()
(
	cd "$1"
	shift
	exec "$@"
)

# Runs a command with its output in a file, whose end is shown when it fails.
quietly()
{
	log=$1
	shift
	"$@" >"$log" 2>&1 </dev/null || {
		tail -n 20 "$log" >&2
		die "that failed; all of its output is in $log"
	}
}

# configure_build FOLDER [OPTION]...: always anew, since a library may have been
# installed since the last time; what has not changed is not compiled again.
configure_build()
{
	folder=$1
	shift
	need_tools
	mkdir -p "$folder"
	if ! [ -x configure ] || ! [ -f Makefile.in ] ||
	    ! [ -f config.h.in ] || ! [ -f build-aux/tap-driver.sh ]; then
		say "Making ./configure"
		quietly "$folder/autogen.log" ./autogen.sh
	fi
	say "Configuring in $folder"
	quietly "$folder/configure.log" inside "$folder" "$root/configure" "$@"
	# Objects made with other options (sanitizers, say) do not mix.
	if [ -f "$folder/configure.options" ] &&
	    [ "$(cat "$folder/configure.options")" != "$*" ]; then
		make -s -C "$folder" clean
	fi
	printf '%s\n' "$*" >"$folder/configure.options"
	# The summary at its end.
	sed '1,/^configure:$/d' "$folder/configure.log"
}

# compile FOLDER [TARGET]...
compile()
{
	folder=$1
	shift
	say "Compiling in $folder"
	make -s -C "$folder" -j"$jobs" "$@"
}
