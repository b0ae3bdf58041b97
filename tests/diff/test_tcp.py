"""pcapstat tcp against tshark, segment by segment, on the real captures.

Compared are flags, numbers (as sent and relative), the connection each segment
belongs to, every verdict of tcp.analysis.*, the initial round-trip time and the
completeness bits.  Where the two differ on purpose, a row of
differences-tcp.csv says so: for one capture, or by a rule, which is a function
of this file that looks at the numbers as sent and says whether the difference
is of that kind.  A row that nothing needs fails, as does a difference without a
row.
"""
import csv
import os
from collections import Counter, defaultdict

import common
import dissect

VERDICTS = {
    "retransmission": "retransmission",
    "fast_retransmission": "fast retransmission",
    "spurious_retransmission": "spurious retransmission",
    "out_of_order": "out of order",
    "lost_segment": "previous segment missing",
    "duplicate_ack": "duplicate ACK",
    "keep_alive": "keep-alive",
    "keep_alive_ack": "keep-alive ACK",
    "zero_window": "zero window",
    "zero_window_probe": "zero window probe",
    "zero_window_probe_ack": "zero window probe ACK",
    "window_update": "window update",
    "window_full": "window full",
    "ack_lost_segment": "acknowledges a segment not seen",
    "reused_ports": "ports reused",
}
COLUMNS = ("number,connection,src_ip,src_port,flags,seq,ack,payload_len,"
           "verdict,reason,seq_rel,ack_rel")
# Nothing is silent for so long that it would be another connection.
OPTIONS = ["--format", "csv", "--quiet", "--idle-timeout", "1000000000"]
FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"]
MODULUS = 1 << 32
LIST = "differences-tcp.csv"


def tshark(path):
    """Rows by frame of what carries TCP in the outermost IP."""
    rows = {}
    for row in dissect.packets(path) or []:
        if dissect.outermost(row)[1] == "tcp" and row["tcp.flags"] != "":
            rows[int(row["frame.number"])] = row
    complete = dissect.completeness(path) if rows else {}
    for row in rows.values():
        row["tcp.completeness"] = complete.get(row["tcp.stream"], "")
    return rows


def distance(a, b):
    """a - b modulo 2^32, signed."""
    return (a - b + MODULUS // 2) % MODULUS - MODULUS // 2


class Side:
    """What one side of a connection was seen to send, by numbers as sent."""

    def __init__(self):
        self.base = None    # numbers below are relative to it, not wrapped
        self.last = 0
        self.seen = []      # disjoint intervals, ascending
        self.acked = None   # highest number acknowledged by the other side
        self.acks = 0       # our verdicts of duplicate ACKs to it in a row
        self.syns = set()

    def number(self, raw):
        if self.base is None:
            self.base = raw
        self.last += distance(raw, (self.base + self.last) % MODULUS)
        return self.last

    def has(self, start, end):
        return any(a <= start and end <= b for a, b in reversed(self.seen))

    def top(self):
        return self.seen[-1][1] if self.seen else None

    def add(self, start, end):
        if self.seen and self.seen[-1][0] <= start <= self.seen[-1][1]:
            self.seen[-1] = (self.seen[-1][0], max(self.seen[-1][1], end))
            return
        rest = []
        for a, b in self.seen:
            if b < start or end < a:
                rest.append((a, b))
            else:
                start, end = min(a, start), max(b, end)
        self.seen = sorted(rest + [(start, end)])


class Segment:
    """One row of ours, with what the rules need to know."""

    def __init__(self, row, sides):
        self.row = row
        self.connection = int(row["connection"])
        self.verdicts = set(filter(None, row["verdict"].split(", ")))
        self.flags = row["flags"].split(",")
        me, other = self.sides = sides
        length = int(row["payload_len"] or 0)
        span = length + ("SYN" in self.flags) + ("FIN" in self.flags)
        self.began_anew = "SYN" in self.flags and not me.syns and \
            me.base is not None
        start = me.number(int(row["seq"]))
        self.start, self.end = start, start + span
        self.seen = me.has(start, start + span)
        self.back = me.top() is not None and start < me.top()
        self.duplicates = me.acks
        self.ack_is_new = self.acks_unseen = self.outstanding = False
        self.acked_before = me.acked is not None and length > 0 and \
            start + length <= me.acked
        if "ACK" in self.flags and "RST" not in self.flags:
            self.look_at_ack(int(row["ack"]), other)
        if "RST" not in self.flags:
            me.add(start, start + span)
        if "SYN" in self.flags:
            me.syns.add(int(row["seq"]))
        self.syn_known = [bool(side.syns) for side in sides]

    def look_at_ack(self, raw, other):
        ack = other.number(raw)
        top = other.top()
        self.outstanding = top is None or top > ack
        self.ack_is_new = other.acked is None or ack > other.acked
        if top is not None and self.ack_is_new:
            start = other.seen[0][0] if other.acked is None else \
                max(other.acked, other.seen[0][0])
            self.acks_unseen = ack > start and not other.has(start, ack)
        if "duplicate ACK" in self.verdicts:
            other.acks += 1
        if self.ack_is_new:
            other.acked = ack
            other.acks = 0


class Capture:
    """Both programs' rows of one capture."""

    def __init__(self, path, root):
        self.path = path
        self.theirs = tshark(os.path.join(root, path))
        run = common.Run(["tcp", "--segments"] + OPTIONS +
                         ["--columns", COLUMNS, path], root)
        self.ends = defaultdict(dict)       # sides of a connection by sender
        self.ours = {}
        self.first = {}                     # segment of a connection
        self.streams = defaultdict(set)     # ours of each of theirs
        self.other_isn = {}                 # connection: first such frame
        for row in run.csv_rows():
            number = int(row["number"])
            segment = Segment(row, self.sides_of(row))
            self.ours[number] = segment
            self.first.setdefault(segment.connection, segment)
            if row["reason"] == "other_isn":
                self.other_isn.setdefault(segment.connection, number)
            if number in self.theirs:
                stream = self.theirs[number]["tcp.stream"]
                self.streams[stream].add(segment.connection)
        run = common.Run(["tcp"] + OPTIONS +
                         ["--columns", "connection,irtt_s,completeness,"
                          "handshake,handshake_repeated", path], root)
        self.connections = {int(row["connection"]): row
                            for row in run.csv_rows()}

    def sides_of(self, row):
        """Sender and receiver; None stands for one that was not yet seen."""
        ends = self.ends[int(row["connection"])]
        sender = (row["src_ip"], row["src_port"])
        if sender not in ends:
            ends[sender] = ends.pop(None, None) or Side()
        others = [key for key in ends if key != sender]
        if not others:
            ends[None] = Side()
        return ends[sender], ends[others[0] if others else None]


# Rules: (capture, frame, ours is there) -> is the difference of this kind?

def nothing_outstanding(capture, number, ours):
    """tshark asks for no outstanding data (RFC 5681 does)."""
    return not ours and not capture.ours[number].outstanding


def too_few_duplicates(capture, number, ours):
    """Not two duplicate ACKs by that rule."""
    return not ours and capture.ours[number].duplicates < 2


def seen_before(capture, number, ours):
    """Every byte was captured before, so it is not late."""
    segment = capture.ours[number]
    return segment.seen and segment.back and \
        ours == ("retransmission" in segment.verdicts) and \
        not segment.acked_before


def seen_before_theirs(capture, number, ours):
    return not ours and seen_before(capture, number, True)


def acks_more_unseen(capture, number, ours):
    """It acknowledges for the first time what was not captured."""
    return ours and capture.ours[number].acks_unseen


def acks_nothing_unseen(capture, number, ours):
    """What is missing was acknowledged before."""
    return not ours and not capture.ours[number].acks_unseen


def syn_ack_of_other_number(capture, number, _):
    """A SYN-ACK of another number was seen before, or this is it."""
    first = capture.other_isn.get(capture.ours[number].connection)
    return first is not None and number >= first


def old_connection_answered(capture, number, ours):
    """What the sender of this SYN-ACK sent before it was of another."""
    return not ours and capture.ours[number].began_anew


def acked_by_the_highest(capture, number, ours):
    """tshark compares with the last ACK, which may be an older one."""
    return ours and capture.ours[number].acked_before


def handshake_incomplete(capture, number, _):
    """tshark takes the first ACK of either side, that of a reset too."""
    return connection_of(capture, number)["handshake"] != "complete"


def handshake_repeated(capture, number, _):
    """tshark counts from the last SYN, we from the first."""
    return connection_of(capture, number)["handshake_repeated"] == "yes"


def single_segment(capture, number, _):
    """tshark shows what it knew before the segment."""
    stream = capture.theirs[number]["tcp.stream"]
    return sum(row["tcp.stream"] == stream
               for row in capture.theirs.values()) == 1


def connection_of(capture, number):
    return capture.connections[capture.ours[number].connection]


def no_syn(capture, number, _):
    """tshark begins with 1 where no SYN was seen, we with 0."""
    row, segment = capture.theirs[number], capture.ours[number]
    for i, (mine, field) in enumerate((("seq_rel", "tcp.seq"),
                                       ("ack_rel", "tcp.ack"))):
        if segment.row[mine] == "":
            continue
        gap = (int(row[field]) - int(segment.row[mine])) % MODULUS
        if gap not in ((0,) if segment.syn_known[i] else (0, 1)):
            return False
    return True


RULES = {function.__name__: function for function in (
    nothing_outstanding, too_few_duplicates, seen_before, seen_before_theirs,
    acks_more_unseen, acks_nothing_unseen,
    syn_ack_of_other_number, old_connection_answered, acked_by_the_highest,
    handshake_incomplete, handshake_repeated, single_segment, no_syn)}


class Known:
    """differences-tcp.csv: what (a verdict, or another thing compared), rule
    or path, reason."""

    def __init__(self):
        with open(os.path.join(common.HERE, LIST), newline="") as file:
            self.rows = list(csv.DictReader(file))
        for row in self.rows:
            assert row["reason"].strip() and (row["path"] or row["rule"]), row
            assert not row["rule"] or row["rule"] in RULES, row
        self.used = Counter()

    def explain(self, what, capture, number, ours):
        for i, row in enumerate(self.rows):
            if row["what"] not in (what, "missing" if what == "missing" else
                                   "*") or \
                    row["path"] not in ("", capture.path):
                continue
            if row["rule"] and not RULES[row["rule"]](capture, number, ours):
                continue
            self.used[i] += 1
            return True
        return False

    def unused(self):
        return ["row %d: %s" % (i + 2, dict(row))
                for i, row in enumerate(self.rows) if i not in self.used]


def compare_numbers(capture, number, known):
    row, segment = capture.theirs[number], capture.ours[number]
    bits = int(row["tcp.flags"], 16)
    flags = ",".join(f for i, f in enumerate(FLAGS) if bits & 1 << i)
    pairs = [("flags", segment.row["flags"], flags),
             ("seq", segment.row["seq"], row["tcp.seq_raw"])]
    relative = [("seq_rel", segment.row["seq_rel"], row["tcp.seq"])]
    if "ACK" in segment.flags:
        pairs.append(("ack", segment.row["ack"], row["tcp.ack_raw"]))
        relative.append(("ack_rel", segment.row["ack_rel"], row["tcp.ack"]))
    lines = ["packet %d: %s is %s, tshark's %s" % (number, *pair)
             for pair in pairs if pair[1] != pair[2]]
    if any(a != b for _, a, b in relative) and \
            not known.explain("relative", capture, number, True):
        lines += ["packet %d: %s is %s, tshark's %s" % (number, *pair)
                  for pair in relative if pair[1] != pair[2]]
    return lines


def compare_verdicts(capture, number, known, tally):
    row, segment = capture.theirs[number], capture.ours[number]
    lines = []
    for field, text in VERDICTS.items():
        ours = text in segment.verdicts
        theirs = row["tcp.analysis." + field] != ""
        tally[field, ours, theirs] += 1
        if ours != theirs and \
                not known.explain(field, capture, number, ours):
            lines.append("packet %d: %s is only %s (%s)" % (
                number, text, "ours" if ours else "tshark's",
                segment.row["reason"]))
    return lines


def compare_streams(capture, known):
    """One connection a stream; its round-trip time and completeness."""
    lines = []
    for stream, connections in sorted(capture.streams.items()):
        frames = [n for n in capture.theirs if n in capture.ours and
                  capture.theirs[n]["tcp.stream"] == stream]
        if len(connections) != 1:
            if not known.explain("connections", capture, frames[-1], True):
                lines.append("stream %s is %d connections" %
                             (stream, len(connections)))
            continue
        ours = capture.connections[connections.pop()]
        connections.add(int(ours["connection"]))
        first = capture.theirs[frames[0]]
        theirs = [capture.theirs[n]["tcp.analysis.initial_rtt"]
                  for n in frames]
        theirs = next(filter(None, theirs), "")
        if (float(ours["irtt_s"] or -1) != float(theirs or -1)) and \
                not known.explain("irtt", capture, frames[-1], True):
            lines.append("connection %s: irtt is %s, tshark's %s" % (
                ours["connection"], ours["irtt_s"], theirs))
        if ours["completeness"] != first["tcp.completeness"] and \
                not known.explain("completeness", capture, frames[-1], True):
            lines.append("connection %s: completeness is %s, tshark's %s" % (
                ours["connection"], ours["completeness"],
                first["tcp.completeness"]))
    joined = Counter(c for found in capture.streams.values() for c in found)
    lines += ["connection %d is %d streams" % (c, n)
              for c, n in joined.items() if n > 1 and not known.explain(
                  "connections", capture,
                  int(capture.first[c].row["number"]), True)]
    return lines


def compare(capture, known, tally):
    lines = []
    for number in capture.theirs:
        if number not in capture.ours:
            if not known.explain("missing", capture, number, False):
                lines.append("packet %d is not there" % number)
            continue
        lines += compare_numbers(capture, number, known)
        lines += compare_verdicts(capture, number, known, tally)
    return lines + compare_streams(capture, known)


def agreement(tally):
    print("# %-26s %8s %8s %8s" % ("verdict", "both", "ours", "tshark's"))
    for field in VERDICTS:
        print("# %-26s %8d %8d %8d" % (
            field, tally[field, True, True], tally[field, True, False],
            tally[field, False, True]))


def main():
    common.need_peers("tshark")
    root = common.captures()
    with open(os.path.join(root, "reference.csv"), newline="") as file:
        paths = [row["path"] for row in csv.DictReader(file)
                 if row["ip_tcp_hdr"] not in ("", "0")]
    paths += sorted(os.path.relpath(os.path.join(folder, name), root)
                    for folder, _, names in
                    os.walk(os.path.join(root, "originals"))
                    for name in names if name.endswith(".pcap"))
    tap, known, tally = common.Tap(), Known(), Counter()
    for capture in common.in_parallel(lambda p: Capture(p, root), paths):
        if capture.theirs:
            lines = compare(capture, known, tally)
            tap.check(not lines, "%s, %d segments" %
                      (capture.path, len(capture.theirs)), lines[:20])
    tap.check(not known.unused(), "%s lists nothing unknown" % LIST,
              known.unused())
    agreement(tally)
    tap.end()


main()
