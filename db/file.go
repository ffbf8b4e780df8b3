package db

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// What can be wrong with a database file, wrapped with its name.
var (
	ErrForeign   = errors.New("not a database of arbiter")
	ErrTruncated = errors.New("the database is truncated")
	ErrNewer     = errors.New("the database was made by a newer arbiter")
	ErrDamaged   = errors.New("the database is damaged")
	ErrLocked    = errors.New("the database is locked by another process")
	ErrNotFound  = errors.New("no such run")
	ErrGone      = errors.New("the database was deleted or replaced while in use, what was stored in it is lost")
)

const (
	applicationID = 0x41524254 // "ARBT"
	schemaVersion = 2          // number of the last migration
)

// inspect looks at the header of a database file without opening it as one, so
// that a file that is not ours stays as it is, with nothing beside it. It
// reports whether the file is there and not empty.
func inspect(file string) (exists bool, err error) {
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if info.IsDir() {
		return false, fmt.Errorf("%s is a folder, expected a database file", file)
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait
		return false, fmt.Errorf("%s is a device or a pipe, expected a database file", file)
	}
	if info.Size() == 0 {
		return false, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	// The SQLite file format, section 1.3.
	var h [100]byte
	n, err := io.ReadFull(f, h[:])
	if err != nil && n == 0 {
		return false, fmt.Errorf("%s: %w", file, err)
	}
	const magic = "SQLite format 3\x00"
	if string(h[:min(n, len(magic))]) != magic[:min(n, len(magic))] {
		return false, fmt.Errorf("%s: %w", file, ErrForeign)
	}
	if n < len(h) {
		return false, fmt.Errorf("%s: %w", file, ErrTruncated)
	}
	word := func(at int) int64 { return int64(binary.BigEndian.Uint32(h[at:])) }
	if word(68) != applicationID {
		return false, fmt.Errorf("%s: %w: it belongs to another program", file, ErrForeign)
	}
	if v := word(60); v > schemaVersion {
		return false, fmt.Errorf("%s: %w: schema %d, this one knows %d", file, ErrNewer, v, schemaVersion)
	}
	if wal, err := os.Stat(file + "-wal"); err == nil && wal.Size() > 0 {
		// A writer died or is at work: the file may be behind its log, which
		// makes it whole when it is opened.
		return true, nil
	}
	page := int64(binary.BigEndian.Uint16(h[16:]))
	if page == 1 {
		page = 1 << 16
	}
	if pages := word(28); word(24) == word(92) && info.Size() < page*pages || page == 0 || info.Size()%page != 0 {
		return false, fmt.Errorf("%s: %w: %d bytes, expected %d", file, ErrTruncated, info.Size(), page*pages)
	}
	return true, nil
}

// create puts an empty database in place of nothing or of an empty file. It is
// built beside it, so that a kill at any moment leaves nothing or all of it.
func create(file string, build func(temporary string) error) error {
	tidy(filepath.Dir(file))
	dir, err := os.MkdirTemp(filepath.Dir(file), fmt.Sprintf("%s%d-*", building, os.Getpid()))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	defer os.RemoveAll(dir)
	temporary := filepath.Join(dir, "new.db")
	if err := build(temporary); err != nil {
		return err
	}
	f, err := os.OpenFile(temporary, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = errors.Join(f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return strays(file, func() error {
		// Link fails where another process was faster; its file is as good.
		if err := os.Link(temporary, file); !errors.Is(err, os.ErrExist) {
			return err
		}
		if info, err := os.Stat(file); err != nil || info.Size() > 0 {
			return err
		}
		return os.Rename(temporary, file)
	})
}

// strays removes what lies beside a database that is not there or empty: it is
// left of one that was deleted, and the next of that name would take it for its
// own log. then follows before another process may make that database; those
// that do not permit locks on folders leave what lies there.
func strays(file string, then func() error) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(file))
	if err != nil {
		return then()
	}
	defer folder.Close()
	if syscall.Flock(int(folder.Fd()), syscall.LOCK_EX) == nil {
		if info, err := os.Stat(file); errors.Is(err, os.ErrNotExist) || err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			for _, side := range []string{"-wal", "-shm", "-journal"} {
				os.Remove(file + side) // best effort
			}
		}
	}
	return then()
}

// building is how the names of folders begin in which databases are made; the
// number of the process follows.
const building = ".arbiter-new-"

// tidy removes what processes that were killed have left while they made a
// database.
func tidy(dir string) {
	left, err := filepath.Glob(filepath.Join(dir, building+"*"))
	if err != nil {
		return
	}
	for _, folder := range left {
		number, _, named := strings.Cut(strings.TrimPrefix(filepath.Base(folder), building), "-")
		info, err := os.Lstat(folder)
		if err != nil || !info.IsDir() {
			continue
		}
		if pid, err := strconv.Atoi(number); named && err == nil && alive(pid) {
			continue
		} else if !named && time.Since(info.ModTime()) < time.Minute {
			continue // by an older program, perhaps at work
		}
		os.RemoveAll(folder) // best effort: the next one tries again
	}
}

// alive reports whether there may be a process of that number.
func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// beside opens what a database and its log hold together where the folder
// cannot be written: copies of both, elsewhere. remove takes them away.
func beside(file string) (copied string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "arbiter-read-*")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	copied = filepath.Join(dir, "copy.db")
	for _, part := range []string{"-wal", ""} { // the log first: what it lacks is in the file
		if err := copyFile(copied+part, file+part); err != nil {
			remove()
			return "", nil, err
		}
	}
	return copied, remove, nil
}

func copyFile(to, from string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}
