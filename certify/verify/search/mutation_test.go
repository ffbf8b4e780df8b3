package search

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"arbiter/certify/quadratic"
	"arbiter/games/normal"
)

// Which way a number may be wrong and still be true: lower bounds may be smaller,
// upper ones larger. What a margin is proved with (weights, ξ, metrics, witnesses) may be any
// that proves it, too. All else must be what it is.
var (
	smaller = []string{
		"mu", "margin", "margins.sgn", "margins.signed", "margins.true_block", "margins.lyapunov", "margins.blockmax", "supremum", "euclidean_margin",
		"cocoercivity", "rate", "euler_max_step", "rk4_max_step", "steps.max", "box_factor", "region.radius", "region.ball", "region.invariant",
		"best.signed.value", "best.true_block.value", "best.lyapunov.value", "best.margin", "best.true_block.cocoercivity", "best.lyapunov.cocoercivity",
		"entropy.unsigned", "model_error.jacobian", "learning_rates.rate", "learning_rates.high", "timescale_band[1]", "bands[1]",
	}
	larger = []string{
		"ell", "coupling", "coupling.value", "gain", "lipschitz", "steps.factor", "residual", "region.distance", "entropy.interaction", "entropy.interaction.value",
		"entropy.swayed", "entropy.swayed.value", "entropy.lipschitz", "entropy.threshold", "entropy.unsigned_threshold", "entropy.distance",
		"best.true_block.lipschitz", "best.lyapunov.lipschitz", "best.true_block.bound", "noise.per_noise", "model_error.distance", "timescale_band[0]", "bands[0]",
	}
	witnesses = []string{
		"weights", "xi", "entropy.xi", "entropy.witness", "entropy.gain_witness", "entropy.lipschitz_witness", "best.signed.weights", "best.true_block.weights",
		"best.weights", "best.lyapunov.metric", "best.true_block.dual", "unstable.metric", "unstable.direction", "unstable.shift", "steps.best",
		"learning_rates.low", "learning_rates.high", "steps", "best", "noise.step", "unstable.vector", "region.lower", "region.upper", "coupling.i", "coupling.j", "entropy.interaction.i", "entropy.interaction.j", "entropy.swayed.i", "entropy.swayed.j",
	}
	// Rounded numbers are compared up to their rounding, all radii of all space are
	// true, and what a row of steps says of eigenvalues is worked out in floating
	// point.
	loose = []string{"residual", "region.distance", "entropy.distance", "spectral_abscissa", "margins.lyapunov", "unstable.re", "unstable.im", "unstable.vector", "equilibrium", "region.centre"}
)

// leafAt is a value of the file that a mutation replaces.
type leafAt struct {
	path  []any
	name  string // steps[3].max
	field string // steps.max; of pairs that are ranges with the last index
	value any
}

func leavesOf(file map[string]any) []leafAt {
	var out []leafAt
	var walk func(at any, path []any, name string)
	walk = func(at any, path []any, name string) {
		switch at := at.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(at)) {
				walk(at[k], append(slices.Clone(path), k), strings.TrimPrefix(name+"."+k, "."))
			}
		case []any:
			out = append(out, leafAt{path, name, indices.ReplaceAllString(name, ""), at})
			for i, x := range at {
				walk(x, append(slices.Clone(path), i), fmt.Sprintf("%s[%d]", name, i))
			}
		case json.RawMessage: // the problem, which the digest is of
		default:
			field := indices.ReplaceAllString(name, "")
			if field == "timescale_band" || field == "bands" {
				field = fmt.Sprintf("%s[%d]", field, path[len(path)-1])
			}
			out = append(out, leafAt{path, name, field, at})
		}
	}
	walk(file, nil, "")
	return out
}

func replaced(file map[string]any, path []any, x any) map[string]any {
	m := copied(file).(map[string]any)
	at := any(m)
	for _, p := range path[:len(path)-1] {
		at = step(at, p)
	}
	set(at, path[len(path)-1], x)
	return m
}

// mutations of a value, and whether each may be true by the rules above.
func (l leafAt) mutations() (values []any, true_ []bool) {
	add := func(x any, ok bool) { values, true_ = append(values, x), append(true_, ok) }
	witness := slices.Contains(witnesses, l.field)
	switch x := l.value.(type) {
	case float64:
		for _, y := range []float64{x * (1 + 1e-3), x * (1 - 1e-3), -x, 0, x + 2, x - 2, 2 * x, x / 2} {
			if y == x {
				continue
			}
			ok := witness || slices.Contains(smaller, l.field) && y < x || slices.Contains(larger, l.field) && y > x ||
				slices.Contains(loose, l.field) && math.Abs(y-x) < 2e-6
			add(y, ok)
		}
		add(nil, true) // it claims nothing
		add("inf", slices.Contains(larger, l.field))
	case string:
		add(x+"x", false)
		add("", false)
		if x == "inf" {
			add(1., true)
		}
	case bool:
		add(!x, x) // to say less may be true
	case nil:
		add(1., witness || slices.Contains(larger, l.field) || l.field == "box_factor" || l.field == "supremum") // true of any game
	case []any:
		if len(x) == 0 {
			add([]any{1.}, false)
			return
		}
		rows := l.field == "steps" || l.field == "best" || l.field == "best.true_block.dual" || l.field == "entropy.lipschitz_witness" // any of them may be left out, or said again
		add(x[:len(x)-1], rows)
		add(append(slices.Clone(x), x[len(x)-1]), rows)
		if len(x) > 1 && fmt.Sprint(x[0]) != fmt.Sprint(x[len(x)-1]) {
			y := slices.Clone(x)
			y[0], y[len(x)-1] = y[len(x)-1], y[0]
			add(y, witness)
		}
	}
	return values, true_
}

// number is x if it is one, else NaN.
func number(x any) float64 {
	if y, ok := x.(float64); ok {
		return y
	}
	return math.NaN()
}

// Every mutation of every value of certificates of all forms is found, or claims no
// more than is proved, or the value was listed as not checked.
func TestEveryMutationIsFound(t *testing.T) {
	table := normal.Table{
		Strategies: [][]string{{"a", "b", "c"}, {"d", "e"}},
		Payoffs:    [][]float64{{1, -.5, .25, .75, 0, .3}, {.2, .9, -.4, .1, .6, .55}},
	}
	board, paper := kuhnBoard(t), paperGame()
	rotation := &quadratic.Game{Blocks: []int{1, 2}, Matrix: [][]float64{{1, 5, 1}, {-4, 2, .3}, {-1, .3, 1.5}}, Offset: []float64{1, 0, .5}}
	unstable := &quadratic.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{1, 3}, {3, 1}}, Offset: []float64{1, -.5}}
	linear := func(c *Claim) (*Result, error) { return Quadratic(context.Background(), c) }
	forms := map[string]struct {
		file   map[string]any
		verify func(c *Claim) (*Result, error)
		slow   bool
		bounds []string // better by a thousandth they are still true: the builder's bounds are not the best
	}{
		"quadratic":  {quadraticFile(t, miniToy(), quadratic.Options{}), linear, false, nil},
		"ball":       {quadraticFile(t, rotation, quadratic.Options{Radius: 2}), linear, false, []string{"region.radius", "rate", "euler_max_step", "rk4_max_step"}},
		"refuted":    {quadraticFile(t, unstable, quadratic.Options{}), linear, false, nil},
		"normal":     {normalFile(t, table, []float64{.6, .7}), func(c *Claim) (*Result, error) { return Normal(context.Background(), c, table, data) }, false, nil},
		"agent":      {agentFile(t, board, .3), func(c *Claim) (*Result, error) { return Agent(context.Background(), c, board, data) }, true, nil},
		"sequence":   {sequenceFile(t, board, []float64{.1, .2}), func(c *Claim) (*Result, error) { return Sequence(context.Background(), c, board, data) }, false, nil},
		"closed":     {closedFile(t, paper, []float64{14, 15}), func(c *Claim) (*Result, error) { return Markov(context.Background(), c, paper, data) }, false, []string{"gain"}},
		"markov box": {boxFile(t, paper, []float64{1, 1}, .1), func(c *Claim) (*Result, error) { return Markov(context.Background(), c, paper, data) }, true, slices.Concat(smaller, larger)},
		"smooth": {smoothFile(t, []int{1, 1}, []string{"2*x1+sin(x2)/2+0.1", "2*x2-x1^2/4"}, []float64{-.5, -.5}, []float64{.5, .5}),
			func(c *Claim) (*Result, error) { return Smooth(context.Background(), c) }, true, slices.Concat(smaller, larger)},
	}
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		x := forms[name]
		if x.slow && testing.Short() {
			continue
		}
		r, err := x.verify(claimOf(t, x.file))
		confirmed(t, name, r, err)
		if err != nil {
			continue
		}
		passed := func(r *Result, l leafAt) bool {
			return slices.ContainsFunc(r.NotChecked, func(u Unchecked) bool {
				plain := indices.ReplaceAllString(l.name, "")
				return u.Field == l.name || u.Field == plain || strings.HasPrefix(plain, u.Field+".")
			})
		}
		tried, found := 0, 0
		for k, l := range leavesOf(x.file) {
			if passed(r, l) || l.name == "" || slices.Contains([]string{"game", "temperature"}, l.field) {
				continue // what is spoken of is not a claim
			}
			values, weaker := l.mutations()
			for i, y := range values {
				was, is := number(l.value), number(y)
				little := math.Abs(is-was) <= 2e-3*math.Abs(was) || l.field == "region.radius"
				if testing.Short() && (k+i)%5 != 0 || x.slow && (k+i)%7 != 0 || weaker[i] || little && slices.Contains(x.bounds, l.field) {
					continue
				}
				tried++
				body, err := json.Marshal(replaced(x.file, l.path, y))
				if err != nil {
					t.Fatal(err)
				}
				c, err := Read(body, "file.json")
				if err == nil {
					var r *Result
					if r, err = x.verify(c); err == nil && r.Holds() && !passed(r, l) {
						t.Errorf("%s: %s: %v instead of %v holds", name, l.name, y, l.value)
						continue
					}
				}
				found++
			}
		}
		t.Logf("%s: %d mutations, %d found", name, tried, found)
	}
}
