-- A job that a signed-in person creates in the console has no token behind it. SQLite cannot take NOT NULL off a column.
ALTER TABLE jobs ADD COLUMN creating_token_id TEXT REFERENCES tokens (id);
UPDATE jobs SET creating_token_id = token_id;
ALTER TABLE jobs DROP COLUMN token_id;
ALTER TABLE jobs RENAME COLUMN creating_token_id TO token_id;
