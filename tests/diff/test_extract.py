"""pcapstat extract against tcpdump and tshark, on the project's own captures
and, where PCAPSTAT_CAPTURES names a folder, on the real ones in it.

What tcpdump keeps of a capture by a filter is what it reads from our extract by
the same filter; and tshark finds in a whole copy the packets of the original
with their times, lengths, comments, interfaces and names.
"""
import os
import subprocess
import tempfile

import common

FILTERS = ["", "ip and greater 100", "not tcp"]
FIELDS = ["frame.time_epoch", "frame.len", "frame.cap_len",
          "frame.encap_type", "frame.comment", "frame.interface_name",
          "frame.interface_description", "frame.section_number",
          "frame.packet_id", "frame.packet_flags", "frame.drop_count",
          "ip.src_host", "ip.dst_host"]
FILE_HEADER_BYTES = 24
SECONDS = 60
SECTION_HEADER = b"\x0a\x0d\x0d\x0a"
# Captures on which the two mean to differ.
ODD_TIMES = "fractions of 1 s and more are written as whole seconds"
ON_PURPOSE = {
    "ng-version-2.pcapng": "tshark stops at a section of unknown version",
    "odd-times.pcap": ODD_TIMES,
    "timestamp_invalid_micro.pcap": ODD_TIMES,
    "timestamp_invalid_nano.pcap": ODD_TIMES,
    "fuzz-absurd-first-record.pcap": ODD_TIMES,
    "fuzz-udp-length-39k.pcap": ODD_TIMES,
}


def shell(command, folder):
    """Standard output of a pipe, and whether all of it went well."""
    done = subprocess.run(["bash", "-c", "set -o pipefail; " + command],
                          cwd=folder, capture_output=True, timeout=SECONDS)
    return done.stdout, done.returncode == 0


def tcpdump(source, expression=""):
    return ("tcpdump -r %s -w - --time-stamp-precision=nano '%s' 2>/dev/null"
            % (source, expression))


def filter_faults(path, folder):
    """Lines where an extract is not what tcpdump keeps; None: it keeps none."""
    lines, tried = [], 0
    for expression in FILTERS:
        theirs, good = shell(tcpdump("'%s'" % path, expression), folder)
        if not good:
            continue
        tried += 1
        ours, _ = shell("%s extract -q --filter '%s' '%s' 2>/dev/null | %s"
                        % (common.PROGRAM, expression or "len >= 0", path,
                           tcpdump("-")), folder)
        if ours[FILE_HEADER_BYTES:] != theirs[FILE_HEADER_BYTES:]:
            lines.append("'%s': %d bytes, tcpdump has %d" %
                         (expression, len(ours), len(theirs)))
    return lines if tried else None


def tshark(path):
    """Rows, or None where tshark does not read the whole file."""
    command = ["tshark", "-N", "n", "-r", path, "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS)
    if done.returncode != 0:
        return None
    lines = done.stdout.decode("utf-8", "replace").split("\n")
    # Custom blocks, which tshark shows as well, have no link type.
    return [line for line in lines if line.split("\t")[3:4] not in ([""], [])]


def copy_faults(path, folder):
    """Lines where tshark does not find the same; None: it does not read it."""
    copy = os.path.join(folder, "copy.pcapng")
    theirs = tshark(path)
    if theirs is None:
        return None
    run = common.Run(["extract", "-o", copy, path], folder)
    if run.status not in (0, 1):
        return ["status %s" % run.status, run.err]
    ours = tshark(copy)
    if ours is None:
        return ["tshark does not read the copy"]
    lines = [] if len(ours) == len(theirs) else [
        "%d packets, %d in the original" % (len(ours), len(theirs))]
    return lines + ["packet %d: %s, %s in the original" % (i + 1, a, b)
                    for i, (a, b) in enumerate(zip(ours, theirs)) if a != b]


def is_pcapng(path):
    with open(path, "rb") as file:
        return file.read(4) == SECTION_HEADER


def find(root):
    """Captures by their endings, in order."""
    found = []
    for folder, _, names in os.walk(root):
        found += [os.path.join(folder, name) for name in names
                  if ".pcap" in name or name.endswith(".cap")]
    return sorted(found)


def main():
    common.need_peers("tshark", "tcpdump", "bash")
    top = os.environ.get("top_srcdir", os.path.join(common.HERE, "../.."))
    files = find(os.path.abspath(os.path.join(top, "pcap_files")))
    files += find(os.path.abspath(os.path.join(top, "tests/captures")))
    if os.environ.get("PCAPSTAT_CAPTURES"):
        files += find(os.path.abspath(common.captures()))

    def measure(path):
        with tempfile.TemporaryDirectory() as folder:
            filtered = filter_faults(path, folder)
            # Of a classic pcap tcpdump sees all there is.
            copied = copy_faults(path, folder) if is_pcapng(path) else None
            return filtered, copied

    tap = common.Tap()
    for path, results in zip(files, common.in_parallel(measure, files)):
        name = os.path.basename(path)
        for what, lines in zip(("filters", "a copy"), results):
            if lines is None:
                continue
            if name in ON_PURPOSE:
                tap.check(True, "%s: %s # SKIP %s" % (path, what,
                                                      ON_PURPOSE[name]))
                continue
            tap.check(not lines, "%s: %s" % (path, what), lines[:10])
    tap.end()


main()
