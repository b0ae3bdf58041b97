"""The isolation forest held against scikit-learn's, and against what labgen
knows: which packets and flows of its scenarios of a scan, a flood and an
exfiltration are the ones to be found.

Both get the same rows, those of pcapstat anomalies.  Over SEEDS seeds each, the
mean area under the ROC curve differs by no more than 0.005 and is at least
0.95; and the 200 rows with the largest scores are no further from scikit-learn's
than those of two of its seeds are from each other, in the means over all pairs,
as far as so few seeds can tell.

LABGEN names the program that makes the captures.
"""
import csv
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile

import common

if importlib.util.find_spec("sklearn") is None:
    # A Python of one's own may be without what Debian's has.
    DEBIAN = "/usr/bin/python3"
    if os.path.exists(DEBIAN) and "PCAPSTAT_SKLEARN" not in os.environ:
        os.environ["PCAPSTAT_SKLEARN"] = "looked for"
        os.execv(DEBIAN, [DEBIAN] + sys.argv)
    common.skip("scikit-learn is not there (Debian: python3-sklearn)")
common.need_peers()

import numpy  # noqa: E402
from sklearn.ensemble import IsolationForest  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402

LABGEN = os.environ.get("LABGEN", "labgen")
SCENARIOS = ["scan", "flood", "exfiltration"]
SEEDS = 10
TOP = 200
LEAST_AUC = 0.95
MOST_APART = 0.005
ERRORS = 2   # standard errors that the means of so few seeds may be apart


def table(words, folder):
    done = subprocess.run([common.PROGRAM] + words + ["-q", "office.pcap"],
                          cwd=folder, capture_output=True, check=True)
    return list(csv.DictReader(io.StringIO(done.stdout.decode())))


def labelled_frames(folder):
    with open(os.path.join(folder, "truth.json"), encoding="utf-8") as file:
        packets = json.load(file)["packets"]
    return {frame for p in packets if "label" in p
            for _, frame, _ in p["seen"]}


def in_table(words, folder):
    """Labels of the rows, by their first frame."""
    if words[-1] == "packet":
        return [int(row["number"]) for row in table(
            ["packets", "--columns", "number"], folder)]
    return [int(row["first_frame"]) for row in table(
        ["flows", "--columns", "first_frame"], folder)]


class Scores:
    """Scores of the same rows by both, for each seed."""

    def __init__(self, by, folder):
        words = ["anomalies", "--by", by]
        frames = labelled_frames(folder)
        self.labels = [frame in frames for frame in in_table(words, folder)]
        names = table(words + ["--totals"], folder)[0]["features"].split(",")
        rows = table(words + ["--columns", ",".join(names)], folder)
        values = numpy.array([[int(row[name]) for name in names]
                              for row in rows])
        self.ours = common.in_parallel(
            lambda seed: self.our(words, seed, folder), range(SEEDS))
        self.theirs = [self.their(values, seed) for seed in range(SEEDS)]

    @staticmethod
    def our(words, seed, folder):
        rows = table(words + ["--columns", "score", "--seed", str(seed)],
                     folder)
        return numpy.array([float(row["score"]) for row in rows])

    @staticmethod
    def their(values, seed):
        """As many decimals as ours, so that what is equal stays so."""
        forest = IsolationForest(random_state=seed).fit(values)
        alike, which = numpy.unique(values, axis=0, return_inverse=True)
        return numpy.round(-forest.score_samples(alike), 9)[which]

    def areas(self, scores):
        return [roc_auc_score(self.labels, s) for s in scores]


def top(scores):
    return set(numpy.argsort(-scores, kind="stable")[:TOP])


def overlaps(some, others):
    """Of each, the mean over the others that are not itself."""
    return numpy.array([numpy.mean([len(a & b) for b in others if b is not a])
                        for a in some])


def error_of_difference(a, b):
    """Standard error of the difference of two means (Welch)."""
    return numpy.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))


def check(tap, by, scenario, folder):
    scores = Scores(by, folder)
    ours, theirs = scores.areas(scores.ours), scores.areas(scores.theirs)
    name = "%s by %s: " % (scenario, by)
    tap.check(any(scores.labels) and not all(scores.labels) and
              min(ours) >= LEAST_AUC, name + "what is labelled is found",
              ["areas under the curve: %s" % numpy.round(ours, 4)])
    apart = abs(numpy.mean(ours) - numpy.mean(theirs))
    tap.check(apart <= MOST_APART, name + "as well as by scikit-learn",
              ["%.4f, and %.4f" % (numpy.mean(ours), numpy.mean(theirs))])
    our_top = [top(s) for s in scores.ours]
    their_top = [top(s) for s in scores.theirs]
    between, among = overlaps(our_top, their_top), overlaps(their_top,
                                                            their_top)
    slack = ERRORS * error_of_difference(between, among)
    print("# %sareas %.4f and %.4f; of %d, %.1f and %.1f" % (
        name, numpy.mean(ours), numpy.mean(theirs), TOP, between.mean(),
        among.mean()))
    tap.check(between.mean() >= among.mean() - slack,
              name + "its largest scores are as near as another seed's",
              ["%.1f of %d, and %.1f" % (between.mean(), TOP, among.mean())])


def main():
    tap = common.Tap()
    with tempfile.TemporaryDirectory() as work:
        for scenario in SCENARIOS:
            folder = os.path.join(work, scenario)
            try:
                subprocess.run([LABGEN, "synth", scenario, "-o", folder],
                               check=True, capture_output=True)
            except FileNotFoundError:
                common.skip("labgen is not built")
            for by in ("packet", "flow"):
                check(tap, by, scenario, folder)
    tap.end()


main()
