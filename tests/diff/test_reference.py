"""pcapstat against reference.csv, the facts that other tools found.

Integers have to be equal, times within 1e-9 (relative; the reference holds
binary fractions).  What differs stands in differences.csv with its reason.
The files of malformed/ also end in good order: see check_malformed().
"""
import csv
import os
import re
from fractions import Fraction

import common

# Our summary column, the reference's.
INTEGERS = [
    ("packets_total", "packets"),
    ("frame_bytes_total", "frame_bytes"),
    ("cap_bytes_total", "captured_bytes"),
    ("packets_ipv4", "ipv4"),
    ("packets_ipv6", "ipv6"),
    ("packets_tcp", "ip_tcp"),
    ("packets_udp", "ip_udp"),
    ("first_time_ns", "first_ns"),
    ("last_time_ns", "last_ns"),
    ("backward_steps", "backwards"),
    ("no_time", "no_time"),
    ("packets_out", "local_n"),
    ("packets_in", "other_n"),
    ("frame_bytes_out", "local_bytes"),
    ("frame_bytes_in", "other_bytes"),
]

CLASSES = [("all", "all"), ("out", "local"), ("in", "other")]
STATISTICS = [("mean", "mean"), ("median", "median"), ("std", "std_pop"),
              ("std_sample", "std_sample"), ("min", "min"), ("max", "max")]
SECONDS = [("time_%s_%s" % (ours, statistic), "%s_iat_%s_s" % (theirs, name))
           for ours, theirs in CLASSES for statistic, name in STATISTICS
           if (ours, statistic) not in (("all", "min"), ("all", "max"))]

# What the rows of `packets` add up to.
COUNTED = ["ip_tcp_hdr", "ip_udp_hdr", "syn", "syn_ack", "tcp_tuples",
           "udp_tuples"]

ACCOUNT = re.compile(r"(\d+) packets?: (\d+) in, (\d+) out, (\d+) other; "
                     r"(\d+) skipped, (\d+) filtered")
MALFORMED_SECONDS = 2


def integers_differ(ours, theirs):
    """An empty cell of the reference is a count that its tool never made."""
    if theirs == "":
        return ours not in (None, 0)
    return str(ours) != theirs


def seconds_differ(ours, theirs):
    if theirs == "" or ours is None:
        return (theirs == "") != (ours is None)
    x, y = Fraction(ours), Fraction(theirs)
    return abs(x - y) > max(abs(y) / 10**9, Fraction(1, 10**12))


def count_rows(rows):
    """The reference's counts, from the rows of a capture."""
    count = dict.fromkeys(COUNTED, 0)
    tuples = {"tcp": set(), "udp": set()}
    for row in rows:
        protocol = row["protocol"]
        if row["src_port"] == "" or protocol not in tuples:
            continue
        ends = ((row["Source_IP"], row["src_port"]),
                (row["Destination_IP"], row["dst_port"]))
        count["ip_%s_hdr" % protocol] += 1
        tuples[protocol].add(frozenset(ends))
        flags = row["tcp_flags"].split(",")
        count["syn"] += "SYN" in flags and "ACK" not in flags
        count["syn_ack"] += "SYN" in flags and "ACK" in flags
    count["tcp_tuples"] = len(tuples["tcp"])
    count["udp_tuples"] = len(tuples["udp"])
    return count


def compare(row, counted, fact):
    found = {}
    for ours, theirs in INTEGERS:
        if integers_differ(row[ours], fact[theirs]):
            found[ours] = (row[ours], fact[theirs])
    for ours, theirs in SECONDS:
        if seconds_differ(row[ours], fact[theirs]):
            found[ours] = (row[ours], fact[theirs])
    for name in COUNTED:
        if integers_differ(counted[name], fact[name]):
            found[name] = (counted[name], fact[name])
    return found


def check_malformed(path, run, row):
    """Lines of what is wrong with how the reading of a bad file ended."""
    lines = []
    if run.status not in (0, 1, 3):
        lines.append("status %s" % run.status)
    account = ACCOUNT.fullmatch(run.err.rstrip("\n").split("\n")[-1])
    if account is None:
        return lines + ["no accounting line", run.err]
    records, *parts = map(int, account.groups())
    if records != sum(parts) or records != (row["packets_total"] or 0):
        lines.append("%s, but packets_total is %s" %
                     (account.group(), row["packets_total"]))
    said = [line for line in run.err.splitlines() if path in line]
    if row["status"] in ("cut", "damaged", "unreadable") and \
            not any(re.search(r"\boffset \d+\b", line) for line in said):
        lines.append("no line names file and offset: " + run.err)
    if run.status in (1, 3) and not said:
        lines.append("no line names the file: " + run.err)
    if (run.status == 0) != (row["status"] == "ok"):
        lines.append("status %s, but the row says %s" %
                     (run.status, row["status"]))
    return lines


def main():
    folder = common.captures()
    tap = common.Tap()
    differences = common.Differences("differences.csv")
    with open(os.path.join(folder, "reference.csv"), newline="") as file:
        facts = list(csv.DictReader(file))

    def measure(fact):
        path = fact["path"]
        limit = MALFORMED_SECONDS if path.startswith("malformed/") else \
            common.SECONDS
        return (common.Run(["summary", "--format", "json", path], folder,
                           limit),
                common.Run(["packets", "--format", "csv", path], folder,
                           limit))

    for fact, (summary, packets) in zip(facts, common.in_parallel(measure,
                                                                  facts)):
        path = fact["path"]
        if summary.timed_out or packets.timed_out:
            tap.check(False, path, ["took too long"])
            continue
        row, = summary.json_rows()
        if row["packets_total"] is None:
            found = {} if fact["packets"] == "0" else \
                {"packets_total": ("refused", fact["packets"])}
        else:
            found = compare(row, count_rows(packets.csv_rows()), fact)
        lines = differences.judge(path, found)
        tap.check(not lines, path, lines)
        if path.startswith("malformed/"):
            lines = check_malformed(path, summary, row)
            tap.check(not lines, path + " ends in good order", lines)
    differences.check_unused(tap)
    tap.end()


main()
