// Package gambit reads and writes Gambit's text formats, exactly: numbers are
// rationals. A .nfg file is a payoff table, an .efg file a game tree, which is
// playable as it is.
package gambit

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind of a token.
type kind int

const (
	end kind = iota
	brace
	quoted
	bare // a number or a word
)

// token is a piece of a file. text is without quotes and escapes.
type token struct {
	kind         kind
	text         string
	line, column int
}

func (t token) String() string {
	switch t.kind {
	case end:
		return "the end of the file"
	case quoted:
		return fmt.Sprintf("the text %.40q", t.text)
	}
	return fmt.Sprintf("%.40q", t.text)
}

// scanner cuts a file into tokens.
type scanner struct {
	file, text   string
	at           int
	line, column int
	next         token
}

func newScanner(file string, body []byte) (*scanner, error) {
	s := &scanner{file: file, text: string(body), line: 1, column: 1}
	if !utf8.ValidString(s.text) {
		return nil, fmt.Errorf("%s: the file is not UTF-8", file)
	}
	return s, s.advance()
}

// fail is an error at a token.
func (s *scanner) fail(t token, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", s.file, t.line, t.column, fmt.Sprintf(format, args...))
}

func (s *scanner) step() {
	r, n := utf8.DecodeRuneInString(s.text[s.at:])
	s.at += n
	s.column++
	if r == '\n' {
		s.line, s.column = s.line+1, 1
	}
}

const blank = " \t\r\n\f\v"

func (s *scanner) advance() error {
	for s.at < len(s.text) && strings.IndexByte(blank, s.text[s.at]) >= 0 {
		s.step()
	}
	t := token{line: s.line, column: s.column}
	if s.at == len(s.text) {
		s.next = t
		return nil
	}
	start := s.at
	switch c := s.text[s.at]; c {
	case '{', '}', ',':
		s.step()
		t.kind, t.text = brace, string(c)
	case '"':
		s.step()
		t.kind = quoted
		var b strings.Builder
		for {
			if s.at == len(s.text) {
				return s.fail(t, "the quote is not closed")
			}
			c := s.text[s.at]
			if c == '\\' && s.at+1 < len(s.text) && s.text[s.at+1] == '"' {
				s.step()
				c = '"'
			} else if c == '"' {
				s.step()
				break
			}
			from := s.at
			s.step()
			if c == '"' {
				b.WriteByte(c)
			} else {
				b.WriteString(s.text[from:s.at])
			}
		}
		t.text = b.String()
	default:
		for s.at < len(s.text) && strings.IndexByte(blank+`{},"`, s.text[s.at]) < 0 {
			s.step()
		}
		t.kind, t.text = bare, s.text[start:s.at]
	}
	s.next = t
	return nil
}

// take returns the next token and goes on.
func (s *scanner) take() (token, error) {
	t := s.next
	return t, s.advance()
}

func (s *scanner) is(text string) bool { return s.next.kind == brace && s.next.text == text }

func (s *scanner) open(what string) error { return s.symbol("{", what) }

func (s *scanner) close(what string) error { return s.symbol("}", what) }

func (s *scanner) symbol(text, what string) error {
	if !s.is(text) {
		return s.fail(s.next, "%s: found %s, expected %q", what, s.next, text)
	}
	return s.advance()
}

func (s *scanner) word(words ...string) (string, error) {
	for _, w := range words {
		if s.next.kind == bare && s.next.text == w {
			return w, s.advance()
		}
	}
	return "", s.fail(s.next, "found %s, expected %s", s.next, strings.Join(words, " or "))
}

func (s *scanner) label(what string) (string, error) {
	if s.next.kind != quoted {
		return "", s.fail(s.next, "%s: found %s, expected text in quotes", what, s.next)
	}
	t, err := s.take()
	return t.text, err
}

// labels reads texts in quotes up to the closing brace.
func (s *scanner) labels(what string) ([]string, error) {
	if err := s.open(what); err != nil {
		return nil, err
	}
	var all []string
	for !s.is("}") {
		l, err := s.label(what)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, s.close(what)
}

// whole reads a whole number within lo..hi.
func (s *scanner) whole(what string, lo, hi int) (int, error) {
	n, err := strconv.Atoi(s.next.text)
	if s.next.kind != bare || err != nil || strings.HasPrefix(s.next.text, "+") || n < lo || n > hi {
		return 0, s.fail(s.next, "%s: found %s, expected a whole number from %d to %d", what, s.next, lo, hi)
	}
	return n, s.advance()
}

var number = regexp.MustCompile(`^-?(\d+(\.\d*)?([eE]-?\d+)?|\.\d+|\d+/\d+)$`)

// longest and longestRatio are the number of characters up to which decimals and
// fractions are read; the fraction of a decimal that is read is read again.
const longest, longestRatio = 700, 3000

// number reads an exact number, as it was written and as a rational.
func (s *scanner) number(what string) (string, *big.Rat, error) {
	t := s.next
	if t.kind != bare || !number.MatchString(t.text) {
		return "", nil, s.fail(t, "%s: found %s, expected a number such as -2, 0.5, 1e-3 or 1/3", what, t)
	}
	outside := func() error {
		return s.fail(t, "%s: found %s, expected a number that fits in 64-bit floating point", what, t)
	}
	if _, exponent, ok := strings.Cut(strings.ToLower(t.text), "e"); ok {
		if e, err := strconv.Atoi(exponent); err != nil || e > 400 || e < -400 {
			return "", nil, outside()
		}
	}
	most := longest
	if strings.Contains(t.text, "/") {
		most = longestRatio
	}
	x, ok := new(big.Rat), len(t.text) <= most
	if ok {
		x, ok = x.SetString(strings.TrimSuffix(t.text, "."))
	}
	if !ok {
		return "", nil, outside()
	}
	if f, _ := x.Float64(); math.IsInf(f, 0) || f == 0 && x.Sign() != 0 {
		return "", nil, outside()
	}
	return t.text, x, s.advance()
}

// head reads what both formats begin with: title and players.
func (s *scanner) head(signature, version string) (title string, players []string, err error) {
	if _, err = s.word(signature); err != nil {
		return
	}
	if _, err = s.word(version); err != nil {
		return
	}
	if _, err = s.word("R", "D"); err != nil {
		return
	}
	if title, err = s.label("title"); err != nil {
		return
	}
	at := s.next
	if players, err = s.labels("players"); err != nil {
		return
	}
	if len(players) == 0 || len(players) > 64 {
		err = s.fail(at, "players: found %d, expected 1 to 64", len(players))
	}
	return title, unique(players), err
}

// payoffs reads a number per player, each with or without a comma behind it.
func (s *scanner) payoffs(players int) (text string, list []*big.Rat, err error) {
	if err := s.open("payoffs"); err != nil {
		return "", nil, err
	}
	for range players {
		word, x, err := s.number("payoff")
		if err != nil {
			return "", nil, err
		}
		text, list = text+" "+word, append(list, x)
		if s.is(",") {
			if err := s.advance(); err != nil {
				return "", nil, err
			}
		}
	}
	return text, list, s.close("payoffs")
}

// unique makes labels different from each other and not empty: a, a become a_1,
// a_2; an empty one becomes its place.
func unique(labels []string) []string {
	out := make([]string, len(labels))
	times, used := map[string]int{}, map[string]bool{}
	for _, l := range labels {
		times[l]++
	}
	for _, l := range labels {
		used[l] = times[l] == 1
	}
	for i, l := range labels {
		if out[i] = l; times[l] == 1 && strings.TrimSpace(l) != "" {
			continue
		}
		for n := i + 1; ; n++ {
			if out[i] = fmt.Sprint(n); strings.TrimSpace(l) != "" {
				out[i] = fmt.Sprintf("%s_%d", l, n-i+count(labels[:i], l))
			}
			if !used[out[i]] {
				break
			}
		}
		used[out[i]] = true
	}
	return out
}

func count(labels []string, l string) (n int) {
	for _, x := range labels {
		if x == l {
			n++
		}
	}
	return n
}

// writable refuses labels that the formats cannot hold: a backslash before the
// closing quote makes that a part of the label.
func writable(lists ...[]string) error {
	for _, list := range lists {
		for _, l := range list {
			if strings.HasSuffix(l, `\`) {
				return fmt.Errorf("the label %.60q ends in a backslash, which Gambit's formats cannot hold", l)
			}
		}
	}
	return nil
}

// quote writes a label.
func quote(label string) string { return `"` + strings.ReplaceAll(label, `"`, `\"`) + `"` }
