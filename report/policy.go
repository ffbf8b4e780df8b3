package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"arbiter/games"
)

// Named are the names that a game or its file gives, as results carry them.
type Named struct {
	Title   string     `json:"title,omitempty"`   // of the game, "" for none
	Players []string   `json:"players,omitempty"` // names of the seats, nil for none
	Actions *RowNames  `json:"actions,omitempty"` // as the policy: per information state, in the order of its probabilities
	Labels  *RowLabels `json:"labels,omitempty"`  // of information states, beside their keys
}

// NamesOf are the names of a game, and those of its moves as a policy holds them.
func NamesOf(info games.Info, policy *games.Policy) Named {
	n := Named{Title: info.Title, Players: info.Players}
	if policy == nil {
		return n
	}
	for _, rows := range policy.Seats {
		for i := range rows.Keys {
			if rows.Names != nil && rows.Names[i] != nil {
				n.Actions = (*RowNames)(policy)
			}
			if rows.Labels != nil && rows.Labels[i] != "" {
				n.Labels = (*RowLabels)(policy)
			}
		}
	}
	return n
}

// player is a seat by number and, where it has one, by name.
func (n Named) player(seat int) string {
	if seat >= len(n.Players) || strings.TrimSpace(n.Players[seat]) == "" || n.Players[seat] == strconv.Itoa(seat) {
		return strconv.Itoa(seat)
	}
	return fmt.Sprintf("%d %s", seat, runewidth.Truncate(Clean(n.Players[seat]), 24, "…"))
}

// RowNames are the names of moves, RowLabels the labels, RowRatios the ratios of a
// policy's information states; they are objects like the policy's own.
type (
	RowNames  games.Policy
	RowLabels games.Policy
	RowRatios games.Policy
)

// MarshalJSON leaves out information states whose moves have no names.
func (n *RowNames) MarshalJSON() ([]byte, error) {
	return keyed(n.Seats, func(r games.Rows, i int) any {
		if r.Names == nil || r.Names[i] == nil {
			return nil
		}
		return r.Names[i]
	})
}

// MarshalJSON leaves out information states without a label.
func (n *RowLabels) MarshalJSON() ([]byte, error) {
	return keyed(n.Seats, func(r games.Rows, i int) any {
		if r.Labels == nil || r.Labels[i] == "" {
			return nil
		}
		return r.Labels[i]
	})
}

// MarshalJSON writes ratios as text, "1/3".
func (n *RowRatios) MarshalJSON() ([]byte, error) {
	return keyed(n.Seats, func(r games.Rows, i int) any { return Ratios(r.Exact[i]) })
}

// Ratios are ratios as text.
func Ratios(xs []*big.Rat) (out []string) {
	for _, x := range xs {
		out = append(out, x.RatString())
	}
	return out
}

// keyed writes an object per seat with an entry per information state, in order;
// a seat with the one key "" has the entry itself.
func keyed(seats []games.Rows, entry func(r games.Rows, i int) any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	first := true
	for seat, rows := range seats {
		var list bytes.Buffer
		for i, key := range rows.Keys {
			x := entry(rows, i)
			if x == nil {
				continue
			}
			text, err := json.Marshal(x)
			if err != nil {
				return nil, err
			}
			if len(rows.Keys) == 1 && key == "" {
				list.Write(text)
				continue
			}
			k, err := json.Marshal(key)
			if err != nil {
				return nil, err
			}
			list.WriteByte("{,"[min(list.Len(), 1)])
			fmt.Fprintf(&list, "%s:%s", k, text)
		}
		if list.Len() == 0 {
			continue
		}
		if list.Bytes()[0] == '{' {
			list.WriteByte('}')
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		fmt.Fprintf(&b, `"player_%d":%s`, seat, list.Bytes())
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// manyMoves is the number of moves above which those without probability are left
// out, wideRow the width above which names make it so.
const manyMoves, wideRow = 10, 60

// policySection is a policy if it is small, with marks at what play never gets to, by
// player; else it says how large it is.
func policySection(n Named, policy games.Policy, unreached [][]string) Section {
	states := 0
	for _, rows := range policy.Seats {
		states += len(rows.Keys)
	}
	if states > fewStates {
		return Lines{2, []string{fmt.Sprintf("%d information states; --out FILE or --format json has the policy", states)}}
	}
	p := &Grid{Columns: []Column{{Title: "player", Left: n.Players != nil}, {Title: "information state", Left: true, Name: true}, {Title: "probabilities", Left: true}}}
	for k, rows := range policy.Seats {
		for i, key := range rows.Keys {
			text := probabilities(rows, i)
			if k < len(unreached) && slices.Contains(unreached[k], key) {
				text += "  (not reached)"
			}
			if rows.Labels != nil && strings.TrimSpace(rows.Labels[i]) != "" {
				key += " " + rows.Labels[i]
			}
			p.add(n.player(k), key, text)
		}
	}
	return p
}

// probabilities are those of an information state, with the names of the moves;
// moves that are never made are left out where there are many.
func probabilities(rows games.Rows, i int) string {
	var all, played []string
	for m, x := range rows.Probs[i] {
		text := mass(Number(x))
		if rows.Exact != nil {
			text = ratio(rows.Exact[i][m], Number(x), mass)
		}
		name := strconv.Itoa(m) + ":"
		if rows.Names != nil && rows.Names[i] != nil {
			if name = Clean(rows.Names[i][m]); strings.TrimSpace(name) == "" {
				name = strconv.Itoa(m) + ":"
			}
			if _, err := strconv.ParseFloat(name, 64); err == nil {
				name += ":"
			}
			name = runewidth.Truncate(name, 24, "…")
			all = append(all, name+" "+text)
		} else {
			all = append(all, text)
		}
		if x > 0 && len(played) == manyMoves {
			played = append(played, "…")
		} else if x > 0 && len(played) < manyMoves {
			played = append(played, name+" "+text)
		}
	}
	text := strings.Join(all, "  ")
	if len(all) > manyMoves || rows.Names != nil && rows.Names[i] != nil && runewidth.StringWidth(text) > wideRow && len(played) < len(all) {
		return strings.Join(played, "  ")
	}
	return text
}

// longRatio is the number of characters up to which tables show a ratio.
const longRatio = 24

// ratio is x as a ratio if that is short, else as a decimal.
func ratio(x *big.Rat, decimal Number, print func(Number) string) string {
	if text := x.RatString(); len(text) <= longRatio {
		return text
	}
	return print(decimal)
}
