package search

// metric is a constant metric M on all coordinates, and S near the root of its
// inverse, triangular, which brings what is tested near the identity.
type metric struct {
	n    int
	m, s [][]bracket
	unit [][]bracket // S' M S
	back matrix      // M⁻¹
	of   matrix      // M
}

// newMetric is nil if o has none.
func newMetric(o *Optimum, n int) *metric {
	if o == nil {
		return nil
	}
	exact, ok := metricOf(o.Metric, n)
	if !ok {
		return nil
	}
	root := inverseRoot(exact)
	if root == nil {
		return nil
	}
	t := &metric{n: n, of: exact, back: inverted(exact)}
	for i := range n {
		t.m, t.s = append(t.m, make([]bracket, n)), append(t.s, make([]bracket, n))
		for j := range n {
			t.m[i][j] = point(float(exact[i][j]))
			if j >= i {
				t.s[i][j] = point(root.At(j, i))
			}
		}
		if t.s[i][i].lo == 0 {
			return nil
		}
	}
	t.unit = times3(t.s, t.m, t.s)
	return t
}

// times3 is a' b c.
func times3(a, b, c [][]bracket) [][]bracket {
	n := len(a)
	mul := func(x func(i, j int) bracket, y [][]bracket) [][]bracket {
		out := make([][]bracket, n)
		for i := range n {
			out[i] = make([]bracket, n)
			for j := range n {
				sum := point(0)
				for k := range n {
					sum = sum.add(x(i, k).mul(y[k][j]))
				}
				out[i][j] = sum
			}
		}
		return out
	}
	half := mul(func(i, j int) bracket { return a[j][i] }, b)
	return mul(func(i, j int) bracket { return half[i][j] }, c)
}

// turned is S' M K S.
func (t *metric) turned(k []bracket) [][]bracket {
	rows := make([][]bracket, t.n)
	for i := range rows {
		rows[i] = make([]bracket, t.n)
		for j := range rows[i] {
			sum := point(0)
			for l := range t.n {
				sum = sum.add(t.m[i][l].mul(k[l*t.n+j]))
			}
			rows[i][j] = sum
		}
	}
	return times3(t.s, rows, t.s)
}

// monotone tells whether sym(M K) ≥ x M, shorter whether |K| ≤ x in the metric.
func (t *metric) monotone(k []bracket, x float64) bool {
	a := symmetrised(t.turned(k))
	for i := range a {
		for j := range a {
			u := t.unit[min(i, j)][max(i, j)]
			a[i][j] = a[i][j].sub(u.mul(point(x)))
		}
	}
	return monotone(a, 0)
}

func (t *metric) shorter(k []bracket, x float64) bool {
	n := t.n
	b := t.turned(k)
	a := make([][]bracket, 2*n)
	for i := range a {
		a[i] = make([]bracket, 2*n)
	}
	for i := range n {
		for j := range n {
			u := t.unit[min(i, j)][max(i, j)].mul(point(x))
			a[i][j], a[n+i][n+j] = u, u
			a[i][n+j], a[n+j][i] = b[i][j], b[i][j]
		}
	}
	return x >= 0 && monotone(a, 0)
}
