package search

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"arbiter/certify/quadratic"
	"arbiter/dice"
	"arbiter/games/normal"
)

// A file that would take much room or time is refused, with the field named.
func TestHostileFilesAreRefused(t *testing.T) {
	good, err := json.Marshal(quadraticFile(t, miniToy(), quadratic.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	with := func(field, value string) []byte {
		var m map[string]json.RawMessage
		if err := json.Unmarshal(good, &m); err != nil {
			t.Fatal(err)
		}
		delete(m, field)
		rest, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return append([]byte(`{"`+field+`": `+value+`, `), rest[1:]...)
	}
	many := strings.TrimSuffix(strings.Repeat("0,", mostValues+5), ",")
	for _, x := range []struct {
		name string
		body []byte
		part string
	}{
		{"deep", with("reasons", strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)), "reasons"},
		{"deep and torn", with("reasons", strings.Repeat(`{"a":`, 100_000)), "reasons"},
		{"many", with("mu", "["+many+"]"), "mu"},
		{"many rows", with("coupling", "["+strings.TrimSuffix(strings.Repeat("[],", mostValues), ",")+"]"), "coupling"},
		{"a long text", with("verdict", `"`+strings.Repeat("x", mostText+1)+`"`), "verdict"},
		{"a text for a number", with("margin", `"NaN"`), "margin"},
		{"a number there is not", with("margin", `1e999`), "margin"},
		{"a name", with("margin", `NaN`), ""},
		{"a list for a number", with("margin", `[1]`), "margin"},
		{"a number for a list", with("mu", `1`), "mu"},
		{"a list for an object", with("region", `[1, 2]`), "region"},
		{"a word for a flag", with("certified", `"yes"`), "certified"},
		{"nested numbers", with("equilibrium", `[[1]]`), "equilibrium"},
		{"a block for each number", with("blocks", `[1, 2]`), "blocks"},
		{"a far entry", with("coupling", `[{"i": 0, "j": 999999999, "value": 1}]`), "coupling"},
		{"an entry twice", with("coupling", `[{"i": 0, "j": 1, "value": 1}, {"i": 0, "j": 1, "value": 2}]`), "coupling"},
		{"half an entry", with("coupling", `[{"i": 0, "j": 1}]`), "coupling"},
		{"twice in an object", with("region", `{"shape": "all", "shape": "ball"}`), "region.shape"},
		{"twice, escaped", with("region", `{"shape": "all", "sh\u0061pe": "ball"}`), "region.shape"},
	} {
		_, err := Read(x.body, "file.json")
		if err == nil || !strings.Contains(err.Error(), x.part) || !strings.HasPrefix(err.Error(), "file.json") || len(err.Error()) > 400 {
			t.Errorf("%s: error %.300v, expected one that names %s", x.name, err, x.part)
		}
	}
	// Unknown fields, at any depth, are findings.
	for _, x := range []struct{ field, value, what string }{
		{"guarantee", `"all is well"`, "guarantee"}, {"Margin", `1`, "Margin"},
		{"region", `{"shape": "all", "norm": "l2 in the metric", "unique": true, "radius": "inf", "ball": "inf", "invariant": "inf", "distance": 1, "basin": 7}`, "region.basin"},
	} {
		c, err := Read(with(x.field, x.value), "file.json")
		if err != nil {
			t.Errorf("%s: %v", x.field, err)
			continue
		}
		f, err := Quadratic(context.Background(), c)
		refused(t, x.field, f, err, x.what)
	}
}

// Both numbers of this game are within 1e-9 of a game that contracts; its eigenvalue
// is -0.04.
func TestSlackIsGrantedOnce(t *testing.T) {
	g := &quadratic.Game{Blocks: []int{1, 1}, Matrix: [][]float64{{1e8, 100000000.04}, {100000000.04, 1e8}}}
	m := quadraticFile(t, &quadratic.Game{Blocks: g.Blocks, Matrix: [][]float64{{1e8, 99999999.96}, {99999999.96, 1e8}}}, quadratic.Options{})
	if m["certified"] != true {
		t.Fatal("the game beside it is not certified")
	}
	m["problem"] = json.RawMessage(problemOf(t, g))
	c := claimOf(t, m)
	m["digest"] = c.ProblemDigest()
	f, err := Quadratic(context.Background(), claimOf(t, m))
	refused(t, "forged", f, err, "certified")
	refused(t, "forged", f, err, "margin")
	for _, x := range f.Findings {
		if x.What == "margin" && !(math.Abs(x.Found+.04) < 2e-2) {
			t.Errorf("proved is %g, expected -0.04", x.Found)
		}
	}
}

// What is certified is confirmed in all units.
func TestUnitsOfPlayers(t *testing.T) {
	games := 40
	if testing.Short() {
		games = 8
	}
	certified := 0
	for seed := range games {
		key := dice.New(uint64(seed) + 900)
		unit := func(k int) float64 { return math.Pow(10, math.Round(16*dice.Float64(key.Word(k))-8)) }
		q := randomQuadratic(uint64(seed))
		q.Metric, q.Natural = nil, false
		from := 0
		for b, d := range q.Blocks {
			u := unit(b)
			for r := from; r < from+d; r++ {
				q.Offset[r] *= u
				for c := range q.Matrix {
					q.Matrix[r][c] *= u // the payoff
				}
			}
			from += d
		}
		m := quadraticFile(t, q, quadratic.Options{})
		f, err := Quadratic(context.Background(), claimOf(t, m))
		confirmed(t, fmt.Sprintf("quadratic %d", seed), f, err)
		if m["certified"] == true {
			certified++
		}
		table := randomTable(uint64(seed))
		var tau []float64
		scaled := normal.Table{Strategies: table.Strategies}
		for k, row := range table.Payoffs {
			u := unit(10 + k)
			tau = append(tau, u*(.3+.1*float64(seed%9)))
			var out []float64
			for _, x := range row {
				out = append(out, u*x)
			}
			scaled.Payoffs = append(scaled.Payoffs, out)
		}
		m = normalFile(t, scaled, tau)
		f, err = Normal(context.Background(), claimOf(t, m), scaled, data)
		confirmed(t, fmt.Sprintf("normal %d", seed), f, err)
		if m["certified"] == true {
			certified++
		}
	}
	if certified < games/2 {
		t.Errorf("%d of %d are certified: the test has lost its mixture", certified, 2*games)
	}
}

// FuzzRead: any bytes are read as a certificate that can be verified, or refused.
func FuzzRead(f *testing.F) {
	for _, m := range []map[string]any{
		quadraticFile(f, miniToy(), quadratic.Options{}),
		smoothFile(f, []int{1, 1}, []string{"2*x1+sin(x2)/2", "2*x2"}, []float64{-.5, -.5}, []float64{.5, .5}),
	} {
		body, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
		f.Add(bytes.Replace(body, []byte("1"), []byte("-1e308"), 3))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := Read(body, "file.json")
		if err != nil || len(body) > 1<<14 {
			return
		}
		switch c.Form {
		case "quadratic":
			Quadratic(context.Background(), c)
		case "smooth":
			Smooth(context.Background(), c)
		}
	})
}
