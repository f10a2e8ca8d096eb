//! The starter file of `ordermill new NAME`.

/// A commented scenario that reads without diagnostics; `name` is what the planner typed.
pub fn template(name: &str) -> String {
    let legal = |c: char| c.is_alphanumeric() || "-_ .".contains(c);
    let name: String = name.chars().filter(|&c| legal(c)).take(60).collect();
    let name = if name.trim().is_empty() { "my-shop" } else { name.trim() };
    include_str!("template.yaml").replace("{name}", name)
}
