package sampling

// Uniform plays a random end of a random open edge.
const Uniform = "uniform"

var uniform = schemeKind{name: Uniform, start: func(l *Ledger) Scheme {
	return &raffle{draws: draws{key: l.cfg.Key}, weigh: func(l *Ledger, dst []float64) {
		for c := range dst {
			dst[c] = float64(l.cells[c].open)
		}
	}}
}}
