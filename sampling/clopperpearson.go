package sampling

import "arbiter/sampling/confidence"

// ClopperPearson is for 0/1 payoffs, at one look each.
const ClopperPearson = "clopper-pearson"

var clopperPearson = boundKind{name: ClopperPearson, binary: true, looks: true,
	interval: func(_ bool, t confidence.Tally, _ *Histogram, level float64) confidence.Interval {
		return confidence.ClopperPearson(t.N, t.X, level)
	}}
