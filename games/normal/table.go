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
	"slices"
	"strconv"
	"strings"

	"arbiter/internal/strict"
)

// Table is a payoff table. With one population (Single) Payoffs[0][i*n+j] is
// the payoff of i against j; else Payoffs[k][profile] is that of player k,
// profiles row-major, last player fastest.
type Table struct {
	Single     bool
	Strategies [][]string // per player; one list if Single
	Payoffs    [][]float64
	// Exact are the payoffs as rationals, where a file gives them so; else nil.
	Exact [][]*big.Rat
}

// Rationals are the payoffs as exact numbers: those of the file, or else the
// shortest decimals that are these floating-point numbers.
func (t Table) Rationals() [][]*big.Rat {
	if t.Exact != nil {
		return t.Exact
	}
	out := make([][]*big.Rat, len(t.Payoffs))
	for k, m := range t.Payoffs {
		out[k] = make([]*big.Rat, len(m))
		for i, x := range m {
			out[k][i], _ = new(big.Rat).SetString(strconv.FormatFloat(x, 'g', -1, 64))
		}
	}
	return out
}

// Simplest is the rational of smallest denominator that is x up to rounding, by
// continued fractions.
func Simplest(x float64) *big.Rat {
	exact := new(big.Rat)
	if exact.SetFloat64(x) == nil || x == math.Trunc(x) {
		return exact
	}
	p0, q0, p1, q1 := 0., 1., 1., 0.
	for rest := x; ; {
		a := math.Floor(rest)
		p0, q0, p1, q1 = p1, q1, a*p1+p0, a*q1+q0
		if math.Abs(p1) > 1<<53 || q1 > 1<<53 {
			return exact
		}
		if math.Abs(p1/q1-x) <= 0x1p-50*math.Abs(x) {
			return exact.SetFrac64(int64(p1), int64(q1))
		}
		if rest -= a; rest == 0 {
			return exact
		}
		rest = 1 / rest
	}
}

// Multi is a table with one list of strategies and payoffs per player: t itself
// unless it is Single.
func (t Table) Multi() Table {
	if !t.Single {
		return t
	}
	n := len(t.Strategies[0])
	return Table{
		Strategies: [][]string{t.Strategies[0], t.Strategies[0]},
		Payoffs:    [][]float64{t.Payoffs[0], transposed(t.Payoffs[0], n)},
	}
}

func transposed(m []float64, n int) []float64 {
	out := make([]float64, len(m))
	for i := range n {
		for j := range n {
			out[i*n+j] = m[j*n+i]
		}
	}
	return out
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
		t, err = parseCSV(body)
	} else {
		t, err = parseJSON(body)
	}
	if err == nil {
		err = t.Check()
	}
	if err != nil {
		return Table{}, fmt.Errorf("%s%w", file, located(err))
	}
	return t, nil
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

func parseJSON(body []byte) (Table, error) {
	var f tableFile
	if line, err := strict.Decode(body, "table", &f); err != nil {
		return Table{}, lineError{line, err}
	}
	if f.Kind != "payoff_table" {
		return Table{}, fmt.Errorf(`kind: found %q, expected "payoff_table"`, f.Kind)
	}
	if f.Strategies == nil || f.Payoffs == nil {
		return Table{}, errors.New("expected fields strategies and payoffs")
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
		return t, fmt.Errorf(`population: found %q, expected "single" or "multi"`, f.Population)
	}
	if err := t.checkNames(); err != nil {
		return t, err
	}
	shape := t.shape()
	if t.Single {
		m, err := tensor(f.Payoffs, "payoffs", []int{shape[0], shape[0]}, nil)
		t.Payoffs = [][]float64{m}
		return t, err
	}
	var tables []json.RawMessage
	if err := json.Unmarshal(f.Payoffs, &tables); err != nil || len(tables) != len(shape) {
		return t, fmt.Errorf("payoffs: found %d tables, expected %d, one per player", len(tables), len(shape))
	}
	for k, raw := range tables {
		m, err := tensor(raw, fmt.Sprintf("payoffs[%d]", k), shape, nil)
		if err != nil {
			return t, err
		}
		t.Payoffs = append(t.Payoffs, m)
	}
	return t, nil
}

// tensor flattens nested lists of the given shape, row-major.
func tensor(raw json.RawMessage, where string, shape []int, dst []float64) ([]float64, error) {
	if len(shape) == 0 {
		var x *float64
		if err := json.Unmarshal(raw, &x); err != nil || x == nil {
			return dst, fmt.Errorf("%s: found %.40s, expected a finite number", where, raw)
		}
		return append(dst, *x), nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || list == nil {
		return dst, fmt.Errorf("%s: found %.40s, expected a list of %d", where, raw, shape[0])
	}
	if len(list) != shape[0] {
		return dst, fmt.Errorf("%s: found %d entries, expected %d", where, len(list), shape[0])
	}
	var err error
	for i, x := range list {
		if dst, err = tensor(x, fmt.Sprintf("%s[%d]", where, i), shape[1:], dst); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// parseCSV reads a square matrix with a header row and a name column.
func parseCSV(body []byte) (Table, error) {
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
			return fail("found row %q, expected %q: rows and columns have the same names in the same order", row[0], names[i])
		}
		for j, text := range row[1:] {
			x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return fail("column %s: found %q, expected a finite number", names[j], text)
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
		where := "strategies"
		if !t.Single {
			where = fmt.Sprintf("strategies[%d]", k)
		}
		if len(names) == 0 {
			return fmt.Errorf("%s is empty, expected at least one name", where)
		}
		for i, n := range names {
			if strings.TrimSpace(n) == "" {
				return fmt.Errorf("%s[%d] is empty, expected a name", where, i)
			}
			if slices.Contains(names[:i], n) {
				return fmt.Errorf("%s[%d]: name %q stands twice", where, i, n)
			}
		}
		if size *= len(names); size > largest {
			return fmt.Errorf("%s: the table has more than %d entries", where, largest)
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
