package catalog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/games"
)

func solved(t *testing.T, file, solver string) (*Table, *choose.Answer) {
	t.Helper()
	g, err := Standard().Open(filepath.Join("testdata", file), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Solve(context.Background(), solver+"(exact=true)", choose.Settings{})
	if err != nil {
		t.Fatalf("%s, %s: %v", file, solver, err)
	}
	return g, s
}

func complete(s *choose.Answer) bool { return s.Complete != nil && *s.Complete }

func ratiosOf(r *choose.Ratios) string {
	if r == nil {
		return "unknown"
	}
	var parts []string
	for _, rows := range r.Policy {
		for _, row := range rows {
			var list []string
			for _, x := range row {
				list = append(list, x.RatString())
			}
			parts = append(parts, strings.Join(list, " "))
		}
	}
	var values []string
	for _, x := range r.Values {
		values = append(values, x.RatString())
	}
	return strings.Join(parts, " | ") + " pays " + strings.Join(values, " ")
}

// The public cases, as testdata/README.md tells them, in fractions.
func TestPublicCases(t *testing.T) {
	for _, c := range []struct {
		file, solver, chosen string
		want                 string   // of the one on top
		all                  []string // of several
		complete             bool
	}{
		{"only-luck.efg", "nash", "backward-induction", " pays 2 1", []string{" pays 2 1"}, true},
		{"only-luck.efg", "lp", "", " pays 2 1", nil, false},
		{"river-bluff.efg", "nash", "lp", "1 0 | 1/198 197/198 | 1 0 | 1 0 | 1/2 1/2 | 1/2 1/2 pays 3/200 197/200", nil, false},
		{"trust.efg", "nash", "backward-induction", "0 1 | 0 1 pays 0 0", []string{"0 1 | 1/2 1/2 pays 0 0", "0 1 | 0 1 pays 0 0"}, true},
		{"trust.efg", "extreme", "", "0 1 | 1/2 1/2 pays 0 0", []string{"0 1 | 1/2 1/2 pays 0 0", "0 1 | 0 1 pays 0 0"}, true},
		{"labels-that-repeat.efg", "extreme", "", "1 0 | 0 1 | 1 0 pays -1 1", []string{"1 0 | 0 1 | 1 0 pays -1 1", "1 0 | 0 1 | 2/3 1/3 pays -1 1"}, true},
		{"unequal-supports.json", "extreme", "", "0 3/4 1/4 | 0 1 0 pays 1 -1", []string{"0 3/4 1/4 | 0 1 0 pays 1 -1", "0 1/2 1/2 | 0 1 0 pays 1 -1"}, true},
		{"rationals.nfg", "lp", "", "11000000/22735451 0 11735451/22735451 | 0 266000000/522915373 256915373/522915373 pays 4097273/22735451 -4097273/22735451", nil, false},
		{"rationals.nfg", "extreme", "", "11000000/22735451 0 11735451/22735451 | 0 266000000/522915373 256915373/522915373 pays 4097273/22735451 -4097273/22735451", []string{""}, true},
		{"rationals.json", "extreme", "", "", nil, true},
		{"lost-tie.efg", "nash", "backward-induction", "1 0 pays 7551631/625000000 0", []string{"1 0 pays 7551631/625000000 0", "0 1 pays 7551631/625000000 0"}, true},
	} {
		_, s := solved(t, c.file, c.solver)
		if got := ratiosOf(s.Exact); c.want != "" && got != c.want || s.Chosen != c.chosen || complete(s) != c.complete {
			t.Errorf("%s, %s: %s by %q, complete %v; expected %s by %q", c.file, c.solver, got, s.Chosen, complete(s), c.want, c.chosen)
		}
		if c.all == nil {
			continue
		}
		if len(s.OthersExact) != len(c.all) {
			t.Errorf("%s, %s: %d equilibria, expected %d", c.file, c.solver, len(s.OthersExact), len(c.all))
			continue
		}
		for i, want := range c.all {
			if got := ratiosOf(s.OthersExact[i]); want != "" && got != want {
				t.Errorf("%s, %s: equilibrium %d is %s, expected %s", c.file, c.solver, i, got, want)
			}
		}
	}
	// One payoff differs: no longer constant sum, of which lp speaks.
	g, s := solved(t, "rationals-typo.nfg", "nash")
	if v, _ := s.Exact.Values[0].Float64(); g.Game.Info().ConstantSum || s.Chosen != "extreme" || math.Abs(v-0.18021516265501) > 1e-14 {
		t.Errorf("rationals-typo.nfg: constant sum %v, by %s, value %v", g.Game.Info().ConstantSum, s.Chosen, v)
	}
	for _, solver := range []string{"lp", "lemke-howson"} {
		if _, err := g.Solve(context.Background(), solver, choose.Settings{}); (err == nil) != (solver == "lemke-howson") {
			t.Errorf("%s: %v", solver, err)
		}
	}
}

// What the equilibria of the same case give has no gap, by code that knows no
// solver, and ratios are what the numbers round.
func TestRatiosAreTheNumbers(t *testing.T) {
	for _, file := range []string{"river-bluff.efg", "trust.efg", "labels-that-repeat.efg", "unequal-supports.json", "rationals.nfg", "rationals-typo.nfg", "rationals.json", "lost-tie.efg"} {
		for _, solver := range []string{"nash", "lp", "extreme", "lemke-howson", "support-enumeration", "backward-induction"} {
			g, err := Standard().Open(filepath.Join("testdata", file), "")
			if err != nil {
				t.Fatal(err)
			}
			s, err := g.Solve(context.Background(), solver+"(exact=true)", choose.Settings{})
			if err != nil {
				continue // of another form
			}
			if s.Exact == nil {
				t.Errorf("%s, %s: no ratios: %v", file, solver, s.Warnings)
				continue
			}
			b, _ := g.Board()
			for i, r := range append([]*choose.Ratios{s.Exact}, s.OthersExact...) {
				p := s.Policy
				if i > 0 {
					p = s.Others[i-1]
				}
				for k, rows := range r.Policy {
					for row, list := range rows {
						for m, x := range list {
							if f, _ := x.Float64(); math.Abs(f-p[k][row][m]) > 1e-15 {
								t.Errorf("%s, %s: %v beside %g", file, solver, x, p[k][row][m])
							}
						}
					}
				}
				for k, gap := range b.Evaluate(p).Gaps {
					if v, _ := r.Values[k].Float64(); gap > 1e-15 || math.Abs(v-b.Evaluate(p).Values[k]) > 1e-15 {
						t.Errorf("%s, %s: gap %g, value %v", file, solver, gap, r.Values[k])
					}
				}
			}
		}
	}
}

// Policies of Kuhn poker that were judged wrongly elsewhere.
func TestPublicPolicies(t *testing.T) {
	g, err := Standard().Open("kuhn_poker", "testdata")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := g.Board()
	for file, want := range map[string][3]float64{"kuhn-a.json": {-1. / 18, 0, 0}, "kuhn-b.json": {-1. / 18, 1. / 6, 0}, "kuhn-c.json": {1. / 18, 1. / 18, 5. / 9}, "kuhn-nash.json": {-1. / 18, 0, 0}} {
		a, err := g.Seat("policy(file=" + file + ")")
		if err != nil {
			t.Fatal(err)
		}
		var p []games.Behaviour
		for seat := range 2 {
			s, err := agents.BehaviourOf(a.Agent.(agents.Tabular), b, seat)
			if err != nil {
				t.Fatal(err)
			}
			p = append(p, s)
		}
		e := b.Evaluate(p)
		if math.Abs(e.Values[0]-want[0]) > 1e-15 || math.Abs(e.Gaps[0]-want[1]) > 1e-15 || math.Abs(e.Gaps[1]-want[2]) > 1e-15 {
			t.Errorf("%s: values %v, gaps %v, expected %v", file, e.Values, e.Gaps, want)
		}
	}
}

// What convert writes is what the file says: written, read and written again it is
// the same text, and the forms of both have the same ratios.
func TestConvertKeepsNumbers(t *testing.T) {
	for _, file := range []string{"river-bluff.efg", "trust.efg", "labels-that-repeat.efg", "lost-tie.efg", "only-luck.efg", "rationals.nfg", "rationals-typo.nfg", "rationals.json", "unequal-supports.json", "long.csv"} {
		spec := filepath.Join("testdata", file)
		if strings.HasSuffix(file, ".csv") {
			spec = fmt.Sprintf("metagame(file=%s,noise=none)", spec)
		}
		g, err := Standard().Open(spec, "")
		if err != nil {
			t.Fatal(err)
		}
		form, err := g.chooser().Normal()
		if err != nil {
			t.Fatal(err)
		}
		for _, ending := range []string{".nfg", ".efg"} {
			var first, second bytes.Buffer
			write := func(g *Table, to *bytes.Buffer) {
				err := g.WriteTree(to)
				if ending == ".nfg" {
					to.Reset()
					err = g.WriteNormal(to)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			write(g, &first)
			again, err := opened("again"+ending, first.Bytes())
			if err != nil {
				t.Fatalf("%s: %v\n%s", file, err, first.String())
			}
			write(again, &second)
			if first.String() != second.String() {
				t.Errorf("%s: written as\n%s\nand, when that is read, as\n%s", file, first.String(), second.String())
			}
			same, err := again.chooser().Normal()
			if err != nil {
				t.Fatal(err)
			}
			for k := range form.Payoffs {
				for i, x := range form.Payoffs[k] {
					if x.Cmp(same.Payoffs[k][i]) != 0 {
						t.Errorf("%s as %s: payoff %d of player %d is %v, expected %v", file, ending, i, k, same.Payoffs[k][i], x)
					}
				}
			}
			if info, want := again.Game.Info(), g.Game.Info(); want.Title != "" && (info.Title != want.Title || fmt.Sprint(info.Players) != fmt.Sprint(want.Players)) {
				t.Errorf("%s as %s: title %q, players %q; expected %q, %q", file, ending, info.Title, info.Players, want.Title, want.Players)
			}
		}
	}
}

// Decimals and fractions of tables are what they say, longer than floating point
// or not.
func TestTablesAreExact(t *testing.T) {
	const one = "0.1,0.3333333333333333333333,-7/3,12345678901234567890.125,1e-3,0.30000000000000004"
	words := strings.Split(one, ",")
	var row []string
	for _, w := range words {
		if strings.Contains(w, "/") {
			w = fmt.Sprintf("%q", w)
		}
		row = append(row, w)
	}
	body := fmt.Sprintf(`{"kind":"payoff_table","population":"multi","strategies":[["a"],["1","2","3","4","5","6"]],"payoffs":[[[%s]],[[0,0,0,0,0,0]]]}`, strings.Join(row, ","))
	g, err := opened("t.json", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	n, err := g.chooser().Normal()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"1/10", "3333333333333333333333/10000000000000000000000", "-7/3", "98765431209876543121/8", "1/1000", "30000000000000004/100000000000000000"}
	for i, w := range want {
		var a, b json.Number = json.Number(n.Payoffs[0][i].RatString()), json.Number(w)
		if i == 5 {
			b = "7500000000000001/25000000000000000"
		}
		if a != b {
			t.Errorf("%s is %s, expected %s", words[i], a, b)
		}
	}
	for _, bad := range []string{`"1/0"`, `"0.5"`, `"1/3 "`, `"-1/-3"`, `1e-400`, `1e400`, `null`, `"1/3/4"`, `"` + strings.Repeat("9", 3000) + `/7"`} {
		body := fmt.Sprintf(`{"kind":"payoff_table","population":"multi","strategies":[["a"],["b"]],"payoffs":[[[%s]],[[0]]]}`, bad)
		if _, err := opened("t.json", []byte(body)); err == nil || !strings.Contains(err.Error(), "t.json: payoffs[0][0][0]: found ") || len(err.Error()) > 200 {
			t.Errorf("%.40s: %v", bad, err)
		}
	}
}

// A form without exact numbers claims no completeness.
func TestRoundedFormsAreNotComplete(t *testing.T) {
	body, err := os.ReadFile("testdata/horizon.json")
	if err != nil {
		t.Fatal(err)
	}
	body = bytes.Replace(body, []byte(`"horizon":3`), []byte(`"horizon":1`), 1)
	g, err := Standard().OpenKept("markov_game(file=m.json,view=history)", []File{{Path: "m.json", Body: body}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Solve(context.Background(), "extreme(exact=true)", choose.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if complete(s) || s.Exact != nil || !strings.Contains(strings.Join(s.Warnings, "\n"), "known only as they were rounded") {
		t.Errorf("complete %v, ratios %v, %q", complete(s), s.Exact, s.Warnings)
	}
	if _, err := g.Solve(context.Background(), "mmd(exact=true)", choose.Settings{Limits: equilibria.Limits{Iterations: 1}}); err == nil {
		t.Error("mmd takes --exact")
	}
}
