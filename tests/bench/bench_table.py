"""What the benchmarks print, and how they end."""

import statistics
import sys


class Failed(Exception):
    """A program that the benchmark runs ended badly."""


def median(values):
    return statistics.median(values)


def verdict(value, goal, at_least=False):
    if goal is None:
        return ""
    met = value >= goal if at_least else value <= goal
    sign = ">=" if at_least else "<="
    return f"{sign} {goal:g} {'met' if met else 'MISSED'}"


def heading(text):
    print(f"\n{text}")


def line(*cells):
    name, *rest = cells
    print(f"  {name:<42}" + "".join(f"{cell:>12}" for cell in rest[:-1])
          + f"   {rest[-1]}", flush=True)


def stop(number, _):
    sys.exit(128 + number)
