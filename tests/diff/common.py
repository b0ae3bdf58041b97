"""What the comparisons share: running pcapstat, TAP, lists of differences.

PCAPSTAT names the program and PCAPSTAT_CAPTURES the folder of real captures;
without the latter a test that needs them is skipped.  PCAPSTAT_NO_PEERS=1 skips
what other programs are needed for: a run of ours under sanitizers need not
compare again what a plain one has compared.
"""
import csv
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("PCAPSTAT", "pcapstat")
AT_ONCE = 2
SECONDS = 20  # no run is near it; a hang ends here

csv.field_size_limit(1 << 30)


def skip(reason):
    print("1..0 # SKIP " + reason)
    sys.exit(0)


def need_peers(*programs):
    """The end of this test where one of the programs is not to be had."""
    if os.environ.get("PCAPSTAT_NO_PEERS", "0") not in ("", "0"):
        skip("PCAPSTAT_NO_PEERS is set: nothing is held against " +
             " and ".join(programs))
    for program in programs:
        if shutil.which(program) is None:
            skip("%s is not there (Debian: %s)" % (program, program))


def captures():
    """The folder of real captures, or the end of this test."""
    folder = os.environ.get("PCAPSTAT_CAPTURES")
    if not folder:
        skip("PCAPSTAT_CAPTURES names no folder of captures")
    if not os.path.isdir(folder):
        print("Bail out! PCAPSTAT_CAPTURES: %s is no folder" % folder)
        sys.exit(1)
    return folder


def captures_below(folder):
    """Paths below the folder of what is named like a capture, in order."""
    return sorted(
        os.path.relpath(os.path.join(root, name), folder)
        for root, _, names in os.walk(folder) for name in names
        if ".pcap" in name or ".cap" in name or ".trace" in name)


class Tap:
    """Counts and prints; diagnostics follow a test that fails."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def check(self, good, what, faults=()):
        self.number += 1
        print("%s %d - %s" % ("ok" if good else "not ok", self.number, what))
        if not good:
            self.failed += 1
            for line in faults:
                print("# " + str(line))
        sys.stdout.flush()

    def end(self):
        print("1..%d" % self.number)
        sys.exit(1 if self.failed else 0)


class Run:
    """One run of pcapstat, ended where it takes too long.

    cpu_seconds bounds the processor's time, which does not depend on what else
    the machine does.
    """

    def __init__(self, arguments, folder, cpu_seconds=SECONDS):
        command = ["sh", "-c", 'ulimit -t "$0" && exec "$@"',
                   str(cpu_seconds), PROGRAM] + arguments
        self.timed_out = False
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True,
                                  stdin=subprocess.DEVNULL, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            self.timed_out = True
            self.status, self.out, self.err = None, "", ""
            return
        self.status = done.returncode
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def json_rows(self):
        """Rows of --format json; fractions stay text, so nothing is lost."""
        return json.loads(self.out, parse_float=str)["rows"]

    def csv_rows(self):
        return list(csv.DictReader(self.out.splitlines()))


def in_parallel(function, items):
    """Results in the order of the items."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(function, items))


class Differences:
    """A list of known differences: path, columns (a space between), reason.

    What differs and is not listed fails; what is listed and does not differ
    fails as well, so that the list says what is true.
    """

    def __init__(self, name):
        self.name = name
        self.known = {}
        with open(os.path.join(HERE, name), newline="") as file:
            for row in csv.DictReader(file):
                assert row["reason"].strip(), row
                columns = self.known.setdefault(row["path"], set())
                columns.update(row["columns"].split())
        self.unused = dict(self.known)

    def judge(self, path, found):
        """found: {column: (ours, theirs)}.  Lines of what is wrong."""
        known = self.known.get(path, set())
        self.unused.pop(path, None)
        lines = ["%s: %s, expected %s" % (column, *found[column])
                 for column in sorted(found) if column not in known]
        lines += ["%s: listed in %s, but equal" % (column, self.name)
                  for column in sorted(known - set(found))]
        return lines

    def check_unused(self, tap):
        tap.check(not self.unused, "%s lists nothing unknown" % self.name,
                  sorted(self.unused))
