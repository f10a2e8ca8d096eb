//! The floor of a case: tours, notes, put-away, finite room, waves by cut-off, and a staff that learns and stays away.

use super::generate::Dice;

pub(super) fn draw(dice: &mut Dice, keys: &mut Vec<(String, String)>) {
    let mut add = |path: &str, value: String| {
        keys.retain(|key| key.0 != path);
        keys.push((path.to_owned(), value));
    };
    if dice.uniform() < 0.3 {
        add("floor.picking", tours(dice));
        // With a picker or more for each zone.
        add("nodes.*.pickers", (4 + dice.below(20)).to_string());
    }
    if dice.uniform() < 0.3 {
        add("floor.notes", format!("{{all: {}}}", dice.one_of(&["true", "false"])));
    }
    if dice.uniform() < 0.3 {
        let (work, workers) = (dice.spread(1.0, 40_000.0) as u64, 1 + dice.below(3));
        add("floor.put-away", format!("{{work: {work} s, workers: {workers}}}"));
    }
    if dice.uniform() < 0.3 {
        add("floor.staging", format!("{{packing: {}, dock: {}}}", 1 + dice.below(20), 1 + dice.below(60)));
    }
    if dice.uniform() < 0.2 {
        let before = dice.spread(60.0, 40_000.0) as u64;
        add("floor.wave", format!("{{before: {before} s, size: {}}}", 1 + dice.below(50)));
    }
    if dice.uniform() < 0.3 {
        let (groups, absence, temps) = (1 + dice.below(4), dice.uniform(), dice.uniform());
        let day = format!(
            "{{from: \"06:00\", to: \"15:00\", break: \"10:00\", break-groups: {groups}, absence: {absence:.2}}}"
        );
        let night = format!("{{from: \"15:00\", to: \"06:00\", temps: {temps:.2}}}");
        add("shifts.plan", format!("[{day}, {night}]"));
        add("nodes.*.shifts", "plan".to_owned());
        let (first, rate) = (1.0 + 5.0 * dice.uniform(), 0.5 + 0.5 * dice.uniform());
        add("floor.learning", format!("{{first: {first:.2}, rate: {rate:.2}, forgetting: 10 h}}"));
    }
}

fn tours(dice: &mut Dice) -> String {
    let method = *dice.one_of(&["single", "batch", "zone", "cluster"]);
    let route = *dice.one_of(&["s-shape", "return"]);
    let batch = 1 + dice.below(12);
    format!(
        "{{method: {method}, route: {route}, batch: {batch}, cart: {}, patience: {} s, zones: {}, aisles: {}, \
         aisle-length: {} m}}",
        batch + dice.below(20),
        dice.spread(1.0, 90_000.0) as u64,
        1 + dice.below(4),
        4 + dice.below(30),
        1 + dice.below(200)
    )
}
