package report

import (
	"context"
	"strings"
	"testing"

	"arbiter/certify/enclose"
	"arbiter/certify/quadratic"
	"arbiter/certify/smooth"
)

func certificateOf(t *testing.T, matrix [][]float64) *Proof {
	t.Helper()
	g := &quadratic.Game{Blocks: []int{1, 1}, Matrix: matrix}
	c, err := quadratic.Certify(context.Background(), g, quadratic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &Proof{Certificate: c}
}

// Where the rate is that of another metric than the margin, one line says which is
// which; where it is not, none does.
func TestReadingsAreTold(t *testing.T) {
	for want, matrix := range map[string][][]float64{
		"readings  margin 1 is that of sgn at these weights, as are Lipschitz, cocoercivity and steps that name no metric; rate 3 is that of best lyapunov": {{2, 1}, {-3, 4}},
		"": {{2, 0}, {0, 2}},
	} {
		r := certificateOf(t, matrix)
		got := ""
		for _, line := range r.statement() {
			if strings.HasPrefix(line, "readings") {
				got += line
			}
			if strings.Contains(line, "weighted") && want != "" && strings.HasPrefix(line, "verdict") {
				t.Errorf("%v: the rate of another metric is said of the weights: %s", matrix, line)
			}
		}
		if got != want {
			t.Errorf("%v: found %q, expected %q", matrix, got, want)
		}
	}
}

// A region is said to be around the equilibrium only if it is, and an infinite
// distance is no distance.
func TestRegionsAreSaidAsTheyAre(t *testing.T) {
	for _, c := range []struct{ region, box, want string }{
		{`{"lower":[-1,-1],"upper":[1,1]}`, "", "the box of half width 1 around the equilibrium, which need not be a basin; exactly one equilibrium within 1 of the centre"},
		{`{"lower":[-0.5,-1],"upper":[1,2]}`, "", "the box from -0.5, -1 to 1, 2, which need not be a basin; exactly one equilibrium within 0.5 of the centre"},
		{`{"lower":[-2,-1],"upper":[2,1]}`, "", "the box from -2, -1 to 2, 1, which need not be a basin; exactly one"},
		{`{"lower":[1,1],"upper":[2,2]}`, "", "the box from 1, 1 to 2, 2, which need not be a basin; whether"},
		{`{"lower":[1,1],"upper":[2,2]}`, `{"lower":[1,1],"upper":[2,2]}`, "the box from 1, 1 to 2, 2; exactly one equilibrium in it, to which all starts in it converge"},
	} {
		text := `{"kind":"smooth_game","blocks":[1,1],"field":["2*x1+x2/10","2*x2-x1/10"],"region":` + c.region
		if c.box != "" {
			text += `,"box":` + c.box
		}
		g, err := smooth.Read([]byte(text+"}"), "g.json", "g")
		if err != nil {
			t.Fatal(err)
		}
		found, err := g.Certify(context.Background(), enclose.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join((&Proof{Certificate: found}).statement(), "\n")
		if !strings.Contains(all, "region    "+c.want) || strings.Contains(all, "Inf") {
			t.Errorf("%s: found\n%s\nexpected %q", text, all, c.want)
		}
	}
}
