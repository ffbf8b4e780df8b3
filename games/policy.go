package games

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Rows is the behaviour of one seat: probabilities over the legal moves, in
// their order, per information-state key, in the game's order.
type Rows struct {
	Keys  []string    // of information states, each once
	Probs [][]float64 // per key and move, from 0; they sum to 1 within 1e-9

	// What policy files do not hold; nil where it is not known.
	Names  [][]string   // of the moves, per key
	Labels []string     // beside the keys
	Exact  [][]*big.Rat // Probs as ratios
}

// Policy is the behaviour of all seats. A seat without rows is not spoken for.
type Policy struct {
	Game  string // canonical spec, "" in files that do not say
	Seats []Rows // by seat; fewer than the game has if the last ones are not spoken for
}

// Index maps the keys of r to their rows.
func (r Rows) Index() map[string][]float64 {
	at := make(map[string][]float64, len(r.Keys))
	for i, k := range r.Keys {
		at[k] = r.Probs[i]
	}
	return at
}

// MarshalJSON writes the policy-file format, keys in order.
func (p Policy) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	game, err := json.Marshal(p.Game)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, `{"kind":"policy","game":%s`, game)
	for seat, rows := range p.Seats {
		if len(rows.Keys) == 0 {
			continue
		}
		fmt.Fprintf(&b, `,"player_%d":`, seat)
		for i, key := range rows.Keys {
			row, err := json.Marshal(rows.Probs[i])
			if err != nil {
				return nil, err
			}
			if len(rows.Keys) == 1 && key == "" {
				b.Write(row) // normal form
				continue
			}
			k, err := json.Marshal(key)
			if err != nil {
				return nil, err
			}
			b.WriteByte("{,"[min(i, 1)])
			fmt.Fprintf(&b, "%s:%s", k, row)
			if i == len(rows.Keys)-1 {
				b.WriteByte('}')
			}
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// sumTolerance is how far a row of a policy file may be from summing to 1.
const sumTolerance = 1e-9

// ReadPolicy reads a policy file. Errors name the file, the line and the key.
func ReadPolicy(r io.Reader, file string) (Policy, error) {
	body, err := io.ReadAll(r)
	if err != nil {
		return Policy{}, fmt.Errorf("%s: %w", file, err)
	}
	d := policyReader{Decoder: json.NewDecoder(bytes.NewReader(body))}
	p, err := d.policy()
	if err != nil {
		at := min(int(d.InputOffset()), len(body))
		return Policy{}, fmt.Errorf("%s:%d: %w", file, 1+bytes.Count(body[:at], []byte("\n")), err)
	}
	return p, nil
}

type policyReader struct{ *json.Decoder }

// object calls member for every key of an object.
func (d policyReader) object(what string, member func(key string) error) error {
	t, err := d.Token()
	if err != nil {
		return syntax(err)
	}
	if t != json.Delim('{') {
		return fmt.Errorf("%s: found %.60v, expected an object", what, t)
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return syntax(err)
		}
		key := t.(string) // keys of objects are strings
		if seen[key] {
			return fmt.Errorf("%s: key %.60q stands twice", what, key)
		}
		seen[key] = true
		if err := member(key); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return syntax(err)
	}
	return nil
}

func syntax(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("the file ends too early: a bracket or quote is not closed")
	}
	return err
}

func (d policyReader) policy() (Policy, error) {
	p := Policy{}
	kind := ""
	err := d.object("policy", func(key string) error {
		seat, isSeat := strings.CutPrefix(key, "player_")
		switch {
		case key == "kind":
			return d.text(key, &kind)
		case key == "game":
			return d.text(key, &p.Game)
		case isSeat:
			n, err := strconv.Atoi(seat)
			if err != nil || n < 0 || n > 99 || strconv.Itoa(n) != seat {
				return fmt.Errorf("key %.60q: expected player_0, player_1, …", key)
			}
			for len(p.Seats) <= n {
				p.Seats = append(p.Seats, Rows{})
			}
			p.Seats[n], err = d.rows(key)
			return err
		}
		return fmt.Errorf("unknown key %.60q, expected kind, game, player_0, player_1, …", key)
	})
	if err != nil {
		return p, err
	}
	if kind != "policy" {
		return p, fmt.Errorf(`kind: found %.60q, expected "policy"`, kind)
	}
	if len(p.Seats) == 0 {
		return p, fmt.Errorf("found no player_0, player_1, …, expected at least one")
	}
	if _, err := d.Token(); err != io.EOF {
		return p, fmt.Errorf("found more text after the policy")
	}
	return p, nil
}

func (d policyReader) text(key string, to *string) error {
	t, err := d.Token()
	if err != nil {
		return syntax(err)
	}
	s, ok := t.(string)
	if !ok {
		return fmt.Errorf("%s: found %.60v, expected text in quotes", key, t)
	}
	*to = s
	return nil
}

func (d policyReader) rows(player string) (Rows, error) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return Rows{}, syntax(err)
	}
	if raw[0] == '[' {
		p, err := row(raw, player)
		return Rows{Keys: []string{""}, Probs: [][]float64{p}}, err
	}
	var rows Rows
	inner := policyReader{json.NewDecoder(bytes.NewReader(raw))}
	err := inner.object(player, func(key string) error {
		var raw json.RawMessage
		if err := inner.Decode(&raw); err != nil {
			return syntax(err)
		}
		p, err := row(raw, fmt.Sprintf("%s[%.60q]", player, key))
		rows.Keys, rows.Probs = append(rows.Keys, key), append(rows.Probs, p)
		return err
	})
	if err == nil && len(rows.Keys) == 0 {
		err = fmt.Errorf("%s is empty, expected a row per information state", player)
	}
	return rows, err
}

// row reads probabilities and checks them.
func row(raw json.RawMessage, where string) ([]float64, error) {
	var p []*float64
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, fmt.Errorf("%s: found %.40s, expected a list of probabilities", where, raw)
	}
	out, sum := make([]float64, len(p)), 0.0
	for i, x := range p {
		if x == nil {
			return nil, fmt.Errorf("%s: probability %d is null, expected a number", where, i)
		}
		if *x < 0 {
			return nil, fmt.Errorf("%s: probability %d is %g, expected a number not below 0", where, i, *x)
		}
		out[i] = *x
		sum += *x
	}
	if math.Abs(sum-1) > sumTolerance {
		return nil, fmt.Errorf("%s: probabilities sum to %g, expected 1", where, sum)
	}
	return out, nil
}
