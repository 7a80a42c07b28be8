-- A job that a signed-in person creates in the console has no token behind it.
ALTER TABLE jobs ALTER COLUMN token_id DROP NOT NULL;
