"""Every command over every capture: the project's own and, where
PCAPSTAT_CAPTURES names a folder, the real ones in it.

What is asked for can be had of any capture, so the exit status is 0, or 1 or 3
where one is damaged or cannot be read; but answers may ask who the server is.
No sanitizer reports anything, and one thread and two write the same bytes.
"""
import os
import re
import subprocess
import tempfile

import common

SECONDS = 240   # under sanitizers, on a busy machine
REPORT = re.compile(r"Sanitizer|runtime error|Assertion .* failed|"
                    r"stack smashing|double free|corrupted")
ASKS = re.compile("say by --(server|client) ")

# Over a whole folder in one run.
TOGETHER = [
    "summary", "summary --by protocol", "packets",
    "tcp", "tcp --segments", "tcp --handshakes", "udp",
    "udp --conversations", "flows", "flows --features cic",
    "flows --columns protocol,a_ip,b_ip,a_iat_std_pop_s,b_iat_median_s",
    "flows --active-timeout 1s --idle-timeout 2s", "flows --splt 5",
    "flows --max-memory 1MiB", "protocols", "timeline --interval 1d",
    "anomalies", "anomalies --by flow --contamination 0.05",
]
# Over several inputs these tell one story, so each capture is a run.
ALONE = [
    "ladder --as svg", "ladder --as text", "answers",
]


class Done:
    """Status, both outputs, and what is wrong whatever they say."""

    def __init__(self, arguments, folder):
        self.name = " ".join(arguments)
        done = subprocess.run([common.PROGRAM] + arguments, cwd=folder,
                              stdin=subprocess.DEVNULL, check=False,
                              capture_output=True, timeout=SECONDS)
        self.out = done.stdout
        self.faults = []
        told = done.stderr.decode("utf-8", "replace")
        asks = done.returncode == 2 and arguments[0] == "answers" and \
            ASKS.search(told)
        if done.returncode not in (0, 1, 3) and not asks:
            self.faults.append("%s: status %d: %s" % (
                self.name, done.returncode, told[-500:]))
        if REPORT.search(told):
            self.faults.append("%s: %s" % (self.name, told[:2000]))


def together(words, folder):
    """Lines of what is wrong with a command over a folder."""
    runs = [Done(words + ["-q", "-j", jobs, "."], folder)
            for jobs in ("1", "2")]
    lines = [line for run in runs for line in run.faults]
    if runs[0].out != runs[1].out:
        lines.append("%s: -j 1 and -j 2 differ" % " ".join(words))
    if not runs[0].out:
        lines.append("%s: no output" % " ".join(words))
    return lines


def alone(path, folder):
    """Lines of what is wrong with the commands that take one capture."""
    lines = []
    for words in ALONE:
        lines += Done(words.split() + ["-q", path], folder).faults
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, "copy.pcapng")
        lines += Done(["extract", "-q", "-o", copy, path], folder).faults
    return lines


def main():
    top = os.environ.get("top_srcdir", os.path.join(common.HERE, "../.."))
    folders = [os.path.join(top, "pcap_files"),
               os.path.join(top, "tests/captures")]
    if os.environ.get("PCAPSTAT_CAPTURES"):
        folders.append(common.captures())
    tap = common.Tap()
    for folder in folders:
        for words, lines in zip(TOGETHER, common.in_parallel(
                lambda words: together(words.split(), folder), TOGETHER)):
            tap.check(not lines, "%s: %s" % (folder, words), lines)
        paths = common.captures_below(folder)
        for path, lines in zip(paths, common.in_parallel(
                lambda path: alone(path, folder), paths)):
            tap.check(not lines, "%s: one by one" %
                      os.path.join(folder, path), lines)
    tap.end()


main()
