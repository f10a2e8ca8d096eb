#!/usr/bin/env python3
"""Tour instances in the style of the X set (Uchoa et al. 2017) and of Solomon (1987), written from a seed.

generate.py FOLDER: ten files. Their best costs are unknown: solvers are compared with each other on them.
"""
import math
import random
import sys
from pathlib import Path


def clustered(dice, count, seeds, span):
    """Half of the points uniform, half drawn to seeds with a probability that decays with distance."""
    places = {(dice.randint(0, span), dice.randint(0, span)) for _ in range(count // 2)}
    centers = [(dice.randint(0, span), dice.randint(0, span)) for _ in range(seeds)]
    while len(places) < count:
        x, y = dice.randint(0, span), dice.randint(0, span)
        chance = sum(math.exp(-math.hypot(x - a, y - b) / 40) for a, b in centers)
        if dice.random() < chance:
            places.add((x, y))
    points = sorted(places)
    dice.shuffle(points)
    return points[:count]


def x_like(folder, customers, per_tour, depot, demand, seed):
    dice = random.Random(seed)
    points = clustered(dice, customers, dice.randint(3, 8), 1000)
    at = {"center": (500, 500), "corner": (0, 0), "random": (dice.randint(0, 1000), dice.randint(0, 1000))}[depot]
    demands = [dice.randint(*demand) for _ in points]
    capacity = max(math.ceil(per_tour * sum(demands) / customers), max(demands))
    name = f"G-n{customers + 1}-r{per_tour}-{depot}"
    lines = [f"NAME : {name}", "TYPE : CVRP", f"DIMENSION : {customers + 1}", "EDGE_WEIGHT_TYPE : EUC_2D"]
    lines += [f"CAPACITY : {capacity}", "NODE_COORD_SECTION"]
    lines += [f"{i} {x} {y}" for i, (x, y) in enumerate([at, *points], 1)]
    lines += ["DEMAND_SECTION"] + [f"{i} {d}" for i, d in enumerate([0, *demands], 1)]
    lines += ["DEPOT_SECTION", "1", "-1", "EOF", ""]
    (folder / f"{name}.vrp").write_text("\n".join(lines))


def solomon_like(folder, customers, kind, horizon, capacity, seed):
    """Windows around the hour at which a random plan could come, as Solomon made them."""
    dice = random.Random(seed)
    span = int(10 * math.sqrt(customers))
    if kind == "R":
        points = [(dice.randint(0, span), dice.randint(0, span)) for _ in range(customers)]
    else:
        points = [(x // 10, y // 10) for x, y in clustered(dice, customers, 8, span * 10)]
    depot = (span // 2, span // 2)
    name = f"S-{kind}-{customers}-{horizon}"
    lines = [name, "", "VEHICLE", "NUMBER     CAPACITY", f"  {customers // 2}    {capacity}", "", "CUSTOMER"]
    lines += ["CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME", ""]
    lines += [f"0 {depot[0]} {depot[1]} 0 0 {horizon} 0"]
    for number, (x, y) in enumerate(points, 1):
        way = math.hypot(x - depot[0], y - depot[1]) + 1
        first, last = math.ceil(way), math.floor(horizon - way - 10)
        ready, due = first, last
        if dice.random() < 0.75:
            center, half = dice.uniform(first, last), max(5.0, dice.gauss(horizon / 10, horizon / 40))
            ready, due = max(first, int(center - half)), min(last, int(center + half))
        lines.append(f"{number} {x} {y} {dice.choice((10, 10, 20, 20, 30, 40))} {ready} {due} 10")
    (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    x_like(folder, 1000, 6, "random", (1, 100), 11)
    x_like(folder, 1000, 12, "center", (1, 10), 12)
    x_like(folder, 1000, 23, "corner", (50, 100), 13)
    x_like(folder, 200, 8, "random", (1, 100), 14)
    solomon_like(folder, 100, "R", 240, 200, 21)
    solomon_like(folder, 100, "RC", 1000, 1000, 22)
    solomon_like(folder, 200, "R", 1000, 1000, 23)
    solomon_like(folder, 400, "RC", 500, 300, 24)
    solomon_like(folder, 1000, "R", 700, 200, 25)
    solomon_like(folder, 1000, "RC", 1800, 1000, 26)


main()
