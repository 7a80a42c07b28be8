//! What is understood of prompts that people write.

mod thirty;

use super::*;

fn of(prompt: &str) -> Understanding {
    Understanding::of_prompt(prompt)
}
