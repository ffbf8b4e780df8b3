package entropic

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/certifytest"
	"arbiter/dice"
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

func entropic(t testing.TB, sizes []int, payoffs [][]float64) *Game {
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
					near(t, "D", e.Interaction.Rows[i][j], r.D[i][j], 1e-12)
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
				case step.Scheme == certify.Prox:
					near(t, "prox", step.Max, r.KL.Eta, 1e-4)
					near(t, "prox factor", step.Factor, r.KL.Factor, 1e-4)
				case step.Bound == certify.EulerLogits:
					near(t, "euler", step.Max, r.Unsigned.Max, 1e-12)
					near(t, "euler factor", step.Factor, *r.Unsigned.Factor, 1e-9)
				case step.Bound == certify.EulerProx:
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

// payoffsOf are those of a random game: of general sum, constant sum, a common payoff, or weighted
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
