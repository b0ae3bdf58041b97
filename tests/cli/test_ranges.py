"""gaps and sizes against a plain count of the rows of packets, and against the
sums of summary and protocols: on the samples, the test captures and a random
capture."""
import csv
import io
import os
import random
import struct
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction

PROGRAM = os.environ["PCAPSTAT"]
ROOT = os.environ["top_srcdir"]
SEED = int(os.environ.get("PCAPSTAT_TEST_SEED", "20240229"))
SECONDS = 60
PACKETS = 4000
DIRECTIONS = ("in", "out", "other", "skipped")

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


def rows(folder, *arguments):
    done = subprocess.run([PROGRAM, *arguments, "-q", "--format", "csv"],
                          cwd=folder, capture_output=True, timeout=SECONDS,
                          stdin=subprocess.DEVNULL)
    assert done.returncode < 2, (arguments, done.stderr)
    return list(csv.DictReader(io.StringIO(done.stdout.decode())))


def by_file(table):
    files = defaultdict(list)
    for row in table:
        files[row["file"]].append(row)
    return files


def gap_range(gap):
    """One value below 16, then a sixteenth of a power of two."""
    shift = max(gap.bit_length() - 5, 0)
    low = gap >> shift << shift
    return low, low + (1 << shift) - 1


def size_range(length):
    if length < 2048:
        return length // 64 * 64, length // 64 * 64 + 63
    shift = length.bit_length() - 4
    low = length >> shift << shift
    return low, low + (1 << shift) - 1


def rounded(n, d):
    """12 decimals, half to even."""
    value = Fraction(n * 10**12, d)
    whole = value.numerator // value.denominator
    rest = value - whole
    whole += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2)
    return Decimal(whole).scaleb(-12)


def gap_rows(packets):
    """What gaps is to say of these packets: (direction, low, high, gaps,
    gaps_up_to, share_up_to); and all gaps, sorted."""
    wanted, sorted_gaps = [], {}
    for direction in ("in", "out", "all"):
        times = [int(Decimal(p["time"]) * 10**9) for p in packets
                 if p["time"] and direction in ("all", p["direction"])]
        gaps = sorted(b - a for a, b in zip(times, times[1:]))
        sorted_gaps[direction] = gaps
        back = [g for g in gaps if g < 0]
        ranges = [((back[0], -1), len(back))] if back else []
        ranges += sorted(Counter(gap_range(g) for g in gaps
                                 if g >= 0).items())
        up_to = 0
        for (low, high), n in ranges:
            up_to += n
            wanted.append((direction, low, high, n, up_to,
                           rounded(up_to, len(gaps))))
    return wanted, sorted_gaps


def as_gap(row):
    return (row["direction"], int(row["gap_low_ns"]), int(row["gap_high_ns"]),
            int(row["gaps"]), int(row["gaps_up_to"]),
            Decimal(row["share_up_to"]))


def first_difference(wanted, found):
    for pair in zip(wanted, found):
        if pair[0] != pair[1]:
            return "%s, not %s" % (pair[1], pair[0])
    return "%d rows, not %d" % (len(found), len(wanted))


def size_rows(packets):
    """Protocols in order of packets; those with as many in any order."""
    protocols = defaultdict(lambda: defaultdict(list))
    for p in packets:
        length = int(p["frame_len"])
        protocols[p["protocol"]][size_range(length)].append(
            (p["direction"], length))
    wanted = []
    for protocol, ranges in protocols.items():
        total = sum(len(r) for r in ranges.values())
        for (low, high), found in sorted(ranges.items()):
            counts = Counter(direction for direction, _ in found)
            wanted.append((-total, protocol, low, high, len(found),
                           *(counts[d] for d in DIRECTIONS),
                           sum(length for _, length in found)))
    return sorted(wanted)


def sizes_found(table):
    totals = Counter()
    for row in table:
        totals[row["protocol"]] += int(row["packets"])
    found = [(-totals[row["protocol"]], row["protocol"],
              *(int(row[c]) for c in (
                  "frame_len_low", "frame_len_high", "packets", "packets_in",
                  "packets_out", "packets_other", "packets_skipped",
                  "frame_bytes"))) for row in table]
    descending = [row[0] for row in found]
    assert descending == sorted(descending), "most packets come first"
    return sorted(found)


def in_range(table, direction, seconds, rank):
    """Does the range of the gap at this rank hold the value?"""
    value = Decimal(seconds) * 10**9
    held = [r for r in table if r["direction"] == direction and
            rank < int(r["gaps_up_to"])]
    return (Decimal(held[0]["gap_low_ns"]) <= value <=
            Decimal(held[0]["gap_high_ns"]))


def check_gaps(name, packets, summary, table):
    wanted, sorted_gaps = gap_rows(packets)
    found = [as_gap(row) for row in table]
    check(found == wanted, "gaps of %s are those of its packets" % name,
          first_difference(wanted, found))
    faults = []
    back = sum(int(r["gaps"]) for r in table
               if r["direction"] == "all" and r["gap_high_ns"] == "-1")
    if back != int(summary["backward_steps"]):
        faults.append("backward steps: %d" % back)
    for direction, gaps in sorted_gaps.items():
        for column, rank in (("min", 0), ("max", len(gaps) - 1)):
            if gaps and direction != "all" and not in_range(
                    table, direction,
                    summary["time_%s_%s" % (direction, column)], rank):
                faults.append("%s of %s" % (column, direction))
        # Of an odd number the median is a gap, and of 100 k + 1 so are p90
        # and p99.
        for column, part in (("median", 50), ("p90", 90), ("p99", 99)):
            cell = summary.get("time_%s_%s" % (direction, column))
            exact = gaps and (len(gaps) - 1) * part % 100 == 0
            if cell and exact and not in_range(
                    table, direction, cell, (len(gaps) - 1) * part // 100):
                faults.append("%s of %s" % (column, direction))
    check(not faults, "gaps of %s have the quantiles of summary" % name,
          *faults)


def check_sizes(name, packets, summaries, protocols, table):
    wanted, found = size_rows(packets), sizes_found(table)
    check(found == wanted, "sizes of %s are those of its packets" % name,
          first_difference(wanted, found))
    columns = {"packets": "packets_total", "packets_in": "packets_in",
               "packets_out": "packets_out", "packets_other": "packets_other",
               "packets_skipped": "packets_skipped",
               "frame_bytes": "frame_bytes_total"}
    faults = []
    for s in summaries:
        mine = [r for r in table if s["protocol"] in ("all", r["protocol"])]
        for column, other in columns.items():
            if sum(int(r[column]) for r in mine) != int(s[other]):
                faults.append("%s of %s" % (column, s["protocol"]))
    roots = [p for p in protocols
             if ":" not in p["path"] and not p["application"]]
    for column in ("packets", "frame_bytes"):
        if sum(int(r[column]) for r in roots) != sum(
                int(r[column]) for r in table):
            faults.append("%s of protocols" % column)
    check(not faults, "sizes of %s sum to summary and protocols" % name,
          *faults)


def frame(draw):
    """Ethernet with ARP, or IPv4 or IPv6 with something in it."""
    kind = draw.randrange(8)
    if kind == 0:
        return b"\2" * 12 + b"\x08\x06" + struct.pack(
            ">HHBBH20s", 1, 0x0800, 6, 4, 1, b"")
    protocol = draw.choice((1, 6, 17, 2, 132, 200))
    payload = bytes(draw.randrange(40, 60))
    local = [192, 168, 1, draw.randrange(1, 4)]
    remote = [203, 0, 113, draw.randrange(1, 9)]
    ends = bytes(local + remote if draw.random() < 0.4 else remote + local)
    if kind == 1:
        return b"\2" * 12 + b"\x86\xdd" + struct.pack(
            ">IHBB", 6 << 28, len(payload), protocol, 64) + bytes(
                range(32)) + payload
    if kind == 2:       # cut before the source address
        return b"\2" * 12 + b"\x08\0E\0"
    return b"\2" * 12 + b"\x08\0" + struct.pack(
        ">BBHHHBBH8s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0,
        ends) + payload


def write_random(path):
    """Nanoseconds; gaps of every magnitude, steps back, lengths of every
    magnitude as far as the format takes them."""
    draw = random.Random(SEED)
    now = 1700000000 * 10**9
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
        for _ in range(PACKETS):
            step = draw.getrandbits(draw.randrange(1, 48))
            now += -step if draw.random() < 0.1 else step
            now = max(0, min(now, 2**32 * 10**9 - 1))
            data = frame(draw)
            length = len(data) + draw.getrandbits(draw.randrange(0, 17))
            file.write(struct.pack("<IIII", now // 10**9, now % 10**9,
                                   len(data), length) + data)


def check_all(folder, *inputs):
    packets = by_file(rows(folder, "packets", *inputs))
    summaries = by_file(rows(folder, "summary", "--by", "protocol", *inputs))
    gaps = by_file(rows(folder, "gaps", *inputs))
    sizes = by_file(rows(folder, "sizes", *inputs))
    protocols = by_file(rows(folder, "protocols", *inputs))
    for name in sorted(summaries):
        if summaries[name][0]["packets_total"] == "":
            continue
        check_gaps(name, packets[name], summaries[name][0], gaps[name])
        check_sizes(name, packets[name], summaries[name], protocols[name],
                    sizes[name])


def main():
    print("# PCAPSTAT_TEST_SEED=%d" % SEED)
    with tempfile.TemporaryDirectory() as folder:
        write_random(os.path.join(folder, "random.pcap"))
        check_all(folder, "random.pcap")
    check_all(ROOT, "pcap_files")
    check_all(ROOT, "tests/captures")
    print("1..%d" % number)
    sys.exit(failed)


main()
