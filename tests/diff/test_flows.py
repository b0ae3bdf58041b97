"""pcapstat flows against tshark's conversations, and against pcapstat summary.

tshark -z conv,tcp and conv,udp: packets and frame bytes of each direction of
each pair of addresses and ports.  Our incarnations, parts and VLANs of one pair
are added up, for tshark knows none of them in these tables.  It shows kB and MB
with the rest cut off, so ours are cut likewise.

Every packet that summary counts is in one flow, or in none for one reason.
"""
import collections
import os
import re

import common
import dissect

UNITS = {"bytes": 1, "kB": 10 ** 3, "MB": 10 ** 6, "GB": 10 ** 9}
COLUMNS = ("protocol,a_ip,a_port,b_ip,b_port,a_packets,b_packets,"
           "a_frame_bytes,b_frame_bytes")
ACCOUNT = re.compile(r"^(\d+) packets? in (\d+) flows?, (\d+) in none"
                     r"(?: \((\d+) not IP, (\d+) without addresses, (\d+) "
                     r"later fragments without a first\))?$", re.M)


def end_of(text):
    """ADDRESS:PORT, the address of version 6 without brackets."""
    address, port = text.rsplit(":", 1)
    return address, port


def tshark(path):
    """{protocol: {(from, to): [packets, [(bytes, unit)...]]}}"""
    found = {"tcp": {}, "udp": {}}
    protocol = None
    for line in dissect.conversations(path):
        word = line.split(" ", 1)[0]
        if line.endswith(" Conversations"):
            protocol = word.lower()
        if " <-> " not in line:
            continue
        left, right, rest = re.match(r"(\S+) +<-> (\S+) +(.*)",
                                     line).groups()
        cells = re.findall(r"(\d+) +(-?\d+) (bytes|[kMG]B)", rest)
        a, b = end_of(left), end_of(right)
        for ends, (packets, size, unit) in (((b, a), cells[0]),
                                            ((a, b), cells[1])):
            entry = found[protocol].setdefault(ends, [0, []])
            entry[0] += int(packets)
            entry[1].append((int(size), unit))
    return found


def ours(rows):
    """The same with exact bytes, which parts that tshark cuts add up to."""
    found = {"tcp": {}, "udp": {}}
    for row in rows:
        if row["protocol"] not in found or not row["a_port"]:
            continue
        a = (row["a_ip"], row["a_port"])
        b = (row["b_ip"], row["b_port"])
        for ends, side in (((a, b), "a"), ((b, a), "b")):
            entry = found[row["protocol"]].setdefault(ends, [0, 0])
            entry[0] += int(row[side + "_packets"])
            entry[1] += int(row[side + "_frame_bytes"])
    return found


def bytes_fit(exact, cut):
    """Are the exact bytes what these cut-off numbers may have been?"""
    least = sum(size * UNITS[unit] for size, unit in cut)
    most = least + sum(UNITS[unit] - 1 for size, unit in cut)
    return least <= exact <= most


def differing(mine, theirs):
    lines = []
    for ends in sorted(set(mine) | set(theirs)):
        packets, exact = mine.get(ends, (0, 0))
        want, cut = theirs.get(ends, (0, []))
        if packets != want or not bytes_fit(exact, cut):
            lines.append("%s to %s: %d packets, %d bytes; tshark %d, %s" % (
                ":".join(ends[0]), ":".join(ends[1]), packets, exact, want,
                " + ".join("%d %s" % piece for piece in cut)))
    return lines


def account(run, rows, total):
    """Lines of what does not add up."""
    match = ACCOUNT.search(run.err)
    if match is None:
        return [] if total == 0 else ["no account of flows: " + run.err]
    inside, flows, outside, *reasons = (int(n or 0) for n in match.groups())
    in_rows = sum(int(row["a_packets"]) + int(row["b_packets"])
                  for row in rows)
    lines = []
    if in_rows != inside or len(rows) != flows:
        lines.append("%d packets in %d rows, accounted %d in %d" %
                     (in_rows, len(rows), inside, flows))
    if sum(reasons) != outside or inside + outside != total:
        lines.append("%d in flows, %d in none for %r, %d in all" %
                     (inside, outside, reasons, total))
    return lines


Measured = collections.namedtuple("Measured", "rows account theirs")


def measure(root, path):
    run = common.Run(["flows", "--format", "csv", "--columns", COLUMNS, path],
                     root)
    summary = common.Run(["summary", "-q", "--format", "csv", "--columns",
                          "packets_total", path], root)
    totals = [int(row["packets_total"] or 0) for row in summary.csv_rows()]
    rows = run.csv_rows()
    return Measured(rows, account(run, rows, sum(totals)),
                    tshark(os.path.join(root, path)))


def main():
    common.need_peers("tshark")
    root = common.captures()
    files = common.captures_below(root)
    tap = common.Tap()
    differences = common.Differences("differences-flows.csv")
    results = common.in_parallel(lambda path: measure(root, path), files)
    for path, result in zip(files, results):
        tap.check(not result.account, path + ": every packet is accounted "
                  "for", result.account)
        mine = ours(result.rows)
        lines = {protocol: differing(mine[protocol],
                                     result.theirs[protocol])
                 for protocol in mine}
        found = {protocol: (len(lines[protocol]), 0)
                 for protocol in lines if lines[protocol]}
        faults = differences.judge(path, found)
        tap.check(not faults, path + ": conversations", faults +
                  [line for protocol in lines for line in
                   lines[protocol][:5]])
    differences.check_unused(tap)
    tap.end()


main()
