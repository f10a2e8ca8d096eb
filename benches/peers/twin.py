"""An independent model of `scenarios/twin.yaml` in SimPy: one replication, its answers as one line of JSON.

usage: twin.py SCENARIO SEED [PATH=VALUE ...]

Written from the scenario file and `ordermill explain`, not from the Rust code; every number comes from the
file. Mechanisms that the twin's file does not use (shifts, waves, returns, ...) are not in here.
"""

import json
import math
import random
import sys
import time
from collections import Counter

import simpy
import yaml

EARTH_KM = 6371.0088
# `ordermill explain promise`: what a plan counts on at the last mile and in a hub.
PLANNED_SHARE, HUB_SLACK_S = 0.9, 30 * 60.0
UNITS_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text):
    """Of `90 s`, `4 h`."""
    number, unit = str(text).split()
    return float(number) * UNITS_S[unit]


def share(value):
    return float(value[:-1]) / 100 if isinstance(value, str) and value.endswith("%") else float(value)


def law(spec):
    """(draw, mean, quantile) of a constant or an exponential time."""
    if isinstance(spec, dict):
        (name, of), = spec.items()
        assert name == "exponential", f"the twin has no law {name}"
        mean = seconds(of["mean"])
        return (lambda rng: rng.expovariate(1 / mean)), mean, lambda q: -mean * math.log(1 - q)
    value = seconds(spec)
    return (lambda rng: value), value, lambda q: value


def km(a, b):
    """Great circle, by the haversine formula."""
    lat_a, lat_b = math.radians(a["lat"]), math.radians(b["lat"])
    lon = math.radians(b["lon"] - a["lon"])
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(lon / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(h))


class Station:
    """Servers with one queue; counts the server time between the end of the warm-up and the horizon."""

    def __init__(self, twin, servers, work):
        self.twin, self.servers, self.work, self.busy_s = twin, servers, work, 0.0
        self.pool = simpy.Resource(twin.env, servers)

    def serve(self):
        twin = self.twin
        with self.pool.request() as server:
            yield server
            begin, work_s = twin.env.now, sum(draw(twin.rng) for draw in self.work)
            end = min(begin + work_s, twin.horizon_s)
            self.busy_s += max(0.0, end - max(begin, twin.warm_up_s))
            yield twin.env.timeout(work_s)
        twin.events += 1  # a service ends

    def utilization(self):
        return self.busy_s / (self.servers * (self.twin.horizon_s - self.twin.warm_up_s))


class Lane:
    """Vehicles that leave by the clock and carry all that waits, up to their capacity."""

    def __init__(self, twin, rule, road_km):
        self.twin, self.every_s, self.capacity = twin, seconds(rule["departures"]["every"]), rule["capacity"]
        assert seconds(rule["cut-off"]) == 0 and rule["travel-cv"] == 0
        self.travel_s = road_km / float(rule["speed"].split()[0]) * 3600 + seconds(rule["loading"])
        self.dock = []
        twin.env.process(self.depart())

    def depart(self):
        env = self.twin.env
        while True:
            yield env.timeout(self.every_s)
            aboard, self.dock = self.dock[: self.capacity], self.dock[self.capacity :]
            if aboard:
                env.process(self.drive(aboard))

    def drive(self, aboard):
        self.twin.events += len(aboard)  # enters line haul
        yield self.twin.env.timeout(self.travel_s)
        for arrived in aboard:
            arrived.succeed()

    def planned(self, ready_s):
        """Arrival of a parcel that is at the dock at `ready_s`."""
        return math.ceil(ready_s / self.every_s) * self.every_s + self.travel_s


class Twin:
    def __init__(self, scenario, seed):
        self.env, self.rng, self.scenario = simpy.Environment(), random.Random(seed), scenario
        self.events, self.submitted, self.parts, self.refused = 0, 0, 0, Counter()
        self.leads_s, self.on_time, self.under_way = [], 0, {}
        run, floor, arrivals = scenario["run"], scenario["floor"], scenario["arrivals"]["constant"]
        self.horizon_s, self.warm_up_s = seconds(run["horizon"]), seconds(run["warm-up"])
        per, unit = arrivals["rate"].split("/") if isinstance(arrivals["rate"], str) else (arrivals["rate"], "h")
        self.rate_s, self.last_s = float(per) / UNITS_S[unit], seconds(arrivals["duration"])
        self.zones = scenario["zones"]["list"]
        self.weights = [zone["weight"] for zone in self.zones]
        self.centers = [node for node in scenario["nodes"] if node.get("kind") != "hub"]
        (hub,) = [node for node in scenario["nodes"] if node.get("kind") == "hub"]
        (rule,), circuity = scenario["network"]["lane-rules"], scenario["network"]["circuity"]
        (method,), (carrier,) = scenario["payment"]["methods"], scenario["carriers"]
        work = {key: law(value) for key, value in floor.items()}

        def station(servers, *keys):
            return Station(self, servers, [work[key][0] for key in keys])

        self.pay = Station(self, method["lanes"], [law(method["latency"])[0]])
        self.pick = [station(c["pickers"], "pick-per-order", "pick-per-line") for c in self.centers]
        self.pack = [station(c["packers"], "pack-per-order", "pack-per-line") for c in self.centers]
        self.sort = station(hub["sorters"], "sort")
        self.lanes = [Lane(self, rule, km(c["at"], hub["at"]) * circuity) for c in self.centers]
        self.last_mile, _, last_mile_quantile = law(carrier["last-mile"])
        self.planned_s = work["sort"][1] + HUB_SLACK_S + last_mile_quantile(PLANNED_SHARE)
        (delivery,) = scenario["delivery"]
        self.handling_s, self.slack_s = seconds(delivery["handling"]), seconds(delivery["slack"])
        assert not delivery["by-day"]
        # Each zone's centers, nearest first.
        self.near = [sorted(range(len(self.centers)), key=lambda c: km(self.centers[c]["at"], z["at"])) for z in self.zones]
        self.stock = self.shelves()

    def shelves(self):
        """Units by center and SKU: expected demand x cover, by the demand that is nearest to each center."""
        skus, total = self.scenario["catalog"]["synthetic"]["skus"], sum(self.weights)
        assert self.scenario["stock"]["nodes-per-sku"] == len(self.centers)
        expected = self.rate_s * self.last_s / skus * self.scenario["stock"]["cover"]
        nearest = [sum(w for w, near in zip(self.weights, self.near) if near[0] == c) for c in range(len(self.centers))]
        return [[math.ceil(expected * weight / total)] * skus for weight in nearest]

    def shoppers(self):
        while True:
            yield self.env.timeout(self.rng.expovariate(self.rate_s))
            if self.last_s <= self.env.now:
                return
            self.env.process(self.order())

    def reserve(self, zone, sku):
        """One unit from the nearest center that has it."""
        for center in self.near[zone]:
            if self.stock[center][sku]:
                self.stock[center][sku] -= 1
                return center
        return None

    def order(self):
        env, submitted_s = self.env, self.env.now
        (zone,) = self.rng.choices(range(len(self.zones)), self.weights)
        sku = self.rng.randrange(len(self.stock[0]))
        self.submitted += 1
        self.events += 3  # enters browse, cart; submit
        center = self.reserve(zone, sku)
        if center is None:
            self.refused["out-of-stock"] += 1
            return
        self.parts += 1
        lane = self.lanes[center]
        promise_s = lane.planned(submitted_s + self.handling_s) + self.planned_s + self.slack_s
        counted = self.warm_up_s <= submitted_s
        number = self.submitted
        if counted:
            self.under_way[number] = (submitted_s, promise_s)
        self.events += 1  # enters pay
        yield from self.pay.serve()
        self.events += 4  # enters review, allocate, wave, pick
        yield from self.pick[center].serve()
        self.events += 1  # enters pack
        yield from self.pack[center].serve()
        self.events += 1  # enters the dock
        arrived = env.event()
        lane.dock.append(arrived)
        yield arrived
        self.events += 1  # enters sort
        yield from self.sort.serve()
        self.events += 1  # enters the last mile
        yield env.timeout(self.last_mile(self.rng))
        self.events += 2  # delivered; enters receive
        if counted:
            del self.under_way[number]
            self.leads_s.append(env.now - submitted_s)
            self.on_time += env.now <= promise_s

    def answers(self):
        # An order past its promise is late, and counts with its age; others under way do not count yet.
        overdue_s = [self.horizon_s - at for at, promise_s in self.under_way.values() if promise_s < self.horizon_s]
        leads_s = sorted(self.leads_s + overdue_s)
        return {
            "lead time, mean, h": sum(leads_s) / len(leads_s) / 3600,
            "lead time, p95, h": leads_s[math.ceil(0.95 * len(leads_s)) - 1] / 3600,
            "on-time share, %": 100 * self.on_time / len(leads_s),
            "refused out-of-stock, %": 100 * self.refused["out-of-stock"] / self.submitted,
            "refused otherwise, %": 100 * (self.refused.total() - self.refused["out-of-stock"]) / self.submitted,
            "utilization pick @ North, %": 100 * self.pick[0].utilization(),
            "utilization pack @ South, %": 100 * self.pack[1].utilization(),
            "utilization sort @ Hub, %": 100 * self.sort.utilization(),
            "utilization pay @ card, %": 100 * self.pay.utilization(),
            "splits an order": self.parts / (self.submitted - self.refused.total()) - 1,
        }


def read(path, changes):
    with open(path, encoding="utf-8") as file:
        scenario = yaml.safe_load(file)
    for change in changes:
        place, value = change.split("=", 1)
        *way, last = place.split(".")
        at = scenario
        for step in way:
            at = at.setdefault(step, {})
        at[last] = yaml.safe_load(value)
    return scenario


def main(path, seed, *changes):
    twin = Twin(read(path, changes), int(seed))
    begin_s = time.process_time()
    twin.env.process(twin.shoppers())
    twin.env.run(until=twin.horizon_s)
    cpu_s = time.process_time() - begin_s
    kernel_events = next(twin.env._eid)
    print(json.dumps({"answers": twin.answers(), "orders": twin.submitted, "events": twin.events,
                      "kernel": kernel_events, "cpu_s": cpu_s}))


if __name__ == "__main__":
    main(*sys.argv[1:])
