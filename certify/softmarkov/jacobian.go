package softmarkov

import "arbiter/internal/interval"

// differences encloses, for player k in state s, rows and values of an action less
// those of another, and what a logit moves.
func (f *Field) differences(k, s, own int) {
	m, other := f.reduced, f.actions[1-k][s]
	pi := f.pi[1-k][s]
	for a := range own {
		for c := range own {
			if a == c {
				continue
			}
			at := a*own + c
			for t := range m {
				for b := range other {
					f.few[b] = f.dp[k][s][(at*other+b)*m+t]
				}
				f.pbar[k][s][at*m+t] = average(pi, f.few[:other])
			}
			for i := range 2 {
				for b := range other {
					f.few[b] = f.action(i, k, s, at*other+b)
				}
				f.q[i][k][s][at] = average(pi, f.few[:other])
			}
		}
	}
	for c := range own - 1 {
		col := f.at[k][s] + c
		for i := range 2 {
			f.gain[i][col] = f.covariance(f.q[i][k][s], f.pair[k][s], c, own)
		}
		// ∂P(s), then ∂d.
		rest := interval.Point(0)
		for t := range m {
			f.moved[col*f.all+t] = interval.Point(0)
		}
		for u := range m {
			x := interval.Point(0)
			for a := range own {
				if a != c {
					x = x.Add(f.pair[k][s][c*own+a].Mul(f.pbar[k][s][(c*own+a)*m+u]))
				}
			}
			x = x.Mul(f.gamma).Mul(f.d[s])
			for t := range m {
				f.moved[col*f.all+t] = f.moved[col*f.all+t].Add(x.Mul(f.x[u*m+t]))
			}
		}
		for t := range m {
			rest = rest.Sub(f.moved[col*f.all+t])
		}
		f.moved[col*f.all+m] = rest
		// γ ΔP X(e_t - [t=ref]1).
		at, sum := c*own+own-1, interval.Point(0)
		for t := range m {
			x := interval.Point(0)
			for u := range m {
				x = x.Add(f.pbar[k][s][at*m+u].Mul(f.x[u*m+t]))
			}
			x = x.Mul(f.gamma)
			f.passed[col*f.states+t] = x
			sum = sum.Sub(x)
		}
		if f.all == f.states {
			f.passed[col*f.states+m] = sum
		}
	}
}

// action is the difference of player i's values between two actions of player k
// in state s where the other plays one action: at = (a·m+c)·other + b.
func (f *Field) action(i, k, s, at int) interval.Interval {
	m := f.reduced
	x := interval.Point(0)
	for t, w := range f.w[i] {
		x = x.Add(f.dp[k][s][at*m+t].Mul(w))
	}
	return f.dr[i][k][s][at].Add(f.gamma.Mul(x))
}

// covariance is π(c) Σ π(a)(v(c)-v(a)), the derivative of an average by the logit
// of c; v holds differences.
func (f *Field) covariance(v, pair []interval.Interval, c, m int) interval.Interval {
	x := interval.Point(0)
	for a := range m {
		if a != c {
			x = x.Add(pair[c*m+a].Mul(v[c*m+a]))
		}
	}
	return x
}

// Jacobian: see encloser.
func (f *Field) Jacobian(dst []interval.Interval, lower, upper []float64) bool {
	if !f.evaluate(lower, upper) {
		return false
	}
	for i := range 2 {
		for s, own := range f.actions[i] {
			for a := range own - 1 {
				f.derivatives(dst, i, s, a, own)
			}
		}
	}
	return true
}

// derivatives fills the row of player i, state s, action a.
func (f *Field) derivatives(dst []interval.Interval, i, s, a, own int) {
	row, other := f.at[i][s]+a, f.actions[1-i][s]
	value := f.q[i][i][s][a*own+own-1]
	for j := range 2 {
		for t, m := range f.actions[j] {
			for c := range m - 1 {
				col := f.at[j][t] + c
				change := f.passed[row*f.states+t].Mul(f.gain[i][col])
				if j != i && s == t {
					change = change.Add(f.stage(i, s, a*own+own-1, c, other))
				}
				x := f.d[s].Mul(change).Add(f.moved[col*f.all+s].Mul(value)).Neg()
				if row == col {
					x = x.Add(interval.Point(f.tau[i]))
				}
				dst[row*f.N+col] = x
			}
		}
	}
}

// stage is the derivative of player i's difference at in state s by the other's
// logit of c with values fixed: π(c) Σ π(b) (δ(c) - δ(b)).
func (f *Field) stage(i, s, at, c, other int) interval.Interval {
	m, sum := f.reduced, interval.Point(0)
	pair := f.pair[1-i][s]
	for b := range other {
		if b == c {
			continue
		}
		p, q := at*other+c, at*other+b
		x := interval.Point(0)
		for t, w := range f.w[i] {
			x = x.Add(exactZero(f.dp[i][s][p*m+t], f.dp[i][s][q*m+t]).Mul(w))
		}
		x = f.dr[i][i][s][p].Sub(f.dr[i][i][s][q]).Add(f.gamma.Mul(x))
		sum = sum.Add(pair[c*other+b].Mul(x))
	}
	return sum
}
