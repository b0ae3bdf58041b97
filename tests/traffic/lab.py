"""What the tests of labgen's captures share: TAP, scenarios that are played,
and a small reader of pcap files that knows nothing of the program's code."""
import ipaddress
import os
import struct
import subprocess
import sys
import tempfile

LABGEN = os.environ["LABGEN"]
ROOT = os.environ["top_srcdir"]
SECONDS = 60

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

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


def skip(what, why):
    global number
    number += 1
    print("ok %d - %s # SKIP %s" % (number, what, why))


def end():
    print("1..%d" % number)
    sys.exit(1 if failed else 0)


def synth(scenario, folder, *options):
    """A shipped scenario by its name, or a file."""
    return subprocess.run([LABGEN, "synth", scenario, "-o", folder] +
                          list(options), capture_output=True,
                          timeout=SECONDS, stdin=subprocess.DEVNULL)


class Packet:
    """Fields of one frame: what is not there is None."""

    def __init__(self, number, ts_ns, wire_len, frame):
        self.number, self.ts_ns, self.wire_len = number, ts_ns, wire_len
        self.kind = None
        self.source = self.target = self.protocol = None
        self.sport = self.dport = self.flags = self.window = None
        self.seq = self.ack = self.type = self.code = None
        self.ip_len, self.payload = 0, b""
        ether = struct.unpack(">H", frame[12:14])[0]
        if ether == 0x0806:
            self.kind = "arp"
        elif ether == 0x0800:
            self._ipv4(frame[14:])
        elif ether == 0x86dd:
            self._ipv6(frame[14:])

    def _ipv4(self, ip):
        self.ip_len, = struct.unpack(">H", ip[2:4])
        self.protocol = ip[9]
        self.source = str(ipaddress.ip_address(ip[12:16]))
        self.target = str(ipaddress.ip_address(ip[16:20]))
        fragment, = struct.unpack(">H", ip[6:8])
        self._transport(ip[20:self.ip_len], fragment & 0x3fff)

    def _ipv6(self, ip):
        self.ip_len = 40 + struct.unpack(">H", ip[4:6])[0]
        self.protocol = ip[6]
        self.source = str(ipaddress.ip_address(ip[8:24]))
        self.target = str(ipaddress.ip_address(ip[24:40]))
        self._transport(ip[40:self.ip_len], self.protocol == 44)

    def _transport(self, data, fragment):
        if fragment:
            self.kind = "fragment"
        elif self.protocol == 6:
            self.kind = "tcp"
            self.sport, self.dport, self.seq, self.ack, offset, self.flags, \
                self.window = struct.unpack(">HHIIBBH", data[:16])
            self.payload = data[(offset >> 4) * 4:]
        elif self.protocol == 17:
            self.kind = "udp"
            self.sport, self.dport, length = struct.unpack(">HHH", data[:6])
            self.payload = data[8:length]
        elif self.protocol in (1, 58):
            self.kind = "icmp"
            self.type, self.code = data[0], data[1]
            self.seq, = struct.unpack(">H", data[6:8])  # of an echo
            self.payload = data[8:]

    def has(self, flags):
        return self.kind == "tcp" and self.flags & 31 == flags


def read_pcap(path):
    with open(path, "rb") as file:
        data = file.read()
    magic = struct.unpack("<I", data[:4])[0]
    order = "<" if magic in (0xa1b2c3d4, 0xa1b23c4d) else ">"
    magic, = struct.unpack(order + "I", data[:4])
    unit = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}[magic]
    packets, at = [], 24
    while at < len(data):
        seconds, parts, caplen, length = struct.unpack(
            order + "IIII", data[at:at + 16])
        packets.append(Packet(len(packets) + 1,
                              seconds * 10**9 + parts * unit, length,
                              data[at + 16:at + 16 + caplen]))
        at += 16 + caplen
    return packets


class Connection:
    """Both directions of TCP between two ports, from one SYN on."""

    def __init__(self, syn):
        self.client, self.sport = syn.source, syn.sport
        self.server, self.dport = syn.target, syn.dport
        self.packets = [syn]
        self.begin_ns = syn.ts_ns

    def owns(self, p):
        ends = {(p.source, p.sport), (p.target, p.dport)}
        return ends == {(self.client, self.sport), (self.server, self.dport)}

    def stream(self, from_client):
        """Bytes in order of sequence numbers; at each the longest counts,
        for a window's probe has one byte."""
        mine = [p for p in self.packets if (p.source == self.client) ==
                from_client and (p.source, p.sport) == (
                    (self.client, self.sport) if from_client else
                    (self.server, self.dport))]
        if not mine or not mine[0].flags & SYN:
            return b""
        base, got = mine[0].seq + 1, {}
        for p in mine:
            place = (p.seq - base) % 2**32
            if place < 2**31 and len(p.payload) > len(got.get(place, b"")):
                got[place] = p.payload
        out = b""
        for place in sorted(got):
            if place <= len(out):
                out += got[place][len(out) - place:]
        return out

    def count(self, flags, from_client):
        return sum(p.has(flags) and (p.source == self.client) == from_client
                   for p in self.packets)


def connections(packets):
    found = []
    for p in packets:
        if p.kind != "tcp":
            continue
        owner = next((c for c in reversed(found) if c.owns(p)), None)
        if p.has(SYN) and (owner is None or
                           p.seq != owner.packets[0].seq):
            found.append(Connection(p))
        elif owner is not None:
            owner.packets.append(p)
    return found


HOSTS = """network home 192.168.1.0/24
network outside 203.0.113.0/24
host dns 192.168.1.2
    serve dns
%s
host client 192.168.1.10
    resolver dns
    capture
%s
host server 203.0.113.5
    name www.example.org
    link latency 5ms
%s
"""


def play(verbs, client="", server="", dns="", host="client"):
    """Packets that one host sees of these statements among three hosts."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.scenario")
        with open(path, "w") as file:
            file.write(HOSTS % (dns, client, server) + verbs)
        done = synth(path, os.path.join(folder, "out"))
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())
        return read_pcap(os.path.join(folder, "out", host + ".pcap"))
