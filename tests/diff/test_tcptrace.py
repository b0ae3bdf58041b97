"""pcapstat tcp against tcptrace on the captures that are made by recipe: the
round-trip samples by Karn's rule of either side, how many ACKs made none, and
what the samples were."""
import os
import re
import subprocess
import tempfile

import common

MAKER = os.path.join(os.environ.get("top_builddir", os.getcwd()),
                     "tests/tools/mkfixtures")
FIXTURES = ("peer-1", "wrap", "karn")
# pcapstat's words for tcptrace's; times in milliseconds, one decimal.
WORDS = {"rtt_samples": "RTT samples", "rtt_min_s": "RTT min",
         "rtt_mean_s": "RTT avg", "rtt_max_s": "RTT max"}
# These make no sample; tcptrace tells them apart.
AMBIGUOUS = ("ambiguous acks", "post-loss acks")


def tcptrace(path):
    """For each connection its numbers, by tcptrace's words: (a, b)."""
    done = subprocess.run(["tcptrace", "-n", "-r", "-l", path],
                          capture_output=True, timeout=30)
    connections = []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if re.match(r"TCP connection \d+:$", line):
            connections.append({})
        pair = re.match(r"\s+(\S.*?): +([\d.]+)(?: \w+)? +"
                        r"(\S.*?): +([\d.]+)(?: \w+)?\s*$", line)
        if pair and connections:
            connections[-1][pair.group(1)] = (float(pair.group(2)),
                                              float(pair.group(4)))
    return connections


def compare(ours, theirs):
    lines = []
    for i, side in enumerate(("client", "server")):
        for column, word in WORDS.items():
            cell = ours["%s_%s" % (side, column)]
            mine = float(cell or 0) * (1000 if column.endswith("_s") else 1)
            if abs(mine - theirs[word][i]) > 0.051:
                lines.append("%s %s: %s, tcptrace's %s is %s" % (
                    side, column, cell, word, theirs[word][i]))
        mine = int(ours[side + "_rtt_ambiguous"])
        known = sum(theirs.get(word, (0, 0))[i] for word in AMBIGUOUS)
        if mine != known:
            lines.append("%s_rtt_ambiguous: %d, tcptrace's are %d" % (
                side, mine, known))
    return lines


def main():
    common.need_peers("tcptrace")
    tap = common.Tap()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([MAKER, folder], check=True)
        for name in FIXTURES:
            path = os.path.join(folder, name + ".pcap")
            rows = common.Run(["tcp", "--format", "csv", "--quiet", path],
                              folder).csv_rows()
            theirs = tcptrace(path)
            lines = [] if len(rows) == len(theirs) and rows else \
                ["%d connections, tcptrace has %d" % (len(rows), len(theirs))]
            for mine, its in zip(rows, theirs):
                lines += compare(mine, its)
            tap.check(not lines, name, lines)
    tap.end()


main()
