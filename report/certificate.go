package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"arbiter/certify"
)

// Proof is a certificate laid out: a statement that play contracts, or why there is
// none. Its JSON is the certificate's.
type Proof struct {
	*certify.Certificate
	Title string // of the table, if it is not Game
}

// Records are a row per constant; index names a block, a pair of blocks or a step.
func (r *Proof) Records() ([]string, [][]any) {
	var rows [][]any
	add := func(name, index string, value any) { rows = append(rows, []any{name, index, value}) }
	list := func(name string, xs []float64) {
		for i, x := range xs {
			index := fmt.Sprint(i)
			if len(xs) == len(r.Blocks) {
				index = r.Blocks[i]
			}
			add(name, index, x)
		}
	}
	add("game", "", r.Game)
	add("digest", "", r.Digest)
	add("form", "", r.Form)
	for i, t := range r.Temperature {
		add("temperature", fmt.Sprint(i), t)
	}
	add("certified", "", r.Certified())
	add("converges", "", r.Converges())
	add("verdict", "", r.Verdict())
	add("method", "", r.Method)
	add("norm", "", r.Norm)
	list("mu", r.Mu)
	list("ell", r.Ell)
	r.Coupling.Each(func(i, j int, x float64) { add("coupling", r.Blocks[i]+" | "+r.Blocks[j], x) })
	list("weight", r.Weights)
	list("xi", r.Xi)
	for _, x := range []struct {
		name  string
		value float64
	}{
		{"gain", r.Gain}, {"margin", r.Margin}, {"margin_sgn", r.Margins.SGN}, {"margin_signed", r.Margins.Signed},
		{"margin_true_block", r.Margins.TrueBlock}, {"margin_lyapunov", r.Margins.Lyapunov}, {"margin_blockmax", r.Margins.BlockMax},
		{"supremum", r.Supremum}, {"euclidean_margin", r.Euclidean}, {"spectral_abscissa", r.Abscissa},
	} {
		add(x.name, "", x.value)
	}
	for i, x := range r.Band {
		if math.IsNaN(x) {
			break
		}
		add("timescale_band", []string{"low", "high"}[i], x)
	}
	for _, x := range []struct {
		name  string
		value float64
	}{
		{"box_factor", r.BoxFactor}, {"lipschitz", r.Lipschitz}, {"cocoercivity", r.Cocoercivity}, {"rate", r.Rate},
		{"euler_max_step", r.EulerMax}, {"rk4_max_step", r.RK4Max},
	} {
		add(x.name, "", x.value)
	}
	for _, s := range r.Steps {
		index := fmt.Sprintf("%s, %s, %s", s.Scheme, s.Bound, s.Status)
		if s.Metric != certify.InWeights {
			index += ", metric of best " + s.Metric.String()
		}
		add("step_max", index, s.Max)
		add("step_best", index, s.Best)
		add("step_factor", index, s.Factor)
	}
	if g := r.Region; g != nil {
		add("region", "shape", g.Shape)
		add("region", "radius", g.Radius)
		add("region", "ball", g.Ball)
		add("region", "invariant", g.Invariant)
		add("region", "unique", g.Unique)
		add("region", "distance", g.Distance)
	}
	for i, x := range r.Equilibrium {
		add("equilibrium", fmt.Sprint(i), x)
	}
	add("residual", "", r.Residual)
	if u := r.Unstable; u != nil {
		add("unstable", "re", u.Re)
		add("unstable", "im", u.Im)
	}
	r.records(add)
	for i, text := range r.Reasons {
		add("reason", fmt.Sprint(i), text)
	}
	if s := r.Simulation; s != nil {
		for _, t := range s.Trials {
			add("simulated_worst", t.Scheme.String()+", "+t.Measure, t.Worst)
			add("simulated_certified", t.Scheme.String()+", "+t.Measure, t.Certified)
		}
	}
	return []string{"constant", "index", "value"}, rows
}

// fewBlocks is how many blocks a table shows, fewNumbers of a list a line.
const fewBlocks, fewNumbers = 20, 8

// brief prints a number for people, – for NaN.
func brief(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.6g", x+0) // no -0
}

func briefly(xs []float64) string {
	var out []string
	for _, x := range xs[:min(len(xs), fewNumbers)] {
		out = append(out, brief(x))
	}
	if len(xs) > fewNumbers {
		out = append(out, fmt.Sprintf("… (%d)", len(xs)))
	}
	return strings.Join(out, ", ")
}

// Sections tell the verdict first, then what it rests on and where it holds, then
// the numbers behind it.
func (r *Proof) Sections() []Section {
	name := r.Game
	if name == "" {
		name = r.Title
	}
	out := []Section{title(name, r.Form+" form", r.Field, r.Concept), notes(r.statement()...), r.margins(), r.shown()}
	if len(r.Steps) > 0 {
		out = append(out, r.steps())
		if text := r.use(); text != "" {
			out = append(out, Lines{2, []string{text}})
		}
	}
	if r.Simulation != nil && len(r.Simulation.Trials) > 0 {
		out = append(out, trials(r.Simulation))
	}
	if text := r.facts(); len(text) > 0 {
		out = append(out, notes(text...))
	}
	return out
}

// what shrinks, in words.
func (r *Proof) measure() string {
	switch {
	case r.Norm == certify.KL:
		return "the weighted divergence from the equilibrium"
	case r.Norm == certify.DilatedKL:
		return "the dilated divergence from the equilibrium"
	case r.Norm == certify.Span:
		return "the weighted span norm of logits"
	case r.Stages != nil:
		return "the max norm of values"
	case r.Norm == certify.Max:
		return "the weighted max norm"
	}
	return "the weighted l2 norm"
}

// statement are the lines on top.
func (r *Proof) statement() []string {
	var out []string
	add := func(label, format string, args ...any) {
		out = append(out, fmt.Sprintf("%-10s", label)+fmt.Sprintf(format, args...))
	}
	switch r.Verdict() {
	case certify.Refuted:
		add("verdict", "refuted: the equilibrium is unstable, eigenvalue %.6g%+.6gi; play leaves it along %s", r.Unstable.Re, r.Unstable.Im, briefly(r.Unstable.Vector))
	case certify.NotCertified:
		add("verdict", "not certified, which is not divergence; margin %s", brief(r.Margin))
	case certify.SampledEvidence:
		add("verdict", "sampled evidence only, no certificate; margin %s at the points looked at", brief(r.Margin))
	default:
		what := r.measure()
		if m := r.ModelError; m != nil && m.Metric != certify.InWeights {
			what = "the distance in " + inMetric(m.Metric)
		}
		add("verdict", "certified (%s): %s shrinks at rate %s", r.Verdict(), what, brief(r.Rate))
	}
	text := map[certify.Method]string{
		certify.Exact:         "the Jacobian is constant; decided in whole numbers, bounds rounded to the safe side",
		certify.Analytic:      "bounds in closed form, rounded outward",
		certify.Interval:      fmt.Sprintf("enclosures of the Jacobian over %s cells, rounded outward", thousands(int64(r.Cells))),
		certify.GridLipschitz: fmt.Sprintf("values at the centres of %s cells and a proved bound on the slope between, rounded outward", thousands(int64(r.Cells))),
		certify.Sampled:       fmt.Sprintf("%s points, seed %d: this proves nothing about what lies between them", thousands(int64(r.Samples)), r.Seed),
	}[r.Method]
	add("rests on", "%s: %s", r.Method, text)
	if len(r.Temperature) > 0 {
		text := briefly(r.Temperature)
		if !slices.ContainsFunc(r.Temperature, func(x float64) bool { return x != r.Temperature[0] }) {
			text = brief(r.Temperature[0])
		}
		if r.Chosen != "" {
			text += ", auto: " + r.Chosen
		}
		add("at", "temperature %s", text)
	}
	if g := r.Region; g != nil {
		switch g.Shape {
		case "all":
			text = "everywhere"
		case "ball":
			text = "the ball of radius " + brief(g.Radius) + " (" + g.Norm + ")"
		default:
			text = box(g)
			if !math.IsInf(g.Invariant, 1) {
				text += ", which need not be a basin"
			}
		}
		if r.Certified() {
			switch {
			case g.Unique && g.Shape == "all":
				text += ", exactly one equilibrium"
			case g.Unique && math.IsInf(g.Invariant, 1):
				text += "; exactly one equilibrium in it, to which all starts in it converge, as play is held in it"
			case g.Unique:
				text += fmt.Sprintf("; exactly one equilibrium within %s of the centre, starts within %s stay and converge", brief(g.Ball), brief(g.Invariant))
			case g.Shape != "all":
				text += "; whether an equilibrium lies in it is not proved"
			}
		}
		add("region", "%s", text)
	}
	if len(r.Blocks) > 1 && r.Stages == nil && r.Norm != certify.DilatedKL && r.Source != certify.ByLyapunov {
		text = briefly(r.Weights)
		if !math.IsNaN(r.Band[0]) {
			text += fmt.Sprintf("; ratios of the second to the first from %s to %s have a small-gain margin", brief(r.Band[0]), brief(r.Band[1]))
		}
		if x := r.BoxFactor; x > 1 && !math.IsNaN(x) {
			text += fmt.Sprintf("; all may be off by a factor %s", brief(r.BoxFactor))
		}
		add("weights", "%s", text)
	}
	if m := r.ModelError; r.Certified() && m != nil && m.Metric != certify.InWeights && m.Metric.Source() != r.Source {
		add("readings", "margin %s is that of %s at these weights, as are Lipschitz, cocoercivity and steps that name no metric; rate %s is that of best %s", brief(r.Margin), r.Source, brief(r.Rate), m.Metric)
	}
	return out
}

// box is the region as a box: by its half width where it is a cube around the
// equilibrium, else by its corners.
func box(g *certify.Region) string {
	text := "the box of half width " + brief(g.Radius)
	if g.Lower == nil {
		if g.Centre != nil {
			text += " around the equilibrium"
		}
		return text
	}
	centred := g.Centre != nil
	for k := range g.Centre {
		r := g.Radius
		off := max(math.Abs(float64(g.Upper[k]-g.Centre[k])-r), math.Abs(float64(g.Centre[k]-g.Lower[k])-r))
		centred = centred && off <= 1e-6*r
	}
	if centred {
		return text + " around the equilibrium"
	}
	return "the box from " + briefly(g.Lower) + " to " + briefly(g.Upper)
}

// shown are the blocks, or the games of the states.
func (r *Proof) shown() *Grid {
	if r.Stages != nil {
		return r.stages()
	}
	return r.blocks()
}

func (r *Proof) blocks() *Grid {
	g := &Grid{Columns: []Column{{Title: "block", Left: true, Name: true}}}
	mu, ell, weights, dims := len(r.Mu) == len(r.Blocks), len(r.Ell) == len(r.Blocks), len(r.Weights) == len(r.Blocks), r.placed()
	if mu {
		g.Columns = append(g.Columns, Column{Title: "curvature", Drop: 1})
	}
	if ell && !math.IsNaN(r.Ell[0]) {
		g.Columns = append(g.Columns, Column{Title: "at most", Drop: 3})
	} else {
		ell = false
	}
	if mu {
		g.Columns = append(g.Columns, Column{Title: "couplings", Drop: 2})
	}
	if weights {
		g.Columns = append(g.Columns, Column{Title: "weight"})
	}
	if dims {
		g.Columns = append(g.Columns, Column{Title: "equilibrium", Left: true, Drop: 4})
	}
	at, sums := 0, r.Coupling.Sums(len(r.Blocks))
	for i, name := range r.Blocks[:min(len(r.Blocks), fewBlocks)] {
		row := []string{name}
		if mu {
			row = append(row, brief(r.Mu[i]))
		}
		if ell {
			row = append(row, brief(r.Ell[i]))
		}
		if mu {
			row = append(row, brief(sums[i]))
		}
		if weights {
			row = append(row, brief(r.Weights[i]))
		}
		if dims {
			row = append(row, briefly(r.Equilibrium[at:at+r.Dims[i]]))
			at += r.Dims[i]
		}
		g.add(row...)
	}
	if n := len(r.Blocks); n > fewBlocks {
		g.Below = []string{fmt.Sprintf("… and %d more; --format json has all", n-fewBlocks)}
	}
	return g
}

// placed tells whether the equilibrium can be shown block by block.
func (r *Proof) placed() bool {
	sum := 0
	for _, d := range r.Dims {
		sum += d
	}
	return r.Equilibrium != nil && len(r.Dims) == len(r.Blocks) && sum == len(r.Equilibrium)
}

func trials(x *certify.Simulation) *Grid {
	g := &Grid{Columns: []Column{
		{Title: "simulated", Left: true}, {Title: "step", Drop: 1}, {Title: "certified", Drop: 4}, {Title: "worst seen"},
		{Title: "starts", Drop: 3}, {Title: "steps", Drop: 2}, {Title: "of", Left: true, Name: true},
	}}
	for _, t := range x.Trials {
		g.add(t.Scheme.String(), brief(t.Step), fmt.Sprintf("%.9g", t.Certified), strings.Replace(fmt.Sprintf("%.9g", t.Worst), "NaN", "–", 1), thousands(int64(t.Starts)), thousands(int64(t.Steps)), heading(t.Measure, t.Note))
	}
	return g
}

// facts are the lines below the tables.
func (r *Proof) facts() []string {
	var out []string
	if !math.IsNaN(r.Gain) && r.Stages == nil {
		out = append(out, fmt.Sprintf("gain      spectral radius %s of couplings over curvatures", brief(r.Gain)))
	}
	if !math.IsNaN(r.Lipschitz) {
		text := "Lipschitz " + brief(r.Lipschitz)
		if !math.IsNaN(r.Cocoercivity) {
			text += ", cocoercivity " + brief(r.Cocoercivity)
		}
		out = append(out, text)
	}
	if r.Equilibrium != nil {
		text := "residual  " + brief(r.Residual) + " at the equilibrium"
		if g := r.Region; g != nil && !math.IsNaN(g.Distance) {
			text += ", which is within " + brief(g.Distance) + " of the true one"
		} else if e := r.Entropy; e != nil && !math.IsNaN(e.Distance) {
			text += ", which is within " + brief(e.Distance) + " of the true one"
		}
		if !r.placed() && len(r.Equilibrium) <= fewNumbers {
			text += ": " + briefly(r.Equilibrium)
		}
		out = append(out, text)
	}
	if st := r.Stages; st != nil {
		out = append(out, fmt.Sprintf("values    between %s and %s never leave that; sweeps contract wherever they begin, bounds of stage games are for values there", brief(st.Lower), brief(st.Upper)),
			"threshold every temperature is certified")
	}
	if e := r.Entropy; e != nil && !math.IsNaN(e.Threshold) {
		text := "threshold every common temperature above " + brief(e.Threshold) + " is certified"
		if e.Threshold == 0 {
			text = "threshold every temperature is certified"
		}
		if !math.IsNaN(e.UnsignedThreshold) {
			text += ", without signs above " + brief(e.UnsignedThreshold)
		}
		out = append(out, text)
	}
	if s := r.Simulation; s != nil {
		switch {
		case len(s.Trials) == 0:
			out = append(out, "simulated nothing: no step is certified")
		case s.Holds:
			out = append(out, fmt.Sprintf("simulated no step shrinks less than certified (seed %d)", s.Seed))
		default:
			out = append(out, fmt.Sprintf("BUG       a step shrank less than certified (seed %d); please report it with the certificate", s.Seed))
		}
	}
	out = append(out, r.uses()...)
	label := "note      "
	if !r.Certified() {
		label = "because   "
	}
	for _, text := range r.Reasons {
		out = append(out, label+text)
	}
	return append(out, "digest    "+r.Digest)
}
