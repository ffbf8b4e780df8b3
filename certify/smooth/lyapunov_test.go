package smooth

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/smallgain"
	"arbiter/dice"
)

// Games in which one player's curvature alone makes play converge have no margin in
// any weights of blocks: Dirac-GAN with the gradient penalty R1 (Mescheder, Geiger,
// Nowozin, arXiv 1801.04406) and bilinear games of which one player is regularised.
func TestLyapunovMetricsOfBoxes(t *testing.T) {
	for body, want := range map[string]float64{
		// Eigenvalues at 0 of [[0, ½], [-½, g]]: ½ twice for g = 1, for g = 2 1-√¾.
		`"costs":["-softplus(-x1*x2)","softplus(-x1*x2)+g/2*x2^2"],"parameters":{"g":1},"region":{"lower":[-0.2,-0.2],"upper":[0.2,0.2]}`: .5,
		`"costs":["-softplus(-x1*x2)","softplus(-x1*x2)+g/2*x2^2"],"parameters":{"g":2},"region":{"lower":[-0.1,-0.1],"upper":[0.1,0.1]}`: 1 - math.Sqrt(.75),
		`"costs":["x1*x2+x1^2/2","-x1*x2"],"region":{"lower":[-2,-2],"upper":[2,2]}`:                                                      .5,
		`"costs":["3*x1*x2","-3*x1*x2+x2^2/8-x2"],"region":{"lower":[-9,-9],"upper":[9,9]}`:                                               .125,
	} {
		g := costed(t, `{"kind":"smooth_game","blocks":[1,1],`+body+`}`)
		c, err := g.Certify(context.Background(), enclose.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !c.Certified() || c.Source != certify.ByLyapunov || !c.Region.Unique || !(c.Region.Invariant > 0) || c.Margins.TrueBlock > 0 || math.Abs(c.Abscissa-want) > 1e-6 || !(c.Margin > want/4 && c.Margin <= want) || c.Margin != c.Rate || !(c.Lipschitz >= c.Margin) {
			t.Errorf("%s: margins %+v, abscissa %v, expected %v; %v", body, c.Margins, c.Abscissa, want, c.Reasons)
		}
	}
	// Too wide a region, and play in a box, where projection is not Euclidean in such a
	// metric.
	c := certifySmooth(t, `{"kind":"smooth_game","blocks":[1,1],"costs":["-softplus(-x1*x2)","softplus(-x1*x2)+x2^2/2"],"region":{"lower":[-9,-9],"upper":[9,9]}}`)
	if c.Certified() || c.Source == certify.ByLyapunov || !strings.Contains(strings.Join(c.Reasons, "\n"), "best metric of all coordinates") {
		t.Errorf("wide: %+v, %v", c.Margins, c.Reasons)
	}
	c = certifySmooth(t, `{"kind":"smooth_game","blocks":[1,1],"costs":["x1*x2+x1^2/2","-x1*x2"],"box":{"lower":[-2,-2],"upper":[2,2]}}`)
	if c.Certified() {
		t.Errorf("box: %+v", c)
	}
}

// Of random matrices a full metric's bounds hold in the norm it is: |v + hKv| from
// below and above by the margin and the norm.
func TestFullMetric(t *testing.T) {
	key := dice.New(77)
	at := 0
	u := func() float64 { at++; return 2*dice.Float64(key.Word(at)) - 1 }
	for n := 2; n <= 5; n++ {
		var field []string
		for i := range n {
			row := fmt.Sprintf("%v*x%d", 4+u(), i+1)
			for j := range n {
				row += fmt.Sprintf("+%v*x%d+%v*sin(x%d)", u(), j+1, .1*u(), j+1)
			}
			field = append(field, row)
		}
		dims, low, high := smallgain.Ones(n), smallgain.Ones(n), smallgain.Ones(n)
		var blocks []int
		for k := range dims {
			blocks = append(blocks, 1)
			low[k] = -1
		}
		g := smooth(t, blocks, field, low, high)
		b := &enclose.Box{Field: g, Dims: blocks, Lower: low, Upper: high, Centre: g.zero()}
		f := b.Full()
		if f == nil {
			t.Fatalf("%d: no metric", n)
		}
		cover, err := enclose.Bisect(context.Background(), g, f.Monotone, low, high, 100)
		if err != nil {
			t.Fatal(err)
		}
		alpha := cover.Margin()
		inner := func(v, w []float64) float64 {
			sum := 0.0
			for i := range v {
				for j := range w {
					sum += v[i] * f.Metric[i][j] * w[j]
				}
			}
			return sum
		}
		for range 200 {
			x, y := make([]float64, n), make([]float64, n)
			gx, gy := make([]float64, n), make([]float64, n)
			for i := range x {
				x[i], y[i] = u(), u()
			}
			if g.At(gx, x) != nil || g.At(gy, y) != nil {
				t.Fatal("no field")
			}
			for i := range x {
				x[i], gx[i] = x[i]-y[i], gx[i]-gy[i]
			}
			if got := inner(gx, x) / inner(x, x); got < alpha-1e-12 {
				t.Errorf("%d: %v below the margin %v", n, got, alpha)
			}
		}
	}
}
