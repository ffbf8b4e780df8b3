package search

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"arbiter/certify/quadratic"
	"arbiter/dice"
)

func problemOf(t testing.TB, g *quadratic.Game) []byte {
	m := map[string]any{"kind": "quadratic_game", "blocks": g.Blocks, "matrix": g.Matrix, "natural": g.Natural}
	if g.Offset != nil {
		m["offset"] = g.Offset
	}
	if g.Metric != nil {
		m["metric"] = g.Metric
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func quadraticFile(t testing.TB, g *quadratic.Game, o quadratic.Options) map[string]any {
	c, err := quadratic.Certify(context.Background(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, c, "quadratic", problemOf(t, g), nil)
}

func miniToy() *quadratic.Game {
	return &quadratic.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{1, 10}, {.05, 1}}, Offset: []float64{.3, -.2}}
}

// randomQuadratic has blocks of 1 to 3 dimensions, metrics in some, and couplings
// around the limit of certificates.
func randomQuadratic(seed uint64) *quadratic.Game {
	key, at := dice.New(seed), 0
	random := func() float64 { at++; return dice.Float64(key.Word(at)) }
	g := &quadratic.Game{}
	n := 0
	for range 1 + int(random()*4) {
		d := 1 + int(random()*3)
		g.Blocks = append(g.Blocks, d)
		n += d
	}
	size := .1 + random()
	g.Matrix = make([][]float64, n)
	for r := range n {
		g.Matrix[r] = make([]float64, n)
		g.Offset = append(g.Offset, random()-.5)
	}
	units := make([]float64, n)
	from := 0
	for _, d := range g.Blocks {
		u := math.Exp(4*random() - 2)
		for r := from; r < from+d; r++ {
			units[r] = u
		}
		from += d
	}
	from = 0
	for _, d := range g.Blocks {
		for r := range n {
			for c := from; c < from+d; c++ {
				g.Matrix[r][c] = size * (2*random() - 1) * units[r] / units[c]
			}
		}
		for r := range d {
			for c := range r {
				g.Matrix[from+r][from+c] = g.Matrix[from+c][from+r]
			}
			g.Matrix[from+r][from+r] += 2
		}
		from += d
	}
	if random() < .4 {
		for _, d := range g.Blocks {
			p := make([][]float64, d)
			for r := range p {
				p[r] = make([]float64, d)
			}
			for r := range p {
				for c := range r {
					p[r][c] = .2 * (2*random() - 1)
					p[c][r] = p[r][c]
				}
				p[r][r] = .6 + random()
			}
			g.Metric = append(g.Metric, p)
		}
		g.Natural = random() < .5
	}
	return g
}

func TestQuadraticCertificatesAreConfirmed(t *testing.T) {
	games := 120
	if testing.Short() {
		games = 30
	}
	certified := 0
	for seed := range games {
		g := randomQuadratic(uint64(seed))
		o := quadratic.Options{}
		if seed%3 == 1 {
			o.Radius = .5 + float64(seed%5)
		}
		m := quadraticFile(t, g, o)
		f, err := Quadratic(context.Background(), claimOf(t, m))
		confirmed(t, fmt.Sprintf("game %d", seed), f, err)
		if m["certified"].(bool) {
			certified++
		}
	}
	if certified < games/4 || certified == games {
		t.Errorf("%d of %d games are certified: the test has lost its mixture", certified, games)
	}
}

// Two blocks of 32 go the way of large matrices, which are decided by rounded
// factors.
func TestLargeQuadraticGame(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	const d = 32
	key := dice.New(5)
	g := &quadratic.Game{Blocks: []int{d, d}}
	for r := range 2 * d {
		g.Matrix = append(g.Matrix, make([]float64, 2*d))
		g.Matrix[r][r] = 1
		for c := range d {
			x := (2*dice.Float64(key.Word(r*d+c)) - 1) / math.Sqrt(d)
			if r < d {
				g.Matrix[r][d+c] = 3 * x
			} else {
				g.Matrix[r][c] = .03 * x
			}
		}
	}
	m := quadraticFile(t, g, quadratic.Options{})
	f, err := Quadratic(context.Background(), claimOf(t, m))
	confirmed(t, "64 dimensions", f, err)
	m["margin"] = m["margin"].(float64) * 1.01
	f, err = Quadratic(context.Background(), claimOf(t, m))
	refused(t, "64 dimensions", f, err, "margin")
}
