package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"

	"arbiter/games"
)

// Digest is the SHA-256, in hex, of the game's data as text: of a payoff table its
// payoffs, of a Markov game its players, actions, discount, start and outcomes, of
// another game every node of its tree. Names of moves and states do not count.
func (t *Table) Digest() (string, error) {
	h := digest{sha256.New()}
	switch {
	case t.Markov != nil:
		g := t.Markov
		h.line("markov", "players", g.Players, "states", len(g.States), "discount", g.Discount, "horizon", g.Horizon)
		for k, list := range g.Actions {
			h.line("actions", k, list)
		}
		h.line("start", g.Start)
		for step, states := range g.Steps {
			for s, joints := range states {
				for j, list := range joints {
					for _, o := range list {
						h.line("outcome", step, s, j, o.Prob, o.Next, o.Reward)
					}
				}
			}
		}
	case t.Payoffs != nil:
		multi := t.Payoffs.Multi()
		h.line("table", "players", len(multi.Strategies))
		for k, pool := range multi.Strategies {
			h.line("strategies", k, len(pool))
		}
		for k, payoffs := range multi.Payoffs {
			h.line("payoffs", k, payoffs)
		}
	default:
		b, err := t.Board()
		if err != nil {
			return "", err
		}
		decisions, chance, terminals := b.Sizes()
		h.line("tree", "seats", b.Info().Seats)
		for i := range decisions + chance + terminals {
			switch n := b.Node(i); n.Turn {
			case games.Over:
				h.line("end", b.Payoff(n.First))
			case games.Chance:
				h.line("chance", n.Row, n.Moves, b.Odds(n.Row))
			default:
				h.line("seat", int(n.Turn), n.Row, n.Moves)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// digest hashes lines of words and numbers, those in the shortest decimals that
// read back as the same.
type digest struct{ hash.Hash }

func (h digest) line(words ...any) {
	for i, w := range words {
		if i > 0 {
			h.Write([]byte{' '})
		}
		switch w := w.(type) {
		case float64:
			h.number(w)
		case []float64:
			for j, x := range w {
				if j > 0 {
					h.Write([]byte{' '})
				}
				h.number(x)
			}
		default:
			fmt.Fprint(h, w)
		}
	}
	h.Write([]byte{'\n'})
}

func (h digest) number(x float64) {
	h.Write(strconv.AppendFloat(make([]byte, 0, 24), x, 'g', -1, 64))
}
