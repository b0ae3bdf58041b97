"""explain lists the packets that a number was made from: what they add, added
up, is the number."""
import csv
import os
import struct
import subprocess
import sys
import tempfile
from decimal import Decimal

PROGRAM = os.environ["PCAPSTAT"]
ROOT = os.environ["top_srcdir"]
SECONDS = 30
CONVERSATIONS = 3	# of each capture

COUNTS = ["packets", "payload_bytes", "retransmissions", "duplicate_acks",
          "gaps", "unseen_acked", "window_updates", "keep_alives"]
TCP = [side + name for side in ("client_", "server_") for name in COUNTS] + \
    ["checksum_bad", "checksum_unverified", "rtt_ambiguous"] + \
    ["client_rtt_ambiguous", "server_rtt_ambiguous"]
FLOWS = [side + name for side in ("a_", "b_")
         for name in ("packets", "ip_bytes", "frame_bytes", "payload_bytes")]
EXTREMES = {"tcp": ["rtt_min_s", "client_rtt_max_s", "server_rtt_max_s",
                    "ts_rtt_min_s", "client_ts_rtt_max_s",
                    "server_ts_rtt_max_s"],
            "flows": ["a_iat_min_s", "a_iat_max_s", "b_iat_max_s"]}

number = 0
failed = False


def check(wrong, what):
    global number, failed
    number += 1
    print("%s %d - %s" % ("not ok" if wrong else "ok", number, what))
    for line in wrong:
        failed = True
        print("# %s" % (line,))


def pcapstat(*arguments):
    done = subprocess.run([PROGRAM] + list(arguments), capture_output=True,
                          timeout=SECONDS, stdin=subprocess.DEVNULL)
    return list(csv.DictReader(done.stdout.decode().splitlines()))


def values(table, row, column, inputs):
    evidence = pcapstat("explain", "-q", "--format", "csv", table, row,
                        column, *inputs)
    return [Decimal(e["value"]) for e in evidence if e["value"] != ""]


def check_rows(table, key, columns, inputs):
    rows = pcapstat(table, "-q", "--format", "csv", *inputs)
    wrong = ["there are no rows"] if not rows else []
    for row in rows[:CONVERSATIONS]:
        for column in columns + EXTREMES[table]:
            if row[column] in ("", "0"):
                continue
            found = values(table, row[key], column, inputs)
            of = sum if column in columns else \
                max if column.endswith("_max_s") else min
            if not found or of(found) != Decimal(row[column]):
                wrong.append("%s %s: %s is %s, not of %s" % (
                    table, row[key], column, row[column], found[:9]))
    check(wrong, "%s of %s" % (table, os.path.basename(inputs[-1])))


def check_handshake(inputs):
    """Frames have the same numbers in both captures of a connection."""
    wrong = []
    for column, flags in (("syn_seq", ["SYN"]), ("synack_seq", ["SYN,ACK"]),
                          ("irtt_s", ["SYN", "ACK"])):
        found = [e["flags"] for e in pcapstat(
            "explain", "-q", "--format", "csv", "tcp", "1", column, *inputs)]
        if found != flags:
            wrong.append("%s: %s" % (column, found))
    check(wrong, "the handshake of captures that are joined")


def frame(src, dst, seq, ack, flags, payload):
    """A record with a TCP segment between 10.0.0.1 and 10.0.0.2."""
    ends = {80: bytes([10, 0, 0, 1]), 5000: bytes([10, 0, 0, 2])}
    tcp = struct.pack(">HHIIBBHHH", src, dst, seq, ack, 0x50, flags, 1000, 0,
                      0) + payload
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + \
        ends[src] + ends[dst]
    data = bytes(12) + b"\x08\x00" + ip + tcp
    return struct.pack("<IIII", 1700000000, 0, len(data), len(data)) + data


def check_late_client(path):
    """The client is known by its SYN only, which comes late."""
    syn, ack = 2, 16
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        file.write(frame(80, 5000, 1001, 9001, ack, b"12345"))
        file.write(frame(5000, 80, 9001, 1006, ack, b"1234567"))
        file.write(frame(80, 5000, 1000, 0, syn, b""))
        file.write(frame(80, 5000, 1006, 9008, ack, b"12"))
    row, = pcapstat("tcp", "-q", "--format", "csv", path)
    wrong = []
    for column, payload in (("client_payload_bytes", 7),
                            ("server_payload_bytes", 7)):
        found = values("tcp", "1", column, [path])
        if row[column] != str(payload) or sum(found) != payload:
            wrong.append("%s: %s, of %s" % (column, row[column], found))
    if row["client_port"] != "80":
        wrong.append("the client is at port " + row["client_port"])
    check(wrong, "the packets before it is known who the client is")


def main():
    samples = os.path.join(ROOT, "pcap_files")
    echo = os.path.join(samples, "echo.pcap")
    with tempfile.TemporaryDirectory() as folder:
        cut = os.path.join(folder, "cut.pcap")
        # Ports are left of its segments, but no whole header.
        pcapstat("extract", "-q", "--snaplen", "40", echo, "-o", cut)
        for inputs in ([os.path.join(samples, "google.pcap")], [echo],
                       [os.path.join(samples, "nat_geo.pcap")],
                       ["--join", cut, echo], ["--join", echo, cut]):
            check_rows("tcp", "connection", TCP, inputs)
            check_rows("flows", "flow", FLOWS, inputs)
        first = os.path.join(folder, "first.pcap")
        rest = os.path.join(folder, "rest.pcap")
        pcapstat("extract", "-q", "--flow", "1", echo, "-o", cut)
        times = [p["time"] for p in pcapstat("packets", "-q", "--format",
                                             "csv", cut)]
        pcapstat("extract", "-q", "--to", times[3], cut, "-o", first)
        pcapstat("extract", "-q", "--from", times[3], cut, "-o", rest)
        check_late_client(cut)
        check_handshake(["--join", first, rest])
    print("1..%d" % number)
    return 1 if failed else 0


sys.exit(main())
