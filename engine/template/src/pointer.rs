//! RFC 6901 JSON pointers, as paths that grow towards the leaves.

use std::fmt;

/// The place of a value in a JSON document; displays as RFC 6901 says, `~` and `/` in names escaped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Returns the place of the field `name` of this object.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        // RFC 6901, section 3: `~` becomes `~0`, `/` becomes `~1`, in this order.
        Self(format!("{}/{}", self.0, name.replace('~', "~0").replace('/', "~1")))
    }

    /// Returns the place of element `index` of this array.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// Returns the pointer as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_finds_the_value_it_was_made_for() {
        let document = serde_json::json!({ "a/b~1": [ { "c": 7 } ] });
        let pointer = Pointer::root().child("a/b~1").index(0).child("c");
        assert_eq!(pointer.to_string(), "/a~1b~01/0/c");
        assert_eq!(document.pointer(pointer.as_str()), Some(&7.into()));
    }

    #[test]
    fn the_root_is_the_empty_string() {
        assert_eq!(Pointer::root().to_string(), "");
    }
}
