package sampling

import "arbiter/sampling/confidence"

// Betting is for bounded payoffs, at all times: a hedged capital.
const Betting = "betting"

var betting = boundKind{name: Betting, values: true,
	interval: func(binary bool, t confidence.Tally, values *Histogram, level float64) confidence.Interval {
		if binary {
			return confidence.Betting([]float64{t.N - t.X, t.X}, level)
		}
		return confidence.Betting(values.Weights(), level)
	}}
