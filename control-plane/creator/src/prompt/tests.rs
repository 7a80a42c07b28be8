//! What is understood of prompts that people write.

mod gallery;
mod languages;
mod thirty;
mod traps;
mod whatever;

use super::*;

fn of(prompt: &str) -> Understanding {
    Understanding::of_prompt(prompt)
}

fn amounts(understanding: &Understanding) -> Vec<(&str, Option<&str>, Option<&str>)> {
    understanding
        .prices
        .iter()
        .map(|price| (price.amount.as_str(), price.was.as_deref(), price.what.as_deref()))
        .collect()
}

fn counted(understanding: &Understanding) -> Vec<(&str, &str)> {
    understanding.numbers.iter().map(|fact| (fact.value.as_str(), fact.what.as_str())).collect()
}
