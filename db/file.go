package db

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// What can be wrong with a database file, wrapped with its name.
var (
	ErrForeign   = errors.New("not a database of arbiter")
	ErrTruncated = errors.New("the database is truncated")
	ErrNewer     = errors.New("the database was made by a newer arbiter")
	ErrDamaged   = errors.New("the database is damaged")
	ErrLocked    = errors.New("the database is locked by another process")
	ErrNotFound  = errors.New("no such run")
)

const (
	applicationID = 0x41524254 // "ARBT"
	schemaVersion = 1          // number of the last migration
)

// inspect looks at the header of a database file without opening it as one, so
// that a file that is not ours stays as it is, with nothing beside it. It
// reports whether the file is there and not empty.
func inspect(file string) (exists bool, err error) {
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if info.IsDir() {
		return false, fmt.Errorf("%s is a folder, expected a database file", file)
	}
	if info.Size() == 0 {
		return false, nil
	}
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
	dir, err := os.MkdirTemp(filepath.Dir(file), ".arbiter-new-*")
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
	// Link fails where another process was faster; its file is as good.
	if err := os.Link(temporary, file); !errors.Is(err, os.ErrExist) {
		return err
	}
	if info, err := os.Stat(file); err != nil || info.Size() > 0 {
		return err
	}
	return os.Rename(temporary, file)
}
