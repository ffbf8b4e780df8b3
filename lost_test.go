package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// started runs a tournament that does not end until it has stored something.
func started(t *testing.T, db string) (wait func() (code int, errs string), stop func()) {
	t.Helper()
	file := write(t, t.TempDir(), "long.toml", strings.Replace(long, "max_matches = 6_000_000", "batch = 0\nmax_matches = 60_000_000_000", 1))
	c := arbiter("run", file, "--db", db)
	var errs bytes.Buffer
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if info, err := os.Stat(db + "-wal"); err == nil && info.Size() > 1<<16 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("nothing is stored: %s", errs.String())
		}
	}
	return func() (int, string) { _ = c.Wait(); return c.ProcessState.ExitCode(), errs.String() }, func() { _ = c.Process.Signal(os.Interrupt) }
}

// A database deleted while a run writes to it is not called stored.
func TestDatabaseLost(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		db := filepath.Join(t.TempDir(), "a.db")
		wait, stop := started(t, db)
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
	wait, stop := started(t, db)
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
	wait, stop := started(t, db)
	other, err := sql.Open("sqlite3", "file:"+db+"?_txlock=immediate&_busy_timeout=20000")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(9 * time.Second)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second) // it goes on
	stop()
	if code, errs := wait(); code != 130 || !strings.Contains(errs, "waiting for it") || !strings.Contains(errs, "all stored") {
		t.Errorf("exit %d, %s", code, errs)
	}
}
