#!/usr/bin/env python3
"""How good are the tours of ordermill after so many CPU seconds, beside PyVRP on the same files?

compare.py [--ordermill PATH] [--seeds N] [--seconds S ...] --instances FILE...
Makes its own environment with PyVRP 0.14.1 from PyPI under benches/tours/.venv, runs both solvers alternately, one
thread each, with their CPU clocks as budget, lets PyVRP judge our solution files, and prints a table.
Gaps are against the best known cost of the `.sol` beside the instance, or else against the best that was found here.
"""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean

HERE = Path(__file__).resolve().parent
PYTHON = HERE / ".venv" / "bin" / "python"


def environment():
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", HERE / ".venv"], check=True)
    if subprocess.run([PYTHON, "-c", "import pyvrp"], capture_output=True).returncode:
        subprocess.run([PYTHON, "-m", "pip", "-q", "install", "pyvrp==0.14.1"], check=True)


def printed(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def ours(ordermill, file, seconds, seed):
    """The cost in our file, which PyVRP must confirm."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.sol"
        printed(ordermill, "plan-tours", file, "--seconds", seconds, "--seed", seed, "--out", out)
        said = float(out.read_text().split()[-1])
        judged = float(printed(PYTHON, HERE / "pyvrp_rival.py", "judge", file, out))
        assert abs(said - judged) < 1e-6, f"{file}: we say {said}, PyVRP says {judged}"
        return said


def best_known(file):
    solution = file.with_suffix(".sol")
    return float(solution.read_text().split()[-1]) if solution.exists() else None


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ordermill", type=Path, default=HERE.parents[1] / "target/release/ordermill")
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--seconds", type=float, nargs="+", default=[1.0, 5.0])
    options.add_argument("--instances", type=Path, nargs="+", required=True)
    given = options.parse_args()
    environment()
    print(f"mean gap in % (worst) over {given.seeds} seeds\n")
    print("| instance | CPU s | ordermill | PyVRP 0.14.1 |\n|---|---|---|---|")
    for file in given.instances:
        rows = []
        for seconds in given.seconds:
            pairs = [
                (
                    ours(given.ordermill, file, seconds, seed),
                    float(printed(PYTHON, HERE / "pyvrp_rival.py", "solve", file, seconds, seed)),
                )
                for seed in range(1, given.seeds + 1)
            ]
            rows.append((seconds, *zip(*pairs)))
        best = best_known(file) or min(cost for row in rows for costs in row[1:] for cost in costs)
        for seconds, *columns in rows:
            gaps = [[100 * (cost / best - 1) for cost in costs] for costs in columns]
            told = [f"{mean(gap):.2f} ({max(gap):.2f})" for gap in gaps]
            print(f"| {file.stem} | {seconds:g} | {told[0]} | {told[1]} |", flush=True)


main()
