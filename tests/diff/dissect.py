"""What tshark says of a capture, asked once for all comparisons.

Starting tshark takes longer than most captures do.  So one run tells every field
that some test looks at and the tables of conversations, and what it printed is
kept in the build folder for the other tests: below tests/diff/dissected, by
program, options and capture; `make clean` removes it.  Whoever comes first holds
a lock, and the others wait for it.

tshark joins no fragments and segments here, as pcapstat does not.
"""
import fcntl
import hashlib
import json
import os
import shutil
import subprocess

SECONDS = 60
KEPT = os.path.join(os.environ.get("top_builddir", os.getcwd()),
                    "tests/diff/dissected")
FIELDS = ["frame.number", "frame.encap_type", "frame.time_epoch", "frame.len",
          "frame.cap_len", "frame.protocols",
          "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "udp.srcport", "udp.dstport", "udp.length", "udp.checksum",
          "udp.checksum.status",
          "tcp.checksum", "tcp.checksum.status", "tcp.len", "tcp.hdr_len",
          "tcp.stream", "tcp.seq_raw", "tcp.ack_raw", "tcp.seq", "tcp.ack",
          "tcp.flags"]
FIELDS += ["tcp.analysis." + name for name in (
    "initial_rtt", "retransmission", "fast_retransmission",
    "spurious_retransmission", "out_of_order", "lost_segment",
    "duplicate_ack", "keep_alive", "keep_alive_ack", "zero_window",
    "zero_window_probe", "zero_window_probe_ack", "window_update",
    "window_full", "ack_lost_segment", "reused_ports")]
PREFERENCES = ["ip.defragment:FALSE", "ipv6.defragment:FALSE",
               "tcp.desegment_tcp_streams:FALSE",
               "udp.check_checksum:TRUE", "tcp.check_checksum:TRUE"]
TABLES = "=" * 80   # the line above each table


def arguments(fields, more):
    words = ["-n", "-T", "fields", "-E", "occurrence=f"] + more
    for preference in PREFERENCES:
        words += ["-o", preference]
    for field in fields:
        words += ["-e", field]
    return words


ALL = arguments(FIELDS, ["-z", "conv,tcp", "-z", "conv,udp"])
# Completeness is known behind the last segment: it takes two passes, in which
# verdicts of the first one get mixed up.
COMPLETENESS = arguments(["tcp.stream", "tcp.completeness"],
                         ["-2", "-Y", "tcp"])


def run(words, path):
    """Status, a space, and what tshark prints."""
    done = subprocess.run(["tshark", "-r", path] + words, check=False,
                          capture_output=True, timeout=SECONDS)
    return b"%d " % done.returncode + done.stdout


def ask(words, path):
    """Status and lines, from the last time where nothing has changed."""
    program = shutil.which("tshark")
    key = [os.path.abspath(path), words, program] + [
        (stat.st_size, stat.st_mtime_ns)
        for stat in (os.stat(path), os.stat(program))]
    name = os.path.join(KEPT, hashlib.sha256(
        json.dumps(key).encode()).hexdigest())
    os.makedirs(KEPT, exist_ok=True)
    with open(name + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(name):
            with open(name + ".part", "wb") as file:
                file.write(run(words, path))
            os.rename(name + ".part", name)
    with open(name, "rb") as file:
        status, text = file.read().split(b" ", 1)
    return int(status), text.decode("utf-8", "replace").splitlines()


def ask_all(path):
    """Status, the packets' lines, the tables' lines."""
    status, lines = ask(ALL, path)
    end = lines.index(TABLES) if TABLES in lines else len(lines)
    return status, lines[:end], lines[end:]


def packets(path):
    """Rows by field, or None where tshark does not read the file at all."""
    status, lines, _ = ask_all(path)
    if status != 0 and not lines:
        return None
    rows = [dict(zip(FIELDS, line.split("\t"))) for line in lines]
    # tshark also shows custom blocks of pcapng, which are no packets.
    rows = [row for row in rows if row["frame.encap_type"] != ""]
    for number, row in enumerate(rows, 1):
        row["frame.number"] = str(number)
    return rows


def conversations(path):
    """Lines of the tables conv,tcp and conv,udp."""
    return ask_all(path)[2]


def completeness(path):
    """{stream: bits}"""
    return dict(line.split("\t") for line in ask(COMPLETENESS, path)[1])


def outermost(row):
    """The outermost IP and the transport that it carries: "ip", "udp"."""
    names = row["frame.protocols"].split(":")
    for i, name in enumerate(names):
        if name in ("ip", "ipv6"):
            rest = [n for n in names[i + 1:] if not n.startswith("ipv6.")]
            return name, rest[0] if rest else ""
    return "", ""
