package certify

import "fmt"

// Words of a certificate are numbers with a label: what code decides by is the number,
// what pages and files say is the label.

// label is the k-th, an error if there is none.
func label(of []string, k int, what string) ([]byte, error) {
	if k < 0 || k >= len(of) {
		return nil, fmt.Errorf("certify: there is no %s of number %d", what, k)
	}
	return []byte(of[k]), nil
}

// said is a label for people.
func said(text []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Source is the kind of margin that is certified.
type Source int

// The sources, in the order of Margins; the zero is none.
const (
	BySGN Source = iota + 1
	BySigned
	ByTrueBlock
	ByLyapunov
	ByBlockMax
)

var sources = []string{"", "sgn", "signed", "true_block", "lyapunov", "blockmax"}

// MarshalText is the word in files.
func (s Source) MarshalText() ([]byte, error) { return label(sources, int(s), "source") }

// String is the same word.
func (s Source) String() string { return said(s.MarshalText()) }

// Metric is what distances are measured in.
type Metric int

// The metrics: that of the certificate, and those of Best.
const (
	InWeights Metric = iota
	InTrueBlock
	InLyapunov
)

var metrics = []string{"weights", "true_block", "lyapunov"}

// MarshalText is the word in files.
func (m Metric) MarshalText() ([]byte, error) { return label(metrics, int(m), "metric") }

// String is the same word.
func (m Metric) String() string { return said(m.MarshalText()) }

// Source is whose best margin is in a metric of Best; none of InWeights.
func (m Metric) Source() Source {
	switch m {
	case InTrueBlock:
		return ByTrueBlock
	case InLyapunov:
		return ByLyapunov
	}
	return 0
}

// Norm is what shrinks.
type Norm int

// The norms and divergences.
const (
	L2        Norm = iota + 1 // weighted, or in a metric of all coordinates
	Max                       // weighted, of coordinates
	BlockMax                  // of l2 norms of blocks, with a ξ of its own; of steps alone
	Span                      // weighted, of logits
	KL                        // weighted divergence from the equilibrium
	DilatedKL                 // of realisation plans
)

var norms = []string{"", "l2", "max", "block max", "span", "kl", "kl, dilated"}

// MarshalText is the word in files.
func (n Norm) MarshalText() ([]byte, error) { return label(norms, int(n), "norm") }

// String is the same word.
func (n Norm) String() string { return said(n.MarshalText()) }

// Scheme is a way to play by a field.
type Scheme int

// The schemes; the flow is no step but continuous time.
const (
	Flow Scheme = iota + 1
	Euler
	RK4
	Prox
	Extragradient
	Optimistic
	Sweep // of value iteration
)

var schemes = []string{"", "flow", "euler", "rk4", "prox", "extragradient", "optimistic", "sweep"}

// MarshalText is the word in files.
func (s Scheme) MarshalText() ([]byte, error) { return label(schemes, int(s), "scheme") }

// String is the same word.
func (s Scheme) String() string { return said(s.MarshalText()) }

// Gradients is how many a step of the scheme works out; 0 where that is not what it
// is counted by.
func (s Scheme) Gradients() int {
	switch s {
	case Euler, Optimistic:
		return 1
	case Extragradient:
		return 2
	case RK4:
		return 4
	}
	return 0
}

// Status is what a row of steps is worth.
type Status int

// The statuses; the zero is none.
const (
	Theorem          Status = iota + 1
	ConstantTheorem         // of constant Jacobians
	SymmetricTheorem        // on a condition that is not checked: own blocks are symmetric
	Asymptotic              // near the equilibrium
	Guideline               // of the paper
	LinearGuideline         // as Guideline, of quadratic games
	Measured                // in floating point
	NoStep                  // nothing is said
	Evidence                // at points
)

var statuses = []string{
	"", "theorem", "theorem, constant Jacobian", "theorem if own blocks are symmetric", "asymptotic, quadratic games",
	"guideline", "guideline, no certificate", "measured, quadratic games", "no step without π_min", "sampled evidence",
}

// MarshalText is the word in files.
func (s Status) MarshalText() ([]byte, error) { return label(statuses, int(s), "status") }

// String is the same word.
func (s Status) String() string { return said(s.MarshalText()) }

// Proves tells whether the row is a theorem without conditions.
func (s Status) Proves() bool { return s == Theorem || s == ConstantTheorem }

// Proved tells whether the row is a theorem, be it on a condition.
func (s Status) Proved() bool { return s.Proves() || s == SymmetricTheorem }
