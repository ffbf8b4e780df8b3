package search

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// reader reads a formula by precedence climbing: + -, then * /, then a sign, then
// ^, which groups to the right.
type reader struct {
	sheet *sheet
	words []string
	at    int
	n     int // variables
	named map[string]float64
	depth int
}

// words cuts a formula; numbers and names are whole words.
func words(text string) ([]string, error) {
	var out []string
	for i := 0; i < len(text); {
		c := text[i]
		j := i + 1
		switch {
		case c == ' ' || c == '\t':
			i++
			continue
		case c >= '0' && c <= '9' || c == '.':
			for j < len(text) && (strings.IndexByte("0123456789.eE", text[j]) >= 0 ||
				(text[j] == '+' || text[j] == '-') && (text[j-1] == 'e' || text[j-1] == 'E')) {
				j++
			}
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			for j < len(text) && (text[j] >= 'a' && text[j] <= 'z' || text[j] >= 'A' && text[j] <= 'Z' || text[j] >= '0' && text[j] <= '9' || text[j] == '_') {
				j++
			}
		case strings.IndexByte("+-*/^(),", c) < 0:
			return nil, fmt.Errorf("%q: found %q", text, string(c))
		}
		out = append(out, text[i:j])
		i = j
	}
	return out, nil
}

// read reads a formula of n variables and of parameters.
func (s *sheet) read(text string, n int, named map[string]float64) (int, error) {
	list, err := words(text)
	if err != nil {
		return 0, err
	}
	r := &reader{sheet: s, words: list, n: n, named: named}
	i, err := r.climb(0)
	if err == nil && r.at < len(r.words) {
		err = fmt.Errorf("found %q, expected an operator or the end", r.words[r.at])
	}
	if err != nil {
		return 0, fmt.Errorf("%q: %w", text, err)
	}
	return i, nil
}

func (r *reader) next() string {
	if r.at == len(r.words) {
		return ""
	}
	return r.words[r.at]
}

var ranks = map[string]int{"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}

// signed is the rank of a sign, between * and ^.
const signed = 3

// climb reads operators of at least the rank given.
func (r *reader) climb(rank int) (int, error) {
	if r.depth++; r.depth > 1000 || len(r.sheet.terms) > mostTerms {
		return 0, fmt.Errorf("too deep or too long to be verified")
	}
	defer func() { r.depth-- }()
	var left int
	var err error
	if r.next() == "-" {
		r.at++
		if left, err = r.climb(signed); err == nil {
			left = r.sheet.negate(left)
		}
	} else {
		left, err = r.atom()
	}
	for err == nil {
		op := r.next()
		own := ranks[op]
		if own == 0 || own < rank {
			return left, nil
		}
		r.at++
		above := own + 1
		if op == "^" {
			above = signed // to the right, with a sign
		}
		var right int
		if right, err = r.climb(above); err != nil {
			break
		}
		if op != "^" {
			left = r.sheet.join(op[0], left, right)
			continue
		}
		t := r.sheet.terms[right]
		if x := t.x.lo; t.op == '#' && t.x == point(x) && x == math.Trunc(x) && math.Abs(x) <= 1<<20 {
			left = r.sheet.raise(left, int(x))
		} else {
			left = r.sheet.join('^', left, right)
		}
	}
	return 0, err
}

// arguments reads those of a function, with their brackets.
func (r *reader) arguments() ([]int, error) {
	var list []int
	for r.at++; ; r.at++ {
		i, err := r.climb(0)
		if err != nil {
			return nil, err
		}
		list = append(list, i)
		switch r.next() {
		case ",":
			continue
		case ")":
			r.at++
			return list, nil
		}
		return nil, fmt.Errorf("found %q, expected , or )", r.next())
	}
}

func (r *reader) atom() (int, error) {
	word := r.next()
	if word == "" {
		return 0, fmt.Errorf("found the end, expected a number, a variable, a function or a bracket")
	}
	r.at++
	switch {
	case word == "(":
		i, err := r.climb(0)
		if err == nil && r.next() != ")" {
			err = fmt.Errorf("found %q, expected )", r.next())
		}
		r.at++
		return i, err
	case word == "pi":
		return r.sheet.put(term{op: '#', x: piRange}), nil
	case kinds[word] != 0:
		if r.next() != "(" {
			return 0, fmt.Errorf("found %q after %s, expected (", r.next(), word)
		}
		list, err := r.arguments()
		if err != nil {
			return 0, err
		}
		many := word == "max" || word == "min"
		if !many && len(list) != 1 || many && len(list) < 2 {
			return 0, fmt.Errorf("%s: found %d arguments", word, len(list))
		}
		if !many {
			return r.sheet.call(kinds[word], list[0]), nil
		}
		i := list[0]
		for _, j := range list[1:] {
			if i != j {
				i = r.sheet.put(term{op: kinds[word], l: i, r: j})
			}
		}
		return i, nil
	case word[0] == 'x' && len(word) > 1 && word[1] >= '0' && word[1] <= '9':
		k, err := strconv.Atoi(word[1:])
		if err != nil || k < 1 || k > r.n {
			return 0, fmt.Errorf("found %q, expected x1 to x%d", word, r.n)
		}
		return r.sheet.put(term{op: 'x', n: k - 1}), nil
	}
	if x, ok := r.named[word]; ok {
		return r.sheet.number(x), nil
	}
	x, err := strconv.ParseFloat(word, 64)
	if err != nil || word[0] != '.' && (word[0] < '0' || word[0] > '9') {
		return 0, fmt.Errorf("found %q, expected a number, a variable, a function or a bracket", word)
	}
	return r.sheet.number(x), nil
}
