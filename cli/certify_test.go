package cli_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type certificateJSON struct {
	Game, Digest, Form, Verdict, Method, Source string
	Temperature_chosen                          string
	Problem                                     json.RawMessage
	Certified                                   bool
	Temperature, Weights, Timescale_band        []float64
	Margin, Euclidean_margin, Spectral_abscissa *float64
	Lipschitz, Euler_max_step                   *float64
	Margins                                     map[string]*float64
	Region                                      struct {
		Shape           string
		Unique          bool
		Ball, Invariant any
	}
	Unstable *struct {
		Re     float64
		Vector []float64
	}
	Reasons    []string
	Simulation struct {
		Holds  bool
		Trials []struct {
			Certified, Worst *float64
			Steps            int
		}
	}
}

// miniToy is the game of the paper: a = 10, b = 0.05.
const miniToy = `{"kind": "quadratic_game", "blocks": [1, 1], "matrix": [[1, 10], [0.05, 1]]}`

// twoStates is the Markov game of the paper: +1 for a match, -1 else.
const twoStates = `{"kind": "markov_game", "players": 2, "states": ["s0", "s1"], "actions": [[2, 2], [2, 2]], "discount": 0.9, "start": [1, 0],
 "rewards": [[[[1, -1], [-1, 1]], [[1, -1], [-1, 1]]], [[[1, -1], [-1, 1]], [[1, -1], [-1, 1]]]],
 "transitions": [[[[0.9, 0.1], [0.5, 0.5]], [[0.5, 0.5], [0.1, 0.9]]], [[[0.9, 0.1], [0.5, 0.5]], [[0.5, 0.5], [0.1, 0.9]]]]}`

func near(x *float64, y, tol float64) bool { return x != nil && math.Abs(*x-y) <= tol*math.Abs(y) }

func TestCertifyProblems(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "toy.json", miniToy)
	c := ok[certificateJSON](t, "certify", "--problem", "toy.json", "--simulate", "--out", "c.json")
	if !c.Certified || c.Form != "quadratic" || c.Source != "sgn" || c.Game != "" || len(c.Digest) != 64 || !c.Region.Unique ||
		!near(c.Margin, 1-math.Sqrt(.5), 1e-12) || !near(c.Euclidean_margin, -4.025, 1e-12) || !near(c.Lipschitz, 1+math.Sqrt(.5), 1e-12) ||
		math.Abs(c.Weights[1]-200) > 1e-9 || math.Abs(c.Timescale_band[0]-34.31457505) > 1e-7 || math.Abs(c.Timescale_band[1]-1165.685425) > 1e-5 {
		t.Errorf("%+v", c)
	}
	if !c.Simulation.Holds || len(c.Simulation.Trials) < 6 {
		t.Errorf("simulation: %+v", c.Simulation)
	}
	_, out, _ := run("certify", "--problem", "toy.json", "--simulate", "--format", "json")
	if file, err := os.ReadFile("c.json"); err != nil || string(file) != out {
		t.Errorf("--out differs from what is printed, %v", err)
	}
	var compact string
	if err := json.Unmarshal([]byte(`"`+strings.NewReplacer(`"`, `\"`, " ", "").Replace(miniToy)+`"`), &compact); err != nil {
		t.Fatal(err)
	}
	var written struct{ Problem any }
	var given any
	if json.Unmarshal([]byte(out), &written) != nil || json.Unmarshal([]byte(miniToy), &given) != nil || fmt.Sprint(written.Problem) != fmt.Sprint(given) {
		t.Errorf("problem: %v, expected %v", written.Problem, given)
	}

	// Written with other blanks it is the same problem with the same digest.
	write(t, "same.json", compact)
	if d := ok[certificateJSON](t, "certify", "--problem", "same.json").Digest; d != c.Digest {
		t.Errorf("digests %s and %s of one problem", d, c.Digest)
	}

	write(t, "spin.json", `{"kind": "quadratic_game", "blocks": [1, 1], "matrix": [[1, 10], [-10, 1]], "offset": [1, 2]}`)
	if c := ok[certificateJSON](t, "certify", "--problem", "spin.json"); c.Source != "signed" || !near(c.Margin, 1, 1e-9) || !near(c.Margins["sgn"], -9, 1e-9) {
		t.Errorf("rotation: %+v", c)
	}
	ball := ok[certificateJSON](t, "certify", "--problem", "spin.json", "--radius", "2")
	if ball.Region.Shape != "ball" || ball.Region.Ball != 2. || !ball.Region.Unique {
		t.Errorf("ball: %+v", ball.Region)
	}

	write(t, "saddle.json", `{"kind": "quadratic_game", "blocks": [1, 1], "matrix": [[1, 2], [2, 1]]}`)
	code, out, errs := run("certify", "--problem", "saddle.json", "--format", "json")
	var r certificateJSON
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 3 || r.Verdict != "refuted" || r.Unstable == nil || math.Abs(r.Unstable.Re+1) > 1e-12 ||
		math.Abs(r.Unstable.Vector[0]+r.Unstable.Vector[1]) > 1e-12 || !strings.Contains(errs, "refuted") {
		t.Errorf("saddle: exit %d, %v, %+v", code, err, r)
	}

	// Stable, with eigenvalues of real part 1/4, but not convex for player 0.
	write(t, "concave.json", `{"kind": "quadratic_game", "blocks": [1, 1], "matrix": [[0, 2], [-2, 0]]}`)
	code, text, errs := run("certify", "--problem", "concave.json")
	if code != 3 || !strings.Contains(text, "not divergence") || !strings.Contains(text, "player 0 is not strongly convex") || !strings.Contains(errs, "not divergence") {
		t.Errorf("concave: exit %d, %s\n%s", code, errs, text)
	}
}

// The needle: all points of a coarse sample pass, and between them the curvature
// is negative. Samples never certify, enclosures find it.
func TestCertifyNeedle(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "needle.json", `{"kind": "smooth_game", "blocks": [1, 1], "field": ["2*x1+x2/2-3*tanh(1000*(x1-0.3137))/1000", "2*x2-x1/2"],
 "region": {"lower": [-1, -1], "upper": [1, 1]}}`)
	code, out, _ := run("certify", "--problem", "needle.json", "--method", "sampled", "--samples", "40", "--format", "json", "--seed", "3")
	var c certificateJSON
	if err := json.Unmarshal([]byte(out), &c); err != nil || code != 3 || c.Certified || c.Verdict != "sampled evidence only" || !(*c.Margin > 1) || c.Method != "sampled" {
		t.Errorf("sampled: exit %d, %v, %+v", code, err, c)
	}
	code, out, _ = run("certify", "--problem", "needle.json", "--format", "json")
	if err := json.Unmarshal([]byte(out), &c); err != nil || code != 3 || c.Verdict != "not certified" || c.Method != "interval" || !(*c.Margin < 0) {
		t.Errorf("enclosed: exit %d, %v, %+v", code, err, c)
	}
	write(t, "mild.json", `{"kind": "smooth_game", "blocks": [1, 1], "field": ["2*x1+sin(x1)/2+x2/2", "2*x2-x1/2+tanh(x1)/4"], "region": {"lower": [-1, -1], "upper": [1, 1]}}`)
	if c := ok[certificateJSON](t, "certify", "--problem", "mild.json", "--simulate"); c.Verdict != "proven" || !c.Simulation.Holds || len(c.Simulation.Trials) < 3 {
		t.Errorf("mild: %+v", c)
	}
}

func TestCertifyGames(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "two.json", twoStates)
	for _, x := range []struct {
		args, form    string
		margin, least float64 // margin within 1e-9 if least is 0, else from least to margin
	}{
		{"kuhn_poker --temperature 0.3", "agent", .05, 0},
		{"kuhn_poker --temperature 0.3 --form sequence", "sequence", .3, 0},
		{"kuhn_poker --temperature 0.2,0.1 --form sequence", "sequence", .1, 0},
		{"rock_paper_scissors --temperature 0.01", "normal", .01, 0},
		{"matching_pennies --temperature 0.2", "normal", .2, 0},
		{"chicken --temperature 1", "normal", .25, 0},
		// Two cells' and the sampled limit of the reference.
		{"two.json --temperature 1 --radius 0.2", "markov", .378, .98 * .286},
	} {
		if testing.Short() && x.form == "markov" {
			continue
		}
		c := ok[certificateJSON](t, append([]string{"certify", "--simulate", "--game"}, strings.Fields(x.args)...)...)
		if !c.Certified || c.Verdict != "proven" || c.Form != x.form || len(c.Digest) != 64 || c.Game == "" || !c.Region.Unique || !c.Simulation.Holds || len(c.Simulation.Trials) < 2 {
			t.Errorf("%s: %+v", x.args, c)
		}
		if m := *c.Margin; x.least == 0 && math.Abs(m-x.margin) > 1e-9 || x.least > 0 && !(m > x.least && m <= x.margin) {
			t.Errorf("%s: margin %g, expected %g to %g", x.args, m, x.least, x.margin)
		}
		for _, s := range c.Simulation.Trials {
			if s.Steps < 40 || s.Worst == nil || !(*s.Worst <= *s.Certified+1e-7) {
				t.Errorf("%s: %+v", x.args, s)
			}
		}
	}
	code, out, errs := run("certify", "--game", "kuhn_poker", "--temperature", "0.2499")
	if code != 3 || !strings.Contains(out, "0.25 is certified") || !strings.Contains(errs, "not divergence") {
		t.Errorf("below the threshold: exit %d, %s\n%s", code, errs, out)
	}
	if code, out, _ := run("certify", "--game", "two.json", "--temperature", "1"); code != 3 || !strings.Contains(out, "12.755") {
		t.Errorf("closed form: exit %d\n%s", code, out)
	}
}

// The temperature that auto finds is certified, and one a little lower is not.
func TestCertifyAuto(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "two.json", twoStates)
	for args, about := range map[string]float64{"kuhn_poker": .25, "chicken": .75, "stag_hunt": .75, "two.json": 12.7551} {
		c := ok[certificateJSON](t, "certify", "--game", args, "--temperature", "auto")
		tau := c.Temperature[0]
		if !c.Certified || math.Abs(tau-about) > 1e-5*about+1e-4 || c.Temperature_chosen == "" {
			t.Errorf("%s: temperature %g, expected about %g; %q", args, tau, about, c.Temperature_chosen)
		}
		if code, _, _ := run("certify", "--game", args, "--temperature", fmt.Sprint(tau*.9999)); code != 3 {
			t.Errorf("%s at %g: exit %d, expected 3", args, tau*.9999, code)
		}
	}
	for _, args := range []string{"rock_paper_scissors", "matching_pennies"} {
		if c := ok[certificateJSON](t, "certify", "--game", args, "--temperature", "auto"); !strings.Contains(c.Temperature_chosen, "every temperature") || c.Temperature[0] != .02 {
			t.Errorf("%s: %q, %g", args, c.Temperature_chosen, c.Temperature)
		}
	}
	if testing.Short() {
		return
	}
	if c := ok[certificateJSON](t, "certify", "--game", "two.json", "--temperature", "auto", "--radius", "0.2", "--max-cells", "100"); !c.Certified ||
		!strings.Contains(c.Temperature_chosen, "bisection") || !(c.Temperature[0] < .8) {
		t.Errorf("bisection: %g, %q", c.Temperature, c.Temperature_chosen)
	}
}

// Digests are of the data: a name does not count, a payoff does.
func TestCertifyDigests(t *testing.T) {
	t.Chdir(t.TempDir())
	table := `{"kind": "payoff_table", "population": "multi", "strategies": [["a", "b"], ["c", "d"]], "payoffs": [[[1, 0], [0, %s]], [[0, 1], [1, 0]]]}`
	digest := func(game string) string {
		_, out, errs := run("certify", "--game", game, "--temperature", "5", "--format", "json")
		var c certificateJSON
		if err := json.Unmarshal([]byte(out), &c); err != nil || len(c.Digest) != 64 {
			t.Fatalf("%s: %v, %s", game, err, errs)
		}
		return c.Digest
	}
	write(t, "one.json", fmt.Sprintf(table, "1"))
	write(t, "renamed.json", strings.Replace(fmt.Sprintf(table, "1.0"), `"a"`, `"A"`, 1))
	write(t, "other.json", fmt.Sprintf(table, "1.0000000000000002"))
	if one := digest("one.json"); one != digest("renamed.json") || one == digest("other.json") {
		t.Error("digests of tables")
	}
	write(t, "two.json", twoStates)
	write(t, "faster.json", strings.Replace(twoStates, `0.9, "start"`, `0.8, "start"`, 1))
	if digest("two.json") == digest("faster.json") {
		t.Error("the discount does not count")
	}
	if digest("kuhn_poker") == digest("liars_dice(sides=2)") {
		t.Error("digests of trees")
	}
}

func TestCertifyBad(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"toy.json":     miniToy,
		"two.json":     twoStates,
		"smooth.json":  `{"kind": "smooth_game", "blocks": [1], "field": ["x1"], "region": {"lower": [-1], "upper": [1]}}`,
		"torn.json":    `{"kind": "quadratic_game",` + "\n" + `"blocks": [1`,
		"word.json":    `{"kind": "quadratic_game",` + "\n" + `"blocks": ["one"], "matrix": [[1]]}`,
		"extra.json":   `{"kind": "quadratic_game", "blocks": [1], "matrix": [[1]], "colour": 1}`,
		"kind.json":    `{"kind": "poker"}`,
		"array.json":   `[1, 2]`,
		"square.json":  `{"kind": "quadratic_game", "blocks": [1, 1], "matrix": [[1, 2]]}`,
		"ragged.json":  `{"kind": "quadratic_game", "blocks": [1, 1], "matrix": [[1, 2], [1]]}`,
		"blocks.json":  `{"kind": "quadratic_game", "blocks": [1, 0], "matrix": [[1]]}`,
		"none.json":    `{"kind": "quadratic_game"}`,
		"offset.json":  `{"kind": "quadratic_game", "blocks": [1], "matrix": [[1]], "offset": [1, 2]}`,
		"metric.json":  `{"kind": "quadratic_game", "blocks": [1], "matrix": [[1]], "metric": [[[-1]]]}`,
		"metric2.json": `{"kind": "quadratic_game", "blocks": [2], "matrix": [[1, 0], [0, 1]], "metric": [[[1, 2], [0, 1]]]}`,
		"huge.json":    `{"kind": "quadratic_game", "blocks": [1], "matrix": [[1e400]]}`,
		"log.json":     `{"kind": "smooth_game", "blocks": [1], "field": ["log(x1)"], "region": {"lower": [-1], "upper": [1]}}`,
		"upside.json":  `{"kind": "smooth_game", "blocks": [1], "field": ["x1"], "region": {"lower": [1], "upper": [-1]}}`,
		"x2.json":      `{"kind": "smooth_game", "blocks": [1], "field": ["x2"], "region": {"lower": [-1], "upper": [1]}}`,
		"horizon.json": strings.Replace(twoStates, `"discount": 0.9`, `"horizon": 3`, 1),
	} {
		write(t, name, text)
	}
	for args, part := range map[string]string{
		"":                                                                "--problem",
		"--problem toy.json --game chicken":                               "--problem",
		"--game chicken":                                                  "--temperature",
		"--game chicken --temperature 0":                                  "--temperature",
		"--game chicken --temperature -1":                                 "--temperature",
		"--game chicken --temperature NaN":                                "--temperature",
		"--game chicken --temperature warm":                               `"warm"`,
		"--game chicken --temperature 1,2,3":                              "temperature: found 3",
		"--game chess --temperature 1":                                    `"chess"`,
		"--problem toy.json --temperature 1":                              "--temperature",
		"--problem toy.json --form agent":                                 "--form",
		"--problem toy.json --radius 0":                                   "--radius",
		"--problem toy.json --radius -1":                                  "--radius",
		"--problem toy.json --radius inf":                                 "--radius",
		"--problem toy.json --method sampled":                             "expected exact",
		"--problem toy.json --method magic":                               `"magic"`,
		"--problem toy.json extra":                                        `"extra"`,
		"--problem smooth.json --radius 1":                                "own region",
		"--problem smooth.json --method exact":                            "grid+lipschitz or sampled",
		"--problem smooth.json --samples -1":                              "--samples",
		"--problem smooth.json --max-cells -1":                            "--max-cells",
		"--problem missing.json":                                          "missing.json",
		"--problem torn.json":                                             "torn.json:2",
		"--problem word.json":                                             "word.json:2: blocks",
		"--problem extra.json":                                            `"colour"`,
		"--problem kind.json":                                             `found "poker"`,
		"--problem array.json":                                            "array.json:1",
		"--problem square.json":                                           "matrix: 1 rows, expected 2",
		"--problem ragged.json":                                           "matrix[1]: 1 numbers",
		"--problem blocks.json":                                           "blocks[1]",
		"--problem none.json":                                             "blocks",
		"--problem offset.json":                                           "offset",
		"--problem metric.json":                                           "metric[0]: not positive definite",
		"--problem metric2.json":                                          "metric[0]: not symmetric",
		"--problem huge.json":                                             "huge.json:1",
		"--problem log.json":                                              "outside the domain",
		"--problem upside.json":                                           "region",
		"--problem x2.json":                                               "field[0]",
		"--game two.json --temperature 1 --form agent":                    "--form",
		"--game two.json --temperature 1 --method interval":               "--radius",
		"--game two.json --temperature 1 --radius 1 --method analytic":    "expected interval",
		"--game two.json --temperature 1 --method sampled":                "--radius",
		"--game horizon.json --temperature 1":                             "horizon",
		"--game chicken --temperature 1 --form agent":                     "payoff table",
		"--game chicken --temperature 1 --form sequence":                  "payoff table",
		"--game kuhn_poker --temperature 1 --form tree":                   `"tree"`,
		"--game kuhn_poker --temperature 1 --radius 1":                    "everywhere",
		"--game kuhn_poker --temperature 1 --method interval":             "expected analytic",
		"--game kuhn_poker(players=3) --temperature 1 --form sequence":    "seats",
		"--game kuhn_poker(players=3) --temperature auto --form sequence": "seats",
	} {
		code, out, errs := run(append([]string{"certify"}, strings.Fields(args)...)...)
		if code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("certify %s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
	if code, _, _ := run("certify", "--problem", "toy.json", "--out", "no/such/folder/c.json"); code != 1 {
		t.Errorf("a folder that is not there: exit %d, expected 1", code)
	}
}

// Every format prints, and the same each time.
func TestCertifyFormats(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "toy.json", miniToy)
	for _, format := range []string{"table", "json", "csv", "markdown"} {
		_, first, _ := run("certify", "--problem", "toy.json", "--simulate", "--seed", "9", "--format", format)
		code, out, errs := run("certify", "--problem", "toy.json", "--simulate", "--seed", "9", "--format", format)
		if code != 0 || errs != "" || out != first || !strings.Contains(out, "0.2928") {
			t.Errorf("%s: exit %d, %s\n%s", format, code, errs, out)
		}
	}
	_, out, _ := run("certify", "--problem", "toy.json", "--format", "csv")
	if !strings.HasPrefix(out, "constant,index,value\n") || !strings.Contains(out, "\neuclidean_margin,,-4.025\n") {
		t.Errorf("csv\n%s", out)
	}
}

// Magnetic mirror descent keeps to the certified step, says so and gets where the
// tracer of quantal responses gets.
func TestCertifiedStep(t *testing.T) {
	type solution struct {
		Status, Step string
		Policy       map[string]any
	}
	for _, args := range []string{"chicken --temperature 1", "chicken --temperature 0.9,1.4", "biased_rock_paper_scissors --temperature 0.5", "inspection_game --temperature 4"} {
		list := append([]string{"solve", "--game"}, strings.Fields(args)...)
		s := ok[solution](t, append(list, "--solver", "mmd", "--step", "certified")...)
		if s.Status != "converged" || !strings.Contains(s.Step, "certified") {
			t.Errorf("%s: %+v", args, s)
		}
		other := ok[solution](t, append(list, "--solver", "logit")...)
		for _, player := range []string{"player_0", "player_1"} {
			for i, x := range s.Policy[player].([]any) {
				if y := other.Policy[player].([]any)[i].(float64); math.Abs(x.(float64)-y) > 1e-7 {
					t.Errorf("%s: %s: %v, the tracer finds %v", args, player, s.Policy[player], other.Policy[player])
				}
			}
		}
	}
	for args, part := range map[string]string{
		"chicken --solver mmd --temperature 0.5 --step certified":    "above 0.75",
		"kuhn_poker --solver mmd --temperature 0.5 --step certified": "payoff tables",
		"chicken --solver mmd --step certified":                      "expected temperature or lambda",
		"chicken --solver logit --temperature 1 --step certified":    "mmd",
		"chicken --solver mmd --temperature 1 --step small":          `"small"`,
	} {
		code, out, errs := run(append([]string{"solve", "--game"}, strings.Fields(args)...)...)
		if code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("%s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
}

// The ladder: a grid with a proved slope certifies, points never do.
func TestCertifyByGridAndByPoints(t *testing.T) {
	problem := func(name string) string {
		path, err := filepath.Abs("../testdata/certify/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	type certificate struct {
		Certified       bool
		Verdict, Method string
		Margin          *float64
	}
	grid := ok[certificate](t, "certify", "--problem", problem("smooth.json"), "--method", "grid+lipschitz", "--points", "32")
	whole := ok[certificate](t, "certify", "--problem", problem("smooth.json"))
	if !grid.Certified || grid.Method != "grid+lipschitz" || whole.Method != "interval" {
		t.Errorf("grid %+v, interval %+v", grid, whole)
	}
	for _, args := range [][]string{
		{"--problem", problem("needle.json"), "--method", "grid+lipschitz", "--points", "3"},
		{"--problem", problem("smooth.json"), "--method", "sampled"},
		{"--game", problem("two_states.json"), "--temperature", "1", "--radius", "0.2", "--method", "sampled"},
	} {
		code, out, _ := run(append(append([]string{"certify"}, args...), "--format", "json")...)
		var c certificate
		if err := json.Unmarshal([]byte(out), &c); err != nil || code != 3 || c.Certified || c.Verdict == "proven" {
			t.Errorf("%v: exit %d, %v, %+v", args, code, err, c)
		}
	}
	if code, _, _ := run("certify", "--game", problem("two_states.json"), "--temperature", "auto", "--radius", "0.2", "--method", "sampled"); code != 2 {
		t.Errorf("auto by points: exit %d", code)
	}
}

// Certificates of regions are confirmed by other code; with another radius or
// margin they are not.
func TestVerifyRegions(t *testing.T) {
	dir, err := filepath.Abs("../testdata/certify")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"--game", filepath.Join(dir, "two_states.json"), "--temperature", "1", "--radius", "0.2", "--max-cells", "100"},
		{"--problem", filepath.Join(dir, "smooth.json")},
		{"--problem", filepath.Join(dir, "smooth.json"), "--method", "grid+lipschitz", "--points", "32"},
	} {
		if code, _, errs := run(append(append([]string{"certify"}, args...), "--out", "c.json")...); code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, errs)
		}
		if code, out, errs := run("certify", "--verify", "c.json"); code != 0 {
			t.Errorf("%v: not confirmed, exit %d, %s%s", args, code, out, errs)
		}
		body, err := os.ReadFile("c.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"margin", "euler_max_step"} {
			var c map[string]any
			if err := json.Unmarshal(body, &c); err != nil {
				t.Fatal(err)
			}
			c[field] = 2 * c[field].(float64)
			forged, err := json.Marshal(c)
			if err == nil {
				err = os.WriteFile("forged.json", forged, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			if code, _, _ := run("certify", "--verify", "forged.json"); code != 3 {
				t.Errorf("%v with twice the %s: exit %d", args, field, code)
			}
		}
	}
}
