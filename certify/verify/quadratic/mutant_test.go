package quadratic

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	build "arbiter/certify/quadratic"
	"arbiter/certify/verify"
)

// Which way a number of the file says more than it did: lower bounds that grow,
// upper ones that shrink. A witness is altered both ways.
var (
	lower = []string{
		"mu", "margin", "margins.sgn", "margins.signed", "margins.true_block", "margins.blockmax", "supremum", "euclidean_margin", "cocoercivity", "rate",
		"euler_max_step", "steps.max", "region.ball", "region.invariant", "best.signed.value", "best.true_block.value", "best.lyapunov.value",
		"best.true_block.cocoercivity", "best.lyapunov.cocoercivity", "model_error.jacobian", "learning_rates.rate", "box_factor",
	}
	upper = []string{
		"ell", "coupling", "gain", "lipschitz", "steps.factor", "residual", "region.distance", "best.true_block.lipschitz", "best.lyapunov.lipschitz",
		"noise.per_noise", "model_error.distance",
	}
	witness = []string{"witnesses.signed", "witnesses.best_signed", "witnesses.supremum.vector", "witnesses.gain.vector", "weights", "xi"}
)

var indices = regexp.MustCompile(`\[\d+\]`)

type leaf struct {
	path []any
	name string // without indices
	x    float64
}

func leavesOf(file any) (out []leaf) {
	var walk func(at any, path []any, name string)
	walk = func(at any, path []any, name string) {
		switch at := at.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(at)) {
				if k != "problem" {
					walk(at[k], append(slices.Clone(path), k), strings.TrimPrefix(name+"."+k, "."))
				}
			}
		case []any:
			for i, x := range at {
				walk(x, append(slices.Clone(path), i), name)
			}
		case float64:
			out = append(out, leaf{path, name, at})
		}
	}
	walk(file, nil, "")
	return out
}

// altered is the file with another number at a path.
func altered(t testing.TB, body []byte, path []any, x float64) []byte {
	t.Helper()
	var m any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	at := m
	for k, p := range path {
		last := k == len(path)-1
		switch p := p.(type) {
		case string:
			if last {
				at.(map[string]any)[p] = x
			}
			at = at.(map[string]any)[p]
		case int:
			if last {
				at.([]any)[p] = x
			}
			at = at.([]any)[p]
		}
	}
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pathName(path []any) string {
	var b strings.Builder
	for _, p := range path {
		switch p := p.(type) {
		case string:
			fmt.Fprintf(&b, ".%s", p)
		case int:
			fmt.Fprintf(&b, "[%d]", p)
		}
	}
	return strings.TrimPrefix(b.String(), ".")
}

// alone tells whether a number is all of a vector, whose length says nothing.
func alone(file any, path []any) bool {
	for _, p := range path[:len(path)-1] {
		switch p := p.(type) {
		case string:
			file = file.(map[string]any)[p]
		case int:
			file = file.([]any)[p]
		}
	}
	last, _ := path[len(path)-1].(int)
	list, _ := file.([]any)
	return last == 0 && len(list) == 1 && !strings.Contains(pathName(path), "signed")
}

func fails(r *verify.Result) bool {
	return slices.ContainsFunc(r.Findings, func(f verify.Finding) bool { return f.State == verify.Fails })
}

// Every number that is made to say more by a part in 1e9 is refused, and every witness
// that is off by as much: they are the best there are. What was not checked says so.
func TestAlteredNumbersAreRefused(t *testing.T) {
	games := map[string]*build.Game{
		"two scalars": {Blocks: []int{1, 1}, Matrix: [][]float64{{1, 10}, {.05, 1}}, Offset: []float64{.3, -.2}},
		"signs":       {Blocks: []int{1, 2}, Matrix: [][]float64{{1, 5, 1}, {-4, 2, .3}, {-1, .3, 1.5}}, Offset: []float64{1, 0, .5}},
		"random":      randomGame(7),
		"metrics":     {Blocks: []int{2, 1}, Matrix: [][]float64{{2, .1, .3}, {.1, 1.5, -.2}, {.4, .1, 1}}, Metric: [][][]float64{{{1, .2}, {.2, .7}}, {{2}}}, Natural: true},
	}
	for name, g := range games {
		if testing.Short() && (name == "random" || name == "metrics") {
			continue
		}
		body := fileOf(t, g, build.Options{})
		c, r := verified(t, body)
		if !c.Certified || !r.Confirmed() {
			t.Fatalf("%s: certified %t, confirmed %t", name, c.Certified, r.Confirmed())
		}
		open := map[string]bool{}
		for _, f := range r.Findings {
			if f.State == verify.NotChecked {
				open[f.What] = true
			}
		}
		var file any
		if err := json.Unmarshal(body, &file); err != nil {
			t.Fatal(err)
		}
		tried, passed := map[string]int{}, map[string]int{}
		for _, l := range leavesOf(file) {
			var by []float64
			switch {
			case open[pathName(l.path)] || open[l.name]:
				continue
			case slices.Contains(lower, l.name):
				by = []float64{l.x + 1e-9*math.Abs(l.x)}
			case slices.Contains(upper, l.name):
				by = []float64{l.x - 1e-9*math.Abs(l.x)}
			case slices.Contains(witness, l.name) && !alone(file, l.path):
				by = []float64{l.x * (1 + 1e-9), l.x * (1 - 1e-9)}
			}
			for _, x := range by {
				if x == l.x {
					continue
				}
				tried[l.name]++
				if _, r := verified(t, altered(t, body, l.path, x)); !fails(r) {
					passed[l.name]++
					t.Errorf("%s: %s: %.17g instead of %.17g is not refused", name, pathName(l.path), x, l.x)
				}
			}
		}
		if len(tried) < 20 {
			t.Errorf("%s: only %d fields were altered: %v", name, len(tried), tried)
		}
	}
}

// Where numbers are exact the next float64 is refused.
func TestExactNumbersLeaveNothing(t *testing.T) {
	games := map[string]struct {
		game  *build.Game
		paths []string
	}{
		"symmetric": {&build.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{2, 1}, {1, 2}}}, []string{
			"mu", "ell", "coupling", "margin", "margins.sgn", "supremum", "rate", "witnesses.signed",
		}},
		"rotation": {&build.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{1, 4}, {-4, 1}}}, []string{
			"mu", "ell", "coupling", "margin", "margins.signed", "margins.true_block", "euclidean_margin", "rate", "best.true_block.value", "best.signed.value",
		}},
	}
	for name, x := range games {
		body := fileOf(t, x.game, build.Options{})
		if _, r := verified(t, body); !r.Confirmed() {
			t.Fatalf("%s is not confirmed", name)
		}
		var file any
		if err := json.Unmarshal(body, &file); err != nil {
			t.Fatal(err)
		}
		tried := map[string]bool{}
		for _, l := range leavesOf(file) {
			if !slices.Contains(x.paths, l.name) || l.x == 0 || l.x != math.Round(l.x) { // others are rounded to the safe side
				continue
			}
			to := math.Inf(1)
			if slices.Contains(upper, l.name) || l.name == "witnesses.signed" {
				to = math.Inf(-1)
			}
			tried[l.name] = true
			if _, r := verified(t, altered(t, body, l.path, math.Nextafter(l.x, to))); !fails(r) {
				t.Errorf("%s: %s: one unit in the last place of %.17g is not refused", name, pathName(l.path), l.x)
			}
		}
		if len(tried) != len(x.paths) {
			t.Errorf("%s: tried %v of %v", name, tried, x.paths)
		}
	}
}

// The problem is that of the field of that very name, whatever else stands beside it.
func TestAnotherProblemBesideIsNotRead(t *testing.T) {
	body := fileOf(t, &build.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{2, 1}, {1, 2}}}, build.Options{})
	other := fileOf(t, &build.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{9, 1}, {1, 9}}}, build.Options{})
	var problem map[string]json.RawMessage
	if err := json.Unmarshal(other, &problem); err != nil {
		t.Fatal(err)
	}
	both := strings.TrimSuffix(strings.TrimSpace(string(body)), "}") + `,"PROBLEM":` + string(problem["problem"]) + "}"
	c, r := verified(t, []byte(both))
	if d := c.ProblemDigest(); d != c.Digest || !r.Confirmed() {
		t.Errorf("the problem read is of digest %s, expected %s", d, c.Digest)
	}
	open := slices.ContainsFunc(r.Findings, func(f verify.Finding) bool {
		return strings.HasPrefix(f.What, "PROBLEM") && f.State == verify.NotChecked
	})
	if !open {
		t.Error("the field beside it is not listed as not checked")
	}
}
