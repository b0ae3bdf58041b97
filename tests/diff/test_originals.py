"""pcapstat batch --packets against what the original program wrote.

By column name and value: counts, bytes and the packets' rows exactly, times
within half of our last digit (10^-12 s).  What differs stands in
differences-originals.csv with its reason; there "NAME_out.csv@TIME" is the
packet of that time.
"""
import csv
import os
import tempfile
from decimal import Decimal

import common

# Folders of captures and of what the original wrote for them.
FOLDERS = [("toolkit", "toolkit-read_pcap-output"),
           ("read_pcap-edge", "read_pcap-edge")]

HALF_DIGIT = Decimal("0.5e-12")


def read_csv(path):
    """Column names and rows; the original's empty table is a newline."""
    with open(path, newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    header = rows[0] if rows else []
    return header, [dict(zip(header, row)) for row in rows[1:]]


def number(text):
    return Decimal(text) if text != "" else None


def differ(column, ours, theirs):
    if column.startswith("time_"):
        x, y = number(ours), number(theirs)
        if x is None or y is None:
            return x is not y
        return abs(x - y) > HALF_DIGIT
    if column in ("Source_IP", "Destination_IP", "file"):
        return ours != theirs
    return number(ours) != number(theirs)


def compare(ours, theirs):
    return {column: (ours.get(column, "no such column"), theirs[column])
            for column in theirs
            if column not in ours or differ(column, ours[column],
                                            theirs[column])}


def compare_summaries(tap, differences, folder, ours, theirs):
    header, rows = read_csv(ours)
    wanted_header, wanted = read_csv(theirs)
    tap.check(header[:len(wanted_header)] == wanted_header,
              folder + "/out.csv begins with the original's columns")
    by_file = {row["file"]: row for row in rows}
    tap.check(sorted(by_file) == sorted(row["file"] for row in wanted),
              folder + "/out.csv has the original's captures")
    for row in wanted:
        path = folder + "/" + row["file"]
        lines = differences.judge(path, compare(by_file[row["file"]], row))
        tap.check(not lines, path, lines)


def by_time(rows):
    """Rows by time, those of one time numbered, so that a row that only one of
    the two has does not shift the others."""
    seen, keyed = {}, {}
    for row in rows:
        time = Decimal(row["time"])
        seen[time] = seen.get(time, 0) + 1
        keyed[time, seen[time]] = row
    return keyed


def compare_packets(tap, differences, name, ours, theirs):
    """One check a file; a packet that only one of the two has differs in the
    column `row`."""
    header, rows = read_csv(ours)
    wanted_header, wanted = read_csv(theirs)
    lines = [] if header[:len(wanted_header)] == wanted_header else [header]
    rows, wanted = by_time(rows), by_time(wanted)
    for key in sorted(set(rows) | set(wanted)):
        if key in rows and key in wanted:
            found = compare(rows[key], wanted[key])
        else:
            found = {"row": ("there" if key in rows else "missing",
                             "there" if key in wanted else "missing")}
        path = "%s@%s" % (name, key[0])
        lines += ["%s: %s" % (path, line)
                  for line in differences.judge(path, found)]
    tap.check(not lines, "%s, %d packets" % (name, len(wanted)), lines[:20])


def main():
    originals = os.path.join(common.captures(), "originals")
    if not os.path.isdir(originals):
        common.skip(originals + " is not there")
    tap = common.Tap()
    differences = common.Differences("differences-originals.csv")
    with tempfile.TemporaryDirectory() as scratch:
        for folder, written in FOLDERS:
            theirs = os.path.join(originals, written)
            ours = os.path.join(scratch, folder)
            run = common.Run(["batch", "--packets", "-O", ours, folder],
                             originals)
            tap.check(run.status == 0, folder + " is read", [run.err])
            compare_summaries(tap, differences, folder,
                              os.path.join(ours, "out.csv"),
                              os.path.join(theirs, "out.csv"))
            for name in sorted(os.listdir(theirs)):
                if name.endswith("_out.csv"):
                    compare_packets(tap, differences, folder + "/" + name,
                                    os.path.join(ours, name),
                                    os.path.join(theirs, name))
    differences.check_unused(tap)
    tap.end()


main()
