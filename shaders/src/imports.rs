//! `//#import NAME` lines in WGSL: each is replaced by the shared file of that name, once.

use crate::Shader;

/// An import that names no shared file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// The name that was asked for.
    pub name: String,
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no shared shader is called {}", self.name)
    }
}

impl std::error::Error for ImportError {}

const DIRECTIVE: &str = "//#import ";

/// Returns `source` with each import replaced by the file it names. Shared files import nothing.
///
/// # Errors
/// [`ImportError`] for a name that `shared` lacks.
pub fn expanded_source(source: &str, shared: &[Shader]) -> Result<String, ImportError> {
    let mut wgsl = String::with_capacity(source.len() * 2);
    for line in source.lines() {
        match line.strip_prefix(DIRECTIVE) {
            Some(name) => {
                let file = shared.iter().find(|file| file.name == name.trim());
                let file = file.ok_or_else(|| ImportError { name: name.trim().to_owned() })?;
                wgsl.push_str(file.source);
            }
            None => wgsl.push_str(line),
        }
        wgsl.push('\n');
    }
    Ok(wgsl)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_of_an_unknown_file_is_an_error() {
        let refused = expanded_source("//#import shared/nothing\n", &[]);
        assert_eq!(refused, Err(ImportError { name: "shared/nothing".into() }));
    }
}
