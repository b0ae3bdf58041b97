#!/usr/bin/env python3
"""pcapstat timeline against buckets reckoned from tshark's times and lengths, on
all real captures.

What differs is in differences-timeline.csv.
"""
import os
from collections import Counter

import common
import dissect

INTERVALS = {"100ms": 10**8, "7s": 7 * 10**9, "1d": 86400 * 10**9}
COLUMNS = ["packets_total", "frame_bytes_total", "cap_bytes_total"]
EMPTY_RUN = 10000


def tshark(path):
    """(time, length, stored) of each packet; None where it reads nothing."""
    rows = dissect.packets(path)
    return rows if rows is None else \
        [(nanoseconds(row["frame.time_epoch"]), int(row["frame.len"]),
          int(row["frame.cap_len"])) for row in rows]


def nanoseconds(text):
    """Epoch seconds exactly; None: no time."""
    if text == "":
        return None
    whole, _, fraction = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    return int(whole) * 10**9 + sign * int((fraction + "0" * 9)[:9])


def buckets(packets, width):
    """{start: [packets, bytes, stored bytes]}"""
    sums = [Counter(), Counter(), Counter()]
    for time, length, stored in packets:
        start = None if time is None else time // width * width
        for counter, amount in zip(sums, (1, length, stored)):
            counter[start] += amount
    return {start: [counter[start] for counter in sums]
            for start in sums[0]}


def read_rows(rows):
    """The same of our rows, and what is wrong with their order."""
    found, faults, last = {}, [], None
    for row in rows:
        text = row["bucket_start_ns"]
        start = None if text == "" else int(text)
        values = [int(row[column]) for column in COLUMNS]
        if None in found:
            faults.append("a row behind that without a start")
        elif start is not None and last is not None and start <= last:
            faults.append("%d is not behind %d" % (start, last))
        last = start
        found[start] = values
    return found, faults


def without_gaps(found, wanted, width):
    """Empty buckets stand where they are promised, and nowhere else."""
    starts = sorted(start for start in wanted if start is not None)
    promised = set(starts)
    for left, right in zip(starts, starts[1:]):
        promised.update(range(left, min(right, left + width *
                                        (EMPTY_RUN + 1)), width))
    return {start for start in found if start is not None} == promised


def differing(run, packets, width):
    wanted = buckets(packets, width)
    found, faults = read_rows(run.csv_rows())
    pairs = {"order": (fault, "ascending") for fault in faults[:1]}
    if not without_gaps(found, wanted, width):
        pairs["empty"] = ("other buckets", "those between two with packets")
    for start in sorted(set(found) | set(wanted), key=lambda s: s or 0):
        mine = found.get(start, [0, 0, 0])
        theirs = wanted.get(start, [0, 0, 0])
        for column, ours, other in zip(COLUMNS, mine, theirs):
            if ours != other and column not in pairs:
                pairs[column] = ("%d in %s" % (ours, start), other)
    return pairs


def main():
    common.need_peers("tshark")
    folder = common.captures()
    differences = common.Differences("differences-timeline.csv")

    def measure(path):
        runs = {text: common.Run(["timeline", "-q", "--format", "csv",
                                  "--interval", text, path], folder)
                for text in INTERVALS}
        return runs, tshark(os.path.join(folder, path))

    tap = common.Tap()
    paths = common.captures_below(folder)
    for path, (runs, packets) in zip(paths,
                                     common.in_parallel(measure, paths)):
        first = next(iter(runs.values()))
        if packets is None or first.timed_out or first.status == 3:
            differences.unused.pop(path, None)
            tap.check(not first.timed_out, "%s # SKIP one of the two does "
                      "not read it" % path)
            continue
        pairs = {}
        for text, run in runs.items():
            for column, pair in differing(run, packets,
                                          INTERVALS[text]).items():
                pairs.setdefault(column, pair)
        lines = differences.judge(path, pairs)
        tap.check(not lines, path, lines)
    differences.check_unused(tap)
    tap.end()


main()
