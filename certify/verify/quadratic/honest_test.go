package quadratic

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"arbiter/certify"
	build "arbiter/certify/quadratic"
	"arbiter/certify/verify"
	"arbiter/dice"
	"arbiter/internal/document"
)

// written is the file of a certificate as maps.
func written(t testing.TB, c *certify.Certificate, problem []byte) map[string]any {
	t.Helper()
	r := *c
	r.Game, r.Problem = "", problem
	r.Digest = (&verify.Claim{Problem: problem}).ProblemDigest()
	body, err := document.Marshal(&r)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if c.Witnesses != nil {
		body, err := json.Marshal(c.Witnesses)
		if err != nil {
			t.Fatal(err)
		}
		m["witnesses"] = json.RawMessage(body)
	}
	m["problem"] = json.RawMessage(problem)
	return m
}

func problemOf(t testing.TB, g *build.Game) []byte {
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

func fileOf(t testing.TB, g *build.Game, o build.Options) []byte {
	c, err := build.Certify(context.Background(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(written(t, c, problemOf(t, g)))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func verified(t testing.TB, body []byte) (*verify.Claim, *verify.Result) {
	c, err := verify.Read(body, "certificate.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Verify(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return c, r
}

// randomGame has blocks of 1 to 3 dimensions, metrics in some, and couplings around
// the limit of certificates.
func randomGame(seed uint64) *build.Game {
	key, at := dice.New(seed), 0
	random := func() float64 { at++; return dice.Float64(key.Word(at)) }
	g := &build.Game{}
	n := 0
	for range 1 + int(random()*4) {
		g.Blocks = append(g.Blocks, 1+int(random()*3))
		n += g.Blocks[len(g.Blocks)-1]
	}
	size := .1 + random()
	units := make([]float64, 0, n)
	for _, d := range g.Blocks {
		for u := math.Exp(4*random() - 2); d > 0; d-- {
			units = append(units, u)
		}
	}
	for r := range n {
		g.Matrix = append(g.Matrix, make([]float64, n))
		g.Offset = append(g.Offset, random()-.5)
		for c := range n {
			g.Matrix[r][c] = size * (2*random() - 1) * units[r] / units[c]
		}
	}
	from := 0
	for _, d := range g.Blocks {
		for r := from; r < from+d; r++ {
			for c := from; c < r; c++ {
				g.Matrix[r][c] = g.Matrix[c][r]
			}
			g.Matrix[r][r] += 2
		}
		from += d
	}
	if random() < .4 {
		for _, d := range g.Blocks {
			p := make([][]float64, d)
			for r := range p {
				p[r] = make([]float64, d)
				p[r][r] = .6 + random()
			}
			for r := range p {
				for c := range r {
					p[r][c] = .2 * (2*random() - 1)
					p[c][r] = p[r][c]
				}
			}
			g.Metric = append(g.Metric, p)
		}
		g.Natural = random() < .5
	}
	return g
}

func TestCertificatesAreConfirmed(t *testing.T) {
	games := 120
	if testing.Short() {
		games = 30
	}
	certified := 0
	for seed := range games {
		g := randomGame(uint64(seed))
		o := build.Options{}
		if seed%3 == 1 {
			o.Radius = .5 + float64(seed%5)
		}
		c, r := verified(t, fileOf(t, g, o))
		for _, f := range r.Findings {
			if f.State == verify.Fails {
				t.Errorf("game %d: %s: %.17g: %s", seed, f.What, f.Claimed, f.Note)
			}
			if f.State == verify.NotChecked && testing.Verbose() && seed < 4 {
				fmt.Println(seed, f.What, f.Note)
			}
		}
		if c.Certified {
			certified++
		}
	}
	if certified < games/4 || certified == games {
		t.Errorf("%d of %d games are certified: the test has lost its mixture", certified, games)
	}
}
