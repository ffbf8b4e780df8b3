package pairwise

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// information is the observed information of a pool, the Laplacian of the
// weights games·p·(1-p), eliminated from the last agent down to agent 0. As in
// Grassmann, Taksar and Heyman (1985) nothing is subtracted, so weights of any
// range do no harm. In terms of chance: given the agents before it, the rating
// of k has mean Σ part[k][j]·rating j, over j < k, and variance 1/total[k].
//
// With seats there is one more unknown, the advantage of sitting first, of
// weight rest once the ratings follow it, by pull.
type information struct {
	part  [][]float64 // [k][j < k], rows of sum 1
	total []float64
	pull  []float64 // change of ratings per unit of the advantage, of the other sign
	rest  float64   // 0: not to be told from the ratings
}

// untold is the part of the weight of the advantage of sitting first that is
// taken for rounding.
const untold = 1e-9

func newInformation(p *points, x []float64, gamma float64) information {
	n := len(x)
	info := information{part: make([][]float64, n), total: make([]float64, n)}
	for i := range n {
		info.part[i] = make([]float64, i)
	}
	cross, weight := make([]float64, n), 0.0
	p.each(x, gamma, func(a, b int, h, d, won, lost float64) {
		up, down := odds(d)
		w := (won + lost) * up * down
		info.part[a][b] += w
		cross[a] += h * w
		cross[b] -= h * w
		weight += h * h * w
	})
	for k := n - 1; k > 0; k-- {
		row := info.part[k]
		info.total[k] = floats.Sum(row)
		for i, w := range row {
			if w > 0 {
				floats.AddScaled(info.part[i], w/info.total[k], row[:i])
			}
		}
		floats.Scale(1/info.total[k], row)
	}
	if p.seated {
		info.pull = make([]float64, n)
		info.ratings(info.pull, cross)
		if info.rest = weight - floats.Dot(cross, info.pull); !(info.rest > untold*weight) {
			info.rest = 0
		}
	}
	return info
}

// ratings fills dst with the vector of ratings of which b, of sum 0, is the
// information times it; agent 0 stays at 0.
func (f information) ratings(dst, b []float64) {
	copy(dst, b)
	for k := len(dst) - 1; k > 0; k-- {
		floats.AddScaled(dst[:k], dst[k], f.part[k])
	}
	dst[0] = 0
	for k := 1; k < len(dst); k++ {
		dst[k] = dst[k]/f.total[k] + floats.Dot(f.part[k], dst[:k])
	}
}

// solve is ratings with the advantage of sitting first, which it returns.
func (f information) solve(dst, b []float64, slant float64) (turn float64) {
	f.ratings(dst, b)
	if f.pull == nil || f.rest == 0 {
		return 0
	}
	turn = (slant - floats.Dot(f.pull, b)) / f.rest
	floats.AddScaled(dst, -turn, f.pull)
	return turn
}

// covariance is that of the ratings given the advantage of sitting first, where
// agent 0 stays at 0: the inverse of the information without it.
func (f information) covariance() [][]float64 {
	n := len(f.part)
	c := make([][]float64, n)
	c[0] = make([]float64, n)
	for k := 1; k < n; k++ {
		c[k] = make([]float64, n)
		for j, w := range f.part[k] {
			floats.AddScaled(c[k][:k], w, c[j][:k])
		}
		c[k][k] = 1/f.total[k] + floats.Dot(f.part[k], c[k][:k])
		for j := range k {
			c[j][k] = c[k][j]
		}
	}
	return c
}

// errors sets the standard errors of ratings of mean 0.
//
// By the information alone they would be right only if every game were won with
// the odds of the ratings. So they are by the sandwich (Huber 1967; White 1982):
// information⁻¹ · Σ g gᵀ·variance of a pair's score · information⁻¹, g the pair's
// share in the gradient. Draws, strengths that do not add up and pairs weighted
// otherwise than by games are then accounted for. Variances are the record's; a
// pair whose games all went one way shows none and has that of its odds. Where
// the record has clusters, the sum is over them, of what was scored beyond what
// was expected, times G/(G-1) for G clusters (Liang and Zeger 1986).
func (f *fitted) errors(r Record, agents []int, p *points, info information) {
	n := len(agents)
	c := info.covariance()
	means := make([]float64, n)
	for a := range means {
		means[a] = floats.Sum(c[a]) / float64(n)
	}
	if r.Variance == nil && r.Clusters == nil && !p.seated {
		mean := floats.Sum(means) / float64(n)
		for a := range means {
			f.se[a] = math.Sqrt(max(0, c[a][a]-2*means[a]+mean))
		}
		return
	}
	gamma, pull := 0.0, slices.Clone(info.pull)
	if p.seated {
		gamma = f.first
		floats.AddConst(-floats.Sum(pull)/float64(n), pull)
	}
	// share adds to dst, and to what it returns, how much the ratings and the
	// advantage change with a point more of a against b.
	share := func(dst []float64, a, b int, h, points float64) float64 {
		turn := 0.0
		if p.seated {
			turn = (h - info.pull[a] + info.pull[b]) / info.rest
		}
		ca, cb, level := c[a][:len(dst)], c[b][:len(dst)], means[a]-means[b]
		for i := range dst {
			dst[i] += points * (ca[i] - cb[i] - level)
		}
		if p.seated {
			floats.AddScaled(dst, -points*turn, pull)
		}
		return points * turn
	}
	variance := make([]float64, n)
	first := 0.0
	y := make([]float64, n)
	if r.Clusters != nil {
		place := make(map[int]int, n)
		for a, i := range agents {
			place[i] = a
		}
		count := 0
		for _, cluster := range r.Clusters {
			clear(y)
			turn, inside := 0.0, false
			for _, d := range cluster {
				a, ok1 := place[d.I]
				b, ok2 := place[d.J]
				if !ok1 || !ok2 {
					continue
				}
				inside = true
				up, _ := odds(f.x[a] - f.x[b])
				turn += share(y, a, b, 0, d.Score-d.Games*up)
			}
			if inside {
				count++
			}
			for i, v := range y {
				variance[i] += v * v
			}
			first += turn * turn
		}
		few := float64(count) / float64(count-1) // NaN or infinite for one
		for i := range variance {
			f.se[i] = math.Sqrt(few * variance[i])
		}
		return
	}
	p.each(f.x, gamma, func(a, b int, h, d, won, lost float64) {
		up, down := odds(d)
		v := (won + lost) * up * down
		if known, ok := r.variance(agents[a], agents[b], h); ok {
			v = known
		}
		clear(y)
		turn := share(y, a, b, h, math.Sqrt(v))
		for i, z := range y {
			variance[i] += z * z
		}
		first += turn * turn
	})
	for i := range variance {
		f.se[i] = math.Sqrt(variance[i])
	}
	if p.seated {
		f.firstSE = math.Sqrt(first)
	}
}
