package games

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
)

// Named are the names that a game or its file gives, as results carry them.
type Named struct {
	Title   string     `json:"title,omitempty"`   // of the game, "" for none
	Players []string   `json:"players,omitempty"` // names of the seats, nil for none
	Actions *RowNames  `json:"actions,omitempty"` // as the policy: per information state, in the order of its probabilities
	Labels  *RowLabels `json:"labels,omitempty"`  // of information states, beside their keys
}

// NamesOf are the names of a game, and those of its moves as a policy holds them.
func NamesOf(info Info, policy *Policy) Named {
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

// RowNames are the names of moves, RowLabels the labels, RowRatios the ratios of a
// policy's information states; they are objects like the policy's own.
type (
	RowNames  Policy
	RowLabels Policy
	RowRatios Policy
)

// MarshalJSON leaves out information states whose moves have no names.
func (n *RowNames) MarshalJSON() ([]byte, error) {
	return keyed(n.Seats, func(r Rows, i int) any {
		if r.Names == nil || r.Names[i] == nil {
			return nil
		}
		return r.Names[i]
	})
}

// MarshalJSON leaves out information states without a label.
func (n *RowLabels) MarshalJSON() ([]byte, error) {
	return keyed(n.Seats, func(r Rows, i int) any {
		if r.Labels == nil || r.Labels[i] == "" {
			return nil
		}
		return r.Labels[i]
	})
}

// MarshalJSON writes ratios as text, "1/3".
func (n *RowRatios) MarshalJSON() ([]byte, error) {
	return keyed(n.Seats, func(r Rows, i int) any { return Ratios(r.Exact[i]) })
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
func keyed(seats []Rows, entry func(r Rows, i int) any) ([]byte, error) {
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
