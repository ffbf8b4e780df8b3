package sampling

import "arbiter/sampling/confidence"

// Hoeffding is for bounded payoffs, at one look each.
const Hoeffding = "hoeffding"

var hoeffding = boundKind{name: Hoeffding, looks: true,
	interval: func(_ bool, t confidence.Tally, _ *Histogram, level float64) confidence.Interval {
		return confidence.Hoeffding(t.N, t.X, level)
	}}
