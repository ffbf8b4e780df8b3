package verify

import (
	"math"
	"math/big"

	"arbiter/certify/verify/rational"
)

// Metric is M with M G, G a Jacobian, and what holds of it: margin, Lipschitz constant
// and cocoercivity; NaN where nothing does.
type Metric struct {
	M, MG rational.Matrix // M is symmetric and definite; M times the Jacobian
	Alpha float64         // margin that holds
	Beta  float64         // Lipschitz constant that holds
	C     float64         // cocoercivity that holds
}

// Above decides sym(a) ⪰ x p, Bounded that ‖p^-½ b r^-½‖₂ ≤ x.
func Above(a, p rational.Matrix, x float64) bool {
	return a.Symmetric().Minus(p.Times(rat(x))).Semidefinite()
}

// Bounded: see Above.
func Bounded(p, b, r rational.Matrix, x float64) bool {
	return x >= 0 && rational.Pencil(p.Times(rat(x)), b, r.Times(rat(x))).Semidefinite()
}

// Measure checks what is claimed of a metric at the paths given, and keeps in m what
// holds.
func (k *Check) Measure(m Metric, alpha, beta, c string) Metric {
	m.Alpha, m.Beta, m.C = math.NaN(), math.NaN(), math.NaN()
	if k.Decide(alpha, math.Inf(-1), func(x float64) bool { return Above(m.MG, m.M, x) }, "sym(M G) ⪰ margin M") {
		m.Alpha = k.Num(alpha)
	}
	if k.Decide(beta, math.Inf(1), func(x float64) bool { return Bounded(m.M, m.MG, m.M, x) }, "‖G‖ ≤ Lipschitz constant in M") {
		m.Beta = k.Num(beta)
	}
	if k.Decide(c, math.Inf(-1), func(x float64) bool {
		return x > 0 && rational.Pencil(m.M.Times(quo(whole(1), rat(x))), m.MG, m.MG.Symmetric()).Semidefinite()
	}, "sym(M G) ⪰ c G'M G") {
		m.C = k.Num(c)
	}
	return m
}

// Comparison decides C(w) - 2xW ⪰ 0, off its diagonal -off: the margin x of section 3.
func Comparison(mu []float64, w []*big.Rat, x float64, off func(i, j int) *big.Rat) bool {
	if mu == nil {
		return false
	}
	return rational.Build(len(w), len(w), func(i, j int) *big.Rat {
		if i == j {
			return mul(mul(whole(2), w[i]), sub(rat(mu[i]), rat(x)))
		}
		return new(big.Rat).Neg(off(max(i, j), min(i, j)))
	}).Semidefinite()
}

// Row is an inequality of row i of a vector: y is its entry, sum that of L y.
type Row func(i int, y, sum *big.Rat) bool

// Rows decides an inequality of l at y on the blocks of a list, the others left out.
func Rows(l [][]float64, blocks []int, y []float64, holds Row) bool {
	for a, i := range blocks {
		sum := new(big.Rat)
		for b, j := range blocks {
			if i != j {
				sum.Add(sum, mul(rat(l[i][j]), rat(y[b])))
			}
		}
		if !holds(i, rat(y[a]), sum) {
			return false
		}
	}
	return true
}

// Classes decides an inequality by the classes of a witness, each with a positive
// vector: no block is in two, all are in one, and none is swayed by a later class. An
// eigenvalue of the whole is then one of a class, so that what holds in each holds.
func Classes(l [][]float64, classes []any, holds Row) bool {
	done, n := map[int]bool{}, len(l)
	for _, class := range classes {
		m, _ := class.(map[string]any)
		list, _ := m["blocks"].([]any)
		at, y := List(m["blocks"], len(list)), Positive(m["vector"], len(list))
		var blocks []int
		for _, x := range at {
			i := int(x)
			if float64(i) != x || i < 0 || i >= n || done[i] {
				return false
			}
			done[i] = true
			blocks = append(blocks, i)
		}
		for _, i := range blocks {
			for j := range n {
				if !done[j] && l[i][j] != 0 {
					return false
				}
			}
		}
		if len(blocks) == 0 || y == nil || !Rows(l, blocks, y, holds) {
			return false
		}
	}
	return len(done) == n
}
