package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// Write makes body the content of the file path, all of it or none: a regular
// file is replaced at once and keeps its mode, a new one gets the usual mode.
// Symbolic links are followed. Pipes and devices are written to.
func Write(path string, body []byte) error {
	return asked(path, write(path, body))
}

// asked names in an error of the system the path that was asked for, not the
// file that is made for it.
func asked(path string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return &fs.PathError{Op: p.Op, Path: path, Err: p.Err}
	case errors.As(err, &l):
		return &fs.PathError{Op: l.Op, Path: path, Err: l.Err}
	}
	return err
}

func write(path string, body []byte) error {
	t, err := look(path)
	if err != nil {
		return err
	}
	if t.open != nil {
		return t.write(body)
	}
	f, err := beside(t.path)
	if err != nil {
		if t.there { // a folder in which nothing can be made
			return t.over(body)
		}
		return err
	}
	_, err = f.Write(body)
	if t.there {
		err = errors.Join(err, f.Chmod(t.mode))
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), t.path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Writable tells whether Write could write to path, and changes nothing. It does
// not open pipes, which would wait for their reader.
func Writable(path string) error {
	return asked(path, writable(path))
}

func writable(path string) error {
	t, err := look(path)
	if err != nil || t.open != nil {
		return err
	}
	if t.there {
		f, err := os.OpenFile(t.path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return f.Close()
	}
	f, err := beside(t.path)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// target is where an output goes.
type target struct {
	path  string // with its links followed
	there bool
	mode  fs.FileMode
	open  func() (*os.File, error) // of what is no regular file; else nil
}

func look(path string) (target, error) {
	if path == "" {
		return target{}, errors.New("the name of the file to write is empty")
	}
	path, err := follow(path)
	if err != nil {
		return target{}, err
	}
	t := target{path: path}
	info, err := os.Stat(path)
	if Missing(err) {
		return t, nil
	}
	if err != nil {
		return t, err
	}
	t.there, t.mode = true, info.Mode().Perm()
	switch what := kind(info.Mode()); what {
	case "folder", "socket":
		return t, fmt.Errorf("%s: found a %s, expected a file to write", path, what)
	case "pipe", "device":
		t.open = func() (*os.File, error) { return os.OpenFile(path, os.O_WRONLY, 0) }
	}
	// A file that is also our own standard output, /dev/stdout say, is written
	// to where that stands.
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		if own, err := f.Stat(); err == nil && os.SameFile(own, info) {
			t.open = func() (*os.File, error) { return f, nil }
		}
	}
	if t.open == nil && database(path) {
		return t, fmt.Errorf("%s: found a database, expected a file that may be written over", path)
	}
	return t, nil
}

// database reports whether a regular file begins as databases of SQLite do.
func database(path string) bool {
	const magic = "SQLite format 3\x00"
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [len(magic)]byte
	_, err = io.ReadFull(f, head[:])
	return err == nil && string(head[:]) == magic
}

// follow follows the symbolic links of the last element of path, also to where
// there is no file yet.
func follow(path string) (string, error) {
	const most = 40 // as Linux does
	for range most {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil // what else is wrong shows when it is used
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real, nil
		}
		if _, err := os.Stat(path); err == nil {
			return path, nil // a link of /proc, to what has no name
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", fmt.Errorf("%s: found more than %d symbolic links, one to the next", path, most)
}

func (t target) write(body []byte) error {
	f, err := t.open()
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if f != os.Stdout && f != os.Stderr {
		err = errors.Join(err, f.Close())
	}
	return err
}

// over writes over the file itself.
func (t target) over(body []byte) error {
	f, err := os.OpenFile(t.path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Close())
}

// beside makes a new file in the folder of path. Unlike os.CreateTemp it leaves
// the mode to the user's mask.
func beside(path string) (*os.File, error) {
	for i := os.Getpid(); ; i++ {
		f, err := os.OpenFile(filepath.Join(filepath.Dir(path), ".arbiter-"+strconv.Itoa(i)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}
