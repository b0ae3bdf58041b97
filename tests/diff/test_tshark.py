"""pcapstat packets against tshark, packet by packet, on the project's own
captures: whatever tshark is installed has to find the same fields.

Fields are those of the outermost IP and what it carries.  tshark joins no
fragments and guesses no protocols here, as pcapstat does not.
"""
import ipaddress
import os
import subprocess
from decimal import Decimal

import common

FIELDS = ["frame.number", "frame.encap_type", "frame.len",
          "frame.cap_len", "frame.time_epoch",
          "frame.protocols", "ip.src", "ip.dst", "ip.len", "ipv6.src",
          "ipv6.dst", "ipv6.plen", "tcp.srcport", "tcp.dstport",
          "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.len",
          "udp.srcport", "udp.dstport", "udp.length"]
PREFERENCES = ["ip.defragment:FALSE", "ipv6.defragment:FALSE",
               "tcp.desegment_tcp_streams:FALSE"]
FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"]
# With fewer bytes stored than Ethernet, IPv4 and TCP have, headers are cut, and
# of a cut header the two do not show the same fields.
WHOLE_HEADERS = 54
# Captures on which the two mean to differ.
ON_PURPOSE = {
    "odd-times.pcap": "tshark prints a fraction of 1 s and more as it stands",
    "ng-version-2.pcapng": "tshark stops at a section of unknown version",
}
IPV6_HEADER_BYTES = 40
UDP_HEADER_BYTES = 8


def tshark(path):
    """Rows by field, or None where tshark does not read the file at all."""
    command = ["tshark", "-n", "-r", path, "-T", "fields",
               "-E", "occurrence=f"]
    for preference in PREFERENCES:
        command += ["-o", preference]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=60)
    lines = done.stdout.decode().splitlines()
    if done.returncode != 0 and not lines:
        return None
    rows = [dict(zip(FIELDS, line.split("\t"))) for line in lines]
    # tshark also shows custom blocks of pcapng, which are no packets.
    rows = [row for row in rows if row["frame.encap_type"] != ""]
    for number, row in enumerate(rows, 1):
        row["frame.number"] = str(number)
    return rows


def carried(protocols):
    """The IP that tshark found outermost and what that carries."""
    names = protocols.split(":")
    for i, name in enumerate(names):
        if name in ("ip", "ipv6"):
            rest = [n for n in names[i + 1:] if not n.startswith("ipv6.")]
            return name, rest[0] if rest else ""
    return "", ""


def expected(row):
    ip, transport = carried(row["frame.protocols"])
    want = {"number": row["frame.number"], "frame_len": row["frame.len"],
            "cap_len": row["frame.cap_len"], "time": row["frame.time_epoch"],
            "Source_IP": row.get(ip + ".src", ""),
            "Destination_IP": row.get(ip + ".dst", ""),
            "packet_len": "", "src_port": "", "dst_port": "", "tcp_seq": "",
            "tcp_ack": "", "tcp_flags": "", "payload_len": ""}
    if ip == "ip":
        want["packet_len"] = row["ip.len"]
    elif ip == "ipv6":
        want["packet_len"] = str(IPV6_HEADER_BYTES + int(row["ipv6.plen"]))
    if transport in ("tcp", "udp"):
        want["src_port"] = row[transport + ".srcport"]
        want["dst_port"] = row[transport + ".dstport"]
    if transport == "tcp" and row["tcp.flags"] != "":
        bits = int(row["tcp.flags"], 16)
        set_flags = [f for i, f in enumerate(FLAGS) if bits & 1 << i]
        want["tcp_flags"] = ",".join(set_flags)
        want["tcp_seq"] = row["tcp.seq_raw"]
        want["tcp_ack"] = row["tcp.ack_raw"] if "ACK" in set_flags else ""
        want["payload_len"] = row["tcp.len"]
    elif transport == "udp" and row["udp.length"] != "":
        want["payload_len"] = str(int(row["udp.length"]) - UDP_HEADER_BYTES)
    else:
        del want["payload_len"]
    return want


def same(column, ours, theirs, cut):
    if ours == "" or theirs == "":
        return ours == theirs or cut
    if column == "time":
        return Decimal(ours) == Decimal(theirs)
    if column.endswith("_IP"):
        return ipaddress.ip_address(ours) == ipaddress.ip_address(theirs)
    return ours == theirs


def compare(ours, theirs):
    lines = []
    if len(ours) != len(theirs):
        lines.append("%d packets, tshark has %d" % (len(ours), len(theirs)))
    for mine, row in zip(ours, theirs):
        want = expected(row)
        cut = int(row["frame.cap_len"]) < min(WHOLE_HEADERS,
                                              int(row["frame.len"]))
        lines += ["packet %s: %s is %s, tshark's %s" %
                  (row["frame.number"], column, mine[column], want[column])
                  for column in want
                  if not same(column, mine[column], want[column], cut)]
    return lines


def main():
    common.need_peers("tshark")
    root = os.environ.get("top_srcdir", os.path.join(common.HERE, "../.."))
    files = []
    for folder in ("pcap_files", "tests/captures"):
        names = sorted(os.listdir(os.path.join(root, folder)))
        files += [os.path.join(folder, name) for name in names
                  if ".pcap" in name]

    def measure(path):
        run = common.Run(["packets", "--format", "csv", path], root)
        return run, tshark(os.path.join(root, path))

    tap = common.Tap()
    for path, (run, theirs) in zip(files, common.in_parallel(measure, files)):
        name = os.path.basename(path)
        if theirs is None or name in ON_PURPOSE:
            tap.check(True, "%s # SKIP %s" % (path, ON_PURPOSE.get(
                name, "this tshark does not read it")))
            continue
        lines = compare(run.csv_rows(), theirs)
        tap.check(not lines and theirs, "%s, %d packets" %
                  (path, len(theirs)), lines[:20])
    tap.end()


main()
