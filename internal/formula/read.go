package formula

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"arbiter/internal/interval"
)

const (
	mostOperations = 2_000 // of one formula
	mostDepth      = 200   // of brackets, signs, functions and exponents
	mostLetters    = 1 << 18
	mostPower      = 1 << 20 // that is worked out by multiplication
)

type reader struct {
	*Sheet
	line  string
	pos   int
	depth int
	made  int
}

// Read reads a formula: x1 to xn, parameters, numbers (the nearest float64), pi, +
// - * / ^, brackets and functions. A sign binds less than ^, which groups to the
// right. Errors give the position, from 1.
func (s *Sheet) Read(text string) (Root, error) {
	r := &reader{Sheet: s, line: text}
	if len(text) > mostLetters {
		return 0, fmt.Errorf("found a formula of %d letters, expected at most %d", len(text), mostLetters)
	}
	i, err := r.sum()
	if err != nil {
		return 0, err
	}
	if c := r.peek(); c != 0 {
		return 0, r.fault("found %s, expected an operator or the end", r.next())
	}
	return Root(i), nil
}

// shown is how much of a formula stands in a message.
const shown = 60

// shorten cuts a text for a message.
func shorten(text string) string {
	if len(text) <= shown {
		return text
	}
	return strings.ToValidUTF8(text[:shown], "") + "…"
}

func (r *reader) fault(format string, args ...any) error {
	line := r.line
	if from := max(0, r.pos-shown/2); from > 0 && len(line) > shown {
		line = "…" + strings.ToValidUTF8(line[from:], "")
	}
	return fmt.Errorf("%q, position %d: %s", shorten(line), r.pos+1, fmt.Sprintf(format, args...))
}

// peek is the next byte that is no space, 0 at the end.
func (r *reader) peek() byte {
	for r.pos < len(r.line) && (r.line[r.pos] == ' ' || r.line[r.pos] == '\t') {
		r.pos++
	}
	if r.pos == len(r.line) {
		return 0
	}
	return r.line[r.pos]
}

// next is what stands at the reader, for messages.
func (r *reader) next() string {
	if r.peek() == 0 && r.pos == len(r.line) {
		return "the end"
	}
	for _, c := range r.line[r.pos:] {
		return strconv.Quote(string(c))
	}
	return "the end"
}

// keep adds a node whose text began at from.
func (r *reader) keep(n node, from int) (int, error) {
	if r.made++; r.made > mostOperations {
		return 0, r.fault("found more than %d operations", mostOperations)
	}
	i := r.put(n)
	if r.full {
		return 0, r.fault("found more than %d operations in all formulas", mostNodes)
	}
	if _, ok := r.text[i]; !ok {
		r.text[i] = shorten(strings.TrimSpace(r.line[from:r.pos]))
	}
	return i, nil
}

// chain reads operands that are joined by two operators of the same rank.
func (r *reader) chain(operand func() (int, error), first, second byte, ops [2]operation) (int, error) {
	r.peek()
	from := r.pos
	a, err := operand()
	for err == nil {
		c := r.peek()
		if c != first && c != second {
			return a, nil
		}
		r.pos++
		op := ops[0]
		if c == second {
			op = ops[1]
		}
		var b int
		if b, err = operand(); err != nil {
			break
		}
		n := node{op: op, a: a, b: b}
		if op == opTimes && a == b {
			n = node{op: opPower, a: a, index: 2}
		}
		a, err = r.keep(n, from)
	}
	return 0, err
}

func (r *reader) sum() (int, error) {
	return r.chain(r.product, '+', '-', [2]operation{opPlus, opMinus})
}

func (r *reader) product() (int, error) {
	return r.chain(r.signed, '*', '/', [2]operation{opTimes, opOver})
}

// deeper runs read one level down.
func (r *reader) deeper(read func() (int, error)) (int, error) {
	if r.depth == mostDepth {
		return 0, r.fault("found more than %d levels", mostDepth)
	}
	r.depth++
	defer func() { r.depth-- }()
	return read()
}

func (r *reader) signed() (int, error) {
	if r.peek() != '-' {
		return r.powers()
	}
	from := r.pos
	r.pos++
	a, err := r.deeper(r.signed)
	if err != nil {
		return 0, err
	}
	if n := r.nodes[a]; n.op == opConstant {
		return r.keep(node{op: opConstant, value: n.value.Neg()}, from)
	}
	return r.keep(node{op: opNegate, a: a}, from)
}

func (r *reader) powers() (int, error) {
	r.peek()
	from := r.pos
	a, err := r.atom()
	if err != nil || r.peek() != '^' {
		return a, err
	}
	r.pos++
	b, err := r.deeper(r.signed)
	if err != nil {
		return 0, err
	}
	if x, ok := r.constant(b); ok && x == math.Trunc(x) && math.Abs(x) <= mostPower {
		return r.keep(node{op: opPower, a: a, index: int(x)}, from)
	}
	return r.keep(node{op: opRaise, a: a, b: b}, from)
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(w string) bool {
	for i := range len(w) {
		if !isLetter(w[i]) && (i == 0 || !isDigit(w[i]) && w[i] != '_') {
			return false
		}
	}
	return w != ""
}

// isVariable tells whether a word is x and digits, whatever their number.
func isVariable(w string) bool {
	if len(w) < 2 || w[0] != 'x' {
		return false
	}
	for i := 1; i < len(w); i++ {
		if !isDigit(w[i]) {
			return false
		}
	}
	return true
}

func (r *reader) atom() (int, error) {
	c, from := r.peek(), r.pos
	switch {
	case c == '(':
		r.pos++
		a, err := r.deeper(r.sum)
		if err == nil {
			err = r.expect(')')
		}
		return a, err
	case isDigit(c) || c == '.':
		for r.pos < len(r.line) && strings.IndexByte("0123456789.eE", r.line[r.pos]) >= 0 {
			if e := r.line[r.pos]; (e == 'e' || e == 'E') && r.pos+1 < len(r.line) && strings.IndexByte("+-", r.line[r.pos+1]) >= 0 {
				r.pos++
			}
			r.pos++
		}
		x, err := strconv.ParseFloat(r.line[from:r.pos], 64)
		if err != nil {
			word := r.line[from:r.pos]
			r.pos = from
			return 0, r.fault("found %q, expected a number", shorten(word))
		}
		return r.keep(node{op: opConstant, value: interval.Point(x)}, from)
	case isLetter(c):
		for r.pos < len(r.line) && (isLetter(r.line[r.pos]) || isDigit(r.line[r.pos]) || r.line[r.pos] == '_') {
			r.pos++
		}
		return r.word(r.line[from:r.pos], from)
	}
	return 0, r.fault("found %s, expected a number, a variable, a function or a bracket", r.next())
}

func (r *reader) expect(c byte) error {
	if r.peek() != c {
		return r.fault("found %s, expected %s", r.next(), string(c))
	}
	r.pos++
	return nil
}

func (r *reader) word(word string, from int) (int, error) {
	if word == "pi" {
		return r.keep(node{op: opConstant, value: interval.Pi()}, from)
	}
	if op, ok := functions[word]; ok {
		return r.function(word, op, from)
	}
	if x, ok := r.Parameters[word]; ok {
		return r.keep(node{op: opConstant, value: interval.Point(x)}, from)
	}
	if k, err := strconv.Atoi(strings.TrimPrefix(word, "x")); err == nil && isVariable(word) && k >= 1 && k <= r.Variables && word == "x"+strconv.Itoa(k) {
		return r.keep(node{op: opVariable, index: k - 1}, from)
	}
	r.pos = from
	known := ""
	if len(r.Parameters) > 0 {
		known = ", a parameter (" + shorten(strings.Join(slices.Sorted(maps.Keys(r.Parameters)), ", ")) + ")"
	}
	return 0, r.fault("found %q, expected x1 to x%d%s, pi or a function (%s)", shorten(word), r.Variables, known, functionNames)
}

// function reads the arguments of one: one, of max and min two or more.
func (r *reader) function(word string, op operation, from int) (int, error) {
	if r.peek() != '(' {
		return 0, r.fault("found %s, expected ( after %s", r.next(), word)
	}
	r.pos++
	a, err := r.deeper(r.sum)
	if err != nil {
		return 0, err
	}
	if !op.two() {
		if err := r.expect(')'); err != nil {
			return 0, err
		}
		return r.keep(node{op: op, a: a}, from)
	}
	if r.peek() != ',' {
		return 0, r.fault("found %s, expected a comma and another argument of %s", r.next(), word)
	}
	for r.peek() == ',' {
		r.pos++
		b, err := r.deeper(r.sum)
		if err != nil {
			return 0, err
		}
		if a, err = r.keep(node{op: op, a: a, b: b}, from); err != nil {
			return 0, err
		}
	}
	return a, r.expect(')')
}
