"""pcapstat udp, and the checksums of TCP, against tshark, packet by packet, on
all real captures.

What tshark calls bad may be what a stack leaves to the network card: the sum of
the pseudo header alone, reckoned here anew.  pcapstat calls that unverified.
Whatever else differs is in differences-udp.csv.
"""
import ipaddress
import os

import common
import dissect

STATUS = {"0": "bad", "1": "good", "2": "unverified", "3": "not computed"}
UDP, TCP = 17, 6


def pseudo_sum(row, ip, protocol, length):
    address = [ipaddress.ip_address(row[ip + end]).packed
               for end in (".src", ".dst")]
    data = b"".join(address) + length.to_bytes(4, "big") + \
        protocol.to_bytes(4, "big")
    total = sum(data[i] << 8 | data[i + 1] for i in range(0, len(data), 2))
    while total >> 16:
        total = (total >> 16) + (total & 0xffff)
    return total


def left_to_card(row, ip, transport):
    """Is the field what offloading leaves?"""
    field = int(row[transport + ".checksum"], 16)
    if transport == "udp":
        return field == pseudo_sum(row, ip, UDP, int(row["udp.length"]))
    if row["tcp.len"] == "":
        return False
    length = int(row["tcp.len"]) + int(row["tcp.hdr_len"])
    return field in (pseudo_sum(row, ip, TCP, length),
                     pseudo_sum(row, ip, TCP, 0))


def same_status(ours, row, ip, transport):
    theirs = STATUS.get(row[transport + ".checksum.status"], "")
    if ours == theirs:
        return True
    return ours == "unverified" and theirs == "bad" and \
        left_to_card(row, ip, transport)


class Found:
    """What differs, by column: how often, and the first one."""

    def __init__(self):
        self.columns = {}

    def note(self, column, number, ours, theirs):
        count, first = self.columns.get(column, (0, (number, ours, theirs)))
        self.columns[column] = (count + 1, first)

    def pairs(self):
        return {column: ("%s in packet %s (of %d)" % (ours, number, count),
                         theirs)
                for column, (count, (number, ours, theirs))
                in self.columns.items()}


def compare_udp(ours, theirs, found):
    mine = {row["number"]: row for row in ours}
    for row in theirs:
        number = row["frame.number"]
        ip, transport = dissect.outermost(row)
        here = mine.pop(number, None)
        if transport != "udp" or row["udp.srcport"] == "":
            # A header that is cut has no fields in tshark.
            if here is not None and here["checksum"] != "":
                found.note("number", number, "a row", "no UDP")
            continue
        if here is None:
            found.note("number", number, "no row", "UDP")
            continue
        for column, field in (("src_port", "udp.srcport"),
                              ("dst_port", "udp.dstport"),
                              ("length", "udp.length"),
                              ("checksum", "udp.checksum")):
            if here[column] != row[field]:
                found.note(column, number, here[column], row[field])
        if not same_status(here["checksum_status"], row, ip, "udp"):
            found.note("checksum_status", number, here["checksum_status"],
                       STATUS.get(row["udp.checksum.status"], ""))
    for number in mine:
        found.note("number", number, "a row", "no packet")


def compare_tcp(ours, theirs, found):
    mine = {row["number"]: row["checksum"] for row in ours}
    for row in theirs:
        ip, transport = dissect.outermost(row)
        here = mine.get(row["frame.number"])
        if transport != "tcp" or here is None:
            continue
        if not same_status(here, row, ip, "tcp"):
            found.note("tcp_checksum", row["frame.number"], here,
                       STATUS.get(row["tcp.checksum.status"], ""))


def main():
    common.need_peers("tshark")
    folder = common.captures()
    differences = common.Differences("differences-udp.csv")

    def measure(path):
        udp = common.Run(["udp", "-q", "--format", "csv", path], folder)
        tcp = common.Run(["tcp", "--segments", "-q", "--format", "csv",
                          "--columns", "number,checksum", path], folder)
        return udp, tcp, dissect.packets(os.path.join(folder, path))

    tap = common.Tap()
    paths = common.captures_below(folder)
    for path, (udp, tcp, theirs) in zip(paths,
                                        common.in_parallel(measure, paths)):
        if theirs is None or udp.timed_out or udp.status == 3:
            differences.unused.pop(path, None)
            tap.check(not udp.timed_out, "%s # SKIP one of the two does not "
                      "read it" % path)
            continue
        found = Found()
        compare_udp(udp.csv_rows(), theirs, found)
        compare_tcp(tcp.csv_rows(), theirs, found)
        lines = differences.judge(path, found.pairs())
        tap.check(not lines, path, lines)
    differences.check_unused(tap)
    tap.end()


main()
