// Package quadratic says what the inequalities of certify/verify are made of in games
// whose Jacobian is constant: curvatures, norms of couplings, margins at weights and in a
// Lyapunov metric, a dual that no weights do better, a refutation; then weights, steps and
// the region. It imports the kernel and nothing that builds certificates.
package quadratic

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"arbiter/certify/verify"
	"arbiter/certify/verify/rational"
	"arbiter/internal/strict"
)

// mostOrder is the largest order of games whose inequalities are decided exactly.
const mostOrder = 32

// game is a quadratic game in rationals. With P the metrics of the blocks and G
// the Jacobian of the field, what is claimed of K = P^½ G P^-½ becomes by congruence
// with P^½ a claim about a = P G and P, so that no root is taken.
type game struct {
	*verify.Check
	first    []int           // of each block, and the order
	j, p, a  rational.Matrix // J as in the file, P, P G
	inverse  rational.Matrix // P⁻¹ of a natural field with metrics, else nil
	g        rational.Matrix // P⁻¹ J of one, else J
	offset   []float64
	natural  bool // as the problem says
	w        []float64
	mu, ell  []float64   // as claimed, which holds
	l        [][]float64 // likewise
	in       map[string]verify.Metric
	gradient bool // own blocks of J are symmetric
	own      bool // own blocks of P G are
	unstable bool // that is proved
}

// Verify checks the certificate of a quadratic game, of the problem it holds. An
// error says what of the problem or the certificate has not the shape it must have.
func Verify(ctx context.Context, c *verify.Claim) (*verify.Result, error) {
	q := &game{Check: verify.NewCheck(c), in: map[string]verify.Metric{}}
	if err := q.read(); err != nil {
		return nil, err
	}
	q.Digest(c.ProblemDigest())
	if q.w == nil || q.w[0] != 1 {
		q.Is("weights", false, "expected numbers above 0, one per block, the first 1")
		return q.Rest(), nil
	}
	q.Is("weights", true, "numbers above 0: margins are decided at them")
	for i, part := range []func(){q.constants, q.margins, q.perron, q.bands, q.refutation, q.steps, q.place} {
		if i == 5 && c.Certified && q.State("margin") == verify.NotChecked {
			continue // steps rest on it
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part()
	}
	return q.Rest(), nil
}

func (q *game) read() error {
	var p struct {
		Kind, Provenance string
		Blocks           []int
		Matrix           [][]float64
		Offset           []float64
		Metric           [][][]float64
		Natural          bool
	}
	if line, err := strict.Decode(q.Claim.Problem, "problem", &p); err != nil {
		return fmt.Errorf("problem, line %d: %w", line, err)
	}
	n := 0
	for _, d := range p.Blocks {
		q.first = append(q.first, n)
		if n += d; d < 1 || n > mostOrder {
			return fmt.Errorf("problem.blocks: found %v, expected numbers above 0 that sum to at most %d", p.Blocks, mostOrder)
		}
	}
	q.first = append(q.first, n)
	shape := func(field string, m [][]float64, n int) error {
		ok := len(m) == n
		for _, row := range m {
			ok = ok && len(row) == n
		}
		if !ok {
			return fmt.Errorf("problem.%s: expected %d rows of %d numbers", field, n, n)
		}
		return nil
	}
	if err := shape("matrix", p.Matrix, n); err != nil {
		return err
	}
	if p.Kind != "quadratic_game" || n == 0 || p.Offset != nil && len(p.Offset) != n || p.Metric != nil && len(p.Metric) != len(p.Blocks) {
		return fmt.Errorf("problem: found kind %.40q, %d coordinates, %d offsets and %d metrics, which do not fit", p.Kind, n, len(p.Offset), len(p.Metric))
	}
	if list, _ := q.Get("blocks").([]any); len(list) != len(p.Blocks) {
		return fmt.Errorf("blocks: found %d, the problem has %d", len(list), len(p.Blocks))
	}
	if q.offset = p.Offset; q.offset == nil {
		q.offset = make([]float64, n)
	}
	q.natural = p.Natural
	q.j, q.p = rational.Exactly(p.Matrix), rational.Identity(n)
	q.a, q.g = q.j, q.j
	for b, m := range p.Metric {
		if err := shape(fmt.Sprintf("metric[%d]", b), m, q.first[b+1]-q.first[b]); err != nil {
			return err
		}
		s := rational.Exactly(m).Symmetric()
		if !s.Definite() {
			return fmt.Errorf("problem.metric[%d]: not positive definite", b)
		}
		for r := range s {
			copy(q.p[q.first[b]+r][q.first[b]:], s[r])
		}
	}
	if p.Natural && p.Metric != nil {
		q.inverse = q.p.Inverted()
		q.g = q.inverse.Product(q.j)
	} else if p.Metric != nil {
		q.a = q.p.Product(q.j)
	}
	q.w = verify.Positive(q.Get("weights"), q.blocks())
	return nil
}

func (q *game) blocks() int { return len(q.first) - 1 }

// block is that of m of players i and j.
func (q *game) block(m rational.Matrix, i, j int) rational.Matrix {
	return m.Part(q.first[i], q.first[i+1], q.first[j], q.first[j+1])
}

// weighted multiplies rows of blocks by weights.
func (q *game) weighted(m rational.Matrix, w []float64) rational.Matrix {
	out := make(rational.Matrix, 0, len(m))
	for i, x := range w {
		out = append(out, m[q.first[i]:q.first[i+1]].Times(rat(x))...)
	}
	return out
}

// symmetricTo tells whether m is symmetric up to 1e-12 of its largest entry, as files
// are written.
func symmetricTo(m rational.Matrix) bool {
	most, off := new(big.Rat), new(big.Rat)
	larger := func(x, y *big.Rat) *big.Rat {
		if y = new(big.Rat).Abs(y); y.Cmp(x) > 0 {
			return y
		}
		return x
	}
	for i := range m {
		for j := range m {
			most, off = larger(most, m[i][j]), larger(off, sub(m[i][j], m[j][i]))
		}
	}
	return off.Cmp(mul(most, rat(1e-12))) <= 0
}

// constants are curvatures from below, norms of blocks from above.
func (q *game) constants() {
	n := q.blocks()
	q.mu, q.ell, q.l = q.Vec("mu", n), q.Vec("ell", n), q.Square("coupling", n)
	q.gradient, q.own = true, true
	convex := true
	for i := range n {
		j, a, p := q.block(q.j, i, i), q.block(q.a, i, i), q.block(q.p, i, i)
		q.gradient, q.own = q.gradient && symmetricTo(j), q.own && symmetricTo(a)
		convex = convex && j.Symmetric().Semidefinite()
		if !q.Decide(verify.At("mu", i), math.Inf(-1), func(x float64) bool { return verify.Above(a, p, x) }, "sym K_ii ⪰ mu") {
			q.mu = nil
		}
		if !q.Decide(verify.At("ell", i), math.Inf(1), func(x float64) bool { return verify.Bounded(p, a, p, x) }, "‖K_ii‖ ≤ ell") {
			q.ell = nil
		}
		for j := range n {
			if q.l == nil {
				break
			}
			x, b, what := q.l[i][j], q.block(q.a, i, j), verify.At("coupling", i, j)
			if i == j && x == 0 {
				q.See(what)
			} else if i == j {
				q.Is(what, false, "expected 0 on the diagonal")
			} else if !q.Is(what, verify.Bounded(p, b, q.block(q.p, j, j), x), "‖K_ij‖ ≤ L_ij") {
				q.l = nil
			}
		}
	}
	right := "zero"
	if concept := q.Text("concept"); q.gradient && (concept == "first_order_nash" || convex && concept == "nash") {
		right = concept
	}
	q.Is("concept", q.Text("concept") == right, "what a zero of the field is, by own blocks that are symmetric and semidefinite, or not")
	field := "plain"
	if q.natural {
		field = "natural"
	}
	q.Is("field", q.Text("field") == field, "as the problem has it")
	names, _ := q.Get("blocks").([]any)
	named := q.Claim.Game == ""
	for i, x := range names {
		named = named && x == fmt.Sprintf("player %d", i)
	}
	q.Is("blocks", named, "players by number, of a problem without a name")
	q.Is("method", q.Text("method") == "exact" && q.Text("norm") == "l2", "the Jacobian is constant; the norm is l2")
}

// sgn decides the small-gain margin x at w.
func (q *game) sgn(w []*big.Rat, x float64) bool {
	return q.l != nil && verify.Comparison(q.mu, w, x, func(i, j int) *big.Rat {
		return add(mul(w[i], rat(q.l[i][j])), mul(w[j], rat(q.l[j][i])))
	})
}

// triangle are the numbers below the diagonal of a matrix, nil if they are not there.
func (q *game) triangle(path string) [][]float64 {
	list, _ := q.Get(path).([]any)
	if len(list) != q.blocks() {
		return nil
	}
	out := make([][]float64, len(list))
	for i := range out {
		if out[i] = verify.List(list[i], i); i > 0 && out[i] == nil {
			return nil
		}
	}
	return out
}

// signed decides the margin x that keeps signs, by norms s of w_i K_ij + w_j K_ji'.
func (q *game) signed(w []float64, s [][]float64, x float64) bool {
	for i := range s {
		for j := range i {
			b, back := q.block(q.a, i, j).Times(rat(w[i])), q.block(q.a, j, i).Times(rat(w[j]))
			both := rational.Build(len(b), len(b[0]), func(r, c int) *big.Rat { return add(b[r][c], back[c][r]) })
			if !verify.Bounded(q.block(q.p, i, i), both, q.block(q.p, j, j), s[i][j]) {
				return false
			}
		}
	}
	return s != nil && verify.Comparison(q.mu, rational.All(w), x, func(i, j int) *big.Rat { return rat(s[i][j]) })
}

func (q *game) margins() {
	n, low := q.blocks(), math.Inf(-1)
	norms := q.triangle("witnesses.signed")
	q.Decide("margins.sgn", low, func(x float64) bool { return q.sgn(rational.All(q.w), x) }, "C(w) ⪰ 2 margin W, of curvatures and norms of couplings")
	signed := func(what string, w []float64, s [][]float64) {
		if w == nil || s == nil {
			q.Open(what, "no norms of w_i K_ij + w_j K_ji' are given")
			return
		}
		q.Decide(what, low, func(x float64) bool { return q.signed(w, s, x) }, "C(w) ⪰ 2 margin W, by the norms of w_i K_ij + w_j K_ji'")
	}
	signed("margins.signed", q.w, norms)
	own := verify.Metric{M: q.weighted(q.p, q.w), MG: q.weighted(q.a, q.w)}
	if q.Text("source") == "lyapunov" {
		q.Decide("margins.true_block", low, func(x float64) bool { return verify.Above(own.MG, own.M, x) }, "sym(W P G) ⪰ margin W P")
	} else {
		q.in["weights"] = q.Measure(own, "margins.true_block", "lipschitz", "cocoercivity")
	}
	if q.Get("best.signed") != nil {
		w := verify.Positive(q.Get("best.signed.weights"), n)
		q.See("best.signed.weights")
		signed("best.signed.value", w, q.triangle("witnesses.best_signed"))
		q.Open("best.signed.bound", "no witness")
	}
	if w := verify.Positive(q.Get("best.true_block.weights"), n); w != nil {
		q.See("best.true_block.weights")
		q.in["true_block"] = q.Measure(verify.Metric{M: q.weighted(q.p, w), MG: q.weighted(q.a, w)}, "best.true_block.value", "best.true_block.lipschitz", "best.true_block.cocoercivity")
		q.dual()
	}
	order := q.first[n]
	if m := q.Square("best.lyapunov.metric", order); m != nil {
		x := rational.Exactly(m)
		ok := x.Definite()
		for i := range m {
			for j := range i {
				ok = ok && m[i][j] == m[j][i]
			}
		}
		if q.Is("best.lyapunov.metric", ok, "symmetric and positive definite") {
			q.in["lyapunov"] = q.Measure(verify.Metric{M: x, MG: x.Product(q.g)}, "best.lyapunov.value", "best.lyapunov.lipschitz", "best.lyapunov.cocoercivity")
		}
	}
	source, margin := q.Text("source"), math.NaN()
	var holds func(x float64) bool
	switch source {
	case "sgn":
		holds = func(x float64) bool { return q.sgn(rational.All(q.w), x) }
	case "signed":
		holds = func(x float64) bool { return q.signed(q.w, norms, x) }
	case "true_block":
		holds = func(x float64) bool { return verify.Above(own.MG, own.M, x) }
	case "lyapunov":
		y, known := q.in["lyapunov"]
		if !known {
			q.Is("source", false, "no metric of best.lyapunov is there to rest on")
			return
		}
		holds = func(x float64) bool { return x <= y.Alpha }
		q.in["weights"] = y
		q.AtLeast("lipschitz", y.Beta, "that of best.lyapunov")
		q.AtMost("cocoercivity", y.C, "that of best.lyapunov")
	default:
		q.Is("source", false, "expected sgn, signed, true_block or lyapunov")
		return
	}
	if source == "signed" && norms == nil {
		q.Open("margin", "no norms of w_i K_ij + w_j K_ji' are given")
	} else if q.Decide("margin", low, holds, "the inequality of the source, "+source) {
		margin = q.Num("margin")
	}
	m := q.in["weights"]
	m.Alpha = margin
	q.in["weights"] = m
	rate := margin
	for _, m := range q.in {
		if m.Alpha > rate || math.IsNaN(rate) {
			rate = m.Alpha
		}
	}
	q.AtMost("rate", rate, "the largest margin that holds")
	q.Decide("euclidean_margin", low, func(x float64) bool { return verify.Above(q.j, rational.Identity(order), x) }, "sym J ⪰ margin")
}

// dual checks that no weights have a larger true-block margin: for w > 0 of margin t
// and Z = Σ y y', Σ w_i (⟨Z, E_i P G⟩ - t ⟨Z, E_i P⟩) ≥ 0, so that t ≤ b where
// ⟨Z, E_i P G⟩ ≤ b ⟨Z, E_i P⟩ for all i, and not all of the last are 0.
func (q *game) dual() {
	rows, _ := q.Get("best.true_block.dual").([]any)
	if len(rows) == 0 {
		q.Open("best.true_block.bound", "no dual is given")
		return
	}
	n := q.blocks()
	left, right := make([]*big.Rat, n), make([]*big.Rat, n)
	for i := range left {
		left[i], right[i] = new(big.Rat), new(big.Rat)
	}
	ok := true
	for _, row := range rows {
		y := verify.List(row, q.first[n])
		if ok = ok && y != nil; !ok {
			break
		}
		for i := range n {
			for r := q.first[i]; r < q.first[i+1]; r++ {
				for s := range y {
					both := mul(rat(y[r]), rat(y[s]))
					left[i].Add(left[i], mul(both, q.a[r][s]))
					right[i].Add(right[i], mul(both, q.p[r][s]))
				}
			}
		}
	}
	q.See("best.true_block.dual")
	q.Decide("best.true_block.bound", math.Inf(1), func(b float64) bool {
		some := false
		for i := range left {
			ok = ok && left[i].Cmp(mul(rat(b), right[i])) <= 0
			some = some || right[i].Sign() > 0
		}
		return ok && some
	}, "⟨Z, E_i P G⟩ ≤ bound ⟨Z, E_i P⟩ for all blocks i")
}

// refutation decides by sym(N (G + s)) ≻ 0, s ≥ 0, and v'Nv < 0 that an eigenvalue of
// G has a real part below 0 (Ostrowski and Schneider 1962); of one or two coordinates
// by trace and determinant.
func (q *game) refutation() {
	if q.Get("unstable") == nil {
		q.See("unstable")
		return
	}
	n := q.first[q.blocks()]
	g := q.g
	m, v, s := q.Square("unstable.metric", n), verify.List(q.Get("unstable.direction"), n), q.Num("unstable.shift")
	ok := false
	switch {
	case m != nil && v != nil && s >= 0 && verify.Finite(s):
		form := rational.Exactly(m)
		sum := new(big.Rat)
		ok = true
		for i := range m {
			for j := range m {
				ok = ok && m[i][j] == m[j][i]
				sum.Add(sum, mul(mul(rat(v[i]), rat(v[j])), form[i][j]))
			}
		}
		ok = ok && sum.Sign() < 0 && form.Product(g.Minus(rational.Identity(n).Times(rat(-s)))).Symmetric().Definite()
	case n == 1:
		ok = g[0][0].Sign() < 0
	case n == 2:
		ok = add(g[0][0], g[1][1]).Sign() < 0 || mul(g[0][0], g[1][1]).Cmp(mul(g[0][1], g[1][0])) < 0
	}
	q.See("unstable.direction", "unstable.shift")
	q.unstable = q.Is("unstable.metric", ok, "sym(N (G + shift)) ≻ 0 and v'Nv < 0: an eigenvalue has a real part below 0")
}
