package cli_test

import (
	"strings"
	"testing"
)

// What programs read of a training is there in both modes, under the names they were
// told: of planning a row per temperature, of playing a row per judgement.
func TestTrainingFields(t *testing.T) {
	t.Chdir(t.TempDir())
	for args, row := range map[string][]string{
		"--tau-a 1,0.1 --tau-p 0.1":                              {"tau_p", "tau_a", "value", "return", "worst_case", "nash_conv"},
		"--variant own-entropy --tau-a 1,0.5 --no-polish":        {"tau_p", "tau_a", "value", "return", "worst_case", "nash_conv"},
		"--mode sampled --iterations 2 --episodes 2 --horizon 9": {"episode", "temperature", "return", "worst_case"},
	} {
		m := ok[map[string]any](t, append([]string{"train", "qarl", "wind_grid", "--out", "policy.json"}, strings.Fields(args)...)...)
		for _, field := range []string{"learner", "game", "episodes", "variant", "regulariser", "curve", "final", "policy"} {
			if m[field] == nil {
				t.Errorf("%s: no field %s", args, field)
			}
		}
		curve, _ := m["curve"].([]any)
		if len(curve) == 0 {
			t.Errorf("%s: a curve of nothing", args)
		}
		final, _ := m["final"].(map[string]any)
		for i, x := range append(curve, m["final"]) {
			of, _ := x.(map[string]any)
			for _, field := range row {
				if _, there := of[field]; !there && (i < len(curve) || final["tau_p"] != nil) {
					t.Errorf("%s: row %d has no %s", args, i, field)
				}
			}
		}
		if v := ok[map[string]any](t, "evaluate", "--game", "wind_grid", "--policy", "policy.json"); v["nash_conv"] == nil {
			t.Errorf("%s: the policy is not evaluated: %v", args, v)
		}
	}
}
