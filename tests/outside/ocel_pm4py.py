"""Does pm4py read the same log that we wrote? usage: python ocel_pm4py.py ocel.json"""

import json
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
print(f"pm4py reads {', '.join(f'{count} {what}' for what, count in read.items())}: {path}")
