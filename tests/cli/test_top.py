"""--top N --by COLUMN gives the rows that sorting all of them does: of every
table that has it, by some columns drawn at random."""
import csv
import io
import os
import random
import subprocess
import sys
from decimal import Decimal

PROGRAM = os.environ["PCAPSTAT"]
SAMPLES = os.path.join(os.environ["top_srcdir"], "pcap_files")
SEED = int(os.environ.get("PCAPSTAT_TEST_SEED", "20240229"))
SECONDS = 60
COLUMNS = 4     # a table
TABLES = {
    "packets": ["packets"],
    "flows": ["flows"],
    "flows-cic": ["flows", "--features", "cic"],
    "tcp": ["tcp"],
    "tcp-segments": ["tcp", "--segments"],
    "tcp-handshakes": ["tcp", "--handshakes"],
    "udp": ["udp"],
    "udp-conversations": ["udp", "--conversations"],
    "protocols": ["protocols"],
    "timeline": ["timeline"],
    "gaps": ["gaps"],
    "sizes": ["sizes"],
}

number = 0
failed = False


def check(good, what, *said):
    global number, failed
    number += 1
    print("%s %d - %s" % ("ok" if good else "not ok", number, what))
    if not good:
        failed = True
        for line in said:
            print("# %s" % (line,))


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments, "--format", "csv"],
                          capture_output=True, timeout=SECONDS,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 0, (arguments, done.stderr)
    return list(csv.reader(io.StringIO(done.stdout.decode())))


def numbers(table):
    """The columns that hold numbers."""
    return [name for name, kind in run(
        "schema", "--columns", "name,type", table)[1:]
            if kind not in ("text", "address")]


def largest(rows, file, column, n):
    """Of each capture; a stable sort, what is undefined behind all others."""
    files = {}
    for row in rows:
        files.setdefault(row[file], []).append(row)
    found = []
    for table in files.values():
        found += sorted(table, key=lambda row: (
            row[column] == "",
            -Decimal(row[column]) if row[column] else 0))[:n]
    return found


def check_table(table, words, draw):
    names = numbers(table)
    every = [name for (name,) in run("schema", "--columns", "name",
                                     table)[1:]]
    full = run(*words, "-q", SAMPLES, "--columns", ",".join(every))[1:]
    for name in draw.sample(names, min(COLUMNS, len(names))):
        n = draw.randrange(1, 30)
        best = largest(full, every.index("file"), every.index(name), n)
        top = run(*words, "-q", "-j", str(draw.randrange(1, 4)), "--top",
                  str(n), "--by", name, "--columns", ",".join(every),
                  SAMPLES)[1:]
        check(top == best, "%s: the %d largest by %s" % (table, n, name))
        # What is ordered by need not be written.
        others = [i for i in range(len(every)) if every[i] != name][:6]
        part = run(*words, "-q", "--top", str(n), "--by", name, "--columns",
                   ",".join(every[i] for i in others), SAMPLES)[1:]
        check(part == [[row[i] for i in others] for row in best],
              "%s: the same by %s where it is not written" % (table, name))


def main():
    print("# PCAPSTAT_TEST_SEED=%d" % SEED)
    draw = random.Random(SEED)
    for table, words in TABLES.items():
        check_table(table, words, draw)
    print("1..%d" % number)
    sys.exit(failed)


main()
