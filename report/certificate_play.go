package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"arbiter/certify"
)

// inMetric names the metric of a row in words.
func inMetric(m certify.Metric) string {
	if m == certify.InWeights {
		return "the metric of the certificate"
	}
	return "the metric of best " + m.String()
}

// uses are the lines that say what to do with a certificate.
func (r *Proof) uses() (out []string) {
	add := func(label, format string, args ...any) {
		out = append(out, fmt.Sprintf("%-10s", label)+fmt.Sprintf(format, args...))
	}
	if n := r.Noise; n != nil {
		add("noise", "gradient errors of mean 0 and size s leave play within %s s of the equilibrium (root mean square, euler at %s, %s)", brief(n.PerNoise), brief(n.Step), inMetric(n.Metric))
	}
	if m := r.ModelError; m != nil {
		add("model", "a field off by e moves the equilibrium by at most %s e; a Jacobian off by a norm below %s still contracts (%s)", brief(m.Distance), brief(m.Jacobian), inMetric(m.Metric))
	}
	if l := r.Rates; l != nil && len(r.Blocks) > 1 {
		switch {
		case l.Low == 0 && math.IsInf(l.High, 1):
			add("rates", "players may learn at any rates of their own: play contracts at %s times the least", brief(l.Rate))
		default:
			add("rates", "players may learn at rates of their own, of the second over the first from %s to %s", brief(l.Low), brief(l.High))
		}
	}
	return out
}

// use is the line below the steps.
func (r *Proof) use() string {
	u := r.Use
	if u == nil {
		return ""
	}
	what := map[int]string{2: ", two gradients", 4: ", four gradients"}[u.Scheme.Gradients()]
	norm := inMetric(u.Metric)
	if u.Bound == certify.EulerBlockMax {
		norm = "the weighted max norm over blocks"
	}
	return fmt.Sprintf("use this step: %s %s%s; the distance shrinks to %s of it each time (%s)", u.Scheme, brief(u.Step), what, factor(u.Factor), norm)
}

// factor prints a factor that may be all but 1.
func factor(x float64) string {
	if d := 1 - x; d > 0 && d < 1e-4 {
		return fmt.Sprintf("1 - %.3g", d)
	}
	return brief(x)
}

// records adds rows of a constant, an index and a value.
func (r *Proof) records(add func(name, index string, value any)) {
	optimum := func(name string, o *certify.Optimum) {
		if o == nil {
			return
		}
		add(name, "value", o.Margin)
		add(name, "bound", o.Bound)
		for i, w := range o.Weights {
			add(name+"_weight", r.Blocks[i], w)
		}
	}
	optimum("best_signed", r.Best.Signed)
	optimum("best_true_block", r.Best.TrueBlock)
	if y := r.Best.Lyapunov; y != nil {
		add("best_lyapunov", "value", y.Margin)
		add("best_lyapunov", "condition", y.Condition)
		for i, row := range y.Metric {
			for j, x := range row {
				add("best_lyapunov_metric", fmt.Sprintf("%d | %d", i, j), x)
			}
		}
	}
	if st := r.Stages; st != nil {
		add("discount", "", st.Discount)
		add("contraction", "", st.Contraction)
		add("values", "lower", st.Lower)
		add("values", "upper", st.Upper)
		add("stage_rate", "", st.Rate)
		for i, name := range r.Blocks {
			add("stage_interaction", name, st.Interaction[i])
			add("stage_lipschitz", name, st.Lipschitz[i])
			add("stage_step", name, st.Step[i])
			add("stage_factor", name, st.Factor[i])
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
	if l := r.Rates; l != nil {
		add("learning_rates", "low", l.Low)
		add("learning_rates", "high", l.High)
		add("learning_rates", "rate", l.Rate)
	}
}

// stages are the games of the states, those in which the players do the most to one
// another first.
func (r *Proof) stages() *Grid {
	st := r.Stages
	g := &Grid{Columns: []Column{{Title: "state", Left: true, Name: true}, {Title: "interaction", Drop: 2}, {Title: "Lipschitz", Drop: 1}, {Title: "rate", Drop: 3}, {Title: "largest step"}, {Title: "factor"}}}
	order := make([]int, len(r.Blocks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(st.Lipschitz[b], st.Lipschitz[a]) })
	few := fewNumbers
	for _, i := range order[:min(len(order), few)] {
		g.add(r.Blocks[i], brief(st.Interaction[i]), brief(st.Lipschitz[i]), brief(st.Rate), brief(st.Step[i]), factor(st.Factor[i]))
	}
	if n := len(order); n > few {
		g.Below = []string{fmt.Sprintf("… and %d more, in which less is at stake; --format json has all", n-few)}
	}
	return g
}

// margins lists certificates from the weakest to the limit of all.
func (r *Proof) margins() *Grid {
	unit := "of its symmetric part, in the metric"
	names := map[certify.Source]string{
		certify.BySGN:       "curvatures and norms of couplings",
		certify.BySigned:    "opposite couplings cancel",
		certify.ByTrueBlock: "least eigenvalue " + unit,
		certify.ByLyapunov:  "any quadratic metric, a supremum",
		certify.ByBlockMax:  "weighted max norm over blocks",
	}
	if r.Entropy != nil {
		names[certify.BySGN], names[certify.BySigned] = "span norm of logits, without signs", "divergence, opposite interactions cancel"
	}
	if r.Norm == certify.Span {
		names[certify.ByBlockMax] = "span norm of logits over blocks"
	}
	if r.Stages != nil {
		names[certify.ByBlockMax] = "1 less the discount: max norm of values over states"
	}
	g := &Grid{Columns: []Column{{Title: "margin", Left: true}, {Title: "value"}, {Title: "", Left: true, Drop: 3}, {Title: "what it is", Left: true, Name: true, Drop: 2}}, Bold: map[int]bool{}}
	for _, x := range []struct {
		by    certify.Source
		value float64
	}{
		{certify.BySGN, r.Margins.SGN}, {certify.BySigned, r.Margins.Signed}, {certify.ByTrueBlock, r.Margins.TrueBlock},
		{certify.ByBlockMax, r.Margins.BlockMax}, {certify.ByLyapunov, r.Margins.Lyapunov},
	} {
		if math.IsNaN(x.value) {
			continue
		}
		mark := ""
		if x.by == r.Source && r.Certified() {
			mark = "certified"
			g.Bold[len(g.Rows)] = true
		}
		g.add(x.by.String(), brief(x.value), mark, names[x.by])
	}
	if o := r.Best.Signed; o != nil {
		g.add("best signed", brief(o.Margin), "", "at weights "+briefly(o.Weights))
	}
	if o := r.Best.TrueBlock; o != nil {
		text := "at weights " + briefly(o.Weights)
		if !math.IsNaN(o.Bound) {
			text += fmt.Sprintf("; of no weights above %.9g", o.Bound)
		}
		g.add("best true block", brief(o.Margin), "", text)
	}
	if o := r.Best.Lyapunov; o != nil {
		mark := ""
		if r.Source == certify.ByLyapunov && r.Certified() {
			mark = "certified"
			g.Bold[len(g.Rows)] = true
		}
		g.add("best lyapunov", brief(o.Margin), mark, "in a metric of condition "+brief(o.Condition))
	}
	if !math.IsNaN(r.Supremum) {
		text := "of sgn over all weights"
		if !r.Attained {
			text += ", not attained"
		}
		g.add("supremum", brief(r.Supremum), "", text)
	}
	if !math.IsNaN(r.Euclidean) {
		g.add("euclidean", brief(r.Euclidean), "", "symmetric part of the Jacobian, unit weights")
	}
	if !math.IsNaN(r.Abscissa) {
		g.add("abscissa", brief(r.Abscissa), "", "least real part of an eigenvalue at the equilibrium, above which nothing is true")
	}
	return g
}

func (r *Proof) steps() *Grid {
	g := &Grid{Columns: []Column{
		{Title: "scheme", Left: true}, {Title: "largest step"}, {Title: "best step", Drop: 3}, {Title: "factor", Drop: 2},
		{Title: "status", Left: true, Name: true, Least: 20}, {Title: "bound", Left: true, Name: true, Drop: 1, Least: 20},
	}}
	for _, x := range r.Steps {
		bound := x.Bound.String()
		if x.Metric != certify.InWeights {
			bound += ", metric of best " + x.Metric.String()
		}
		g.add(x.Scheme.String(), brief(x.Max), brief(x.Best), brief(x.Factor), x.Status.String(), bound)
	}
	return g
}
