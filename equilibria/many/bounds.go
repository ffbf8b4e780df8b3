package many

// against are the payoffs of strategy s of player i against the supports.
func (e *exclusion) against(i, s, size int) []float64 {
	out := make([]float64, 0, size)
	var visit func(k, cell int)
	visit = func(k, cell int) {
		switch {
		case k == e.players:
			out = append(out, e.g.u[i][cell])
		case k == i:
			visit(k+1, cell*e.g.shape[k]+s)
		default:
			for _, t := range e.support[k] {
				visit(k+1, cell*e.g.shape[k]+t)
			}
		}
	}
	visit(0, 0)
	return out
}

// axes visits the axes of a tensor of player i.
func (e *exclusion) axes(i int, visit func(k, length, stride int)) {
	stride := 1
	for k := e.players - 1; k >= 0; k-- {
		if k != i {
			visit(k, len(e.support[k]), stride)
			stride *= len(e.support[k])
		}
	}
}

// differences turns values at the vertices along an axis into the last of them,
// first, and the differences from it.
func differences(t []float64, length, stride int) {
	for at := range t {
		if at/stride%length != 0 {
			continue
		}
		last := t[at+(length-1)*stride]
		for b := length - 1; b > 0; b-- {
			t[at+b*stride] = t[at+(b-1)*stride] - last
		}
		t[at] = last
	}
}

// least is the smallest expected value of the payoff of strategy s less that of t
// of player i over the box lo to hi, up to slack: the smallest over the mixtures
// of one other player after the other, each a fractional knapsack.
func (e *exclusion) least(i, s, t int, lo, hi []float64) float64 {
	from, to := e.room[0], e.room[1]
	u, v := e.values[i][s], e.values[i][t]
	size := len(u)
	for j := range size {
		from[j] = u[j] - v[j]
	}
	for k := e.players - 1; k >= 0; k-- {
		if k == i {
			continue
		}
		length, at := len(e.support[k]), e.first[k]
		size /= length
		if length == 1 {
			continue
		}
		for j := range size {
			to[j] = knapsack(from[j*length:(j+1)*length], lo[at:at+length], hi[at:at+length], e.order)
		}
		from, to = to, from
	}
	return from[0]
}

// knapsack is the least of Σ c·x over lo ≤ x ≤ hi with Σ x = 1.
func knapsack(c, lo, hi []float64, order []int) float64 {
	left, sum := 1.0, 0.0
	for j, x := range c {
		left -= lo[j]
		sum += x * lo[j]
		at := j
		for ; at > 0 && c[order[at-1]] > x; at-- {
			order[at] = order[at-1]
		}
		order[at] = j
	}
	for _, j := range order[:len(c)] {
		if left <= 0 {
			break
		}
		part := min(left, hi[j]-lo[j])
		sum += part * c[j]
		left -= part
	}
	return sum
}

// beaten tells whether the box surely holds no equilibrium with this support:
// some strategy does better than one that must be best.
func (e *exclusion) beaten(lo, hi []float64) bool {
	margin := 4 * e.g.slack
	for i, support := range e.support {
		for s := range e.g.shape[i] {
			for _, t := range support {
				if s != t && e.least(i, s, t, lo, hi) > margin {
					return true
				}
			}
		}
	}
	return false
}

// tighten uses that weights sum to 1; false if they cannot.
func (e *exclusion) tighten(lo, hi []float64) bool {
	guard := e.g.slack
	for k, s := range e.support {
		l, h := lo[e.first[k]:e.first[k]+len(s)], hi[e.first[k]:e.first[k]+len(s)]
		sumLo, sumHi := 0.0, 0.0
		for j := range l {
			if l[j] > h[j] {
				return false
			}
			sumLo += l[j]
			sumHi += h[j]
		}
		if sumLo > 1+guard || sumHi < 1-guard {
			return false
		}
		for j := range l {
			down, up := max(l[j], 1-(sumHi-h[j])-guard), min(h[j], 1-(sumLo-l[j])+guard)
			l[j], h[j] = down, up
			if l[j] > h[j] {
				return false
			}
		}
	}
	return true
}

// expect is the expected payoff of strategy s less that of t of player i.
func (e *exclusion) expect(i, s, t int, x []float64) float64 {
	return e.least(i, s, t, x, x)
}
