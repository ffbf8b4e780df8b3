package report

import (
	"fmt"
	"math"
	"strings"

	"arbiter/certify"
)

// Best are the largest margins over weights, or metrics, that were found and
// proved; null where none was sought.
type Best struct {
	Signed    *Optimum  `json:"signed"`     // over weights, signs of couplings kept
	TrueBlock *Optimum  `json:"true_block"` // over weights, the blocks as they are
	Lyapunov  *Lyapunov `json:"lyapunov"`   // over metrics of all coordinates
}

// Optimum is a margin at weights of its own. No weights have one above bound, which
// the vectors of dual prove; null where that is not known.
type Optimum struct {
	Value        Number     `json:"value"`          // proved at Weights
	Weights      []Number   `json:"weights"`        // per block
	Bound        Number     `json:"bound"`          // of the margin at any weights
	Dual         [][]Number `json:"dual,omitempty"` // one per row, in the coordinates of the game
	Lipschitz    Number     `json:"lipschitz"`      // in the metric of Weights
	Cocoercivity Number     `json:"cocoercivity"`   // likewise
}

// Lyapunov is a margin in a metric of all coordinates together.
type Lyapunov struct {
	Value        Number     `json:"value"`        // proved for Metric
	Metric       [][]Number `json:"metric"`       // symmetric, coordinates by coordinates
	Condition    Number     `json:"condition"`    // in normalised coordinates
	Lipschitz    Number     `json:"lipschitz"`    // in Metric
	Cocoercivity Number     `json:"cocoercivity"` // likewise
}

// Use is the step advised: the theorem with the least factor per gradient.
type Use struct {
	Scheme string `json:"scheme"` // as in Scheme
	Step   Number `json:"step"`   // its length
	Factor Number `json:"factor"` // per step, in the norm of Metric
	Metric string `json:"metric"` // weights, true_block or lyapunov
	Bound  string `json:"bound"`  // of the row
}

// Noise is the size, in the metric and per unit of gradient noise, of the ball in
// which Euler's step ends.
type Noise struct {
	Scheme   string `json:"scheme"`    // euler
	Step     Number `json:"step"`      // its length
	PerNoise Number `json:"per_noise"` // radius of the ball
	Metric   string `json:"metric"`    // as in Use
}

// ModelError is how far equilibria move per unit of error of the field, and by which
// norm the Jacobian may be off.
type ModelError struct {
	Distance Number `json:"distance"` // 1/rate, rounded up
	Jacobian Number `json:"jacobian"` // the rate
	Metric   string `json:"metric"`   // as in Use
}

// LearningRates is the band of ratios of the second player's rate to the first's
// (of all ratios, if it is from 0 to inf) in which play still contracts, at rate
// times the least of them.
type LearningRates struct {
	Low  Number `json:"low"`  // ratio, at least 0
	High Number `json:"high"` // ratio, inf: any
	Rate Number `json:"rate"` // null in a metric that is not one of blocks
}

// rows is matrix, nil for nil.
func rows(xs [][]float64) [][]Number {
	if xs == nil {
		return nil
	}
	return matrix(xs)
}

func newBest(b certify.BestMargins) (r Best) {
	optimum := func(o *certify.Optimum) *Optimum {
		if o == nil {
			return nil
		}
		return &Optimum{Number(o.Margin), optional(o.Weights), Number(o.Bound), rows(o.Dual), Number(o.Lipschitz), Number(o.Cocoercivity)}
	}
	r.Signed, r.TrueBlock = optimum(b.Signed), optimum(b.TrueBlock)
	if y := b.Lyapunov; y != nil {
		r.Lyapunov = &Lyapunov{Number(y.Margin), rows(y.Metric), Number(y.Condition), Number(y.Lipschitz), Number(y.Cocoercivity)}
	}
	return r
}

// play lays out what is said of steps beyond the rows in the metric of the
// certificate.
func (r *Certificate) play(c *certify.Certificate) {
	for _, s := range c.Others {
		r.Steps = append(r.Steps, Scheme{s.Scheme, s.Bound, Number(s.Max), Number(s.Best), Number(s.Factor), s.Status, s.Metric})
	}
	if u := c.Use; u != nil {
		r.Use = &Use{u.Scheme, Number(u.Step), Number(u.Factor), u.Metric, u.Bound}
	}
	if n := c.Noise; n != nil {
		r.Noise = &Noise{"euler", Number(n.Step), Number(n.PerNoise), n.Metric}
	}
	if m := c.ModelError; m != nil {
		r.ModelError = &ModelError{Number(m.Distance), Number(m.Jacobian), m.Metric}
	}
	if l := c.Rates; l != nil {
		r.LearningRates = &LearningRates{Number(l.Low), Number(l.High), Number(l.Rate)}
	}
}

// inMetric names the metric of a row in words.
func inMetric(name string) string {
	if name == "weights" {
		return "the metric of the certificate"
	}
	return "the metric of best " + name
}

// uses are the lines that say what to do with a certificate.
func (r *Certificate) uses() (out []string) {
	add := func(label, format string, args ...any) {
		out = append(out, fmt.Sprintf("%-10s", label)+fmt.Sprintf(format, args...))
	}
	if n := r.Noise; n != nil {
		add("noise", "gradient errors of mean 0 and size s leave play within %s s of the equilibrium (root mean square, euler at %s, %s)", brief(n.PerNoise), brief(n.Step), inMetric(n.Metric))
	}
	if m := r.ModelError; m != nil {
		add("model", "a field off by e moves the equilibrium by at most %s e; a Jacobian off by a norm below %s still contracts (%s)", brief(m.Distance), brief(m.Jacobian), inMetric(m.Metric))
	}
	if l := r.LearningRates; l != nil && len(r.Blocks) > 1 {
		switch {
		case l.Low == 0 && math.IsInf(float64(l.High), 1):
			add("rates", "players may learn at any rates of their own: play contracts at %s times the least", brief(l.Rate))
		default:
			add("rates", "players may learn at rates of their own, of the second over the first from %s to %s", brief(l.Low), brief(l.High))
		}
	}
	return out
}

// use is the line below the steps.
func (r *Certificate) use() string {
	u := r.Use
	if u == nil {
		return ""
	}
	what := map[string]string{"extragradient": ", two gradients", "rk4": ", four gradients"}[u.Scheme]
	norm := inMetric(u.Metric)
	if strings.Contains(u.Bound, "max norm") {
		norm = "the weighted max norm over blocks"
	}
	return fmt.Sprintf("use this step: %s %s%s; the distance shrinks to %s of it each time (%s)", u.Scheme, brief(u.Step), what, factor(u.Factor), norm)
}

// factor prints a factor that may be all but 1.
func factor(x Number) string {
	if d := 1 - float64(x); d > 0 && d < 1e-4 {
		return fmt.Sprintf("1 - %.3g", d)
	}
	return brief(x)
}

// records adds rows of a constant, an index and a value.
func (r *Certificate) records(add func(name, index string, value any)) {
	optimum := func(name string, o *Optimum) {
		if o == nil {
			return
		}
		add(name, "value", o.Value)
		add(name, "bound", o.Bound)
		for i, w := range o.Weights {
			add(name+"_weight", r.Blocks[i], w)
		}
	}
	optimum("best_signed", r.Best.Signed)
	optimum("best_true_block", r.Best.TrueBlock)
	if y := r.Best.Lyapunov; y != nil {
		add("best_lyapunov", "value", y.Value)
		add("best_lyapunov", "condition", y.Condition)
		for i, row := range y.Metric {
			for j, x := range row {
				add("best_lyapunov_metric", fmt.Sprintf("%d | %d", i, j), x)
			}
		}
	}
	if u := r.Use; u != nil {
		add("use", "scheme", u.Scheme)
		add("use", "step", u.Step)
		add("use", "factor", u.Factor)
		add("use", "metric", u.Metric)
	}
	if n := r.Noise; n != nil {
		add("noise", "step", n.Step)
		add("noise", "per_noise", n.PerNoise)
	}
	if m := r.ModelError; m != nil {
		add("model_error", "distance", m.Distance)
		add("model_error", "jacobian", m.Jacobian)
	}
	if l := r.LearningRates; l != nil {
		add("learning_rates", "low", l.Low)
		add("learning_rates", "high", l.High)
		add("learning_rates", "rate", l.Rate)
	}
}

// margins lists certificates from the weakest to the limit of all.
func (r *Certificate) margins() *Grid {
	unit := "of its symmetric part, in the metric"
	names := map[string]string{
		"sgn":        "curvatures and norms of couplings",
		"signed":     "opposite couplings cancel",
		"true_block": "least eigenvalue " + unit,
		"lyapunov":   "any quadratic metric, a supremum",
		"blockmax":   "weighted max norm over blocks",
	}
	if r.Entropy != nil {
		names["sgn"], names["signed"] = "span norm of logits, without signs", "divergence, opposite interactions cancel"
	}
	if r.Norm == "span" {
		names["blockmax"] = "span norm of logits over blocks"
	}
	g := &Grid{Columns: []Column{{Title: "margin", Left: true}, {Title: "value"}, {Title: "", Left: true, Drop: 3}, {Title: "what it is", Left: true, Name: true, Drop: 2}}, Bold: map[int]bool{}}
	for _, x := range []struct {
		name  string
		value Number
	}{
		{"sgn", r.Margins.SGN}, {"signed", r.Margins.Signed}, {"true_block", r.Margins.TrueBlock}, {"blockmax", r.Margins.BlockMax}, {"lyapunov", r.Margins.Lyapunov},
	} {
		if math.IsNaN(float64(x.value)) {
			continue
		}
		mark := ""
		if x.name == r.Source && r.Certified {
			mark = "certified"
			g.Bold[len(g.Rows)] = true
		}
		g.add(x.name, brief(x.value), mark, names[x.name])
	}
	if o := r.Best.Signed; o != nil {
		g.add("best signed", brief(o.Value), "", "at weights "+briefly(o.Weights))
	}
	if o := r.Best.TrueBlock; o != nil {
		text := "at weights " + briefly(o.Weights)
		if !math.IsNaN(float64(o.Bound)) {
			text += fmt.Sprintf("; of no weights above %.9g", float64(o.Bound))
		}
		g.add("best true block", brief(o.Value), "", text)
	}
	if o := r.Best.Lyapunov; o != nil {
		mark := ""
		if r.Source == "lyapunov" && r.Certified {
			mark = "certified"
			g.Bold[len(g.Rows)] = true
		}
		g.add("best lyapunov", brief(o.Value), mark, "in a metric of condition "+brief(o.Condition))
	}
	if !math.IsNaN(float64(r.Supremum)) {
		text := "of sgn over all weights"
		if !r.Attained {
			text += ", not attained"
		}
		g.add("supremum", brief(r.Supremum), "", text)
	}
	if !math.IsNaN(float64(r.Euclidean)) {
		g.add("euclidean", brief(r.Euclidean), "", "symmetric part of the Jacobian, unit weights")
	}
	if !math.IsNaN(float64(r.Abscissa)) {
		g.add("abscissa", brief(r.Abscissa), "", "least real part of an eigenvalue at the equilibrium, above which nothing is true")
	}
	return g
}

func (r *Certificate) steps() *Grid {
	g := &Grid{Columns: []Column{
		{Title: "scheme", Left: true}, {Title: "largest step"}, {Title: "best step", Drop: 3}, {Title: "factor", Drop: 2},
		{Title: "status", Left: true, Name: true, Least: 20}, {Title: "bound", Left: true, Name: true, Drop: 1, Least: 20},
	}}
	for _, x := range r.Steps {
		bound := x.Bound
		if x.Metric != "weights" {
			bound += ", metric of best " + x.Metric
		}
		g.add(x.Scheme, brief(x.Max), brief(x.Best), brief(x.Factor), x.Status, bound)
	}
	return g
}
