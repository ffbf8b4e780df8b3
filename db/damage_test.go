package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var every = flag.Bool("every", false, "flip a bit of every byte in TestFlippedBits")

// A bit flipped anywhere in a file is found, by whoever reads all of it, or
// changes nothing that is read.
func TestFlippedBits(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.db")
	s := open(t, file)
	body := []byte("a policy")
	digest := sha256.Sum256(body)
	r, err := s.Begin(t.Context(), Run{Name: "a run", Identity: "abc", Plan: []byte(`{"game":"kuhn_poker"}`)}, []Policy{{hex.EncodeToString(digest[:]), "p.json", body}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(5) {
		if err := s.Append(t.Context(), r.ID, segment(i)); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	read := func(file string) (string, error) {
		s, err := OpenRead(t.Context(), file)
		if err != nil {
			return "", err
		}
		defer s.Close()
		runs, err := s.Runs(t.Context())
		if err != nil {
			return "", err
		}
		text := fmt.Sprintf("%+v\n", runs)
		for _, r := range runs {
			policies, err := s.Policies(t.Context(), r.ID)
			if err != nil {
				return "", err
			}
			text += fmt.Sprintf("%q\n", policies)
			if err := s.Segments(t.Context(), r.ID, func(seg Segment) error { text += fmt.Sprintf("%v\n", seg); return nil }); err != nil {
				return "", err
			}
		}
		return text, nil
	}
	want, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(4, 4))
	step := 1
	if !*every {
		step = 61
	}
	if testing.Short() {
		step = 499
	}
	found := 0
	for at := 0; at < len(good); at += step {
		bad := bytes.Clone(good)
		bad[at] ^= 1 << rnd.IntN(8)
		name := filepath.Join(dir, "bad.db")
		if err := os.WriteFile(name, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := read(name)
		if err != nil {
			found++
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) && !errors.Is(err, ErrNewer) && !errors.Is(err, ErrTruncated) {
				t.Errorf("byte %d, %08b for %08b: %v, which does not say that the file is damaged", at, bad[at], good[at], err)
			}
		} else if got != want {
			t.Errorf("byte %d, %08b for %08b: something else is read:\n%s\nexpected\n%s", at, bad[at], good[at], got[:200], want[:200])
		}
		for _, side := range []string{"-wal", "-shm", "-journal"} {
			os.Remove(name + side)
		}
	}
	t.Logf("%d flips of %d were found", found, (len(good)+step-1)/step)
}

// The file is looked at whenever something is stored: one that was deleted or
// replaced is not written to in vain.
func TestGone(t *testing.T) {
	for name, lose := range map[string]func(string) error{
		"deleted": os.Remove,
		"replaced": func(file string) error {
			return errors.Join(os.Rename(file, file+".old"), os.WriteFile(file, nil, 0o644))
		},
	} {
		file := filepath.Join(t.TempDir(), "a.db")
		s := open(t, file)
		r := begin(t, s)
		if err := errors.Join(s.Append(t.Context(), r.ID, segment(0)), s.Check(), lose(file)); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(); !errors.Is(err, ErrGone) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Append(t.Context(), r.ID, segment(1)); !errors.Is(err, ErrGone) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s, written to: %v", name, err)
		}
	}
}

// What a deleted database left beside it is not taken for the log of the next.
func TestStrays(t *testing.T) {
	for _, empty := range []bool{false, true} {
		file := filepath.Join(t.TempDir(), "a.db")
		s := open(t, file)
		r := begin(t, s)
		if err := s.Append(t.Context(), r.ID, segment(0)); err != nil {
			t.Fatal(err)
		}
		wal, err := os.ReadFile(file + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		s.Close()
		if left, _ := filepath.Glob(file + "*"); len(left) > 0 {
			t.Errorf("the deleted database left %v", left)
		}
		if err := os.WriteFile(file+"-wal", wal, 0o644); err != nil { // by one that was killed
			t.Fatal(err)
		}
		if empty {
			if err := os.WriteFile(file, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s = open(t, file)
		if runs, err := s.Runs(t.Context()); err != nil || len(runs) > 0 {
			t.Errorf("empty %v: the new database holds %v, %v", empty, runs, err)
		}
		s.Close()
	}
}

// The log of a database that is there is left alone.
func TestLogIsNoStray(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	s := open(t, file)
	r := begin(t, s)
	if err := s.Append(t.Context(), r.ID, segment(0)); err != nil {
		t.Fatal(err)
	}
	other := open(t, file)
	if err := errors.Join(other.Close(), s.Append(t.Context(), r.ID, segment(1)), s.Intact(t.Context(), r.ID)); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, 3000); err != nil {
		t.Fatal(err)
	}
	if err := s.Intact(t.Context(), r.ID); !errors.Is(err, ErrDamaged) {
		t.Errorf("a truncated file: %v", err)
	}
}

// Devices and pipes are no databases, and are not waited for.
func TestDevicesAndPipes(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{pipe, os.DevNull, "/dev/zero"} {
		for _, try := range []func(context.Context, string) (*Store, error){Open, OpenRead} {
			if _, err := try(t.Context(), file); err == nil || !strings.Contains(err.Error(), "device or a pipe") {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// What a killed process left is taken away by the next that makes a database,
// what a living one is making is not.
func TestLeftFoldersAreTakenAway(t *testing.T) {
	dir := t.TempDir()
	dead := exec.Command(os.Args[0], "-test.run", "^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, fmt.Sprintf("%s%d-1", building, dead.Process.Pid))
	mine := fmt.Sprintf("%s%d-1", building, os.Getpid())
	old := filepath.Join(dir, building+"123456")
	if err := errors.Join(os.Mkdir(left, 0o700), os.Mkdir(filepath.Join(dir, mine), 0o700), os.Mkdir(old, 0o700),
		os.Chtimes(old, time.Unix(0, 0), time.Unix(0, 0))); err != nil {
		t.Fatal(err)
	}
	open(t, filepath.Join(dir, "a.db")).Close()
	if got := folder(t, dir); got != mine+" a.db" {
		t.Errorf("the folder holds %q", got)
	}
}

// Where a folder cannot be written, what only the log beside a database holds
// is read too.
func TestLogBesideIsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	s := open(t, file)
	r := begin(t, s)
	for i := range int64(3) {
		if err := s.Append(t.Context(), r.ID, segment(i)); err != nil {
			t.Fatal(err)
		}
	}
	if wal, err := os.Stat(file + "-wal"); err != nil || wal.Size() == 0 {
		t.Fatal("there is no log beside the database")
	}
	read, err := openBeside(t.Context(), file, "_query_only=on")
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if n := count(t, read, r.ID); n != 3 {
		t.Errorf("%d segments are read, expected 3", n)
	}
}
