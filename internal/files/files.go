// Package files reads and writes the files a user names: it waits for nothing
// that has no end, fills no memory, and never puts a regular file in the place of
// something else.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Most is how many bytes Read takes.
const Most = 256 << 20

// Stdin is the name of standard input.
const Stdin = "-"

// mark is the byte-order mark some editors put before UTF-8.
const mark = "\xef\xbb\xbf"

// Read reads a regular file, a pipe or, as "-", standard input to its end,
// without a byte-order mark before it. More than Most bytes are an error, as are
// folders and devices.
func Read(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > Most {
		return nil, large(path)
	}
	body, err := io.ReadAll(io.LimitReader(f, Most+1))
	if err != nil {
		return nil, err
	}
	if len(body) > Most {
		return nil, large(path)
	}
	return bytes.TrimPrefix(body, []byte(mark)), nil
}

func large(path string) error {
	return fmt.Errorf("%s: found more than %d MB, expected at most that", path, Most>>20)
}

// Open opens what Read reads, of any length. The caller closes it.
func Open(path string) (*os.File, error) {
	if path == Stdin {
		return os.Stdin, nil
	}
	// Looked at before it is opened: opening a device can do something.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if what := kind(info.Mode()); what != "file" && what != "pipe" {
		return nil, fmt.Errorf("%s: found a %s, expected a regular file or a pipe", path, what)
	}
	return os.Open(path)
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return "file"
	case m.IsDir():
		return "folder"
	case m&fs.ModeNamedPipe != 0:
		return "pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	}
	return "device"
}

// Missing reports whether the error says that there is no such file.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
