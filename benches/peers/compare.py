"""Do two programs agree? Runs ordermill and `twin.py` on `scenarios/twin.yaml` and prints one table.

usage: compare.py ORDERMILL FOLDER [--short]     (by way of the script `twin`)

Outputs: Welch's two-sample t interval at 99 % of the difference over independent replications; it must hold 0.
Twice: as the file is, and with too little stock, so that orders are refused. Seeds are fixed: a table is
the same each time, its speed apart. Exit code 1 when something disagrees.
"""

import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from scipy import stats

HERE = pathlib.Path(__file__).resolve().parent
SCENARIO = HERE.parent.parent / "scenarios" / "twin.yaml"
CONFIDENCE = 0.99
EVENTS_WITHIN = 0.10
SCARCE = ["stock.cover=0.9", "allocation.backorder=false"]
STATIONS = ["pick @ North", "pack @ South", "sort @ Hub", "pay @ card"]


def judged(folder):
    """The scenario with the 95 % quantile of lead times among its service levels: `result.json` tells their values."""
    path = folder / "twin-judged.yaml"
    path.write_text(f"extends: {SCENARIO}\nslo:\n  - {{metric: lead-time, quantile: 0.95, at-most: 30 d}}\n")
    return path


def ours(program, folder, seed, changes=(), replications=1):
    out = folder / f"run-{seed}-{len(changes)}"
    sets = [word for change in changes for word in ("--set", change)]
    command = [program, "run", judged(folder), "--seed", str(seed), "--replications", str(replications),
               "--threads", "1", "--quiet", "-o", out, *sets]
    done = subprocess.run(command, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"ordermill ended with exit code {done.returncode}: {' '.join(map(str, command))}")
    return json.loads((out / "result.json").read_text())


def answers(result):
    (row,) = result["replications"]
    submitted = row["submitted_count"]
    refused = {reason["name"]: 100 * reason["count"] / submitted for reason in result["refusals"]}
    stations = {s["station"]: s["utilization_ratio"]["mean"] for s in result["stations"]}
    accepted = submitted * (1 - row["refused_share"])
    found = {
        "lead time, mean, h": row["lead_time_s_mean"] / 3600,
        "lead time, p95, h": row["slo_values"][0] / 3600,
        "on-time share, %": 100 * row["on_time_share"],
        "refused out-of-stock, %": refused.pop("out-of-stock"),
        "refused otherwise, %": sum(refused.values()),
    }
    found |= {f"utilization {name}, %": 100 * stations[name] for name in STATIONS}
    return found | {"splits an order": result["shipments"]["fulfillment_orders_count"] / accepted - 1}


def theirs(seed, changes=()):
    command = [sys.executable, HERE / "twin.py", SCENARIO, str(seed), *changes]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def agrees(name, a, b):
    """Prints a row of the table; is zero within the interval of the difference?"""
    difference = statistics.mean(a) - statistics.mean(b)
    squares = [statistics.variance(x) / len(x) for x in (a, b)]
    half = 0.0
    if sum(squares):
        freedom = sum(squares) ** 2 / sum(s**2 / (len(x) - 1) for s, x in zip(squares, (a, b)))
        half = stats.t.ppf((1 + CONFIDENCE) / 2, freedom) * sum(squares) ** 0.5
    # Equal constants may differ by rounding.
    holds = abs(difference) <= half + 1e-9
    print(f"{name:<30}{statistics.mean(a):>10.3f}{statistics.mean(b):>10.3f}"
          f"{difference:>+11.4f}{half:>9.4f}  {'agree' if holds else 'DISAGREE'}")
    return holds


def cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def speed(program, folder, pairs):
    """Orders a CPU second, medians of alternating runs: our whole process, of theirs the simulation alone."""
    mill, simpy = [], []
    for pair in range(pairs):
        begin = cpu_s()
        result = ours(program, folder, 900 + pair, replications=10)
        mill.append(result["orders"]["submitted"] / (cpu_s() - begin))
        run = theirs(900 + pair)
        simpy.append(run["orders"] / run["cpu_s"])
    return statistics.median(mill), statistics.median(simpy)


def main(program, folder, *options):
    folder = pathlib.Path(folder)
    count, pairs = (5, 1) if "--short" in options else (20, 5)
    print(f"{count} replications each, {CONFIDENCE:.0%} intervals of the difference\n")
    good = True
    for title, changes in (("as the file is", []), ("with too little stock", SCARCE)):
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            simpy = list(pool.map(lambda seed: theirs(seed, changes), range(1, count + 1)))
        mill = [ours(program, folder, 100 + seed, changes) for seed in range(count)]
        print(f"{title:<30}{'ordermill':>10}{'SimPy':>10}{'difference':>11}{'+-':>9}")
        found = [answers(result) for result in mill]
        for name in found[0]:
            good &= agrees(name, [row[name] for row in found], [run["answers"][name] for run in simpy])
        events = [statistics.mean(result["events"]["per_order"] for result in mill),
                  statistics.mean(run["events"] / run["orders"] for run in simpy)]
        close = abs(events[0] / events[1] - 1) <= EVENTS_WITHIN
        good &= close
        print(f"{'events an order, within 10 %':<30}{events[0]:>10.2f}{events[1]:>10.2f}"
              f"{events[0] - events[1]:>+11.4f}{'':>9}  {'agree' if close else 'DISAGREE'}")
        kernel = [statistics.mean(r["events"]["calendar"] / r["orders"]["submitted"] for r in mill),
                  statistics.mean(run["kernel"] / run["orders"] for run in simpy)]
        print(f"{'calendar entries an order':<30}{kernel[0]:>10.2f}{kernel[1]:>10.2f}\n")
    print(f"too little stock: {' '.join(SCARCE)}")
    a, b = speed(program, folder, pairs)
    print(f"{'orders a CPU second, one core':<30}{a:>10,.0f}{b:>10,.0f}   {a / b:.0f} x")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
