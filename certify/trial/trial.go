// Package trial plays by certificates: from random starts the steps that are promised,
// and what shrinks is measured. No certificate rests on it; a false one is found by it.
package trial

// Trials say how much play is simulated.
type Trials struct {
	Starts, Steps int    // random starts per scheme, steps from each; 0: 40 and 60
	Seed          uint64 // of the starts
}

// unit of relative rounding.
const unitRounding = 0x1p-53

// flowStep times the Lipschitz constant is how far a fourth-order step goes that
// stands for the flow: its error is some 1e-10 of the distance moved.
const flowStep = .02

// dust is the part that errors of measuring may be of what is measured.
const dust = 1e-3
