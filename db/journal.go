package db

import "context"

// Journal is the log of one run, for whoever plays it.
type Journal struct {
	store *Store
	run   int64
}

// Journal returns the log of the run of that id.
func (s *Store) Journal(run int64) Journal { return Journal{s, run} }

// Append is Store.Append of the segment seq: so many decisions, which took so many
// matches.
func (j Journal) Append(ctx context.Context, seq, decisions, matches int64, log []byte) error {
	return j.store.Append(ctx, j.run, Segment{Seq: seq, Decisions: decisions, Matches: matches, Log: log})
}
