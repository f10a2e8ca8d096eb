"""Does pm4py read the same log that we wrote? usage: python ocel_pm4py.py ocel.json"""

import csv
import json
import os
import sys

import pandas
import pm4py

path = sys.argv[1]
with open(path, encoding="utf-8") as file:
    written = json.load(file)
log = pm4py.read_ocel2_json(path)

objects, events = written["objects"], written["events"]
attributes = [(thing["id"], attribute) for thing in objects for attribute in thing["attributes"]]
bases = {(thing, attribute["name"]) for thing, attribute in attributes}
expected = {
    "events": len(events),
    "objects": len(objects),
    "event-object relations": sum(len(event["relationships"]) for event in events),
    "object-object relations": sum(len(thing["relationships"]) for thing in objects),
    "object changes": len(attributes) - len(bases),
    "event types": len({event["type"] for event in events}),
    "object types": len({thing["type"] for thing in objects}),
}
read = {
    "events": len(log.events),
    "objects": len(log.objects),
    "event-object relations": len(log.relations),
    "object-object relations": len(log.o2o),
    "object changes": len(log.object_changes),
    "event types": log.events[log.event_activity].nunique(),
    "object types": log.objects[log.object_type_column].nunique(),
}
assert read == expected, f"written {expected}, read {read}"

at = log.events.set_index(log.event_id_column)[log.event_timestamp]
for event in events:
    assert at[event["id"]] == pandas.Timestamp(event["time"]), event["id"]

if events:
    net = pm4py.discover_oc_petri_net(log)
    assert set(net["object_types"]) >= {"Order"}, net["object_types"]

# Flattened by order, pm4py finds the variants and arcs that the run tells.
tables = os.path.join(os.path.dirname(os.path.abspath(path)), "tables")
if events and os.path.exists(os.path.join(tables, "variants.csv")):
    # pm4py counts variants over rows that lie case by case; equal instants stay in the order of the log.
    orders = pm4py.ocel_flattening(log, "Order").sort_values(["case:concept:name", "time:timestamp"], kind="stable")
    found = {" > ".join(steps): count for steps, count in pm4py.get_variants(orders).items()}
    with open(os.path.join(tables, "variants.csv"), encoding="utf-8", newline="") as file:
        told = {row["steps"]: int(row["orders_count"]) for row in csv.DictReader(file)}
    assert told == found, set(told.items()) ^ set(found.items())
    graph, _, _ = pm4py.discover_dfg(orders)
    with open(os.path.join(tables, "arcs.csv"), encoding="utf-8", newline="") as file:
        arcs = {(row["from"], row["to"]): int(row["count"]) for row in csv.DictReader(file)}
    assert arcs == dict(graph), set(arcs.items()) ^ set(graph.items())
    print(f"pm4py finds the same {len(told)} variants and {len(arcs)} arcs")
print(f"pm4py reads {', '.join(f'{count} {what}' for what, count in read.items())}: {path}")
