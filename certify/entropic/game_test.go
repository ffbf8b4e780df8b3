package entropic

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/dice"
	"arbiter/equilibria/quantal"
	"arbiter/games/normal"
)

// reference is testdata/entropy.json.
type reference struct {
	Normal []struct {
		Name     string
		Actions  []int
		Tau      []float64
		Payoffs  []json.RawMessage
		D        [][]float64
		Spectral [][]float64 `json:"projected_spectral_norm_S"`
		Unsigned struct {
			Alpha     float64   `json:"alpha_star"`
			W         []float64 `json:"w_star"`
			Xi        []float64
			Threshold float64  `json:"uniform_tau_threshold"`
			Max       float64  `json:"span_euler_max_guaranteed"`
			Factor    *float64 `json:"span_factor_at_that_step"`
		}
		Primal struct {
			Mu    []float64
			Alpha float64 `json:"alpha_star"`
		} `json:"primal_euclid"`
		Signed struct {
			Unit  float64     `json:"alpha_unit"`
			D     [][]float64 `json:"D_signed_unit"`
			Alpha float64
			W     []float64
		}
		QRE   [][]float64
		Start [][]float64
		KL    struct {
			L       float64     `json:"L_w"`
			Eta     float64     `json:"eta_prox_max"`
			Factor  float64     `json:"factor_bound"`
			V       []float64   `json:"V_first6"`
			NPG     *float64    `json:"equivalent_npg_step"`
			Profile [][]float64 `json:"profile_after_3"`
		}
		Local float64 `json:"local_min_re_eig_at_qre"`
	}
	Agent []struct {
		Infosets          []string
		Tau               float64
		D                 [][]float64
		UnsignedThreshold float64     `json:"unsigned_threshold"`
		UnsignedAlpha     float64     `json:"unsigned_alpha"`
		DSigned           [][]float64 `json:"D_signed_unit"`
		SignedAlpha       float64     `json:"signed_alpha_unit"`
		SignedThreshold   float64     `json:"signed_threshold"`
		L                 float64     `json:"L_w_unit"`
		Bet               []float64   `json:"qre_bet_prob"`
		Start             []float64   `json:"start_logits"`
		KL                struct {
			Eta    float64   `json:"eta_prox_max"`
			NPG    float64   `json:"equivalent_npg_step"`
			Factor float64   `json:"factor_bound"`
			V      []float64 `json:"V_first6"`
		}
	}
}

func readReference(t *testing.T) reference {
	t.Helper()
	body, err := os.ReadFile("../testdata/entropy.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// numbersIn are the numbers of nested lists, in order.
func numbersIn(t *testing.T, m json.RawMessage) []float64 {
	t.Helper()
	var x float64
	if json.Unmarshal(m, &x) == nil {
		return []float64{x}
	}
	var list []json.RawMessage
	if err := json.Unmarshal(m, &list); err != nil {
		t.Fatal(err)
	}
	var out []float64
	for _, e := range list {
		out = append(out, numbersIn(t, e)...)
	}
	return out
}

func tableOf(sizes []int, payoffs [][]float64) normal.Table {
	t := normal.Table{Payoffs: payoffs}
	for _, n := range sizes {
		var names []string
		for a := range n {
			names = append(names, string(rune('a'+a)))
		}
		t.Strategies = append(t.Strategies, names)
	}
	return t
}

func entropic(t testing.TB, sizes []int, payoffs [][]float64) *Entropic {
	t.Helper()
	g, err := NormalForm(context.Background(), tableOf(sizes, payoffs))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s: %.12g, expected %.12g", what, got, want)
	}
}

// kl is V(π) = Σ w_i KL(π*_i‖π_i).
func kl(w []float64, star, p [][]float64) float64 {
	v := 0.0
	for i := range p {
		for a, q := range star[i] {
			if q > 0 {
				v += w[i] * q * math.Log(q/p[i][a])
			}
		}
	}
	return v
}

// place puts the state at mixtures.
func (s *State) place(p [][]float64) {
	for i := range p {
		for a, q := range p[i] {
			s.Y[i][a] = math.Log(q)
		}
	}
	s.Set()
}

func copied(p [][]float64) [][]float64 {
	var out [][]float64
	for _, q := range p {
		out = append(out, append([]float64(nil), q...))
	}
	return out
}

func blocksOf(sizes []int, x []float64) [][]float64 {
	var out [][]float64
	for _, n := range sizes {
		out = append(out, x[:n])
		x = x[n:]
	}
	return out
}

func TestNormalFormReference(t *testing.T) {
	for _, r := range readReference(t).Normal {
		t.Run(r.Name, func(t *testing.T) {
			var payoffs [][]float64
			for _, m := range r.Payoffs {
				payoffs = append(payoffs, numbersIn(t, m))
			}
			g := entropic(t, r.Actions, payoffs)
			c, err := g.Certify(context.Background(), r.Tau)
			if err != nil {
				t.Fatal(err)
			}
			e := c.Entropy
			unit := make([]float64, len(r.Tau))
			for i := range unit {
				unit[i] = 1
				for j := range unit {
					near(t, "D", e.Interaction.Rows()[i][j], r.D[i][j], 1e-12)
					near(t, "spectral", e.Primal.Coupling[i][j], r.Spectral[i][j], 1e-9)
				}
			}
			near(t, "unsigned", e.Unsigned, r.Unsigned.Alpha, 1e-12)
			near(t, "unsigned threshold", e.UnsignedThreshold, r.Unsigned.Threshold, 1e-10)
			near(t, "primal", e.Primal.Margin, r.Primal.Alpha, 1e-10)
			for i := range unit {
				near(t, "w*", e.UnsignedWeights[i], r.Unsigned.W[i], 1e-8)
				near(t, "xi", e.Xi[i], r.Unsigned.Xi[i], 1e-8)
			}
			at, swayed, _ := g.signed(r.Tau, unit)
			near(t, "signed at unit weights", at, r.Signed.Unit, 1e-12)
			for k, p := range g.pairs {
				near(t, "D(1)", swayed[k], r.Signed.D[p.i][p.j], 1e-12)
			}
			if c.Margin < r.Signed.Alpha-1e-9 || c.Margin > r.Signed.Alpha+1e-6 || !e.Optimal {
				t.Errorf("signed %.12g, expected %.12g; optimal: %v", c.Margin, r.Signed.Alpha, e.Optimal)
			}
			if c.Margin > c.Abscissa+1e-12 {
				t.Errorf("margin %g above the abscissa %g", c.Margin, c.Abscissa)
			}
			at, _, _ = g.signed(r.Tau, r.Signed.W)
			near(t, "signed at the reference's weights", at, r.Signed.Alpha, 1e-8)
			l, _, _ := g.lipschitz(r.Signed.W)
			near(t, "L_w", l, r.KL.L, 1e-9)
			star := blocksOf(r.Actions, c.Equilibrium)
			for i := range star {
				for a := range star[i] {
					near(t, "qre", star[i][a], r.QRE[i][a], 1e-10)
				}
			}
			near(t, "local", c.Abscissa, r.Local, 1e-9)
			if c.Residual > 1e-13 || e.Distance > 1e-12 || !c.Certified() || c.Verdict() != certify.Proven {
				t.Errorf("residual %g, distance %g, %s", c.Residual, e.Distance, c.Verdict())
			}
			s := g.Start(r.Tau)
			s.place(r.Start)
			for k, want := range r.KL.V {
				near(t, "V", kl(r.Signed.W, star, s.p), want, 1e-8)
				if k == 3 {
					for i := range star {
						for a := range star[i] {
							near(t, "profile after 3", s.p[i][a], r.KL.Profile[i][a], 1e-9)
						}
					}
				}
				s.Prox(r.KL.Eta)
			}
			for _, step := range c.Steps {
				switch {
				case step.Scheme == "prox":
					near(t, "prox", step.Max, r.KL.Eta, 1e-4)
					near(t, "prox factor", step.Factor, r.KL.Factor, 1e-4)
				case strings.Contains(step.Bound, "span"):
					near(t, "euler", step.Max, r.Unsigned.Max, 1e-12)
					near(t, "euler factor", step.Factor, *r.Unsigned.Factor, 1e-9)
				case strings.Contains(step.Bound, "prox step"):
					near(t, "npg", step.Max, *r.KL.NPG, 1e-4)
				}
			}
			// The equivalent step is the same point.
			if r.KL.NPG != nil {
				a, b := g.Start(r.Tau), g.Start(r.Tau)
				a.place(r.Start)
				b.place(r.Start)
				a.Prox(r.KL.Eta)
				b.Natural(*r.KL.NPG)
				for i := range a.p {
					for k := range a.p[i] {
						near(t, "equivalent step", b.p[i][k], a.p[i][k], 1e-12)
					}
				}
			}
		})
	}
}

// mixtures are random, some nearly pure.
func mixtures(r *certifytest.Source, dst [][]float64) {
	sharp := math.Exp(3*r.Float() - 1)
	for _, p := range dst {
		for a := range p {
			p[a] = sharp * math.Log(1/(1e-12+r.Float()))
		}
		centre(p)
		softmax(p, append([]float64(nil), p...))
	}
}

// game is random: of general sum, constant sum, a common payoff, or weighted
// constant sum.
func payoffsOf(r *certifytest.Source) (sizes []int, payoffs [][]float64) {
	players := 2 + r.Below(2)
	cells := 1
	for range players {
		n := 2 + r.Below(3)
		if players == 3 {
			n = 2 + r.Below(2)
		}
		sizes = append(sizes, n)
		cells *= n
	}
	for range players {
		m := make([]float64, cells)
		for c := range m {
			m[c] = 2*r.Float() - 1
		}
		payoffs = append(payoffs, m)
	}
	kind, factor := r.Below(4), 1.0
	switch kind {
	case 1:
		factor = -1
	case 3:
		factor = -3 * r.Float()
	}
	if kind > 0 && players == 2 {
		for c, x := range payoffs[0] {
			payoffs[1][c] = factor * x
		}
	}
	return sizes, payoffs
}

// slowD is D_ij by its definition over all quadruples.
func slowD(n *tensors, i, j int, wi, wj float64) float64 {
	most := 0.0
	for _, base := range n.bases(i, j) {
		at := func(a, b int) float64 {
			x := base + a*n.stride[i] + b*n.stride[j]
			return wi*n.payoffs[i][x] + wj*n.payoffs[j][x]
		}
		for a := range n.sizes[i] {
			for a2 := range n.sizes[i] {
				for b := range n.sizes[j] {
					for b2 := range n.sizes[j] {
						most = max(most, math.Abs(at(a, b)-at(a2, b)-at(a, b2)+at(a2, b2)))
					}
				}
			}
		}
	}
	return most
}

func TestInteractionConstants(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(91)}
	for range 60 {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		n := g.Play.(*tensors)
		for k := range g.pairs {
			p := &g.pairs[k]
			for range 5 {
				wi, wj := r.Float(), r.Float()
				want := slowD(n, p.i, p.j, wi, wj)
				if got := p.bound(wi, wj); got < want-1e-15 || got > want+1e-14 {
					t.Fatalf("D(w) %g, expected %g", got, want)
				}
				a, b := p.extreme(wi, wj)
				near(t, "corner", math.Abs(wi*a+wj*b), want, 1e-14)
			}
			near(t, "D_ij", p.di, slowD(n, p.i, p.j, 1, 0), 1e-14)
			near(t, "D_ji", p.dj, slowD(n, p.i, p.j, 0, 1), 1e-14)
		}
		// What a player cannot influence changes nothing.
		moved := copied(payoffs)
		for i := range moved {
			for c := range moved[i] {
				own := c / n.stride[i] % sizes[i]
				moved[i][c] += 5 * dice.Float64(dice.New(3, uint64(i)).Word(c-own*n.stride[i]))
			}
		}
		h := entropic(t, sizes, moved)
		tau := []float64{.7, .9, 1.1}[:len(sizes)]
		c, err := g.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "signed margin", d.Margin, c.Margin, 1e-9)
		judge(t, c)
		near(t, "unsigned margin", d.Entropy.Unsigned, c.Entropy.Unsigned, 1e-12)
		if c.Margin < c.Entropy.Unsigned-1e-10 {
			t.Errorf("signed %g below unsigned %g", c.Margin, c.Entropy.Unsigned)
		}
	}
	g := entropic(t, []int{2, 2}, [][]float64{{3, -1, 4, 1}, {5, 9, -2, 6}})
	if p := g.pairs[0]; p.di != 1 || p.dj != 4 {
		t.Errorf("D %g and %g, expected |3+1-4+1| = 1 and |5-9+2+6| = 4", p.di, p.dj)
	}
	g = entropic(t, []int{2, 3}, [][]float64{{3, -1, 4, 1, 7, -8}, {-3, 1, -4, -1, -7, 8}})
	if d := g.pairs[0].bound(1, 1); d != 0 {
		t.Errorf("D(1) of a zero-sum game is %g", d)
	}
}

// judge works the signed margin out of the certificate's own numbers by another
// eigenvalue routine.
func judge(t *testing.T, c *certify.Certificate) {
	t.Helper()
	m := mat.NewSymDense(len(c.Mu), nil)
	for i := range c.Mu {
		m.SetSym(i, i, c.Entropy.Temperature[i])
		for j := range i {
			m.SetSym(i, j, -c.Entropy.Swayed.Rows()[i][j]/8/math.Sqrt(c.Weights[i]*c.Weights[j]))
		}
	}
	var e mat.EigenSym
	e.Factorize(m, false)
	if want := e.Values(nil)[0]; c.Margin > want+1e-14 || c.Margin < want-1e-10 {
		t.Errorf("margin %.15g, eigenvalue %.15g", c.Margin, want)
	}
}

// The weights found are the best: no random ones near or far do better.
func TestWeightsAreBest(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(92)}
	for range 40 {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		tau := make([]float64, len(sizes))
		for i := range tau {
			tau[i] = .3 + r.Float()
		}
		c, err := g.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Entropy.Optimal {
			t.Errorf("not optimal: %v", payoffs)
		}
		w := make([]float64, len(tau))
		for k := range 300 {
			spread := []float64{.01, .1, 1, 5}[k%4]
			for i := range w {
				w[i] = c.Weights[i] * math.Exp(spread*(2*r.Float()-1))
			}
			if m, _, _ := g.signed(tau, w); m > c.Margin+1e-9 {
				t.Fatalf("margin %.12g at %v, claimed %.12g at %v", m, w, c.Margin, c.Weights)
			}
		}
	}
}

// From just above the thresholds certificates are given, just below they are not.
func TestThresholds(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(93)}
	for range 30 {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		unsigned, signed, err := g.Thresholds(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		at := func(x float64) *certify.Certificate {
			tau := make([]float64, len(sizes))
			for i := range tau {
				tau[i] = x
			}
			c, err := g.Certify(context.Background(), tau)
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		if unsigned < signed-1e-10 {
			t.Errorf("thresholds %g unsigned, %g signed", unsigned, signed)
		}
		if c := at(unsigned * (1 + 1e-10)); !(c.Entropy.Unsigned > 0) {
			t.Errorf("unsigned %g just above", c.Entropy.Unsigned)
		}
		if c := at(unsigned * (1 - 1e-8)); c.Entropy.Unsigned > 0 {
			t.Errorf("unsigned %g just below", c.Entropy.Unsigned)
		}
		if signed > 1e-9 {
			if c := at(signed * (1 + 1e-10)); !c.Certified() {
				t.Errorf("signed %g just above", c.Margin)
			}
			if c := at(signed * (1 - 1e-6)); c.Certified() {
				t.Errorf("signed %g just below", c.Margin)
			}
		}
	}
}

// A million steps of random certified games never go against a certificate.
func TestNoStepFalsifies(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(94)}
	total := 1_000_000
	if testing.Short() || certifytest.Slowed {
		total = 50_000
	}
	certified, worst := 0, 0.0
	for steps := 0; steps < total; {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		_, signed, err := g.Thresholds(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		tau := make([]float64, len(sizes))
		low := max(.02, signed*(1+.3*r.Float()*r.Float()))
		for i := range tau {
			tau[i] = low
			if certified%2 == 1 {
				tau[i] *= 1 + r.Float()
			}
		}
		c, err := g.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() {
			continue
		}
		certified++
		if c.Residual > 1e-12 {
			t.Fatalf("residual %g of %v", c.Residual, payoffs)
		}
		star := blocksOf(sizes, c.Equilibrium)
		a, b := g.Start(tau), g.Start(tau)
		before := copied(a.Y)
		for range 1000 {
			mixtures(r, a.p)
			a.place(a.p)
			for _, row := range c.Steps {
				if math.IsInf(row.Max, 1) && row.Scheme == "flow" {
					continue
				}
				eta := row.Max
				if row.Scheme == "prox" && r.Below(3) == 0 {
					eta *= r.Float()
				}
				switch {
				case row.Scheme == "prox" || strings.Contains(row.Bound, "prox step"):
					factor := row.Factor
					if eta != row.Max {
						factor = 1 / (1 + eta*c.Margin)
					}
					for i := range before {
						copy(before[i], a.Y[i])
					}
					for range 5 {
						v := kl(c.Weights, star, a.p)
						if v < 1e-6 {
							break
						}
						if row.Scheme == "prox" {
							a.Prox(eta)
						} else {
							a.Natural(eta)
						}
						steps++
						q := kl(c.Weights, star, a.p) / v / factor
						if worst = max(worst, q); q > 1+1e-9 {
							t.Fatalf("V grew by %g times the bound, τ %v, payoffs %v", q, tau, payoffs)
						}
					}
					for i := range before {
						copy(a.Y[i], before[i])
					}
					a.Set()
				case strings.Contains(row.Bound, "span"):
					mixtures(r, b.p)
					b.place(b.p)
					for i := range before {
						copy(before[i], a.Y[i])
					}
					for range 5 {
						d := span(c.Entropy.Xi, a, b)
						if d < 1e-6 {
							break
						}
						a.Natural(eta)
						b.Natural(eta)
						steps++
						q := span(c.Entropy.Xi, a, b) / d / row.Factor
						if worst = max(worst, q); q > 1+1e-9 {
							t.Fatalf("span grew by %g times the bound, τ %v, payoffs %v", q, tau, payoffs)
						}
					}
					for i := range before {
						copy(a.Y[i], before[i])
					}
					a.Set()
				}
			}
		}
	}
	t.Logf("%d certified games, worst ratio to the bound %.12f", certified, worst)
}

// span is max_i s(y_i - z_i)/ξ_i.
func span(xi []float64, a, b *State) float64 {
	most := 0.0
	for i := range a.Y {
		low, high := math.Inf(1), math.Inf(-1)
		for k := range a.Y[i] {
			d := a.Y[i][k] - b.Y[i][k]
			low, high = min(low, d), max(high, d)
		}
		most = max(most, (high-low)/2/xi[i])
	}
	return most
}

func TestUnstableEquilibriumRefutes(t *testing.T) {
	g := entropic(t, []int{2, 2}, [][]float64{{1, 0, 0, 1}, {1, 0, 0, 1}})
	c, err := g.Certify(context.Background(), []float64{.2, .2})
	if err != nil {
		t.Fatal(err)
	}
	// J = [τ, -D/4; -D/4, τ] at even play, with D = 2.
	if c.Verdict() != certify.Refuted || c.Certified() || c.Unstable == nil || math.Abs(c.Unstable.Re-(.2-.5)) > 1e-12 {
		t.Errorf("%s, %+v", c.Verdict(), c.Unstable)
	}
	c, err = g.Certify(context.Background(), []float64{.5, .5})
	if err != nil {
		t.Fatal(err)
	}
	if c.Certified() || c.Verdict() != certify.NotCertified {
		t.Errorf("at the threshold: %s, margin %g", c.Verdict(), c.Margin)
	}
	if !strings.Contains(strings.Join(c.Reasons, " "), "not divergence") {
		t.Errorf("reasons %q", c.Reasons)
	}
}

// The equilibrium is the logit equilibrium that the tracer of the principal branch
// meets at lambda = 1/τ.
func TestEquilibriumIsOnTheLogitBranch(t *testing.T) {
	ctx := context.Background()
	r := &certifytest.Source{Key: dice.New(89)}
	for range 4 {
		sizes, payoffs := payoffsOf(r)
		g := entropic(t, sizes, payoffs)
		_, tau, err := g.Thresholds(ctx)
		if err != nil {
			t.Fatal(err)
		}
		tau = max(.3, 1.1*tau)
		c, err := g.Certify(ctx, []float64{tau, tau, tau}[:len(sizes)])
		if err != nil {
			t.Fatal(err)
		}
		played, err := normal.New("random", tableOf(sizes, payoffs), normal.Options{Noise: normal.None})
		b := compiled(t, played, err)
		branch, err := quantal.Trace(ctx, b, quantal.Options{Lambdas: []float64{1 / tau}})
		if err != nil || len(branch.Crossings) != 1 {
			t.Fatalf("%d crossings, %v", len(branch.Crossings), err)
		}
		star := blocksOf(sizes, c.Equilibrium)
		for i, s := range branch.Crossings[0].Policy {
			for a, p := range s[0] {
				near(t, "probability", star[i][a], p, 1e-9)
			}
		}
	}
}

// Where u_1 = -c u_0 up to what player 1 cannot influence, every temperature is
// certified, at weights 1 and 1/c.
func TestWeightedConstantSum(t *testing.T) {
	r := &certifytest.Source{Key: dice.New(88)}
	for range 20 {
		factor := math.Exp(6*r.Float() - 3)
		payoffs := [][]float64{make([]float64, 12), make([]float64, 12)}
		for c := range payoffs[0] {
			payoffs[0][c] = r.Float()
			payoffs[1][c] = -factor*payoffs[0][c] + float64(c/4)
		}
		g := entropic(t, []int{3, 4}, payoffs)
		tau := []float64{.01 + r.Float(), .01 + r.Float()}
		c, err := g.Certify(context.Background(), tau)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "margin", c.Margin, min(tau[0], tau[1]), 1e-9)
		near(t, "weight", c.Weights[1]*factor, 1, 1e-5)
		if !c.Certified() || !c.Entropy.Optimal || !c.Attained || c.Residual > 1e-12 {
			t.Errorf("%s, residual %g, %v", c.Verdict(), c.Residual, c.Reasons)
		}
	}
}

func TestDegenerateNormalForms(t *testing.T) {
	ctx := context.Background()
	for _, x := range []struct {
		name    string
		sizes   []int
		payoffs [][]float64
		tau     []float64
		margin  float64
	}{
		{"one action each", []int{1, 1}, [][]float64{{5}, {7}}, []float64{1, 2}, 1},
		{"one action of one", []int{1, 3}, [][]float64{{5, 1, 2}, {7, 8, 9}}, []float64{1, .5}, .5},
		{"all payoffs equal", []int{2, 2}, [][]float64{{1, 1, 1, 1}, {2, 2, 2, 2}}, []float64{1, 1}, 1},
		{"dominance without interaction", []int{2, 2}, [][]float64{{1, 1, 0, 0}, {0, 1, 0, 1}}, []float64{.01, .01}, .01},
		{"only one is swayed", []int{2, 2}, [][]float64{{1, 0, 0, 1}, {0, 1, 0, 1}}, []float64{.5, .25}, .25},
		{"huge payoffs", []int{2, 2}, [][]float64{{1e90, -1e90, -1e90, 1e90}, {-1e90, 1e90, 1e90, -1e90}}, []float64{1e88, 1e88}, 1e88},
		{"tiny payoffs", []int{2, 2}, [][]float64{{1e-90, -1e-90, -1e-90, 1e-90}, {-1e-90, 1e-90, 1e-90, -1e-90}}, []float64{1e-92, 1e-92}, 1e-92},
		{"one player", []int{3}, [][]float64{{1, 2, 3}}, []float64{2}, 2},
	} {
		g, err := NormalForm(ctx, tableOf(x.sizes, x.payoffs))
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		c, err := g.Certify(ctx, x.tau)
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		if math.Abs(c.Margin/x.margin-1) > 1e-6 || c.Margin > x.margin || !c.Certified() || !(c.Residual < 1e-10) {
			t.Errorf("%s: margin %g, expected %g; residual %g, %v", x.name, c.Margin, x.margin, c.Residual, c.Reasons)
		}
	}
	g := entropic(t, []int{2, 2}, [][]float64{{1, 0, 0, 1}, {1, 0, 0, 1}})
	for want, tau := range map[string][]float64{
		"1 temperatures for 2": {1},
		"player 1 is 0":        {1, 0},
		"player 0 is NaN":      {math.NaN(), 1},
		"player 1 is -1":       {1, -1},
		"player 1 is +Inf":     {1, math.Inf(1)},
	} {
		if _, err := g.Certify(ctx, tau); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("temperatures %v: %v", tau, err)
		}
	}
	if _, err := NormalForm(ctx, tableOf([]int{2, 2}, [][]float64{{1, 0, 0, 1e200}, {1, 0, 0, 1}})); err == nil || !strings.Contains(err.Error(), "1e+200") {
		t.Errorf("payoff 1e200: %v", err)
	}
}
