package files

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func put(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil || string(body) != text {
		t.Errorf("%s: found %q, %v, expected %q", path, body, err, text)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode() != mode {
		t.Errorf("%s: mode %v, expected %v", path, info.Mode(), mode)
	}
}

func empty(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %v, expected %v", names, want)
	}
}

// What is written stands where it was asked for, with the mode it had, and
// nothing else is left.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	put(t, at("private"), "old", 0o600)
	put(t, at("script"), "old", 0o755)
	for link, to := range map[string]string{"link": "private", "chain": "link", "new": "made"} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"script", "link", "chain", "new", "plain"} {
		if err := Writable(at(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty(t, dir, "chain", "link", "new", "private", "script")
	for _, name := range []string{"script", "link", "new", "plain"} {
		if err := Write(at(name), []byte(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	expect(t, at("script"), "script", 0o755)
	expect(t, at("private"), "link", 0o600)
	mask := fs.FileMode(syscall.Umask(0))
	syscall.Umask(int(mask))
	expect(t, at("made"), "new", 0o666&^mask)
	expect(t, at("plain"), "plain", 0o666&^mask)
	if info, _ := os.Lstat(at("link")); info.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	if err := Write(at("chain"), []byte("again")); err != nil {
		t.Error(err)
	}
	expect(t, at("private"), "again", 0o600)
	empty(t, dir, "chain", "link", "made", "new", "plain", "private", "script")
}

// Pipes and devices are written to, and stay what they are.
func TestWriteToWhatIsNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Writable(pipe); err != nil {
		t.Error(err)
	}
	read := make(chan []byte)
	go func() {
		body, _ := Read(pipe)
		read <- body
	}()
	text := bytes.Repeat([]byte("0123456789"), 20_000) // more than a pipe holds
	if err := Write(pipe, text); err != nil {
		t.Error(err)
	}
	select {
	case body := <-read:
		if !bytes.Equal(body, text) {
			t.Errorf("%d bytes came through the pipe, expected %d", len(body), len(text))
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing came through the pipe")
	}
	if err := Write(os.DevNull, text); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		t.Error("the device is no device any more")
	}
}

// What cannot be written is said before and after the work.
func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for from, to := range map[string]string{a: b, b: a} {
		if err := os.Symlink(to, from); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "none", "file"), a, ""} {
		if Writable(path) == nil {
			t.Errorf("%q is writable", path)
		}
		if Write(path, nil) == nil {
			t.Errorf("%q was written", path)
		}
	}
}

// Reading ends: by size, by kind.
func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	sparse := filepath.Join(dir, "sparse")
	put(t, sparse, "", 0o600)
	if err := os.Truncate(sparse, Most+1); err != nil {
		t.Fatal(err)
	}
	for path, part := range map[string]string{
		sparse: "more than 256 MB", dir: "folder", "/dev/zero": "device", filepath.Join(dir, "none"): "no such file",
	} {
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, expected %q", path, err, part)
		}
	}
	if testing.Short() {
		t.Skip("a pipe of 256 MB")
	}
	// A pipe that never ends.
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		f, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			return
		}
		defer f.Close()
		for block := make([]byte, 1<<20); err == nil; {
			_, err = f.Write(block)
		}
	}()
	if _, err := Read(pipe); err == nil || !strings.Contains(err.Error(), "more than 256 MB") {
		t.Errorf("a pipe without an end: %v", err)
	}
}

// Databases are not written over, and errors name the path that was asked for.
func TestWriteOverDatabases(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.db")
	put(t, file, "SQLite format 3\x00 and more", 0o644)
	for _, err := range []error{Writable(file), Write(file, []byte("x"))} {
		if err == nil || !strings.Contains(err.Error(), "found a database") {
			t.Errorf("a database: %v", err)
		}
	}
	expect(t, file, "SQLite format 3\x00 and more", 0o644)
	none := filepath.Join(dir, "none", "x.json")
	for _, err := range []error{Writable(none), Write(none, []byte("x"))} {
		if err == nil || !strings.Contains(err.Error(), none) || strings.Contains(err.Error(), ".arbiter-") {
			t.Errorf("a folder that is not there: %v", err)
		}
	}
}

// A byte-order mark is no part of a text.
func TestByteOrderMark(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a")
	put(t, file, "\xef\xbb\xbftext", 0o644)
	if body, err := Read(file); err != nil || string(body) != "text" {
		t.Errorf("%q, %v", body, err)
	}
}
