package cli

import (
	"fmt"

	"arbiter/catalog"
	"arbiter/equilibria/choose"
	"arbiter/games"
	"arbiter/report/figure"
)

// plotOf draws a branch: the probability of every move against lambda, of a choice
// between two moves that of the second.
func plotOf(t *catalog.Table, found *choose.Answer) figure.Plot {
	p := figure.Plot{Title: t.Name + " · " + found.Solver, X: "lambda", Y: "probability", LogX: true}
	type point struct {
		lambda float64
		policy []games.Behaviour
	}
	var path []point
	name := func(seat, row, move int) string {
		return fmt.Sprintf("player %d %s", seat, moveName(t, seat, row, move))
	}
	if br := found.Branch; br != nil {
		for _, q := range br.Path {
			path = append(path, point{q.Lambda, q.Policy})
		}
		for _, l := range br.Turning {
			p.Marks = append(p.Marks, figure.Mark{Name: "turns", X: l})
		}
		for _, f := range br.Bifurcations {
			p.Marks = append(p.Marks, figure.Mark{Name: "bifurcation", X: f.Lambda})
		}
	}
	if br := found.MarkovBranch; br != nil {
		for _, q := range br.Path {
			path = append(path, point{q.Lambda, q.Policy})
		}
		for _, l := range br.Folds {
			p.Marks = append(p.Marks, figure.Mark{Name: "turns", X: l})
		}
		for _, f := range br.Bifurcations {
			p.Marks = append(p.Marks, figure.Mark{Name: "bifurcation", X: (f[0] + f[1]) / 2})
		}
	}
	if len(path) == 0 {
		return p
	}
	for seat, rows := range path[0].policy {
		for row, probs := range rows {
			for move := range probs {
				if len(probs) == 1 || len(probs) == 2 && move == 0 {
					continue
				}
				s := figure.Series{Name: name(seat, row, move)}
				for _, q := range path {
					s.X, s.Y = append(s.X, q.lambda), append(s.Y, q.policy[seat][row][move])
				}
				p.Series = append(p.Series, s)
			}
		}
	}
	return p
}

// moveName names a move at an information state, or an action in a state.
func moveName(t *catalog.Table, seat, row, move int) string {
	join := func(key, name string) string {
		if key == "" {
			return name
		}
		return key + ":" + name
	}
	if g := t.Markov; g != nil {
		state := row % len(g.States)
		if names := g.Names(seat, state); names != nil {
			return join(g.States[state], names[move])
		}
		return join(g.States[state], fmt.Sprint(move))
	}
	board, err := t.Board()
	if err != nil {
		return fmt.Sprint(move)
	}
	r := board.Rows(seat)[row]
	if r.Names != nil {
		return join(r.Key, r.Names[move])
	}
	return join(r.Key, fmt.Sprint(move))
}
