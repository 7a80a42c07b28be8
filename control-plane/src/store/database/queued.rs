//! SQLite's writer as one member of a batch uses it. A statement whose outcome nobody asks for waits for the next one
//! that somebody does, and goes with it: each way to the driver's thread and back costs as much as a small statement.

use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr, Sqlite, SqliteConnection};

use super::query::{Value, bound};

/// What begins each member's part.
const BEGIN: &str = "SAVEPOINT member";

/// A connection, and the statements that wait for the next.
pub(in crate::store) struct QueuedWriter {
    pub(super) connection: SqliteConnection,
    queued: Statements,
    /// True once the member's savepoint may have reached the database.
    begun: bool,
}

/// Statements that run as one, with their values.
#[derive(Default)]
struct Statements {
    text: String,
    values: Vec<Value>,
}

impl Statements {
    /// Adds one. Its parameters count on from those before: `$1` behind two others becomes `$3`.
    fn push(&mut self, text: &str, values: Vec<Value>) {
        if !self.text.is_empty() {
            self.text.push_str(";\n");
        }
        let before = self.values.len();
        let mut pieces = text.split('$');
        self.text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, rest) = piece.split_at(digits);
            let number: usize = number.parse().expect("every parameter has a number");
            self.text.push_str(&format!("${}{rest}", before + number));
        }
        self.values.extend(values);
    }
}

impl QueuedWriter {
    /// A member's part begins: its savepoint goes with its first statement.
    pub(super) fn begin(connection: SqliteConnection) -> Self {
        let mut queued = Statements::default();
        queued.push(BEGIN, Vec::new());
        Self { connection, queued, begun: false }
    }

    /// True where something has to be undone if the member breaks off.
    pub(super) fn is_begun(&self) -> bool {
        self.begun
    }

    /// Lets a statement wait. What is wrong with it is told by the statement that it goes with.
    pub(super) fn queue(&mut self, text: &str, values: Vec<Value>) {
        self.queued.push(text, values);
    }

    /// Puts what waits before a statement: they run as one.
    pub(super) fn joined(&mut self, text: &'static str, values: Vec<Value>) -> (SqlStr, Vec<Value>) {
        if self.queued.text.is_empty() {
            return (text.into_sql_str(), values);
        }
        self.begun = true;
        let mut all = std::mem::take(&mut self.queued);
        all.push(text, values);
        (AssertSqlSafe(all.text).into_sql_str(), all.values)
    }

    /// Runs what waits.
    pub(super) async fn flush(&mut self) -> Result<(), sqlx::Error> {
        if self.queued.text.is_empty() {
            return Ok(());
        }
        self.begun = true;
        let Statements { text, values } = std::mem::take(&mut self.queued);
        bound!(Sqlite, AssertSqlSafe(text), values).execute(&mut self.connection).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_joined_statements_keep_their_values() {
        let mut statements = Statements::default();
        statements.push("A ($1, $2, $1)", vec![1_i64.into(), 2_i64.into()]);
        statements.push("B", Vec::new());
        statements.push("C $2 $1 $10", vec![3_i64.into(); 10]);
        assert_eq!(statements.text, "A ($1, $2, $1);\nB;\nC $4 $3 $12");
        assert_eq!(statements.values.len(), 12);
    }
}
