-- +goose Up
CREATE TABLE run (
	id       INTEGER PRIMARY KEY,
	name     TEXT NOT NULL,
	identity TEXT NOT NULL UNIQUE, -- digest of all the run depends on
	plan     BLOB NOT NULL,        -- JSON, enough to fold and rank the log
	created  TEXT NOT NULL
) STRICT;

-- The ordered log of a run. A row holds many decisions.
CREATE TABLE segment (
	run       INTEGER NOT NULL REFERENCES run (id),
	seq       INTEGER NOT NULL, -- 0, 1, … without gaps
	decisions INTEGER NOT NULL,
	matches   INTEGER NOT NULL,
	crc       INTEGER NOT NULL, -- CRC-32 of log
	log       BLOB NOT NULL,
	PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- Files a run was made from: policies and payoff tables, as they were read.
CREATE TABLE policy (
	digest TEXT PRIMARY KEY,
	body   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_policy (
	run    INTEGER NOT NULL REFERENCES run (id),
	source TEXT NOT NULL, -- path as written
	digest TEXT NOT NULL REFERENCES policy (digest),
	PRIMARY KEY (run, source)
) STRICT, WITHOUT ROWID;
