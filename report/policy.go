package report

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"arbiter/games"
)

// player is a seat by number and, where it has one, by name.
func player(n games.Named, seat int) string {
	if seat >= len(n.Players) || strings.TrimSpace(n.Players[seat]) == "" || n.Players[seat] == strconv.Itoa(seat) {
		return strconv.Itoa(seat)
	}
	return fmt.Sprintf("%d %s", seat, runewidth.Truncate(Clean(n.Players[seat]), 24, "…"))
}

// manyMoves is the number of moves above which those without probability are left
// out, wideRow the width above which names make it so.
const manyMoves, wideRow = 10, 60

// policySection is a policy if it is small, with marks at what play never gets to, by
// player; else it says how large it is.
func policySection(n games.Named, policy games.Policy, unreached [][]string) Section {
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
			p.add(player(n, k), key, text)
		}
	}
	return p
}

// probabilities are those of an information state, with the names of the moves;
// moves that are never made are left out where there are many.
func probabilities(rows games.Rows, i int) string {
	var all, played []string
	for m, x := range rows.Probs[i] {
		text := mass(x)
		if rows.Exact != nil {
			text = ratio(rows.Exact[i][m], x, mass)
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
func ratio(x *big.Rat, decimal float64, print func(float64) string) string {
	if text := x.RatString(); len(text) <= longRatio {
		return text
	}
	return print(decimal)
}
