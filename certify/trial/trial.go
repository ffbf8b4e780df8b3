// Package trial plays by certificates: from random starts the steps that are promised,
// and what shrinks is measured. No certificate rests on it; a false one is found by it.
package trial

// Trials say how much play is simulated.
type Trials struct {
	Starts, Steps int    // random starts per scheme, steps from each; 0: 40 and 60
	Seed          uint64 // of the starts
}

// Trial is what a scheme did at the step of its best certified factor.
type Trial struct {
	Scheme, Measure string  // Measure is what must shrink
	Step            float64 // of the scheme, in its own time
	Certified       float64 // factor per step, of the flow over the time Step
	Worst           float64 // factor seen, NaN if no step was taken
	// Surely is the largest factor that rounding, and what is known of the
	// equilibrium, do not explain.
	Surely        float64
	Starts, Steps int    // taken; steps measured in all
	Note          string // "": nothing to say
}

// unit of relative rounding.
const unitRounding = 0x1p-53

// Holds tells whether nothing was surely seen to shrink less than certified, which
// is taken relative: errors of measuring are in Surely. What stands for the flow
// has an error of its own.
func (t Trial) Holds() bool {
	slack := 1e-12
	if t.Scheme == "flow" {
		slack = 1e-9
	}
	return !(t.Surely > t.Certified*(1+slack))
}

// flowStep times the Lipschitz constant is how far a fourth-order step goes that
// stands for the flow: its error is some 1e-10 of the distance moved.
const flowStep = .02

// dust is the part that errors of measuring may be of what is measured.
const dust = 1e-3
