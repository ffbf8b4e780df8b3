package quadratic

import (
	"math/big"

	"arbiter/certify/gate"
)

// solveMetric is P_b⁻¹ y with many digits.
func (f *quadraticForm) solveMetric(b int, y []*big.Float) []*big.Float {
	from, d := f.first[b], len(y)
	m := make([][]*big.Float, d)
	out := make([]*big.Float, d)
	x := new(big.Float).SetPrec(gate.WideDigits)
	for i := range m {
		m[i] = make([]*big.Float, d)
		for j := range m[i] {
			m[i][j] = f.p.Wide(from+i, from+j).SetPrec(gate.WideDigits)
		}
		out[i] = new(big.Float).SetPrec(gate.WideDigits).Set(y[i])
	}
	for k := range d {
		for i := k + 1; i < d; i++ {
			factor := new(big.Float).SetPrec(gate.WideDigits).Quo(m[i][k], m[k][k])
			for j := k + 1; j < d; j++ {
				m[i][j].Sub(m[i][j], x.Mul(factor, m[k][j]))
			}
			out[i].Sub(out[i], x.Mul(factor, out[k]))
		}
	}
	for i := d - 1; i >= 0; i-- {
		for j := i + 1; j < d; j++ {
			out[i].Sub(out[i], x.Mul(m[i][j], out[j]))
		}
		out[i].Quo(out[i], m[i][i])
	}
	return out
}

// jacobian is G as whole numbers over one positive number, the only entry of
// denominator.
func (f *quadraticForm) jacobian() (numerator, denominator *gate.Matrix) {
	if f.over == nil {
		f.field, f.over = f.j, gate.Identity(1)
		if f.g.Natural && f.g.Metric != nil {
			f.field, f.over = f.solved()
		}
	}
	return f.field, f.over
}

// solved is P⁻¹J by elimination without fractions, block by block: it leaves the
// determinant d of a block of P on the diagonal, and d·P⁻¹J beside it.
func (f *quadraticForm) solved() (numerator, denominator *gate.Matrix) {
	p, field := f.p.Whole(), f.j.Whole()
	n := f.j.Order()
	out := &gate.Whole{Exp: field.Exp - p.Exp}
	common := big.NewInt(1)
	var over []*big.Int
	x := new(big.Int)
	for b := range f.g.Blocks {
		from, to := f.first[b], f.first[b+1]
		d := to - from
		m := make([][]*big.Int, d)
		for i := range d {
			for _, y := range append(append([]*big.Int{}, p.M[from+i][from:to]...), field.M[from+i]...) {
				m[i] = append(m[i], new(big.Int).Set(y))
			}
		}
		last := big.NewInt(1)
		for k := range d {
			pivot := m[k][k] // P is definite
			for i := range d {
				if i == k {
					continue
				}
				factor := new(big.Int).Set(m[i][k])
				for j := range m[i] {
					if j < k && j != i {
						continue
					}
					m[i][j].Mul(m[i][j], pivot)
					m[i][j].Sub(m[i][j], x.Mul(factor, m[k][j]))
					m[i][j].Quo(m[i][j], last)
				}
			}
			last = new(big.Int).Set(pivot)
		}
		over = append(over, last)
		gcd := new(big.Int).GCD(nil, nil, common, last)
		common = new(big.Int).Mul(common, gcd.Quo(last, gcd))
		for i := range m {
			out.M = append(out.M, m[i][d:])
		}
	}
	for b := range f.g.Blocks {
		factor := new(big.Int).Quo(common, over[b])
		for i := f.first[b]; i < f.first[b+1]; i++ {
			for j := range n {
				out.M[i][j].Mul(out.M[i][j], factor)
			}
		}
	}
	// A power of two on both sides keeps both in the range of floating point.
	bits := common.BitLen()
	out.Exp -= bits
	return gate.OfWhole(out), gate.OfWhole(&gate.Whole{M: [][]*big.Int{{common}}, Exp: -bits})
}
