package quadratic

import (
	"encoding/json"
	"testing"

	build "arbiter/certify/quadratic"
)

// What holds with nothing to spare is no more than that: of a game that does not move,
// all inequalities are equalities, and nothing contracts at any weights or step. And what
// has no metric has no margin in it.
func TestNothingIsNotMore(t *testing.T) {
	still := &build.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{0, 0}, {0, 0}}}
	turning := &build.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{0, 1}, {-1, 0}}}
	firm := &build.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{1, 10}, {-.05, 1}}}
	type file = map[string]any
	vectors := []any{file{"blocks": []int{0}, "vector": []int{1}}, file{"blocks": []int{1}, "vector": []int{1}}}
	for _, c := range []struct {
		name  string
		game  *build.Game
		what  string // that must not hold
		alter func(m file)
	}{
		{"a band of ratios", still, "timescale_band[0]", func(m file) { m["timescale_band"] = []float64{.5, 2} }},
		{"a band of one ratio", still, "timescale_band[0]", func(m file) { m["timescale_band"] = []float64{1, 1} }},
		{"a band without end", still, "bands[1][0]", func(m file) { m["bands"] = []any{[]any{nil, nil}, []any{.5, "inf"}} }},
		{"a box of weights", still, "box_factor", func(m file) { m["box_factor"] = 3 }},
		{"no box of weights", still, "box_factor", func(m file) { m["box_factor"] = 1 }},
		{"steps of the block max norm", still, "steps[0].max", func(m file) {
			m["ell"] = []float64{.5, .5}
			m["steps"] = []any{file{"scheme": "euler", "bound": "rho(T(eta)) < 1, block max norm", "max": 4, "best": 1, "factor": 1, "status": "theorem"}}
			m["euler_max_step"] = 4
			m["witnesses"] = file{"euler_most": vectors, "euler_best": vectors}
		}},
		{"a metric that is not there", turning, "source", func(m file) {
			m["source"], m["margin"], m["lipschitz"] = "lyapunov", 0, .001
			m["best"] = file{}
		}},
		{"a ball in another norm", firm, "region.norm", func(m file) { m["region"].(file)["norm"] = "max" }},
		{"everywhere, within a radius", firm, "region.radius", func(m file) { m["region"].(file)["radius"] = -1 }},
		{"a distance below 0", firm, "noise.per_noise", func(m file) { m["noise"].(file)["per_noise"] = -5 }},
	} {
		var m file
		if err := json.Unmarshal(fileOf(t, c.game, build.Options{}), &m); err != nil {
			t.Fatal(err)
		}
		c.alter(m)
		m["problem"] = json.RawMessage(problemOf(t, c.game)) // its digest is of its bytes
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, r := verified(t, body); !fails(r) || r.Confirmed() {
			t.Errorf("%s: %s is %q, expected that it fails", c.name, c.what, r.State(c.what))
		} else if r.State(c.what) != "fails" {
			t.Errorf("%s: fails, but %s is %q: %v", c.name, c.what, r.State(c.what), r.Findings)
		}
	}
}
