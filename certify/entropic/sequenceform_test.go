package entropic

import (
	"context"
	"math"
	"strings"
	"testing"

	"arbiter/certify/certifytest"
	"arbiter/dice"
	"arbiter/equilibria"
	"arbiter/equilibria/learn"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
	"arbiter/games/leduc"
)

// divergence is B(z*, z) for logits.
func (f *Dilated) divergence(star, z [][]float64) float64 {
	plan := make([]float64, len(f.Plan))
	sum := 0.0
	for block := range star {
		reach := 1.0
		if f.Before[block] >= 0 {
			reach = plan[f.Before[block]]
		}
		for a, x := range star[block] {
			plan[f.first[block]+a] = reach * math.Exp(x)
			// The other terms sum to 0; with them nothing cancels.
			sum += reach * (math.Exp(x)*(x-z[block][a]) - math.Exp(x) + math.Exp(z[block][a]))
		}
	}
	return sum
}

// random sets random behaviour.
func (f *Dilated) random(r *certifytest.Source) {
	p := Copies(f.Logits)
	mixtures(r, p)
	for i := range p {
		for a, q := range p[i] {
			f.Logits[i][a] = math.Log(max(q, 1e-300))
		}
	}
	f.Set()
}

func dilatedOf(t *testing.T, b *flat.Board, tau float64) *Dilated {
	t.Helper()
	f, err := NewDilated(b)
	if err != nil {
		t.Fatal(err)
	}
	f.Tau = []float64{tau, tau}
	f.Set()
	return f
}

// norms are N(d)² and N(e)² below a node without chance, and the payoffs' part of
// the bilinear form, for differences of plans.
func (f *Dilated) norms(node int, last [2]int, d []float64) (n [2]float64, form float64) {
	at := f.t.b.Node(node)
	if at.Turn == games.Over {
		for k, s := range last {
			if s >= 0 {
				n[k] = math.Abs(d[s])
			}
		}
		if last[0] >= 0 && last[1] >= 0 {
			form = d[last[0]] * d[last[1]] * f.t.b.Payoff(at.First)[0]
		}
		return n, form
	}
	for m := range at.Moves {
		next := last
		next[at.Turn] = f.first[f.t.first[at.Turn]+at.Row] + m
		v, g := f.norms(at.First+m, next, d)
		form += g
		n[at.Turn] += v[at.Turn]
		n[1-at.Turn] = max(n[1-at.Turn], v[1-at.Turn])
	}
	return n, form
}

// On Kuhn poker, whose chance is all at the root: ω is 1-strongly convex in the
// norm of the proof and L is a Lipschitz constant, for random pairs of plans.
func TestDilatedNorm(t *testing.T) {
	g0, err := kuhn.New(2)
	b := compiled(t, g0, err)
	f := dilatedOf(t, b, 1)
	lipschitz, _ := f.bilinear()
	near(t, "L = 2·sqrt(1/3·1/3)", lipschitz, 2./3, 1e-14)
	type deal struct {
		node int
		odds float64
	}
	var deals []deal
	for first := []deal{{0, 1}}; len(first) > 0; first = first[1:] {
		n := b.Node(first[0].node)
		if n.Turn != games.Chance {
			deals = append(deals, first[0])
			continue
		}
		for m, p := range b.Odds(n.Row) {
			first = append(first, deal{n.First + m, p * first[0].odds})
		}
	}
	r := &certifytest.Source{Key: dice.New(61)}
	convex, steep := math.Inf(1), 0.0
	for range 5000 {
		f.random(r)
		x, before := Copies(f.Logits), append([]float64(nil), f.Plan...)
		if r.Below(2) == 0 {
			f.random(r)
		} else {
			for i := range f.Logits {
				for a := range f.Logits[i] {
					f.Logits[i][a] += .2 * r.Float()
				}
				centre(f.Logits[i])
				p := make([]float64, len(f.Logits[i]))
				softmax(p, f.Logits[i])
				for a := range p {
					f.Logits[i][a] = math.Log(p[a])
				}
			}
			f.Set()
		}
		d := make([]float64, len(f.Plan))
		for s := range d {
			d[s] = before[s] - f.Plan[s]
		}
		var square [2]float64
		form := 0.0
		for _, c := range deals {
			n, g := f.norms(c.node, [2]int{-1, -1}, d)
			form += c.odds * g
			for k := range n {
				square[k] += c.odds * n[k] * n[k] * 3 // divided by ρ = 1/3
			}
		}
		if v := f.divergence(x, f.Logits); square[0]+square[1] > 1e-12 {
			convex = min(convex, v/(square[0]+square[1])*2)
		}
		if square[0] > 0 && square[1] > 0 {
			steep = max(steep, math.Abs(form)/math.Sqrt(square[0]*square[1]))
		}
	}
	if convex < 1-1e-9 || steep > lipschitz*(1+1e-12) {
		t.Errorf("modulus %g, expected at least 1; slope %g, expected at most %g", convex, steep, lipschitz)
	}
	t.Logf("smallest modulus %g, largest slope %g of %g", convex, steep, lipschitz)
}

// Certified steps keep to their bound on Kuhn poker and on random trees with
// chance anywhere, and the equilibrium is one.
func TestSequenceFormSteps(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(62)}
	worst := 0.0
	for k := range 40 {
		var b *flat.Board
		if k < 4 {
			g, err := kuhn.New(2)
			b = compiled(t, g, err)
		} else {
			b = compiled(t, newThicket(r, 2, 3+r.Below(4), true), nil)
		}
		tau := []float64{.05 + r.Float(), .05 + r.Float()}
		if k == 0 {
			tau = []float64{.01, .01}
		}
		c, err := SequenceForm(context.Background(), b, tau)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() || c.Residual > 1e-11 || c.Margin != min(tau[0], tau[1]) || c.Entropy.Distance > 1e-9 {
			t.Fatalf("%s, margin %g, residual %g, distance %g, %v", c.Verdict(), c.Margin, c.Residual, c.Entropy.Distance, c.Reasons)
		}
		f := dilatedOf(t, b, 0)
		f.Tau = tau
		star := Copies(f.Logits)
		at := 0
		for i := range star {
			for a := range star[i] {
				star[i][a] = math.Log(c.Equilibrium[at])
				at++
			}
		}
		for range 20 {
			f.random(r)
			for range 20 {
				eta := c.Steps[1].Max
				if r.Below(2) == 0 && !math.IsInf(eta, 1) {
					eta *= r.Float()
				}
				v := f.divergence(star, f.Logits)
				f.Prox(eta)
				after := f.divergence(star, f.Logits)
				if v < 1e-7 {
					break
				}
				factor := 1 / (1 + eta*c.Margin)
				if q := after/v - factor; q > 1e-9 {
					t.Fatalf("V from %g to %g, factor %g", v, after, factor)
				}
				if factor > 0 {
					worst = max(worst, after/v/factor)
				}
			}
		}
	}
	t.Logf("worst ratio to the bound %g", worst)
}

// As temperatures go to 0 the equilibrium nears a Nash equilibrium, judged by
// best responses: what can be gained is at most the entropy's part.
func TestSequenceFormNearsNash(t *testing.T) {
	g, err := kuhn.New(2)
	b := compiled(t, g, err)
	last := math.Inf(1)
	for _, tau := range []float64{.3, .03, .003} {
		c, err := SequenceForm(context.Background(), b, []float64{tau, tau})
		if err != nil {
			t.Fatal(err)
		}
		p := b.Uniform()
		at := 0
		for k := range p {
			for row := range p[k] {
				at += copy(p[k][row], c.Equilibrium[at:])
			}
		}
		conv := b.Evaluate(p).NashConv
		// Six sets of two moves a seat: entropies of at most 6 log 2.
		if conv > 12*math.Ln2*tau || !(conv < last) || c.Residual > 1e-12 {
			t.Errorf("temperature %g: NashConv %g, residual %g", tau, conv, c.Residual)
		}
		last = conv
	}
}

// With one information set per seat it is the logit equilibrium of the table.
func TestSequenceFormOfATable(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(63)}
	g := thicket{seats: 2, turns: []games.Turn{0, 1}, widths: []int{3, 2}, seen: [][]bool{{true, false}, {false, true}}, zeroSum: true, seed: 8}
	b := compiled(t, g, nil)
	tau := []float64{.1 + r.Float(), .1 + r.Float()}
	c, err := SequenceForm(context.Background(), b, tau)
	if err != nil {
		t.Fatal(err)
	}
	d, err := agents(t, b).Certify(context.Background(), tau)
	if err != nil {
		t.Fatal(err)
	}
	for a := range c.Equilibrium {
		near(t, "behaviour", c.Equilibrium[a], d.Equilibrium[a], 1e-12)
	}
	q, err := learn.MagneticQRE(context.Background(), b, tau, learn.Options{Limits: equilibria.Limits{Iterations: 10000}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "magnetic", c.Equilibrium[0], q.Policy[0][0][0], 1e-8)
}

func TestSequenceFormErrors(t *testing.T) {
	ctx := context.Background()
	g, err := kuhn.New(2)
	b := compiled(t, g, err)
	r := &certifytest.Source{Key: dice.New(64)}
	three, err := kuhn.New(3)
	for want, f := range map[string]func() error{
		"1 temperatures":               func() error { _, err := SequenceForm(ctx, b, []float64{1}); return err },
		"temperature of seat 1 is 0":   func() error { _, err := SequenceForm(ctx, b, []float64{1, 0}); return err },
		"temperature of seat 0 is NaN": func() error { _, err := SequenceForm(ctx, b, []float64{math.NaN(), 1}); return err },
		"3 seats":                      func() error { _, err := SequenceForm(ctx, compiled(t, three, err), []float64{1, 1}); return err },
		"expected a constant sum": func() error {
			_, err := SequenceForm(ctx, compiled(t, newThicket(r, 2, 4, false), nil), []float64{1, 1})
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}

func TestLeducSequenceForm(t *testing.T) {
	if testing.Short() || certifytest.Slowed {
		t.Skip("a large tree")
	}
	c, err := SequenceForm(context.Background(), compiled(t, leduc.New(), nil), []float64{.1, .1})
	if err != nil || !c.Certified() || c.Residual > 1e-10 {
		t.Errorf("margin %g, residual %g, %v", c.Margin, c.Residual, err)
	}
	t.Logf("L %g, residual %g, steps %+v", c.Lipschitz, c.Residual, c.Steps)
}

func BenchmarkKuhnSequenceForm(b *testing.B) {
	g, err := kuhn.New(2)
	board := compiled(b, g, err)
	for b.Loop() {
		if c, err := SequenceForm(context.Background(), board, []float64{.05, .05}); err != nil || c.Residual > 1e-12 {
			b.Fatal(err)
		}
	}
}
