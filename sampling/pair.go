package sampling

import "arbiter/sampling/confidence"

// Pair is for 0/1 payoffs, and in a single population for wins, draws and losses:
// one e-process per edge and direction.
const Pair = "pair"

var pairs = boundKind{name: Pair, binary: true, signs: true, interval: anytime, bets: onSigns{}}

// onSigns bets on who wins.
type onSigns struct{}

func (onSigns) match(c *Config, w *confidence.Wager, sum *Sum) {
	d := sum.difference().scaled(0, c.Sign)
	w.Signs((d.XX+d.X)/2, (d.XX-d.X)/2)
}

func (onSigns) blocks(w *confidence.Wager, x, y confidence.Tally, m float64) {
	w.Blocks(x.N, x.X, y.X, m)
}
