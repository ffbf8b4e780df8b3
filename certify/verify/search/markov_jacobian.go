package search

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// inverse encloses the inverses of all matrices in a. With R near that of the
// middle and E = 1 - Ra it is R + ER + E²R + …, |E| < 1; nil if not.
func inverse(a [][]bracket) [][]bracket {
	n := len(a)
	if n == 0 {
		return nil
	}
	if n == 1 {
		x := point(1).div(a[0][0])
		if !x.bounded() {
			return nil
		}
		return [][]bracket{{x}}
	}
	m, r := mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	for i := range a {
		for j, x := range a[i] {
			if !x.bounded() {
				return nil
			}
			m.Set(i, j, x.middle())
		}
	}
	if r.Inverse(m) != nil {
		return nil
	}
	guess, e := make([][]bracket, n), make([][]bracket, n)
	norm := 0.0
	for i := range n {
		sum := 0.0
		for j := range n {
			if !finite(r.At(i, j)) {
				return nil
			}
			guess[i] = append(guess[i], point(r.At(i, j)))
		}
		e[i] = make([]bracket, n)
		for j := range n {
			x := point(0)
			if i == j {
				x = point(1)
			}
			for k := range n {
				x = x.sub(guess[i][k].mul(a[k][j]))
			}
			e[i][j] = x
			sum = addUp(sum, x.mag())
		}
		norm = max(norm, sum)
	}
	if !(norm < .9) {
		return nil
	}
	out := make([][]bracket, n)
	first, most := make([][]bracket, n), make([]float64, n)
	for i := range n {
		first[i] = make([]bracket, n)
		for j := range n {
			x, size := point(0), 0.0
			for k := range n {
				x = x.add(e[i][k].mul(guess[k][j]))
				size = addUp(size, mulUp(e[i][k].mag(), math.Abs(guess[k][j].lo)))
			}
			first[i][j] = x
			most[j] = max(most[j], size)
		}
	}
	tail := divUp(norm, addDown(1, -norm))
	for i := range n {
		out[i] = make([]bracket, n)
		for j := range n {
			t := mulUp(tail, most[j])
			out[i][j] = guess[i][j].add(first[i][j]).add(bracket{-t, t})
		}
	}
	return out
}

func (m *soft) jacobian(dst []bracket, lower, upper []float64) bool {
	b := m.enclose(lower, upper)
	if b == nil {
		return false
	}
	f, last := b.f, b.f.all-1
	for _, y := range m.blocks { // the logit that moves: player, state, c
		k, t := y.player, y.state
		for c := range y.actions - 1 {
			column := y.first + c
			// ∂P(t) and ∂r(t) + γ∂P(t)W of both players.
			moved := make([]bracket, f.all)
			var gain [2]bracket
			for a := range y.actions {
				if a == c {
					continue
				}
				for s := range moved {
					moved[s] = moved[s].add(b.pp[k][t][c][a].mul(b.rows[k][t][c][a][s]))
				}
				for i := range gain {
					gain[i] = gain[i].add(b.pp[k][t][c][a].mul(b.gap[i][k][t][c][a]))
				}
			}
			// ∂d
			turned, rest := make([]bracket, f.all), point(0)
			pull := f.gamma.mul(b.d[t])
			for s := range last {
				for u := range last {
					turned[s] = turned[s].add(moved[u].mul(b.x[u][s]))
				}
				turned[s] = turned[s].mul(pull)
				rest = rest.sub(turned[s])
			}
			turned[last] = rest
			// ∂W = reach · gain
			reach := make([]bracket, f.all)
			for s := range last {
				if t < last {
					reach[s] = b.x[s][t]
					continue
				}
				for u := range last {
					reach[s] = reach[s].sub(b.x[s][u])
				}
			}
			for _, x := range m.blocks {
				i, s := x.player, x.state
				end := x.actions - 1
				for a := range end {
					change := f.gamma.mul(dot(b.rows[i][s][a][end], reach)).mul(gain[i])
					if i != k && s == t {
						change = change.add(b.stage(i, s, a, end, c))
					}
					out := b.d[s].mul(change).add(turned[s].mul(b.gap[i][i][s][a][end])).neg()
					if x.first+a == column {
						out = out.add(point(m.tau[i]))
					}
					dst[(x.first+a)*m.n+column] = out
				}
			}
		}
	}
	return true
}

// stage is the derivative of player i's difference between actions a and end by
// the other's logit of c, values fixed: Σ p(c)p(o)(δ(c) - δ(o)).
func (b *softBox) stage(i, s, a, end, c int) bracket {
	f, sum := b.f, point(0)
	for o := range b.p[1-i][s] {
		if o == c {
			continue
		}
		x := f.dr[i][i][s][a][end][c].sub(f.dr[i][i][s][a][end][o])
		for t, w := range b.w[i] {
			d := f.dp[i][s][a][end][c][t].sub(f.dp[i][s][a][end][o][t])
			x = x.add(f.gamma.mul(d).mul(w))
		}
		sum = sum.add(b.pp[1-i][s][c][o].mul(x))
	}
	return sum
}

// differences fills gap and rows.
func (b *softBox) differences() {
	m, f := b.m, b.f
	for k := range 2 {
		b.rows[k] = make([][][][]bracket, m.states)
		for i := range 2 {
			b.gap[i][k] = make([][][]bracket, m.states)
		}
		for s := range m.states {
			own, others := m.game.Actions[k][s], m.game.Actions[1-k][s]
			b.rows[k][s] = make([][][]bracket, own)
			for i := range 2 {
				b.gap[i][k][s] = make([][]bracket, own)
			}
			few := make([]bracket, others)
			for a := range own {
				b.rows[k][s][a] = make([][]bracket, own)
				for i := range 2 {
					b.gap[i][k][s][a] = make([]bracket, own)
				}
				for c := range own {
					if a == c {
						continue
					}
					b.rows[k][s][a][c] = make([]bracket, f.all)
					for t := range f.all {
						for o := range few {
							few[o] = f.dp[k][s][a][c][o][t]
						}
						b.rows[k][s][a][c][t] = mix(b.p[1-k][s], few)
					}
					for i := range 2 {
						for o := range few {
							few[o] = f.dr[i][k][s][a][c][o].add(f.gamma.mul(dot(f.dp[k][s][a][c][o], b.w[i])))
						}
						b.gap[i][k][s][a][c] = mix(b.p[1-k][s], few)
					}
				}
			}
		}
	}
}
