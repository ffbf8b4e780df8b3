package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"arbiter/catalog"
)

// formQuestions are what certify is asked so that a form answers, by its name.
var formQuestions = map[string][]string{
	"quadratic":    {"--problem", "toy.json"},
	"smooth":       {"--problem", "smooth.json"},
	"markov":       {"--game", "markov_game(file=states.json)", "--temperature", "150"},
	"soft-shapley": {"--game", "wind_grid", "--form", "soft-shapley", "--temperature", "0.1"},
	"sequence":     {"--game", "kuhn_poker", "--form", "sequence", "--temperature", "0.5"},
	"normal":       {"--game", "chicken", "--temperature", "8"},
	"agent":        {"--game", "kuhn_poker", "--temperature", "2"},
}

// Every form of certificates answers its question: the same bytes each time, which the
// verifier confirms and refuses once more is claimed, and play shrinks as certified.
func TestEveryForm(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "toy.json", miniToy)
	write(t, "smooth.json", `{"kind":"smooth_game","blocks":[1,1],"costs":["x1^2+0.5*sin(x1)*x2","x2^2-0.25*x1*x2"],"region":{"lower":[-1,-1],"upper":[1,1]}}`)
	write(t, "states.json", twoStates)
	margin := regexp.MustCompile(`"margin": ?([-+.e0-9]+)`)
	for _, f := range catalog.Standard().Forms {
		t.Run(f.Name, func(t *testing.T) {
			question, known := formQuestions[f.Name]
			if !known {
				t.Fatal("no question of this test is for it")
			}
			ask := func(out string, more ...string) []byte {
				t.Helper()
				if code, _, errs := run(slices.Concat([]string{"certify"}, question, more, []string{"--out", out})...); code != 0 {
					t.Fatalf("exit %d, %s", code, errs)
				}
				body, err := os.ReadFile(out)
				if err != nil {
					t.Fatal(err)
				}
				return body
			}
			first := ask("first.json")
			if again := ask("again.json"); !bytes.Equal(first, again) {
				t.Errorf("two certificates of one question:\n%s\n%s", first, again)
			}
			var played certificateJSON
			if err := json.Unmarshal(ask("played.json", "--simulate"), &played); err != nil {
				t.Fatal(err)
			}
			if played.Form != f.Name || !played.Certified || !played.Simulation.Holds || len(played.Simulation.Trials) == 0 {
				t.Errorf("form %q, certified %v, simulated %+v", played.Form, played.Certified, played.Simulation)
			}
			for _, file := range []string{"first.json", "played.json"} {
				if code, out, errs := run("certify", "--verify", file); code != 0 {
					t.Errorf("%s is not confirmed: exit %d, %s%s", file, code, out, errs)
				}
			}
			at := margin.FindSubmatchIndex(first)
			if at == nil {
				t.Fatalf("no margin in %s", first)
			}
			write(t, "more.json", string(first[:at[2]])+"1e6"+string(first[at[3]:]))
			if code, out, _ := run("certify", "--verify", "more.json"); code != 3 {
				t.Errorf("with a margin of a million: exit %d, %s", code, out)
			}
		})
	}
}
