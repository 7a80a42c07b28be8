//! One value of a JSON document and the typed getters that judge it. Rules across fields are the caller's.

use std::{fmt, ops::RangeInclusive};

use serde_json::Value;

use crate::{Issue, IssueCollector, ObjectReader, Pointer, codes, nearest};

/// Characters of a caller's value that a sentence repeats.
const QUOTED_CHARS_MAX: usize = 60;

/// The numbers that a field takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    min: f64,
    min_excluded: bool,
    max: f64,
}

impl NumberRange {
    /// Returns the numbers `x` with `min < x <= max`.
    pub fn above(min: f64, max: f64) -> Self {
        Self { min, min_excluded: true, max }
    }

    /// Returns the JSON Schema of the numbers within.
    pub(crate) fn schema(self) -> Value {
        let min = if self.min_excluded { "exclusiveMinimum" } else { "minimum" };
        serde_json::json!({ "type": "number", min: self.min, "maximum": self.max })
    }

    /// Returns true for a number within.
    pub fn contains(self, number: f64) -> bool {
        let above_min = if self.min_excluded { number > self.min } else { number >= self.min };
        above_min && number <= self.max
    }
}

impl From<RangeInclusive<f64>> for NumberRange {
    fn from(range: RangeInclusive<f64>) -> Self {
        Self { min: *range.start(), min_excluded: false, max: *range.end() }
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { min, min_excluded, max } = self;
        if *min_excluded {
            write!(f, "more than {min} and at most {max}")
        } else {
            write!(f, "from {min} to {max}")
        }
    }
}

/// A field of an object or an element of an array, present or not. A getter answers `None` for an absent value,
/// and for one that breaks a rule, which it records; so `unwrap_or(default)` is right in both cases, because a
/// document with issues is never used. JSON `null` is a value of the wrong type, not an absent one.
#[derive(Debug, Clone)]
#[must_use = "a field that no getter looked at is not validated"]
pub struct Field<'v, 'c> {
    value: Option<&'v Value>,
    pointer: Pointer,
    issues: &'c IssueCollector,
}

impl<'v, 'c> Field<'v, 'c> {
    /// Wraps a value, or the absence of one, at `pointer`.
    pub fn new(value: Option<&'v Value>, pointer: Pointer, issues: &'c IssueCollector) -> Self {
        Self { value, pointer, issues }
    }

    /// Returns the place of the value.
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// Returns the value without judging it.
    pub fn raw(&self) -> Option<&'v Value> {
        self.value
    }

    /// Records that the value breaks a rule of the caller's own.
    pub fn reject(&self, code: &'static str, detail: impl Into<String>) {
        self.issues.add(Issue::new(&self.pointer, code, detail));
    }

    /// Records that the value breaks a rule of the caller's own, with what was probably meant.
    pub fn reject_as(&self, code: &'static str, detail: impl Into<String>, suggestion: Option<&str>) {
        self.issues.add(Issue::new(&self.pointer, code, detail).with_suggestion(suggestion));
    }

    /// Returns a string whose length in characters is in `chars`.
    pub fn string(&self, chars: RangeInclusive<usize>) -> Option<&'v str> {
        let Value::String(text) = self.value? else {
            return self.wrong_type("a string");
        };
        self.length_checked(text.chars().count(), &chars, "characters").then_some(text)
    }

    /// Returns a number in `range`.
    pub fn number(&self, range: impl Into<NumberRange>) -> Option<f64> {
        let Value::Number(number) = self.value? else {
            return self.wrong_type("a number");
        };
        let number = number.as_f64()?;
        let range = range.into();
        if range.contains(number) {
            return Some(number);
        }
        self.reject(codes::OUT_OF_RANGE, format!("{number} is out of range; it must be {range}"));
        None
    }

    /// Returns a whole number in `range`; `3.0` is one, as in JSON Schema.
    pub fn integer<T>(&self, range: RangeInclusive<T>) -> Option<T>
    where
        T: TryFrom<i64> + Into<i64> + Copy + fmt::Display,
    {
        let Value::Number(number) = self.value? else {
            return self.wrong_type("a whole number");
        };
        let (min, max): (i64, i64) = ((*range.start()).into(), (*range.end()).into());
        let whole = number.as_i64().or_else(|| number.as_f64().and_then(whole_from_f64));
        let accepted = whole.filter(|n| (min..=max).contains(n)).and_then(|n| T::try_from(n).ok());
        if accepted.is_none() {
            let detail = format!("{number} is out of range; it must be a whole number from {min} to {max}");
            self.reject(codes::OUT_OF_RANGE, detail);
        }
        accepted
    }

    /// Returns `true` or `false`.
    pub fn boolean(&self) -> Option<bool> {
        match self.value? {
            Value::Bool(value) => Some(*value),
            _ => self.wrong_type("true or false"),
        }
    }

    /// Returns the value that `table` gives to the word found.
    pub fn choice<T: Copy>(&self, table: &[(&'static str, T)]) -> Option<T> {
        let Value::String(word) = self.value? else {
            return self.wrong_type(&format!("one of {}", listed(table)));
        };
        self.word(word, table, "")
    }

    /// Returns a number in `range` made into a `T`, or the value that `table` gives to the word found.
    pub fn number_or_choice<T: Copy>(
        &self,
        range: impl Into<NumberRange>,
        from_number: impl FnOnce(f64) -> T,
        table: &[(&'static str, T)],
    ) -> Option<T> {
        match self.value? {
            Value::Number(_) => self.number(range).map(from_number),
            Value::String(word) => self.word(word, table, "a number without quotes, or "),
            _ => self.wrong_type(&format!("a number or one of {}", listed(table))),
        }
    }

    /// Returns a reader of an object.
    pub fn object(&self) -> Option<ObjectReader<'v, 'c>> {
        ObjectReader::new(self.value?, &self.pointer, self.issues)
    }

    /// Returns the elements of an array whose length is in `lengths`.
    pub fn array(&self, lengths: RangeInclusive<usize>) -> Option<Vec<Field<'v, 'c>>> {
        let Value::Array(elements) = self.value? else {
            return self.wrong_type("an array");
        };
        if !self.length_checked(elements.len(), &lengths, "elements") {
            return None;
        }
        let element = |(index, value)| Field::new(Some(value), self.pointer.index(index), self.issues);
        Some(elements.iter().enumerate().map(element).collect())
    }

    /// Records that the value is not what was wanted.
    pub fn wrong_type<T>(&self, wanted: &str) -> Option<T> {
        let value = self.value?;
        let hint = if value.is_null() { "; leave it out for its default" } else { "" };
        let detail = format!("must be {wanted}, not {}{hint}", kind_of(value));
        self.reject(codes::WRONG_TYPE, detail);
        None
    }

    fn word<T: Copy>(&self, word: &str, table: &[(&'static str, T)], or: &str) -> Option<T> {
        if let Some((_, value)) = table.iter().find(|(name, _)| *name == word) {
            return Some(*value);
        }
        let suggestion = nearest(word, table.iter().map(|(name, _)| *name));
        let detail = match suggestion {
            Some(meant) => format!("{} is not known here; did you mean {meant:?}?", quoted(word)),
            None => format!("{} is not known here; it must be {or}one of {}", quoted(word), listed(table)),
        };
        self.reject_as(codes::UNKNOWN_VALUE, detail, suggestion);
        None
    }

    fn length_checked(&self, length: usize, allowed: &RangeInclusive<usize>, what: &str) -> bool {
        let (code, bound) = if length < *allowed.start() {
            (codes::TOO_SHORT, format!("at least {}", allowed.start()))
        } else if length > *allowed.end() {
            (codes::TOO_LONG, format!("at most {}", allowed.end()))
        } else {
            return true;
        };
        self.reject(code, format!("has {length} {what}; it must have {bound}"));
        false
    }
}

/// Returns `text` in quotes, shortened to what a sentence can carry.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED_CHARS_MAX) {
        Some((cut, _)) => format!("{:?}", format!("{}…", &text[..cut])),
        None => format!("{text:?}"),
    }
}

fn listed<T>(table: &[(&'static str, T)]) -> String {
    table.iter().map(|(name, _)| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn whole_from_f64(number: f64) -> Option<i64> {
    /// Above it, `f64` no longer tells whole numbers apart.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within 2^53")]
    (number.fract() == 0.0 && number.abs() <= EXACT_MAX).then_some(number as i64)
}
