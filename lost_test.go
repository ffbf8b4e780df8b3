package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// endless is a tournament that stores often and does not end.
var endless = strings.Replace(long, "max_matches = 6_000_000", "batch = 0\nmax_matches = 60_000_000_000", 1)

// started runs a tournament that does not end until it has stored something.
func started(t *testing.T, db string) (wait func() (code int, errs string), stop func(), errs *lines) {
	t.Helper()
	file := write(t, t.TempDir(), "long.toml", endless)
	c := arbiter("run", file, "--db", db)
	errs = new(lines)
	c.Stderr = errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	await(t, "something is stored", func() bool { return segments(db) > 0 })
	return func() (int, string) { _ = c.Wait(); return c.ProcessState.ExitCode(), errs.String() }, func() { _ = c.Process.Signal(os.Interrupt) }, errs
}

// await fails the test when what it waits for does not come about in a minute.
func await(t *testing.T, what string, come func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !come(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute in vain: %s", what)
		}
	}
}

// segments counts the pieces of logs that a database holds; 0 while it is made.
func segments(file string) (n int) {
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro&_query_only=on")
	if err != nil {
		return 0
	}
	defer db.Close()
	_ = db.QueryRow("SELECT count(*) FROM segment").Scan(&n)
	return n
}

// lines is what a process writes, read while it writes.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A database deleted while a run writes to it is not called stored.
func TestDatabaseLost(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		db := filepath.Join(t.TempDir(), "a.db")
		wait, stop, _ := started(t, db)
		if err := os.Remove(db); err != nil {
			t.Fatal(err)
		}
		if interrupted {
			stop()
		}
		if code, errs := wait(); code != 1 || !strings.Contains(errs, "deleted or replaced") {
			t.Errorf("interrupted %v: exit %d, %s", interrupted, code, errs)
		}
		if left, _ := filepath.Glob(db + "*"); len(left) > 0 {
			t.Errorf("interrupted %v: it left %v", interrupted, left)
		}
	}
}

// A database damaged while a run writes to it is not called stored.
func TestDatabaseDamaged(t *testing.T) {
	db := filepath.Join(t.TempDir(), "a.db")
	wait, stop, _ := started(t, db)
	if err := os.Truncate(db, 3000); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	stop()
	if code, errs := wait(); code != 1 || !strings.Contains(errs, "damaged") || strings.Contains(errs, "stored in") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

// A lock held longer than one waits for it at once does not end a run; an
// interrupt ends the wait.
func TestDatabaseLocked(t *testing.T) {
	if testing.Short() {
		t.Skip("waits out a lock")
	}
	db := filepath.Join(t.TempDir(), "a.db")
	wait, stop, said := started(t, db)
	other, err := sql.Open("sqlite3", "file:"+db+"?_txlock=immediate&_busy_timeout=20000")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	await(t, "it says that it waits", func() bool { return strings.Contains(said.String(), "waiting for it") })
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	held := segments(db)
	await(t, "it goes on", func() bool { return segments(db) > held })
	stop()
	if code, errs := wait(); code != 130 || !strings.Contains(errs, "waiting for it") || !strings.Contains(errs, "all stored") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
