// Package normal holds payoff tables, read from and written to files, and the
// noisy games played on them.
package normal

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"path/filepath"
	"strings"
	"sync"

	"arbiter/internal/strict"
)

// Table is a payoff table. With one population (Single) Payoffs[0][i*n+j] is
// the payoff of i against j; else Payoffs[k][profile] is that of player k,
// profiles row-major, last player fastest.
type Table struct {
	Single     bool
	Strategies [][]string // per player; one list if Single
	Payoffs    [][]float64
	// Exact are the payoffs as rationals, where a file gives them so; else nil,
	// and Rationals tells them.
	Exact [][]*big.Rat

	Title   string   // of the file, "" for none
	Players []string // names, nil for none

	reread func() [][]*big.Rat // from a file whose numbers are longer than Payoffs
}

//go:embed soccer.json
var soccer []byte

// Soccer is the win-rate table of the ten soccer agents of Rowland et al.
// (2019); the file names its source.
func Soccer() Table {
	t, err := Parse(bytes.NewReader(soccer), "soccer.json")
	if err != nil {
		panic(err) // the embedded file is wrong
	}
	return t
}

// Parse reads a payoff table, CSV if the name of the file ends so, else JSON.
// Errors name the file and the line or field.
func Parse(r io.Reader, file string) (Table, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return Table{}, fmt.Errorf("%s: %w", file, err)
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	var t Table
	if strings.EqualFold(filepath.Ext(file), ".csv") {
		t, err = read(body, parseCSV)
	} else {
		t, err = read(body, parseJSON)
	}
	if err == nil {
		err = t.Check()
	}
	if err != nil {
		return Table{}, fmt.Errorf("%s%w", file, located(err))
	}
	return t, nil
}

// read parses a file; the ratios that its numbers are stay in it until they are
// asked for.
func read(body []byte, parse func([]byte, *numbers) (Table, error)) (Table, error) {
	var n numbers
	t, err := parse(body, &n)
	if err == nil && n.long {
		t.reread = sync.OnceValue(func() [][]*big.Rat {
			again := numbers{exact: true}
			if _, err := parse(body, &again); err != nil {
				panic(err) // it could be parsed before
			}
			var all [][]*big.Rat
			for _, m := range t.Payoffs {
				all = append(all, again.ratios[:len(m):len(m)])
				again.ratios = again.ratios[len(m):]
			}
			return all
		})
	}
	return t, err
}

// lineError is an error at a line of a file.
type lineError struct {
	line int
	err  error
}

func (e lineError) Error() string { return e.err.Error() }

func located(err error) error {
	var at lineError
	if errors.As(err, &at) {
		return fmt.Errorf(":%d: %w", at.line, at.err)
	}
	return fmt.Errorf(": %w", err)
}

type tableFile struct {
	Kind       string
	Provenance string
	Population string
	Strategies json.RawMessage
	Payoffs    json.RawMessage
}

func parseJSON(body []byte, to *numbers) (Table, error) {
	var f tableFile
	if line, err := strict.Decode(body, "table", &f); err != nil {
		return Table{}, lineError{line, err}
	}
	if f.Kind != "payoff_table" {
		return Table{}, fmt.Errorf(`kind: found %.40q, expected "payoff_table"`, f.Kind)
	}
	if f.Strategies == nil || f.Payoffs == nil {
		return Table{}, errors.New("expected fields strategies and payoffs")
	}
	if _, n, _ := strict.List(f.Strategies, 0); n > largest {
		return Table{}, fmt.Errorf("strategies: found %d, at most %d are read", n, largest)
	}
	t := Table{Single: f.Population == "single"}
	switch f.Population {
	case "single":
		var names []string
		if err := json.Unmarshal(f.Strategies, &names); err != nil {
			return t, fmt.Errorf(`strategies: found %.40s, expected a list of names`, f.Strategies)
		}
		t.Strategies = [][]string{names}
	case "multi":
		if err := json.Unmarshal(f.Strategies, &t.Strategies); err != nil {
			return t, fmt.Errorf(`strategies: found %.40s, expected a list of names per player`, f.Strategies)
		}
	default:
		return t, fmt.Errorf(`population: found %.40q, expected "single" or "multi"`, f.Population)
	}
	if err := t.checkNames(); err != nil {
		return t, err
	}
	shape := t.shape()
	if t.Single {
		m, err := to.tensor(f.Payoffs, "payoffs", []int{shape[0], shape[0]}, nil)
		t.Payoffs = [][]float64{m}
		return t, err
	}
	tables, count, _ := strict.List(f.Payoffs, len(shape))
	if count != len(shape) {
		return t, fmt.Errorf("payoffs: found %d tables, expected %d, one per player", count, len(shape))
	}
	for k, raw := range tables {
		m, err := to.tensor(raw, fmt.Sprintf("payoffs[%d]", k), shape, nil)
		if err != nil {
			return t, err
		}
		t.Payoffs = append(t.Payoffs, m)
	}
	return t, nil
}

// parseCSV reads a square matrix with a header row and a name column.
func parseCSV(body []byte, to *numbers) (Table, error) {
	r := csv.NewReader(bytes.NewReader(body))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return Table{}, csvError(err)
	}
	if len(header) < 2 {
		return Table{}, lineError{1, fmt.Errorf("found %d columns, expected a name column and one per strategy", len(header))}
	}
	names := header[1:]
	t := Table{Single: true, Strategies: [][]string{names}}
	var m []float64
	for i := 0; ; i++ {
		row, err := r.Read()
		if err == io.EOF {
			if i < len(names) {
				return t, fmt.Errorf("found %d rows, expected %d, as many as columns", i, len(names))
			}
			break
		}
		if err != nil {
			return t, csvError(err)
		}
		line, _ := r.FieldPos(0)
		fail := func(format string, args ...any) (Table, error) {
			return t, lineError{line, fmt.Errorf(format, args...)}
		}
		if i >= len(names) {
			return fail("found a row more than the %d columns", len(names))
		}
		if len(row) != len(header) {
			return fail("found %d fields, expected %d", len(row), len(header))
		}
		if row[0] != names[i] {
			return fail("found row %.40q, expected %.40q: rows and columns have the same names in the same order", row[0], names[i])
		}
		for j, text := range row[1:] {
			x, ok := to.number(strings.TrimSpace(text))
			if !ok {
				return fail("column %.40q: found %.40q, expected %s", names[j], text, aNumber)
			}
			m = append(m, x)
		}
	}
	t.Payoffs = [][]float64{m}
	return t, nil
}

func csvError(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return lineError{p.Line, p.Err}
	}
	if err == io.EOF {
		return errors.New("the file is empty, expected a header row")
	}
	return err
}

func (t Table) shape() []int {
	shape := make([]int, len(t.Strategies))
	for k, s := range t.Strategies {
		shape[k] = len(s)
	}
	return shape
}

// largest is the number of payoffs per table up to which tables are read.
const largest = 1 << 24

func (t Table) checkNames() error {
	if len(t.Strategies) == 0 {
		return errors.New("strategies is empty, expected at least one list")
	}
	size := 1
	for k, names := range t.Strategies {
		if size *= len(names); size > largest {
			return fmt.Errorf("strategies: the table has more than %d entries", largest)
		}
		where := "strategies"
		if !t.Single {
			where = fmt.Sprintf("strategies[%d]", k)
		}
		if len(names) == 0 {
			return fmt.Errorf("%s is empty, expected at least one name", where)
		}
		seen := make(map[string]bool, len(names))
		for i, n := range names {
			if strings.TrimSpace(n) == "" {
				return fmt.Errorf("%s[%d] is empty, expected a name", where, i)
			}
			if seen[n] {
				return fmt.Errorf("%s[%d]: name %.60q stands twice", where, i, n)
			}
			seen[n] = true
		}
	}
	return nil
}

// Check reports names that are empty or double, tables of the wrong size and
// payoffs that are not finite.
func (t Table) Check() error {
	if err := t.checkNames(); err != nil {
		return err
	}
	size := 1
	for _, n := range t.shape() {
		size *= n
	}
	tables := len(t.Strategies)
	if t.Single {
		tables, size = 1, size*size
	}
	if len(t.Payoffs) != tables {
		return fmt.Errorf("payoffs: found %d tables, expected %d", len(t.Payoffs), tables)
	}
	for k, m := range t.Payoffs {
		if len(m) != size {
			return fmt.Errorf("payoffs[%d]: found %d numbers, expected %d", k, len(m), size)
		}
		for i, x := range m {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("payoffs[%d]: entry %d is %g, expected a finite number", k, i, x)
			}
		}
	}
	return nil
}
