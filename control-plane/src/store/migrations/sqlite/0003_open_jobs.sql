-- How many of an account's jobs have not ended: kept, because counting them for each new one took as long as all the
-- rest once thousands were waiting.
ALTER TABLE accounts ADD COLUMN open_jobs INTEGER NOT NULL DEFAULT 0 CHECK (open_jobs >= 0);
UPDATE accounts SET open_jobs = (SELECT COUNT(*) FROM jobs WHERE account_id = accounts.id AND finished_at IS NULL);
DROP INDEX jobs_open;
