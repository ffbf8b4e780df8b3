package quadratic

import (
	"math"
	"math/big"
	"slices"

	"arbiter/certify/verify"
	"arbiter/certify/verify/rational"
)

var (
	rat, whole         = rational.Of, rational.Whole
	add, sub, mul, quo = rational.Add, rational.Sub, rational.Mul, rational.Quo
)

// steps checks the rows, and what is said by them.
func (q *game) steps() {
	list, _ := q.Get("steps").([]any)
	longest := map[string]float64{} // of rows that hold and are theorems in the metric of the certificate
	loose := map[string]bool{}      // schemes with a theorem that was not checked
	for i := range list {
		row := verify.At("steps", i)
		scheme, bound, name := q.Text(row+".scheme"), q.Text(row+".bound"), q.Text(row+".metric")
		q.See(row+".scheme", row+".bound", row+".metric")
		m, known := q.in[name]
		if name == "" {
			m, known = q.in["weights"]
		}
		r, ok := m.Rules()[scheme+" "+bound]
		status := q.Text(row + ".status")
		switch {
		case scheme+" "+bound == "euler rho(T(eta)) < 1, block max norm":
			ok = q.blockMax(row)
		case !ok && status != verify.Theorem && status != verify.Constant:
			q.See(row + ".status")
			for _, f := range []string{".max", ".best", ".factor"} {
				q.Open(row+f, "of eigenvalues or measured: "+status)
			}
			continue
		case !ok || !known:
			q.Is(row, false, "a theorem of no metric or no name that is known")
			continue
		default:
			ok = q.Row(row, r, m)
		}
		if max := q.Num(row + ".max"); status == verify.Theorem && (name == "" || name == "weights") {
			if longest[scheme] = math.Max(longest[scheme], max); !ok {
				loose[scheme] = true
			}
		}
	}
	for scheme, what := range map[string]string{"euler": "euler_max_step", "rk4": "rk4_max_step"} {
		if loose[scheme] {
			q.Open(what, "of a row that does not hold or was not checked")
			continue
		}
		q.AtMost(what, longest[scheme], "the longest step of a theorem")
	}
	q.advice()
}

// blockMax checks ρ(T(η)) < 1, T_ii = max |1 - η mu|, |1 - η ell|, T_ij = η L_ij, at the
// largest step, by vectors that show it: ρ is convex in η, 1 at 0, at most 1 there and
// below 1 at the best step, so that it is below 1 at all shorter ones. The factor is that
// of the best step.
func (q *game) blockMax(row string) bool {
	if q.mu == nil || q.l == nil || q.ell == nil || q.Get("witnesses.euler_most") == nil {
		for _, f := range []string{".max", ".best", ".factor", ".status"} {
			q.Open(row+f, "no vectors are given")
		}
		return false
	}
	q.Is(row+".status", q.Text(row+".status") == verify.Theorem && q.own, "a theorem of symmetric own blocks")
	shows := func(witness string, h, f *big.Rat, sign int) bool {
		classes, _ := q.Get("witnesses." + witness).([]any)
		return verify.Classes(q.l, classes, func(i int, y, sum *big.Rat) bool {
			d := new(big.Rat).Abs(sub(whole(1), mul(h, rat(q.mu[i]))))
			if e := new(big.Rat).Abs(sub(whole(1), mul(h, rat(q.ell[i])))); e.Cmp(d) > 0 {
				d = e
			}
			return mul(sub(f, d), y).Cmp(mul(h, sum)) >= sign
		})
	}
	best := q.Num(row + ".best")
	ok := q.Decide(row+".max", math.NaN(), func(h float64) bool {
		return best > 0 && h >= best && shows("euler_most", mul(rat(h), sub(whole(1), verify.Last)), whole(1), 0) && shows("euler_best", rat(best), whole(1), 1)
	}, "T(η) y ≤ y in every class, and T(η) y < y at the best step")
	q.Decide(row+".best", math.NaN(), func(h float64) bool { return h > 0 && h <= q.Num(row+".max") }, "one of the row")
	q.Decide(row+".factor", 1, func(f float64) bool {
		return f >= 0 && best > 0 && shows("euler_best", rat(best), add(rat(f), verify.Last), 0)
	}, "T(η) y ≤ factor y in every class")
	return ok
}

// advice is what follows from rows and margins.
func (q *game) advice() {
	rows, _ := q.Get("steps").([]any)
	same := func(a, b string, fields ...string) bool {
		return !slices.ContainsFunc(fields, func(f string) bool {
			x, y := q.Text(a+"."+f), q.Text(b+"."+f)
			return x != y
		})
	}
	if q.Get("use") != nil {
		ok, checked := false, true
		for i := range rows {
			row := verify.At("steps", i)
			if same("use", row, "scheme", "bound", "metric") && q.Num("use.step") == q.Num(row+".best") && q.Num("use.factor") == q.Num(row+".factor") {
				status := q.Text(row + ".status")
				ok = status == verify.Theorem || status == verify.Constant
				checked = q.State(row+".best") != verify.NotChecked && q.State(row+".factor") != verify.NotChecked
			}
		}
		if q.See("use"); ok && !checked {
			q.Open("use.step", "of a row that was not checked")
			q.Open("use.factor", "of a row that was not checked")
		} else {
			q.Is("use", ok, "a row of steps that is a theorem, its step and its factor")
		}
	}
	if q.Get("noise") != nil {
		metric, h := q.Text("noise.metric"), q.Num("noise.step")
		q.See("noise")
		q.Decide("noise.per_noise", math.Inf(1), func(x float64) bool {
			r, ok := q.in[metric].Rules()["euler 2c"]
			if !ok || !(h > 0) || !verify.Finite(h) || !(q.in[metric].Alpha > 0) || !(q.in[metric].C > 0) || !r.Within(rat(h)) {
				return false
			}
			// x² (1 - q²) ≥ h², q² the square of the factor.
			return x > 0 && q.Text("noise.scheme") == "euler" && mul(mul(rat(x), rat(x)), sub(whole(1), r.Square(rat(h)))).Cmp(mul(mul(rat(h), rat(h)), sub(whole(1), verify.Last))) >= 0
		}, "step over sqrt(1 - factor²) of Euler's rule in the metric")
	}
	if q.Get("model_error") != nil {
		alpha := q.in[q.Text("model_error.metric")].Alpha
		q.See("model_error.metric")
		q.Decide("model_error.distance", math.Inf(1), func(x float64) bool { return alpha > 0 && mul(rat(x), rat(alpha)).Cmp(whole(1)) >= 0 }, "one over the margin in its metric")
		q.AtMost("model_error.jacobian", alpha, "the margin in its metric")
	}
	if q.Get("learning_rates") != nil {
		q.rates()
	}
}

// rates checks ratios of learning rates: any, of a metric of blocks with weights
// w_i/s_i; of another those between two at which sym(M S G) ≻ 0, linear in them.
func (q *game) rates() {
	block := q.in["true_block"].Alpha
	if q.Text("source") != "lyapunov" {
		block = math.Max(block, q.in["weights"].Alpha)
		if math.IsNaN(block) {
			block = q.in["weights"].Alpha
		}
	}
	low, high := q.Num("learning_rates.low"), q.Num("learning_rates.high")
	q.See("learning_rates.low", "learning_rates.high")
	if block > 0 {
		q.Is("learning_rates", low >= 0 && high >= low && verify.Finite(low), "all, of a metric of blocks")
		q.AtMost("learning_rates.rate", block, "times the least of the rates")
		return
	}
	y := q.in["lyapunov"]
	ok := y.M != nil && q.blocks() == 2 && low > 0 && low <= high && verify.Finite(high)
	for _, s := range []float64{low, high} {
		if ok {
			ok = y.M.Product(q.scaled(s)).Symmetric().Definite()
		}
	}
	q.Is("learning_rates", ok, "sym(M S G) ≻ 0 at both ends")
	q.AtMost("learning_rates.rate", math.Inf(-1), "none is proved")
}

// scaled is G with the rows of the second player times s.
func (q *game) scaled(s float64) rational.Matrix {
	return rational.Build(len(q.g), len(q.g), func(i, j int) *big.Rat {
		if i < q.first[1] {
			return q.g[i][j]
		}
		return mul(rat(s), q.g[i][j])
	})
}
