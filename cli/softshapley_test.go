package cli_test

import (
	"os"
	"strings"
	"testing"
)

// Value iteration of a zero-sum Markov game is certified at any temperature and checked
// by other code; games it is not for are refused, in words that say what is.
func TestCertifySoftShapley(t *testing.T) {
	t.Chdir(t.TempDir())
	type certificate struct {
		Certified, Converges  bool
		Form, Concept, Method string
		Margin                float64
		Temperature           []float64
		Stages                struct {
			Contraction, Rate, Lower, Upper float64
			Step                            []float64
		}
	}
	const form = "--form soft-shapley "
	c := ok[certificate](t, strings.Fields("certify --game markov_soccer --out c.json --temperature 0.1,0.3 "+form)...)
	if !c.Certified || !c.Converges || c.Form != "soft-shapley" || c.Concept != "soft_qre" || c.Stages.Contraction != .9 || c.Stages.Rate != .1 || c.Stages.Upper != 1 || len(c.Stages.Step) != 760 {
		t.Errorf("%+v", c)
	}
	auto := ok[certificate](t, strings.Fields("certify --game wind_grid --simulate --out wind.json --temperature auto "+form)...)
	if !auto.Certified || len(auto.Temperature) != 2 || auto.Margin > .03 {
		t.Errorf("%+v", auto)
	}
	for _, format := range []string{"table", "csv", "tsv", "md"} {
		code, out, errs := run(append(strings.Fields("certify --game wind_grid --temperature 1 "+form), "--format", format)...)
		if code == 0 && !strings.Contains(out, "3:7") {
			t.Errorf("%s has no state: %s %s", format, out, errs)
		}
	}
	if code, out, errs := run("certify", "--verify", "wind.json"); code != 0 || !strings.Contains(out, "confirmed") || !strings.Contains(out, "stages.factor") {
		t.Errorf("exit %d, %s\n%s", code, errs, out)
	}
	body, err := os.ReadFile("wind.json")
	if err != nil {
		t.Fatal(err)
	}
	write(t, "bad.json", strings.Replace(string(body), `"contraction": 0.97`, `"contraction": 0.96`, 1))
	if code, out, _ := run("certify", "--verify", "bad.json"); code != 3 || !strings.Contains(out, "fails     stages.contraction") {
		t.Errorf("exit %d\n%s", code, out)
	}
	write(t, "general.json", `{"kind":"markov_game","players":2,"states":["s"],"actions":[[1],[2]],"discount":0.5,"rewards":[[[[1,0]]],[[[-1,1]]]],"transitions":[[[[1],[1]]]]}`)
	write(t, "ends.json", `{"kind":"markov_game","players":2,"states":["s"],"actions":[[1],[2]],"horizon":2,"rewards":[[[[1,0]]],[[[-1,0]]]],"transitions":[[[[1],[1]]]]}`)
	write(t, "one.json", `{"kind":"markov_game","players":2,"states":["s"],"actions":[[1],[2]],"discount":1,"rewards":[[[[1,0]]],[[[-1,0]]]],"transitions":[[[[1],[1]]]]}`)
	for args, part := range map[string]string{
		"--game general.json --temperature 1 " + form:                "form markov",
		"--game ends.json --temperature 1 " + form:                   "a discount below 1",
		"--game one.json --temperature 1 " + form:                    "discount",
		"--game kuhn_poker --temperature 1 " + form:                  "Markov game",
		"--game chicken --temperature 1 " + form:                     "Markov game",
		"--game wind_grid --temperature 0 " + form:                   "temperature",
		"--game wind_grid --temperature 1 --radius 1 " + form:        "--radius",
		"--game wind_grid --temperature 1 --method interval " + form: "--method",
		"--game wind_grid --temperature 1 --form sequence":           "soft-shapley",
		"--search --verify wind.json":                                "without --search",
		"--game wind_grid --temperature 1 --form markov":             "soft-shapley",
	} {
		if code, out, errs := run(append([]string{"certify"}, strings.Fields(args)...)...); code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("certify %s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
}
