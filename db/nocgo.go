//go:build !cgo

package db

import _ "github.com/mattn/go-sqlite3" // a stub, which says so when it is opened

func causeOf(error) cause { return otherCause }
