#!/usr/bin/env python3
"""PyVRP on one instance, its CPU clock as budget: pyvrp_rival.py solve FILE CPU_SECONDS SEED.
As a judge of a solution file: pyvrp_rival.py judge FILE SOLUTION. Both print the cost, or inf."""
import sys
import tempfile
import time

from pyvrp import Solution, read, solve


class CpuTime:
    def __init__(self, seconds):
        self.seconds = seconds
        self.start = time.process_time()

    def __call__(self, best_cost):
        return self.seconds <= time.process_time() - self.start

    def fraction_remaining(self):
        return max(0.0, 1 - (time.process_time() - self.start) / self.seconds)


def vrplib(file):
    """A Solomon table as the VRPLIB file that PyVRP reads."""
    lines = [line.split() for line in open(file)]
    fleet, *rows = [line for line in lines if line and line[0].isdigit()]
    text = ["NAME : table", "TYPE : VRPTW", f"DIMENSION : {len(rows)}", f"VEHICLES : {fleet[0]}"]
    text += [f"CAPACITY : {fleet[1]}", "EDGE_WEIGHT_TYPE : EUC_2D"]
    for section, first, last in (
        ("NODE_COORD", 1, 3), ("DEMAND", 3, 4), ("TIME_WINDOW", 4, 6), ("SERVICE_TIME", 6, 7)
    ):
        text.append(f"{section}_SECTION")
        text += [" ".join([str(number), *row[first:last]]) for number, row in enumerate(rows, 1)]
    text += ["DEPOT_SECTION", "1", "-1", "EOF", ""]
    with tempfile.NamedTemporaryFile("w", suffix=".vrp", delete=False) as out:
        out.write("\n".join(text))
    return out.name


def load(file):
    """Distances with time windows are cut after one decimal, others are rounded to whole numbers."""
    table = file.endswith(".txt")
    timed = table or "TIME_WINDOW_SECTION" in open(file).read()
    return read(vrplib(file) if table else file, round_func="dimacs" if timed else "round"), 10 if timed else 1


def main():
    task, file, *rest = sys.argv[1:]
    data, scale = load(file)
    if task == "judge":
        lines = [line.split(":")[1] for line in open(rest[0]) if line.startswith("Route")]
        solution = Solution(data, [[int(customer) - 1 for customer in line.split()] for line in lines])
        print(solution.distance() / scale if solution.is_feasible() and solution.is_complete() else "inf")
    else:
        result = solve(data, CpuTime(float(rest[0])), seed=int(rest[1]), display=False, collect_stats=False)
        print(result.cost() / scale if result.is_feasible() else "inf")


main()
