#!/usr/bin/env python3
"""What tshark says of the captures that labgen synthesizes.

Every shipped scenario: no bad checksum, nothing malformed, no ACK of a segment
that it has not seen.  And frame by frame: what tshark calls a retransmission or
out of order is what the truth says was sent again, came twice, or was overtaken;
differences that remain are counted under their reason.
"""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

LABGEN = os.environ["LABGEN"]
SECONDS_MAX = 120

AGAIN = ("retransmission", "fast_retransmission", "spurious_retransmission",
         "out_of_order")
OTHERS = ("ack_lost_segment", "keep_alive", "zero_window_probe")
FIELDS = (["frame.number", "ip.checksum.status", "tcp.checksum.status",
           "udp.checksum.status", "icmp.checksum.status",
           "icmpv6.checksum.status", "_ws.malformed"] +
          ["tcp.analysis." + name for name in AGAIN + OTHERS])

number = 0
failed = 0


def report(good, what, lines=()):
    global number, failed
    number += 1
    print("%s %d - %s" % ("ok" if good else "not ok", number, what))
    if not good:
        failed += 1
        for line in list(lines)[:20]:
            print("# %s" % line)
    sys.stdout.flush()


def run(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, check=True,
                          stderr=subprocess.PIPE, timeout=SECONDS_MAX)


def tshark(path):
    """A dict of the fields for each frame."""
    words = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=|"]
    for option in ("ip.check_checksum", "tcp.check_checksum",
                   "udp.check_checksum"):
        words += ["-o", option + ":TRUE"]
    for field in FIELDS:
        words += ["-e", field]
    for line in run(*words).stdout.decode().splitlines():
        yield dict(zip(FIELDS, line.split("|")))


def is_bad(frame):
    """A checksum status is 0 where the sum is bad; headers that are quoted in
    ICMP errors stand behind a comma."""
    return (any("0" in frame[f].split(",") for f in FIELDS
                if f.endswith("checksum.status")) or
            frame["_ws.malformed"] != "" or
            frame["tcp.analysis.ack_lost_segment"] != "")


class Direction:
    """What one end's segments look like at one capture, so far."""

    def __init__(self):
        self.end = None
        self.seen = set()

    def verdict(self, packet):
        """Is the segment there again, or late?  One that was sent again, but
        whose first copy was lost before this capture, can be known only where
        it fills a hole."""
        size = packet["len"] + ("SYN" in packet["flags"]) + \
            ("FIN" in packet["flags"])
        if size == 0 or packet["cause"] in ("keepalive", "window probe"):
            return False
        again = (packet["packet"] in self.seen or
                 packet.get("repeats") in self.seen)
        self.seen.add(packet["packet"])
        end = (packet["seq"] + size) & 0xffffffff
        if self.end is None or "SYN" in packet["flags"]:
            self.end = end
            return again
        late = ((packet["seq"] - self.end) & 0xffffffff) >= 0x80000000
        if ((end - self.end) & 0xffffffff) < 0x80000000:
            self.end = end
        return again or late


def at_capture(truth, capture):
    """The packets of the capture by their frames."""
    frames = {}
    for packet in truth["packets"]:
        for where, frame, _ in packet["seen"]:
            if where == capture:
                frames[frame] = packet
    return frames


def compare(truth, capture, verdicts):
    """Pairs of a frame and what differs there."""
    directions = collections.defaultdict(Direction)
    frames = at_capture(truth, capture)
    for frame in sorted(frames):
        packet = frames[frame]
        if packet["protocol"] != "tcp" or "seq" not in packet:
            continue
        key = (packet.get("connection"), packet["src_ip"],
               packet["src_port"], packet["dst_ip"], packet["dst_port"])
        ours = directions[key].verdict(packet)
        its = [a for a in AGAIN if verdicts[frame]["tcp.analysis." + a]]
        if ours != bool(its):
            yield frame, packet, ours, its


def check(scenario, folder):
    run(LABGEN, "synth", scenario, "-o", folder)
    with open(os.path.join(folder, "truth.json"), encoding="utf-8") as f:
        truth = json.load(f)
    for capture in truth["captures"]:
        name = "%s/%s" % (scenario, capture["file"])
        verdicts = {int(f["frame.number"]): f for f in
                    tshark(os.path.join(folder, capture["file"]))}
        bad = [f for f in verdicts.values() if is_bad(f)]
        report(len(verdicts) == capture["frames"] and bad == [],
               "%s: %d frames that tshark finds right" %
               (name, len(verdicts)), bad)
        differences = list(compare(truth, capture["capture"], verdicts))
        report(differences == [],
               "%s: tshark sees again and out of order what was" % name,
               ("frame %d: cause %s, seq %d len %d: truth %s, tshark %s" %
                (f, p["cause"], p["seq"], p["len"], ours, its)
                for f, p, ours, its in differences))


def main():
    if os.environ.get("PCAPSTAT_NO_PEERS") or shutil.which("tshark") is None:
        print("1..0 # SKIP tshark is not asked (not installed, or "
              "PCAPSTAT_NO_PEERS is set)")
        return 0
    names = [line.split()[0] for line in
             run(LABGEN, "list").stdout.decode().splitlines()]
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            check(name, os.path.join(folder, name))
    print("1..%d" % number)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
