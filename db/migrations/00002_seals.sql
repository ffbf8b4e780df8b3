-- +goose Up
-- What nothing else of a run is a digest of. The checksum of a segment covers
-- its numbers too from here on.
CREATE TABLE seal (
	run      INTEGER PRIMARY KEY REFERENCES run (id),
	segments INTEGER NOT NULL, -- of its log
	crc      INTEGER NOT NULL  -- CRC-32 of run, its files and the number of segments
) STRICT;
