//go:build cgo

package db

import (
	"errors"

	"github.com/mattn/go-sqlite3"
)

// causeOf names what SQLite says, for the few cases that are told apart.
func causeOf(err error) cause {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return otherCause
	}
	switch {
	case e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
		return doubleKey
	case e.Code == sqlite3.ErrBusy, e.Code == sqlite3.ErrLocked:
		return locked
	case e.Code == sqlite3.ErrCorrupt, e.Code == sqlite3.ErrNotADB, e.Code == sqlite3.ErrFormat, e.Code == sqlite3.ErrMismatch,
		e.Code == sqlite3.ErrError: // our statements are right, so the schema is not

		return corrupt
	case e.Code == sqlite3.ErrReadonly, e.Code == sqlite3.ErrCantOpen:
		return unwritable
	}
	return otherCause
}
