package gambit

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"arbiter/games/normal"
)

// Normal is the content of a .nfg file.
type Normal struct {
	Title, Comment string     // as written, "" for none
	Players        []string   // names; their number is that of the seats
	Strategies     [][]string // labels, per player
	// Payoffs[k] are those of player k, profiles row-major, last player fastest.
	Payoffs [][]*big.Rat
}

// largest is the number of payoffs up to which tables are read.
const largest = 1 << 22

// ReadNormal reads a .nfg file, payoff or outcome version. Errors name file,
// line and column. Labels that are empty or double are made unique.
func ReadNormal(body []byte, file string) (Normal, error) {
	var n Normal
	s, err := newScanner(file, body)
	if err != nil {
		return n, err
	}
	if n.Title, n.Players, err = s.head("NFG", "1"); err != nil {
		return n, err
	}
	if err := n.readStrategies(s); err != nil {
		return n, err
	}
	if s.next.kind == quoted {
		if n.Comment, err = s.label("comment"); err != nil {
			return n, err
		}
	}
	players, cells := len(n.Players), 1
	for _, list := range n.Strategies {
		if cells *= len(list); cells*players > largest {
			return n, s.fail(s.next, "the table has more than %d payoffs, the most that are read", largest)
		}
	}
	outcomes := [][]*big.Rat{}
	withOutcomes := s.is("{")
	if withOutcomes {
		if outcomes, err = readOutcomes(s, players); err != nil {
			return n, err
		}
	}
	n.Payoffs = make([][]*big.Rat, players)
	for k := range n.Payoffs {
		n.Payoffs[k] = make([]*big.Rat, cells)
	}
	profile := make([]int, players)
	for range cells {
		at := n.index(profile)
		var paid []*big.Rat
		if withOutcomes {
			i, err := s.whole("outcome of a cell", 0, len(outcomes)-1)
			if err != nil {
				return n, err
			}
			paid = outcomes[i]
		}
		for k := range players {
			if withOutcomes {
				n.Payoffs[k][at] = paid[k]
			} else if _, n.Payoffs[k][at], err = s.number("payoff"); err != nil {
				return n, err
			}
		}
		next(profile, n.Strategies)
	}
	if s.next.kind != end {
		return n, s.fail(s.next, "found %s after the last of %d cells, expected the end of the file", s.next, cells)
	}
	return n, nil
}

func (n *Normal) readStrategies(s *scanner) error {
	if err := s.open("strategies"); err != nil {
		return err
	}
	for range n.Players {
		if s.is("{") {
			at := s.next
			labels, err := s.labels("strategies")
			if err != nil {
				return err
			}
			if len(labels) == 0 {
				return s.fail(at, "strategies: found none, expected at least one")
			}
			n.Strategies = append(n.Strategies, unique(labels))
			continue
		}
		at := s.next
		count, err := s.whole("strategies", 1, largest)
		if err != nil {
			return err
		}
		if count > len(s.text) {
			return s.fail(at, "strategies: found %d, more than the file has payoffs for", count)
		}
		list := make([]string, count)
		for i := range list {
			list[i] = fmt.Sprint(i + 1)
		}
		n.Strategies = append(n.Strategies, list)
	}
	return s.close("strategies")
}

// readOutcomes reads the list of outcomes; the zero outcome stands first.
func readOutcomes(s *scanner, players int) ([][]*big.Rat, error) {
	zero := make([]*big.Rat, players)
	for k := range zero {
		zero[k] = new(big.Rat)
	}
	all := [][]*big.Rat{zero}
	if err := s.open("outcomes"); err != nil {
		return nil, err
	}
	for s.is("{") {
		if err := s.advance(); err != nil {
			return nil, err
		}
		if _, err := s.label("outcome"); err != nil {
			return nil, err
		}
		var paid []*big.Rat
		for range players {
			_, x, err := s.number("payoff")
			if err != nil {
				return nil, err
			}
			paid = append(paid, x)
			if s.is(",") {
				if err := s.advance(); err != nil {
					return nil, err
				}
			}
		}
		if err := s.close("outcome"); err != nil {
			return nil, err
		}
		all = append(all, paid)
	}
	return all, s.close("outcomes")
}

// Table is the table in floating point.
func (n Normal) Table() normal.Table {
	t := normal.Table{Strategies: n.Strategies, Exact: n.Payoffs, Title: n.Title, Players: n.Players}
	for _, list := range n.Payoffs {
		m := make([]float64, len(list))
		for i, x := range list {
			m[i], _ = x.Float64()
		}
		t.Payoffs = append(t.Payoffs, m)
	}
	return t
}

// Write writes the payoff version.
func (n Normal) Write(w io.Writer) error {
	if err := writable(append([][]string{{n.Title, n.Comment}, n.Players}, n.Strategies...)...); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "NFG 1 R %s {", quote(n.Title))
	for _, p := range n.Players {
		b.WriteString(" " + quote(p))
	}
	b.WriteString(" }\n{")
	cells := 1
	for _, list := range n.Strategies {
		b.WriteString(" {")
		for _, l := range unique(list) {
			b.WriteString(" " + quote(l))
		}
		b.WriteString(" }")
		cells *= len(list)
	}
	fmt.Fprintf(&b, " }\n%s\n\n", quote(n.Comment))
	profile := make([]int, len(n.Players))
	for range cells {
		at := n.index(profile)
		for k := range n.Players {
			b.WriteString(n.Payoffs[k][at].RatString() + " ")
		}
		b.WriteByte('\n')
		next(profile, n.Strategies)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (n Normal) index(profile []int) int {
	at := 0
	for k, i := range profile {
		at = at*len(n.Strategies[k]) + i
	}
	return at
}

// next moves a profile on, player 1 fastest.
func next(profile []int, strategies [][]string) {
	for k := range profile {
		if profile[k]++; profile[k] < len(strategies[k]) {
			return
		}
		profile[k] = 0
	}
}
