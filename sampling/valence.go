package sampling

// ValenceWeighted plays a profile with probability proportional to the square of
// its number of open edges. In a single population it draws a strategy so, and
// an open pair of it evenly.
const ValenceWeighted = "valence-weighted"

var valenceWeighted = schemeKind{name: ValenceWeighted, start: func(l *Ledger) Scheme {
	return &raffle{draws: draws{key: l.cfg.Key}, weigh: byValence}
}}

func byValence(l *Ledger, dst []float64) {
	valence := make([]float64, l.cfg.Space.Shape[0]) // single population: open edges per strategy
	if l.cfg.Space.Single {
		for i, e := range l.edges {
			if l.open[i] {
				valence[e.U]++
				valence[e.V]++
			}
		}
	}
	for c := range dst {
		w := float64(l.cells[c].open)
		switch {
		case w == 0:
		case l.cfg.Space.Single:
			w = valence[l.edges[c].U] + valence[l.edges[c].V]
		default:
			w *= w
		}
		dst[c] = w
	}
}
