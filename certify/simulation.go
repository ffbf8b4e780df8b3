package certify

// Simulation is what play did from random starts beside what is certified.
type Simulation struct {
	Seed   uint64  `json:"seed"`        // of the starts
	Holds  bool    `json:"holds"`       // all trials do
	Trials []Trial `json:"trials,list"` // one per scheme and measure
}

// SimulationOf sums up trials.
func SimulationOf(trials []Trial, seed uint64) *Simulation {
	s := &Simulation{Seed: seed, Holds: true, Trials: trials}
	for _, t := range trials {
		s.Holds = s.Holds && t.Holds()
	}
	return s
}

// Trial is what a scheme did at the step of its best certified factor.
type Trial struct {
	Scheme    Scheme  `json:"scheme"`    // as in Step
	Measure   string  `json:"measure"`   // what must shrink
	Step      float64 `json:"step"`      // of the scheme, in its own time
	Certified float64 `json:"certified"` // factor per step, of the flow over the time Step
	Worst     float64 `json:"worst"`     // factor seen, NaN if no step was taken
	// Surely is the largest factor that rounding, and what is known of the
	// equilibrium, do not explain.
	Surely float64 `json:"-"`
	Starts int     `json:"starts"`         // random ones
	Steps  int     `json:"steps"`          // measured, over all starts
	Note   string  `json:"note,omitempty"` // "": nothing to say
}

// Holds tells whether nothing was surely seen to shrink less than certified, which
// is taken relative: errors of measuring are in Surely. What stands for the flow
// has an error of its own.
func (t Trial) Holds() bool {
	slack := 1e-12
	if t.Scheme == Flow {
		slack = 1e-9
	}
	return !(t.Surely > t.Certified*(1+slack))
}
