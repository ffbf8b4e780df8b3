package ranking

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"arbiter/profile"
)

type reference struct {
	Cases []struct {
		Name       string
		Kind       string
		Strategies []int
		Payoffs    []any
		Tolerance  float64 `json:"tolerance_abs"`
		Sinks      [][]int
		Strict     [][2]int
		Ties       [][2]int
		Finite     []struct {
			M         int
			Alpha     float64
			Selection string
			Pi        []float64
		}
		Perturbed []struct {
			Eps float64
			Pi  []float64
		}
		Limit []float64
	}
	Fixation []struct {
		U      float64
		M      int
		Rho    float64
		LogRho float64 `json:"log_rho"`
	}
	Uncertainty []struct {
		Name       string
		Kind       string
		Strategies []int
		Eps        float64
		Resolved   [][2]int `json:"resolved_from_to"`
		Unresolved [][2]int `json:"unresolved_pairs"`
		Bounds     []struct {
			Quantity     string
			Lower, Upper float64
		}
		Tolerance float64 `json:"tolerance_abs"`
	}
}

func readReference(t *testing.T) reference {
	t.Helper()
	b, err := os.ReadFile("../testdata/alpharank.json")
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func flatten(x any) []float64 {
	if f, ok := x.(float64); ok {
		return []float64{f}
	}
	var out []float64
	for _, y := range x.([]any) {
		out = append(out, flatten(y)...)
	}
	return out
}

func distance(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range a {
		if d := math.Abs(a[i] - b[i]); !(d <= worst) {
			worst = d
		}
	}
	return worst
}

func TestReferenceLaws(t *testing.T) {
	laws := 0
	for _, c := range readReference(t).Cases {
		p := Payoffs{Space: profile.Space{Single: c.Kind == "single", Shape: c.Strategies}}
		for _, m := range c.Payoffs {
			p.M = append(p.M, flatten(m))
		}
		g := Response(p, Rounding)
		if got := g.Sinks(); !slices.EqualFunc(got, c.Sinks, slices.Equal) {
			t.Errorf("%s: sinks %v, want %v", c.Name, got, c.Sinks)
		}
		var strict, ties [][2]int
		for i, e := range g.Edges {
			switch g.Dir[i] {
			case profile.Up:
				strict = append(strict, [2]int{int(e.U), int(e.V)})
			case profile.Down:
				strict = append(strict, [2]int{int(e.V), int(e.U)})
			default:
				ties = append(ties, [2]int{int(e.U), int(e.V)})
			}
		}
		for _, l := range [][][2]int{strict, c.Strict, ties, c.Ties} {
			slices.SortFunc(l, func(a, b [2]int) int { return slices.Compare(a[:], b[:]) })
		}
		if !slices.Equal(strict, c.Strict) || !slices.Equal(ties, c.Ties) {
			t.Errorf("%s: strict %v ties %v, want %v %v", c.Name, strict, ties, c.Strict, c.Ties)
		}
		for _, f := range c.Finite {
			sel := Local
			if f.Selection == "population" {
				sel = Population
			}
			law, err := Finite(p, f.Alpha, f.M, sel)
			if d := distance(law.Mass, f.Pi); err != nil || !(d <= c.Tolerance) {
				t.Errorf("%s: m %d alpha %g %s: off by %g, %v", c.Name, f.M, f.Alpha, f.Selection, d, err)
			}
			laws++
		}
		for _, f := range c.Perturbed {
			law, err := Perturbed(g, f.Eps)
			if d := distance(law.Mass, f.Pi); err != nil || !(d <= c.Tolerance) {
				t.Errorf("%s: eps %g: off by %g, %v", c.Name, f.Eps, d, err)
			}
			laws++
		}
		law, err := Perturbed(g, 0)
		if d := distance(law.Mass, c.Limit); err != nil || !(d <= c.Tolerance) {
			t.Errorf("%s: limit: %v, want %v, %v", c.Name, law.Mass, c.Limit, err)
		}
	}
	if laws < 200 {
		t.Errorf("only %d laws were compared", laws)
	}
}

func TestReferenceFixation(t *testing.T) {
	for _, f := range readReference(t).Fixation {
		if got := math.Exp(LogFixation(f.U, f.M)); math.Abs(got-f.Rho) > 1e-13*f.Rho*max(1, math.Abs(f.LogRho)) {
			t.Errorf("exp LogFixation(%g, %d) = %g, want %g", f.U, f.M, got, f.Rho)
		}
		if got := LogFixation(f.U, f.M); math.Abs(got-f.LogRho) > 1e-12*max(1, math.Abs(f.LogRho)) {
			t.Errorf("LogFixation(%g, %d) = %g, want %g", f.U, f.M, got, f.LogRho)
		}
	}
}

func TestReferenceBounds(t *testing.T) {
	for _, c := range readReference(t).Uncertainty {
		g := Graph{Space: profile.Space{Single: c.Kind == "single", Shape: c.Strategies}}
		g.Edges = g.Space.Edges()
		g.Dir = make([]profile.Direction, len(g.Edges))
		open := make([]bool, len(g.Edges))
		find := func(a, b int) int {
			i := slices.IndexFunc(g.Edges, func(e profile.Edge) bool { return int(e.U) == min(a, b) && int(e.V) == max(a, b) })
			if i < 0 {
				t.Fatalf("%s: %d and %d are not neighbours", c.Name, a, b)
			}
			return i
		}
		for _, r := range c.Resolved {
			g.Dir[find(r[0], r[1])] = profile.Up
			if r[0] > r[1] {
				g.Dir[find(r[0], r[1])] = profile.Down
			}
		}
		for _, u := range c.Unresolved {
			open[find(u[0], u[1])] = true
		}
		lower, upper, err := Bounds(g, open, c.Eps)
		if err != nil {
			t.Fatal(err)
		}
		for s := range lower {
			name := "pi[" + string(rune('0'+s)) + "]"
			i := slices.IndexFunc(c.Bounds, func(b struct {
				Quantity     string
				Lower, Upper float64
			}) bool {
				return b.Quantity == name
			})
			if i < 0 || s > 9 {
				continue
			}
			if b := c.Bounds[i]; math.Abs(lower[s]-b.Lower) > c.Tolerance || math.Abs(upper[s]-b.Upper) > c.Tolerance {
				t.Errorf("%s: %s in [%g, %g], want [%g, %g]", c.Name, name, lower[s], upper[s], b.Lower, b.Upper)
			}
		}
	}
}
