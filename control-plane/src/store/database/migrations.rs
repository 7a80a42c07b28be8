//! The migrations of both databases, compiled in from `store/migrations`.
//!
//! sqlx's `migrate!` does the same, but brings `sqlx-macros`, which compiles both drivers and SQLite a second time.

use std::borrow::Cow;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// One file: its name without the extension, as `0001_initial`, and its text.
type File = (&'static str, &'static str);

macro_rules! files {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../migrations/", $folder, "/", $name, ".sql")))),+]
    };
}

const SQLITE: &[File] =
    files!("sqlite": "0001_initial", "0002_public_api", "0003_open_jobs", "0004_jobs_of_people");
const POSTGRES: &[File] = files!("postgres": "0001_initial", "0002_open_jobs", "0003_jobs_of_people");

/// The migrations of SQLite.
pub(super) fn sqlite() -> Migrator {
    migrator_from_files(SQLITE)
}

/// The migrations of PostgreSQL.
pub(super) fn postgres() -> Migrator {
    migrator_from_files(POSTGRES)
}

fn migrator_from_files(files: &[File]) -> Migrator {
    Migrator::with_migrations(files.iter().map(migration_from_file).collect())
}

/// Version and description as sqlx reads them from a file's name: applied versions are compared by checksum.
fn migration_from_file((name, text): &File) -> Migration {
    let (version, description) = name.split_once('_').expect("a name is a number, an underscore and words");
    let version = version.parse().expect("a name begins with a number");
    Migration::new(
        version,
        Cow::Owned(description.replace('_', " ")),
        MigrationType::Simple,
        (*text).into_sql_str(),
        false,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_compiled_in_as_sqlx_would_read_it_from_disk() {
        for (folder, compiled) in [("sqlite", sqlite()), ("postgres", postgres())] {
            let path = format!("{}/src/store/migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
            let read = sqlx::migrate::resolve_blocking(path.as_ref()).unwrap();
            assert_eq!(compiled.iter().count(), read.len(), "{folder}");
            for (compiled, (read, _path)) in compiled.iter().zip(&read) {
                assert_eq!(compiled.version, read.version, "{folder}");
                assert_eq!(compiled.description, read.description, "{folder}");
                assert_eq!(compiled.checksum, read.checksum, "{folder} {}", read.version);
                assert_eq!(compiled.no_tx, read.no_tx, "{folder} {}", read.version);
            }
        }
    }
}
