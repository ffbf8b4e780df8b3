package spec

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/xrash/smetrics"
)

// Kind is what a parameter's value must be.
type Kind int

const (
	Word   Kind = iota // any text, or one of Choices
	Int                // a whole number within Min..Max
	Float              // a finite number within Min..Max
	File               // a path
	Sub                // a nested spec
	Floats             // finite numbers within Min..Max, with commas between them
)

// MarshalText names the kind, for JSON.
func (k Kind) MarshalText() ([]byte, error) {
	return []byte([...]string{"word", "int", "float", "file", "spec", "floats"}[k]), nil
}

// Param describes one key of a spec.
type Param struct {
	Name    string   `json:"name"`              // the key
	Kind    Kind     `json:"kind"`              // zero: Word
	Default string   `json:"default"`           // canonical, or a word such as none; "" means that the key must be given
	Doc     string   `json:"doc"`               // one line of help
	Choices []string `json:"choices,omitempty"` // for Word; none means any
	// Min and Max bound an Int, a Float or each of Floats, both inclusive; both zero
	// means unbounded.
	Min float64 `json:"min,omitempty"`
	Max float64 `json:"max,omitempty"`
}

// Args are the values of a spec's keys after Bind, by name.
type Args map[string]string

// Int returns an Int value. Bind has checked it.
func (a Args) Int(key string) int {
	n, _ := strconv.Atoi(a[key])
	return n
}

// Float returns a Float value. Bind has checked it.
func (a Args) Float(key string) float64 {
	x, _ := strconv.ParseFloat(a[key], 64)
	return x
}

// Floats returns the numbers of a Floats value, nil of a default that is a word.
func (a Args) Floats(key string) (list []float64) {
	for _, text := range strings.Split(a[key], ",") {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil
		}
		list = append(list, x)
	}
	return list
}

// Bool returns whether a Word is true.
func (a Args) Bool(key string) bool { return a[key] == "true" }

// Switch is a parameter that is false or, if it is given so, true.
func Switch(name, doc string) Param {
	return Param{Name: name, Kind: Word, Default: "false", Choices: []string{"false", "true"}, Doc: doc}
}

// KeyError says what is wrong with a key of a spec.
type KeyError struct {
	Spec, Key string // the name of the spec, "" if that is not known, and the key
	Unknown   bool   // the spec has no such key
	Err       error  // what is wrong
}

// Error is what is wrong.
func (e *KeyError) Error() string { return e.Err.Error() }

// Unwrap is what is wrong, as an error of its own.
func (e *KeyError) Unwrap() error { return e.Err }

// Bind checks the arguments of s against params and returns their values and
// the spec in canonical form, with defaults written out and numbers printed
// in their shortest way. What is wrong with a key is a KeyError.
func Bind(s Spec, params []Param) (Spec, Args, error) {
	args := Args{}
	for _, a := range s.Args {
		i := slices.IndexFunc(params, func(p Param) bool { return p.Name == a.Key })
		if i < 0 {
			return Spec{}, nil, &KeyError{s.Name, a.Key, true, fmt.Errorf("%s has no key %q; %s", s.Name, a.Key, keysOf(params))}
		}
		text, err := params[i].canonical(a.Text)
		if err != nil {
			return Spec{}, nil, &KeyError{s.Name, a.Key, false, fmt.Errorf("%s: %w", s.Name, err)}
		}
		args[a.Key] = text
	}
	canonical := Spec{Name: s.Name}
	for _, p := range params {
		if _, ok := args[p.Name]; !ok {
			if p.Default == "" {
				return Spec{}, nil, &KeyError{s.Name, p.Name, false, fmt.Errorf("%s needs %s=…: %s", s.Name, p.Name, p.Doc)}
			}
			args[p.Name] = p.Default
		}
		canonical.Args = append(canonical.Args, Arg{p.Name, args[p.Name]})
	}
	sort.Slice(canonical.Args, func(i, j int) bool { return canonical.Args[i].Key < canonical.Args[j].Key })
	return canonical, args, nil
}

// keysOf names all keys, for an error message.
func keysOf(params []Param) string {
	if len(params) == 0 {
		return "it has no keys"
	}
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	return "known: " + strings.Join(names, ", ")
}

func (p Param) canonical(text string) (string, error) {
	if text == p.Default && text != "" {
		return text, nil
	}
	switch p.Kind {
	case Floats:
		var list []string
		for _, part := range strings.Split(text, ",") {
			one, err := Param{Name: p.Name, Kind: Float, Min: p.Min, Max: p.Max}.canonical(strings.TrimSpace(part))
			if err != nil {
				return "", err
			}
			list = append(list, one)
		}
		return strings.Join(list, ","), nil
	case Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return "", fmt.Errorf("key %s: found %q, expected a whole number", p.Name, text)
		}
		if p.bounded() && (float64(n) < p.Min || float64(n) > p.Max) {
			return "", fmt.Errorf("key %s: found %d, expected %g to %g", p.Name, n, p.Min, p.Max)
		}
		return strconv.FormatInt(n, 10), nil
	case Float:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return "", fmt.Errorf("key %s: found %q, expected a finite number", p.Name, text)
		}
		if p.bounded() && (x < p.Min || x > p.Max) {
			return "", fmt.Errorf("key %s: found %g, expected %g to %g", p.Name, x, p.Min, p.Max)
		}
		return strconv.FormatFloat(x, 'g', -1, 64), nil
	case Word:
		if len(p.Choices) > 0 && !slices.Contains(p.Choices, text) {
			return "", fmt.Errorf("key %s: found %q, expected one of %s", p.Name, text, strings.Join(p.Choices, ", "))
		}
	}
	if text == "" {
		return "", fmt.Errorf("key %s is empty, expected %s", p.Name, p.Doc)
	}
	return text, nil
}

func (p Param) bounded() bool { return p.Min != 0 || p.Max != 0 }

// Nearest names the known words most like word, for an error message, or all
// of them where they are few or nothing is like it.
func Nearest(word string, known []string) string {
	type scored struct {
		name string
		cost int
	}
	var all []scored
	for _, k := range known {
		cost := smetrics.WagnerFischer(strings.ToLower(word), strings.ToLower(k), 2, 2, 3)
		if strings.HasPrefix(k, word) || strings.HasPrefix(word, k) {
			cost = min(cost, 2)
		}
		all = append(all, scored{k, cost})
	}
	slices.SortStableFunc(all, func(a, b scored) int { return a.cost - b.cost })
	var near []string
	for _, s := range all {
		if s.cost <= 2+len(word) && len(near) < 3 {
			near = append(near, s.name)
		}
	}
	if len(near) > 0 && len(known) > 6 {
		return "nearest: " + strings.Join(near, ", ")
	}
	return "known: " + strings.Join(known, ", ")
}
