//! The thirty prompts from which the grammar was drawn, each with what its storyboard needs.

use super::of;

#[test]
fn dump() {
    let path = std::env::var("PROMPTS").unwrap();
    for prompt in std::fs::read_to_string(path).unwrap().lines().filter(|l| !l.is_empty()) {
        let u = of(&prompt.replace("\\n", "\n"));
        println!("\n## {prompt}");
        let v = serde_json::to_value(&u).unwrap();
        let o: Vec<String> = v
            .as_object()
            .unwrap()
            .iter()
            .filter(|(k, v)| {
                !v.is_null()
                    && v.as_array().is_none_or(|a| !a.is_empty())
                    && *k != "wishes"
                    && !(*k == "palette" && *v == "auto")
            })
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let w: Vec<&String> = v["wishes"]
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, v)| v == &&serde_json::Value::Bool(true))
            .map(|(k, _)| k)
            .collect();
        println!("{} {w:?}", o.join("  "));
    }
}
