package db_test

import (
	"path/filepath"
	"testing"

	"arbiter/db"
	"arbiter/tournament"
	"arbiter/tournament/journaltest"
)

// A run of a database is a journal; what it holds is read by another opening of
// the file.
func TestJournal(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) (tournament.Journal, func() [][]byte) {
		file := filepath.Join(t.TempDir(), "a.db")
		s, err := db.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		run, err := s.Begin(t.Context(), db.Run{Name: "a run", Identity: "abc", Plan: []byte("{}")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.Journal(run.ID), func() (all [][]byte) {
			t.Helper()
			other, err := db.OpenRead(t.Context(), file)
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			if err := other.Segments(t.Context(), run.ID, func(s db.Segment) error { all = append(all, s.Log); return nil }); err != nil {
				t.Fatal(err)
			}
			return all
		}
	})
}
