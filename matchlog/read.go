package matchlog

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"arbiter/internal/files"
)

// Population says whether agents share one pool.
type Population int

const (
	Auto   Population = iota // Single for two agents a match, else Multi
	Single                   // one pool, seats mean nothing
	Multi                    // one pool per seat
)

// Options say how a log is read.
type Options struct {
	Population Population // zero: Auto
	SkipBad    bool       // count and list bad rows instead of failing at the first
	// Agents, if not nil, are who may be in the log; rows with others are bad.
	Agents []string
}

// Read reads the log in a file, see Parse.
func Read(file string, o Options) (*Log, error) {
	f, err := files.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Parse(f, file, o)
}

// Parse reads a log. It is CSV if the name of the file ends in .csv and JSON
// lines if it ends in .jsonl, .ndjson or .json; else a first byte { means JSON.
// Errors name file, line and column, what was found and what was expected. A
// header that cannot be used, a log without a match and a failure to read are
// errors even where bad rows are skipped.
func Parse(r io.Reader, file string, o Options) (*Log, error) {
	hash := sha256.New()
	p := &parser{in: bufio.NewReaderSize(io.TeeReader(r, hash), longest), opt: o}
	err := p.read(strings.ToLower(filepath.Ext(file)))
	if err != nil {
		if p.line > 0 {
			file = fmt.Sprintf("%s:%d", file, p.line)
		}
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	log := p.tally.log()
	log.Rows, log.Skipped, log.Bad = p.rows, p.skipped, p.bad
	hash.Sum(log.Digest[:0])
	return log, nil
}

const (
	longest = 1 << 20 // bytes of a line
	kept    = 20      // bad rows that are listed
)

type parser struct {
	in   *bufio.Reader
	line int // the number of the current one; 0: none in particular
	opt  Options

	cols  *columns
	json  bool
	order []int // CSV: the slot of each column
	row   []field
	tally *tally

	rows, skipped int64
	bad           []BadRow
}

func (p *parser) read(ext string) error {
	line, err := p.next()
	if err == io.EOF {
		p.line = 0
		return errors.New("the file is empty, expected a header or JSON lines")
	}
	if err != nil {
		return err
	}
	switch ext {
	case ".csv":
	case ".jsonl", ".ndjson", ".json":
		p.json = true
	default:
		p.json = line[0] == '{'
	}
	if err := p.header(line); err != nil {
		return err
	}
	if !p.json {
		line, err = p.next()
	}
	for ; err != io.EOF; line, err = p.next() {
		if err == nil {
			err = p.fill(line)
		} else if err != errLong {
			return err
		}
		if err == nil {
			err = p.tally.add(p.cols, p.row)
		}
		if err == nil {
			p.rows++
			continue
		}
		if !p.opt.SkipBad {
			return err
		}
		if p.skipped++; len(p.bad) < kept {
			p.bad = append(p.bad, BadRow{p.line, err.Error()})
		}
	}
	if p.rows == 0 {
		p.line = 0
		if p.skipped > 0 {
			return fmt.Errorf("all %d rows are bad; line %d: %s", p.skipped, p.bad[0].Line, p.bad[0].Reason)
		}
		return errors.New("found no match, expected one per line after the header")
	}
	if p.tally.matches == 0 {
		p.line = 0
		return errors.New("found no match between two agents")
	}
	if p.opt.Population == Auto && p.cols.players > 2 {
		p.line = 0
		return p.tally.pooled()
	}
	return nil
}

var errLong = fmt.Errorf("the line is longer than %d bytes", longest)

// next returns the next line that is not blank, without the space around it. It
// lives until the following call. After errLong reading may go on.
func (p *parser) next() ([]byte, error) {
	for {
		p.line++
		line, err := p.in.ReadSlice('\n')
		long := err == bufio.ErrBufferFull
		for err == bufio.ErrBufferFull {
			_, err = p.in.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if long {
			return nil, errLong
		}
		if p.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
		if err == io.EOF {
			return nil, io.EOF
		}
	}
}

// header finds the columns in the header, or in the first object.
func (p *parser) header(line []byte) error {
	var names []string
	var err error
	if !p.json && line[0] == '[' || p.json && line[0] != '{' {
		return fmt.Errorf("found %.20q; %s", line, shapes)
	}
	if p.json {
		err = splitJSON(line, func(key []byte, _ field) error {
			names = append(names, string(key))
			return nil
		})
	} else {
		_, err = splitCSV(line, func(_ int, f field) { names = append(names, string(f.text)) })
	}
	if err == nil {
		p.cols, err = newColumns(names)
	}
	if err == nil {
		p.tally, err = newTally(p.cols, p.opt)
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		p.order = append(p.order, p.cols.slot[name])
	}
	p.row = make([]field, len(p.cols.names))
	return nil
}

// fill puts the fields of a line into the slots of the row.
func (p *parser) fill(line []byte) error {
	clear(p.row)
	if !p.json {
		n, err := splitCSV(line, func(i int, f field) {
			if i < len(p.order) {
				p.row[p.order[i]] = f
			}
		})
		if err == nil && n != len(p.order) {
			err = fmt.Errorf("found %d fields, expected %d", n, len(p.order))
		}
		return err
	}
	err := splitJSON(line, func(key []byte, f field) error {
		slot, ok := p.cols.slot[string(key)]
		if !ok {
			return fmt.Errorf("%s is unknown, expected %s", key, nearest(string(key), p.cols.need))
		}
		if p.row[slot].given {
			return fmt.Errorf("%s stands twice", key)
		}
		if name := slot < p.cols.players; name && !f.quoted {
			return fmt.Errorf("%s: found %s, expected a name in quotes", key, f.text)
		} else if !name && slot <= p.cols.need+count && f.quoted {
			return fmt.Errorf("%s: found %q in quotes, expected a number", key, f.text)
		}
		p.row[slot] = f
		return nil
	})
	for slot := 0; err == nil && slot < p.cols.need; slot++ {
		if !p.row[slot].given {
			err = fmt.Errorf("%s is missing", p.cols.names[slot])
		}
	}
	return err
}
