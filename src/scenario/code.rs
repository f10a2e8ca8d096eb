//! The codes of diagnostics: stable, so that they can be searched for, and one line each on what they mean.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    pub code: &'static str,
    pub title: &'static str,
    pub remedy: &'static str,
}

const fn code(code: &'static str, title: &'static str, remedy: &'static str) -> Code {
    Code { code, title, remedy }
}

#[rustfmt::skip]
pub const CODES: &[Code] = &[
    code("E0101", "A file is missing or cannot be read.", "Check the path; names in a scenario start from the folder of the file that holds them."),
    code("E0102", "The path is a folder, not a file.", "Name a scenario file."),
    code("E0103", "The file is not text.", "Save it as UTF-8; export a spreadsheet as CSV."),
    code("E0104", "The file is too large.", "Move bulk data into CSV tables, or split the table."),
    code("E0105", "The text is not YAML, TOML or JSON.", "Check indentation, quotes and brackets near the place."),
    code("E0106", "The text is nested too deep.", "Look for a bracket that was not closed."),
    code("E0107", "The text holds too many values, aliases expanded, or too many keys in one map.", "Move bulk data into a CSV table."),
    code("E0108", "A key stands twice in one map.", "Keep one of the two."),
    code("E0109", "The scenario is empty.", "Start with `ordermill new NAME`."),
    code("E0110", "`extends` goes in a circle, or through too many files.", "Take `extends` out of one of the files."),
    code("E0201", "There is no such key here.", "Take the suggested key, or look it up with `ordermill explain`."),
    code("E0202", "A key that must be there is missing.", "Add it; the help shows an example."),
    code("E0203", "The value has the wrong type.", "Write it as the help shows."),
    code("E0204", "The word is not one of the known ones.", "Take one of the listed words."),
    code("E0205", "The unit is missing, unknown or out of place.", "Write the number with one of the listed units."),
    code("E0206", "The value is out of bounds.", "Write a value within the stated bounds."),
    code("E0207", "The name refers to nothing.", "Take one of the listed names, or define it."),
    code("E0208", "The city is not in the embedded tables.", "Name its country, or write latitude and longitude."),
    code("E0209", "A name stands twice.", "Give each its own name."),
    code("E0210", "Keys exclude each other, or none of them is there.", "Write exactly one of them."),
    code("E0211", "The list is empty.", "Write at least one item."),
    code("E0212", "This is no time of day, or no date.", "Write \"20:00\", or 2026-11-10T18:00."),
    code("E0213", "The path or value of `--set` cannot be used.", "Write --set run.horizon=\"2 d\" or --set nodes.0.pickers=40."),
    code("E0214", "A text holds letters that are obeyed or not seen, or is too long.", "Write it without control characters, marks of direction and letters without width."),
    code("E0301", "All weights are zero.", "Give at least one a weight above 0."),
    code("E0302", "No node is a fulfillment center.", "Write a node with kind: fulfillment-center."),
    code("E0303", "No node is a hub.", "Write a node with kind: hub."),
    code("E0304", "The warm-up leaves nothing of the horizon.", "Make the horizon longer or the warm-up shorter."),
    code("E0305", "The scenario is refused by estimate: no machine would finish it.", "Simulate a part of the demand, or fewer replications."),
    code("E0306", "A station that gets work has no servers.", "Give it at least one, or take the work away."),
    code("E0307", "No lane leaves a fulfillment center.", "Add a lane rule or a row to the lanes file."),
    code("E0308", "Values contradict each other.", "Change one of them as the help shows."),
    code("E0309", "A service level objective is incoherent.", "One metric, one bound; a quantile for times only; a stage for stage-time only."),
    code("E0311", "There is no stock.", "Write stock.cover, a stock file, or receipts."),
    code("E0313", "A formula of `allocation.score` cannot be read.", "Correct it at the place shown; `ordermill explain score` lists variables and functions."),
    code("E0314", "A box is smaller than its item.", "Make the box larger; goods of class oversize travel without one."),
    code("E0401", "A column is missing in a CSV table.", "Add the column, or correct its name in the header."),
    code("E0402", "A cell of a CSV table is not what its column needs.", "Write a value as the help shows."),
    code("E0403", "A CSV table has no rows.", "Write one row a line under the header."),
    code("E0404", "A line of a CSV table has the wrong number of cells.", "Write one cell for each column; quote cells that hold a comma."),
    code("W0401", "Orders come after the simulation has ended.", "Make run.horizon longer."),
    code("W0402", "Nobody uses what the section describes.", "Name it where it is used, or take the section out."),
];

/// Codes of what is found after the scenario was read, when the world is built from it: the replay file, the demand,
/// the network.
#[rustfmt::skip]
pub const BUILD_CODES: &[Code] = &[
    code("E0501", "The replay file is missing or cannot be read.", "Check its name and rights, and that nobody writes to it."),
    code("E0502", "The replay file holds no orders.", "Write one order line a row under a header."),
    code("E0503", "The replay file is not CSV text.", "Unpack it; export a spreadsheet as CSV in UTF-8."),
    code("E0504", "A column is missing in the replay file.", "Correct its name in replay.columns; the help lists the columns that are there."),
    code("E0505", "The time format cannot be read.", "Write replay.time-format as the help shows."),
    code("E0506", "Too many rows of the replay file are rejected.", "Check replay.columns and replay.time-format, or raise replay.max-rejects."),
    code("E0507", "No row of the replay file makes an order.", "Check replay.columns, replay.time-format and replay.cancelled-values."),
    code("E0508", "Weights, rates or counts of the demand cannot be drawn from.", "Write numbers of 0 or more, at least one above 0."),
    code("E0509", "The catalog holds no SKU.", "Write catalog.synthetic, a catalog file, or a replay file that names SKUs."),
    code("E0510", "There is no demand, or more than one kind of it.", "Write one of arrivals and replay."),
    code("E0511", "The replay file changed while it was read.", "Run again, and let nobody write to it meanwhile."),
    code("E0901", "The network cannot serve what is promised.", "Check network.lane-rules, the lanes file, and the carriers of the delivery methods."),
];
