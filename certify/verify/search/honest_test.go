package search

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"arbiter/certify/quadratic"
	"arbiter/dice"
)

// Margins that are 0 but for rounding are no reason to refuse a certificate whose
// own margin is proved.
func TestMarginsOfNothingAreNotRefuted(t *testing.T) {
	for _, field := range [][]string{
		{"x1+x2", "x2-x1"}, {"1e6*(x1+x2)", "1e6*(x2-x1)"}, {"1e-6*(x1+x2)", "1e-6*(x2-x1)"}, {"2*x1+x2", "x2-2*x1"},
		{"x1+x2", "-x1+x2+0.1*x2^3"}, {"x2", "0.5*x2-x1"},
	} {
		m := smoothFile(t, []int{1, 1}, field, []float64{-1, -1}, []float64{1, 1})
		f, err := Smooth(context.Background(), claimOf(t, m))
		confirmed(t, fmt.Sprint(field), f, err)
		if m["certified"] != true {
			t.Errorf("%s is not certified", field)
		}
		for _, u := range f.NotChecked {
			if u.Field == "margin" || u.Field == "rate" {
				t.Errorf("%s: %s is not checked", field, u.Field)
			}
		}
		// Beyond rounding they are still found wrong, and the margin is.
		for path, x := range map[string]any{"margin": m["margin"].(float64) * (1 + 1e-6), "euclidean_margin": 2e6} {
			f, err := Smooth(context.Background(), claimOf(t, replaced(m, []any{path}, x)))
			refused(t, fmt.Sprint(field), f, err, path)
		}
		margins := m["margins"].(map[string]any)
		if x, ok := margins["sgn"].(float64); ok && x <= 0 {
			f, err := Smooth(context.Background(), claimOf(t, replaced(m, []any{"margins", "sgn"}, 1e-5*m["margin"].(float64))))
			refused(t, fmt.Sprint(field), f, err, "margins.sgn")
		}
	}
	m := smoothFileOf(t, []byte(`{"kind":"smooth_game","blocks":[1,1],"costs":["0.5*x1^2+x1*x2","0.5*x2^2-x1*x2"],"region":{"lower":[-1,-1],"upper":[1,1]}}`))
	f, err := Smooth(context.Background(), claimOf(t, m))
	confirmed(t, "costs", f, err)
}

// Where curvatures and couplings nearly cancel, their last digits are more than the
// margin.
func TestNearSingularGamesAreConfirmed(t *testing.T) {
	games := []*quadratic.Game{
		{Blocks: []int{1, 1}, Matrix: [][]float64{{63377520.99999999, 51955716.61808408}, {51951255.38191592, 42588676.0}}},
		{Blocks: []int{1, 1}, Matrix: [][]float64{{1975442283.6653993, -12620240.671889376}, {-1372905.5515381363, 8770.895826451891}}},
	}
	key := dice.New(17)
	for k := range 12 {
		// A rank-one matrix and a little, in blocks of 1 and 2.
		n := 2 + k%2
		g := &quadratic.Game{Blocks: []int{1, n - 1}}
		x := make([]float64, n)
		for i := range x {
			x[i] = 1e4 * (.1 + dice.Float64(key.Word(10*k+i)))
		}
		for i := range n {
			g.Matrix = append(g.Matrix, make([]float64, n))
			for j := range n {
				g.Matrix[i][j] = x[i] * x[j]
			}
			g.Matrix[i][i] += math.Pow(10, -float64(k%6))
		}
		games = append(games, g)
	}
	for k, g := range games {
		m := quadraticFile(t, g, quadratic.Options{})
		f, err := Quadratic(context.Background(), claimOf(t, m))
		confirmed(t, fmt.Sprintf("game %d", k), f, err)
		if x, ok := m["margins"].(map[string]any)["signed"].(float64); ok && x > 0 {
			f, err = Quadratic(context.Background(), claimOf(t, replaced(m, []any{"margins", "signed"}, 1.5*x)))
			refused(t, fmt.Sprintf("game %d", k), f, err, "margins.signed")
		}
	}
}

// Rows name a best step and a factor only where their theorem does.
func TestBestStepsWithoutTheoremAreFound(t *testing.T) {
	m := quadraticFile(t, miniToy(), quadratic.Options{})
	silent := 0
	for i, s := range m["steps"].([]any) {
		row := s.(map[string]any)
		if row["best"] != nil {
			for _, x := range []any{0., -1., 2 * row["max"].(float64)} {
				f, err := Quadratic(context.Background(), claimOf(t, replaced(m, []any{"steps", i, "best"}, x)))
				refused(t, row["bound"].(string), f, err, pathOf("steps", i))
			}
			continue
		}
		silent++
		for field, list := range map[string][]any{"best": {0., 1e-9, 1e6, "inf"}, "factor": {0., 1e-9, 2.}} {
			for _, x := range list {
				f, err := Quadratic(context.Background(), claimOf(t, replaced(m, []any{"steps", i, field}, x)))
				refused(t, fmt.Sprint(row["bound"], " ", field, " ", x), f, err, pathOf("steps", i)+"."+field)
			}
		}
	}
	if silent < 4 {
		t.Errorf("%d rows name no step: the test has lost them", silent)
	}
}

// A field that is not there is found, null is not.
func TestMissingFieldsAreFound(t *testing.T) {
	board := kuhnBoard(t)
	for name, x := range map[string]struct {
		file   map[string]any
		verify func(c *Claim) (*Result, error)
	}{
		"quadratic": {quadraticFile(t, miniToy(), quadratic.Options{}), func(c *Claim) (*Result, error) { return Quadratic(context.Background(), c) }},
		"sequence":  {sequenceFile(t, board, []float64{.1, .2}), func(c *Claim) (*Result, error) { return Sequence(context.Background(), c, board, data) }},
	} {
		var walk func(at map[string]any, path []any)
		walk = func(at map[string]any, path []any) {
			for field, y := range at {
				full := append(slices.Clone(path), field)
				if part, ok := y.(map[string]any); ok && field != "best" && field != "problem" && field != "witnesses" {
					walk(part, full)
				}
				what := strings.Trim(strings.ReplaceAll(fmt.Sprint(full), " ", "."), "[]")
				if slices.Contains([]string{"problem", "simulation", "temperature", "temperature_chosen", "entropy", "witnesses"}, field) || strings.HasPrefix(what, "best.") || strings.HasPrefix(what, "entropy.primal.") {
					continue
				}
				m := copied(x.file).(map[string]any)
				inner := m
				for _, p := range path {
					inner = inner[p.(string)].(map[string]any)
				}
				delete(inner, field)
				body, err := json.Marshal(m)
				if err != nil {
					t.Fatal(err)
				}
				c, err := Read(body, "file.json")
				if err != nil {
					if !strings.Contains(err.Error(), field) {
						t.Errorf("%s without %s: %v", name, what, err)
					}
					continue
				}
				r, err := x.verify(c)
				refused(t, name+" without "+what, r, err, what)
			}
		}
		walk(x.file, nil)
		m := copied(x.file).(map[string]any)
		for _, field := range []string{"use", "supremum", "bands", "noise"} {
			m[field] = nil
		}
		r, err := x.verify(claimOf(t, m))
		confirmed(t, name+" with less", r, err)
	}
}
