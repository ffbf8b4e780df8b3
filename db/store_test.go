package db

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func begin(t *testing.T, s *Store) Run {
	t.Helper()
	r, err := s.Begin(t.Context(), Run{Name: "a run", Identity: "abc", Plan: []byte("{}")}, []Policy{{"d1", "p.json", []byte("body")}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func open(t *testing.T, file string) *Store {
	t.Helper()
	s, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func segment(seq int64) Segment {
	return Segment{Seq: seq, Decisions: 2, Matches: 10, Log: bytes.Repeat([]byte{byte(seq)}, 1000)}
}

func count(t *testing.T, s *Store, run int64) int64 {
	t.Helper()
	n := int64(0)
	if err := s.Segments(t.Context(), run, func(seg Segment) error {
		if want := segment(n); seg.Seq != n || !bytes.Equal(seg.Log, want.Log) {
			return fmt.Errorf("segment %d is not what was appended", seg.Seq)
		}
		n++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func folder(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestRoundTrip(t *testing.T) {
	for _, name := range []string{"a.db", "with space.db", "what?#50%.db", "höhe 日本.db"} {
		dir := t.TempDir()
		file := filepath.Join(dir, name)
		s := open(t, file)
		r := begin(t, s)
		for i := range int64(3) {
			if err := s.Append(t.Context(), r.ID, segment(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Append(t.Context(), r.ID, segment(1)); err == nil || !strings.Contains(err.Error(), "another process is playing run 1") {
			t.Errorf("a segment written twice: %v", err)
		}
		if err := s.Append(t.Context(), 99, segment(0)); err == nil {
			t.Error("a segment of no run was accepted: foreign keys are off")
		}
		if again := begin(t, s); again.ID != r.ID || again.Matches != 30 || again.Decisions != 6 {
			t.Errorf("the same run again: %+v", again)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got := folder(t, dir); got != name {
			t.Errorf("closed, the folder holds %q, expected %q", got, name)
		}
		reader, err := OpenRead(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := reader.Run(t.Context(), "a run"); err != nil || got.Matches != 30 || string(got.Plan) != "{}" {
			t.Errorf("read: %+v, %v", got, err)
		}
		if n := count(t, reader, r.ID); n != 3 {
			t.Errorf("read %d segments, expected 3", n)
		}
		if _, err := reader.Run(t.Context(), "a rnu"); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "1 (a run)") {
			t.Errorf("an unknown run: %v", err)
		}
		if err := reader.Append(t.Context(), r.ID, segment(3)); err == nil {
			t.Error("a reader has written")
		}
		reader.Close()
		if got := folder(t, dir); got != name {
			t.Errorf("read, the folder holds %q, expected %q", got, name)
		}
	}
}

// Every connection of a pool has the settings, not only the first.
func TestSettingsOnEveryConnection(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "a.db"))
	s.db.SetMaxOpenConns(8)
	var wait sync.WaitGroup
	held := make(chan struct{})
	for range 8 {
		c, err := s.db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			defer c.Close()
			<-held // all eight are open at once
			for pragma, want := range map[string]string{"foreign_keys": "1", "busy_timeout": "5000", "journal_mode": "wal", "synchronous": "1"} {
				var got string
				if err := c.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
					t.Errorf("%s = %s, expected %s, %v", pragma, got, want, err)
				}
			}
		})
	}
	close(held)
	wait.Wait()
}

// Files that are not ours, or not whole, or from the future are refused by
// readers and writers, stay as they are, and nothing appears beside them.
func TestRefusedFilesStayAsTheyAre(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.db")
	s := open(t, whole)
	r := begin(t, s)
	for i := range int64(40) {
		if err := s.Append(t.Context(), r.ID, segment(i)); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	newer := bytes.Clone(good)
	binary.BigEndian.PutUint32(newer[60:], schemaVersion+1)
	other := bytes.Clone(good)
	binary.BigEndian.PutUint32(other[68:], 7)
	for name, c := range map[string]struct {
		body []byte
		want error
	}{
		"text":                 {[]byte("name,score\na,1\n"), ErrForeign},
		"long text":            {bytes.Repeat([]byte("words "), 1000), ErrForeign},
		"another program's":    {other, ErrForeign},
		"newer":                {newer, ErrNewer},
		"cut in the header":    {good[:50], ErrTruncated},
		"cut after the header": {good[:100], ErrTruncated},
		"cut at a page":        {good[:4096], ErrTruncated},
		"cut in a page":        {good[:len(good)-1], ErrTruncated},
		"half":                 {good[:len(good)/2], ErrTruncated},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "x.db")
		if err := os.WriteFile(file, c.body, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, try := range []func(context.Context, string) (*Store, error){Open, OpenRead} {
			if _, err := try(t.Context(), file); !errors.Is(err, c.want) || !strings.Contains(err.Error(), file) {
				t.Errorf("%s: %v, expected %v naming the file", name, err, c.want)
			}
		}
		if got, _ := os.ReadFile(file); !bytes.Equal(got, c.body) {
			t.Errorf("%s: the file has changed", name)
		}
		if got := folder(t, dir); got != "x.db" {
			t.Errorf("%s: the folder holds %q", name, got)
		}
	}
}

func TestEmptyAndAbsent(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRead(t.Context(), file); err == nil {
		t.Error("a reader opened an empty file")
	}
	if _, err := OpenRead(t.Context(), filepath.Join(dir, "none.db")); err == nil {
		t.Error("a reader opened no file")
	}
	if got := folder(t, dir); got != "empty.db" {
		t.Errorf("readers left %q", got)
	}
	begin(t, open(t, file))
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Open(t.Context(), filepath.Join(dir, "no", "x.db")); err == nil {
		t.Error("a database was made in no folder")
	}
}

func TestDamage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	s := open(t, file)
	r := begin(t, s)
	for i := range int64(5) {
		if err := s.Append(t.Context(), r.ID, segment(i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.db.Exec("UPDATE segment SET log = x'00' WHERE seq = 3"); err != nil {
		t.Fatal(err)
	}
	err := s.Segments(t.Context(), r.ID, func(Segment) error { return nil })
	if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "row 3") {
		t.Errorf("a changed log: %v", err)
	}
	if _, err := s.db.Exec("DELETE FROM segment WHERE seq = 1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Segments(t.Context(), r.ID, func(Segment) error { return nil }); !errors.Is(err, ErrDamaged) {
		t.Errorf("a gap: %v", err)
	}
}

func TestLocked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	s := open(t, file)
	r := begin(t, s)
	other, err := sql.Open("sqlite3", "file:"+file+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	// The wait of five seconds is shortened here only.
	if _, err := s.db.Exec("PRAGMA busy_timeout = 50"); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), r.ID, segment(0)); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), file) {
		t.Errorf("locked: %v", err)
	}
}

// TestMain lets the test binary be a process that appends until it is killed.
func TestMain(m *testing.M) {
	if file := os.Getenv("DB_TEST_APPEND"); file != "" {
		s, err := Open(context.Background(), file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		r, err := s.Begin(context.Background(), Run{Name: "a run", Identity: "abc", Plan: []byte("{}")}, nil)
		for i := r.Decisions / 2; err == nil; i++ {
			err = s.Append(context.Background(), r.ID, segment(i))
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Whenever the writer is killed, also while it makes the database, what is left
// is a log without gaps that goes on where it ended.
func TestKill(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	last := int64(0)
	for i := range 10 {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "DB_TEST_APPEND="+file)
		var errs bytes.Buffer
		c.Stderr = &errs
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+17*i) * time.Millisecond)
		_ = c.Process.Kill()
		_ = c.Wait()
		if errs.Len() > 0 {
			t.Fatal(errs.String())
		}
		s, err := Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		n := count(t, s, begin(t, s).ID)
		if n < last {
			t.Errorf("kill %d: %d segments, %d before", i, n, last)
		}
		last = n
		s.Close()
	}
	if last == 0 {
		t.Error("nothing was ever appended")
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1 << 10, 1 << 16} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			s, err := Open(b.Context(), filepath.Join(b.TempDir(), "a.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			r, err := s.Begin(b.Context(), Run{Name: "a", Identity: "a", Plan: []byte("{}")}, nil)
			if err != nil {
				b.Fatal(err)
			}
			log := make([]byte, size)
			for i := int64(0); b.Loop(); i++ {
				if err := s.Append(b.Context(), r.ID, Segment{Seq: i, Log: log}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
