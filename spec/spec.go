// Package spec reads and prints spec strings such as
//
//	trembling(agent=cfr(iterations=10),epsilon=0.1)
//
// which name games, agents and methods and are their identity everywhere:
// on the command line, in files and in the database. Two specs are the same
// thing exactly when their canonical prints are equal.
package spec

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Spec is a parsed spec string: a name and its arguments, sorted by key.
type Spec struct {
	Name string // of a game, an agent, a method; any word
	Args []Arg  // sorted by key, each key once
}

// Arg is one key=value. Text is the value without its quotes; the text of a
// nested spec is left as written, for whoever knows what it should name.
type Arg struct {
	Key, Text string // what is set
}

const deepest = 32 // nesting at which a spec is refused

// Parse reads one spec. Errors quote the text and say at which character.
func Parse(text string) (Spec, error) {
	if !utf8.ValidString(text) {
		return Spec{}, fmt.Errorf("spec %q is not UTF-8", text)
	}
	p := parser{text: text}
	s, err := p.spec(0)
	if err == nil {
		p.space()
		if p.at < len(p.text) {
			err = p.fail("the end or a comma between keys")
		}
	}
	if err != nil {
		return Spec{}, err
	}
	return s, nil
}

// Split cuts a list at the commas outside brackets and quotes and trims the
// parts. Empty parts are kept, so that the caller can name them.
func Split(list string) []string {
	var parts []string
	depth, quoted, start := 0, false, 0
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(list[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(list[start:]))
}

// String is the canonical print: no spaces, keys sorted, quotes only where
// the value could not be read back without.
func (s Spec) String() string {
	if len(s.Args) == 0 {
		return s.Name
	}
	var b strings.Builder
	b.WriteString(s.Name)
	for i, a := range s.Args {
		if i == 0 {
			b.WriteByte('(')
		} else {
			b.WriteByte(',')
		}
		b.WriteString(a.Key)
		b.WriteByte('=')
		b.WriteString(quote(a.Text))
	}
	b.WriteByte(')')
	return b.String()
}

func quote(text string) string {
	p := parser{text: text}
	if _, err := p.value(0); err == nil && p.at == len(text) && !strings.HasPrefix(text, `"`) && strings.TrimSpace(text) == text {
		return text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

type parser struct {
	text string
	at   int
}

func (p *parser) fail(want string) error {
	found := "the end"
	if p.at < len(p.text) {
		r, _ := utf8.DecodeRuneInString(p.text[p.at:])
		found = fmt.Sprintf("%q", r)
	}
	return fmt.Errorf("spec %q, character %d: found %s, expected %s", p.text, utf8.RuneCountInString(p.text[:p.at])+1, found, want)
}

func (p *parser) space() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
}

// word reads up to the next character that has a meaning in the grammar.
func (p *parser) word(want string) (string, error) {
	start := p.at
	for p.at < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.at:])
		if strings.ContainsRune(`(),="`, r) || unicode.IsSpace(r) || unicode.IsControl(r) {
			break
		}
		p.at += n
	}
	if p.at == start {
		return "", p.fail(want)
	}
	return p.text[start:p.at], nil
}

func (p *parser) spec(depth int) (Spec, error) {
	p.space()
	name, err := p.word("a name")
	if err != nil {
		return Spec{}, err
	}
	s := Spec{Name: name}
	p.space()
	if p.at == len(p.text) || p.text[p.at] != '(' {
		return s, nil
	}
	if depth == deepest {
		return Spec{}, p.fail(fmt.Sprintf("at most %d nested specs", deepest))
	}
	p.at++
	for {
		p.space()
		key, err := p.word("a key")
		if err != nil {
			return Spec{}, err
		}
		p.space()
		if p.at == len(p.text) || p.text[p.at] != '=' {
			return Spec{}, p.fail(fmt.Sprintf("'=' after key %s", key))
		}
		p.at++
		p.space()
		text, err := p.value(depth + 1)
		if err != nil {
			return Spec{}, err
		}
		for _, a := range s.Args {
			if a.Key == key {
				return Spec{}, fmt.Errorf("spec %q gives key %s twice", p.text, key)
			}
		}
		s.Args = append(s.Args, Arg{key, text})
		p.space()
		if p.at < len(p.text) && p.text[p.at] == ',' {
			p.at++
			continue
		}
		if p.at == len(p.text) || p.text[p.at] != ')' {
			return Spec{}, p.fail("',' or ')'")
		}
		p.at++
		sort.Slice(s.Args, func(i, j int) bool { return s.Args[i].Key < s.Args[j].Key })
		return s, nil
	}
}

func (p *parser) value(depth int) (string, error) {
	if p.at < len(p.text) && p.text[p.at] == '"' {
		return p.quoted()
	}
	start := p.at
	if _, err := p.word("a value"); err != nil {
		return "", err
	}
	if p.at < len(p.text) && p.text[p.at] == '(' {
		p.at = start
		if _, err := p.spec(depth); err != nil {
			return "", err
		}
	}
	return p.text[start:p.at], nil
}

func (p *parser) quoted() (string, error) {
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '\\' && i+1 < len(p.text):
			i++
			b.WriteByte(p.text[i])
		case c == '"':
			p.at = i + 1
			return b.String(), nil
		default:
			b.WriteByte(c)
		}
	}
	p.at = len(p.text)
	return "", p.fail("a closing quote")
}
