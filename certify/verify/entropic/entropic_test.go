package entropic

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"arbiter/certify"
	build "arbiter/certify/entropic"
	"arbiter/certify/verify"
	"arbiter/certify/verify/search"
	"arbiter/dice"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
	"arbiter/games/normal"
	"arbiter/internal/document"
)

const data = "digest of the data"

// fileOf is the file of a certificate.
func fileOf(t testing.TB, c *certify.Certificate, form string, temperature []float64) []byte {
	t.Helper()
	c.Form, c.Digest, c.Temperature = form, data, temperature
	body, err := document.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if c.Witnesses != nil {
		m["witnesses"] = map[string]any{}
	}
	if body, err = json.Marshal(m); err != nil {
		t.Fatal(err)
	}
	return body
}

func tableFile(t testing.TB, table normal.Table, tau []float64) []byte {
	g, err := build.NormalForm(context.Background(), table)
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.Certify(context.Background(), tau)
	if err != nil {
		t.Fatal(err)
	}
	return fileOf(t, c, "normal", tau)
}

func board(t testing.TB, players int) *flat.Board {
	g, err := kuhn.New(players)
	if err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func boardFile(t testing.TB, b *flat.Board, tau []float64) []byte {
	g, err := build.AgentForm(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	var all []float64
	for seat, x := range tau {
		all = append(all, slices.Repeat([]float64{x}, len(b.Rows(seat)))...)
	}
	c, err := g.Certify(context.Background(), all)
	if err != nil {
		t.Fatal(err)
	}
	return fileOf(t, c, "agent", tau)
}

// subject is a game with a certificate of it, checked at witnesses and by the search.
type subject struct {
	body   []byte
	check  func(c *verify.Claim) (*verify.Result, error)
	search func(c *search.Claim) (*search.Result, error)
}

func ofTables(t testing.TB, table normal.Table, tau []float64) subject {
	return subject{tableFile(t, table, tau),
		func(c *verify.Claim) (*verify.Result, error) { return Table(context.Background(), c, table, data) },
		func(c *search.Claim) (*search.Result, error) {
			return search.Normal(context.Background(), c, table, data)
		},
	}
}

func ofBoards(t testing.TB, b *flat.Board, tau []float64) subject {
	return subject{boardFile(t, b, tau),
		func(c *verify.Claim) (*verify.Result, error) { return Board(context.Background(), c, b, data) },
		func(c *search.Claim) (*search.Result, error) { return search.Agent(context.Background(), c, b, data) },
	}
}

func (s subject) verified(t testing.TB, body []byte) (*verify.Claim, *verify.Result) {
	t.Helper()
	c, err := verify.Read(body, "file")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.check(c)
	if err != nil {
		t.Fatal(err)
	}
	return c, r
}

// randomTable has two or three players and payoffs of a few digits in some games.
func randomTable(seed uint64) (normal.Table, []float64) {
	key, at := dice.New(seed), 0
	random := func() float64 { at++; return dice.Float64(key.Word(at)) }
	var table normal.Table
	cells := 1
	players := 2 + int(random()*2)
	for k := range players {
		n := 2 + int(random()*3)
		var pool []string
		for a := range n {
			pool = append(pool, fmt.Sprintf("%d_%d", k, a))
		}
		table.Strategies = append(table.Strategies, pool)
		cells *= n
	}
	var tau []float64
	t, short, cancel := .2+1.5*random(), random() < .5, random() < .4
	for k := range players {
		var u []float64
		for c := range cells {
			x := 2*random() - 1
			if short {
				x = math.Round(4*x) / 4
			}
			if cancel && k == 1 {
				x = -table.Payoffs[0][c] + .2*x
			}
			u = append(u, x)
		}
		table.Payoffs = append(table.Payoffs, u)
		if tau = append(tau, t); random() < .3 {
			tau[k] = t * (1 + random())
		}
	}
	return table, tau
}

func fails(r *verify.Result) (out []string) {
	for _, f := range r.Findings {
		if f.State == verify.Fails {
			out = append(out, fmt.Sprintf("%s: %.17g: %s", f.What, f.Claimed, f.Note))
		}
	}
	return out
}

func TestCertificatesAreConfirmed(t *testing.T) {
	games := 150
	if testing.Short() {
		games = 40
	}
	certified := 0
	for seed := range games {
		table, tau := randomTable(uint64(seed))
		s := ofTables(t, table, tau)
		c, r := s.verified(t, s.body)
		if bad := fails(r); bad != nil {
			t.Errorf("game %d: %v", seed, bad)
		}
		if c.Certified {
			if certified++; !r.Confirmed() {
				t.Errorf("game %d: not confirmed", seed)
			}
		}
	}
	if certified < games/4 || certified > games*19/20 {
		t.Errorf("%d of %d games are certified: the test has lost its mixture", certified, games)
	}
	for _, players := range []int{2, 3} {
		if players == 3 && testing.Short() {
			continue
		}
		tau := slices.Repeat([]float64{.6}, players)
		s := ofBoards(t, board(t, players), tau)
		if c, r := s.verified(t, s.body); fails(r) != nil || c.Certified != r.Confirmed() || !c.Certified {
			t.Errorf("%d players: certified %t, confirmed %t, %v", players, c.Certified, r.Confirmed(), fails(r))
		}
	}
}

// Numbers that say more, the other way where Upper.
var (
	lower = []string{"mu", "margin", "margins.signed", "margins.sgn", "rate", "euler_max_step", "steps.max", "entropy.unsigned"}
	upper = []string{
		"ell", "coupling", "gain", "lipschitz", "steps.factor", "entropy.interaction", "entropy.swayed", "entropy.lipschitz", "entropy.threshold",
		"entropy.unsigned_threshold",
	}
	witnesses = []string{"entropy.witness", "entropy.xi", "entropy.gain_witness"}
)

type place struct {
	path []any
	name string // without indices
	x    float64
}

func placesOf(file any) (out []place) {
	var walk func(at any, path []any, name string)
	walk = func(at any, path []any, name string) {
		switch at := at.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(at)) {
				walk(at[k], append(slices.Clone(path), k), strings.TrimPrefix(name+"."+k, "."))
			}
		case []any:
			for i, x := range at {
				walk(x, append(slices.Clone(path), i), name)
			}
		case float64:
			out = append(out, place{path, name, at})
		}
	}
	walk(file, nil, "")
	return out
}

func altered(t testing.TB, body []byte, path []any, x float64) []byte {
	t.Helper()
	var m any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	at := m
	for _, p := range path[:len(path)-1] {
		switch p := p.(type) {
		case string:
			at = at.(map[string]any)[p]
		case int:
			at = at.([]any)[p]
		}
	}
	switch p := path[len(path)-1].(type) {
	case string:
		at.(map[string]any)[p] = x
	case int:
		at.([]any)[p] = x
	}
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Every number that is made to say more by a part in 1e9 is refused, one that is exact
// by a unit in the last place, and every vector that is off by as much.
func TestAlteredNumbersAreRefused(t *testing.T) {
	table := normal.Table{
		Strategies: [][]string{{"a", "b", "c"}, {"d", "e"}},
		Payoffs:    [][]float64{{1, -.5, .25, .75, 0, .5}, {.25, .75, -.5, .125, .5, .5}},
	}
	three := normal.Table{Strategies: [][]string{{"a", "b"}, {"c", "d"}, {"e", "f"}}, Payoffs: [][]float64{
		{1, -.5, .25, .75, 0, .5, .1, .2}, {.25, .75, -.5, .125, .5, .5, .9, .3}, {.5, .1, .7, -.3, .2, .6, -.1, .4},
	}}
	for name, s := range map[string]subject{
		"three": ofTables(t, three, []float64{1, 1, 1}),
		"table": ofTables(t, table, []float64{.6, .7}), "same": ofTables(t, table, []float64{.75, .75}), "tree": ofBoards(t, board(t, 2), []float64{.5, .5}),
	} {
		if name == "tree" && testing.Short() {
			continue
		}
		c, r := s.verified(t, s.body)
		if !c.Certified || !r.Confirmed() {
			t.Fatalf("%s: certified %t, %v", name, c.Certified, fails(r))
		}
		var file any
		if err := json.Unmarshal(s.body, &file); err != nil {
			t.Fatal(err)
		}
		open := map[string]bool{}
		for _, f := range r.Findings {
			open[f.What] = open[f.What] || f.State == verify.NotChecked
		}
		tried := map[string]int{}
		for _, l := range placesOf(file) {
			var by []float64
			up, down := slices.Contains(lower, l.name), slices.Contains(upper, l.name)
			switch {
			case l.x == 0 || open[l.name]:
				continue
			case up:
				by = []float64{l.x * (1 + 1e-9)}
			case down:
				by = []float64{l.x * (1 - 1e-9)}
			case slices.Contains(witnesses, l.name) && name != "tree", l.name == "entropy.lipschitz_witness" && name == "three": // of two players, there is more than one
				by = []float64{l.x * (1 + 1e-9), l.x * (1 - 1e-9)}
			}
			if 1024*l.x == math.Round(1024*l.x) && slices.Contains([]string{"mu", "ell", "coupling", "entropy.interaction"}, l.name) {
				by = append(by, math.Nextafter(l.x, map[bool]float64{true: math.Inf(1), false: 0}[up]))
			}
			for _, x := range by {
				tried[l.name]++
				if _, r := s.verified(t, altered(t, s.body, l.path, x)); fails(r) == nil {
					t.Errorf("%s: %v: %.17g instead of %.17g is not refused", name, l.path, x, l.x)
				}
			}
		}
		if len(tried) < 13 {
			t.Errorf("%s: only %d fields were altered: %v", name, len(tried), tried)
		}
	}
}

// What holds at the witnesses holds in the search too, also of changed files.
func TestKernelAgreesWithSearch(t *testing.T) {
	games := 40
	if testing.Short() {
		games = 8
	}
	refused := 0
	for seed := range games {
		table, tau := randomTable(uint64(500 + seed))
		s := ofTables(t, table, tau)
		if seed == 0 {
			s = ofBoards(t, board(t, 2), []float64{.4, .5})
		}
		var file any
		if err := json.Unmarshal(s.body, &file); err != nil {
			t.Fatal(err)
		}
		places, key := placesOf(file), dice.New(uint64(seed))
		for k := range 6 {
			body := s.body
			if k > 0 {
				l := places[int(dice.Float64(key.Word(2*k))*float64(len(places)))]
				body = altered(t, body, l.path, l.x*(1-math.Pow(10, -1-5*dice.Float64(key.Word(2*k+1)))))
			}
			c, err := verify.Read(body, "file")
			if err != nil {
				continue
			}
			claim, err := search.Read(body, "file")
			if err != nil {
				continue
			}
			r, err := s.check(c)
			if err != nil {
				continue
			}
			found, err := s.search(claim)
			if err != nil {
				continue
			}
			bad := map[string]bool{}
			for _, f := range found.Findings {
				if !f.Holds {
					bad[f.What] = true
				}
			}
			open := false
			for _, f := range r.Findings {
				if open = open || f.State == verify.NotChecked && bad[f.What]; f.State == verify.Holds && bad[f.What] {
					t.Errorf("game %d, change %d: %s holds, and fails in the search", seed, k, f.What)
				}
			}
			if !found.Holds() {
				if refused++; r.Confirmed() && !open {
					t.Errorf("game %d, change %d: confirmed, and refused by the search for %v", seed, k, slices.Sorted(maps.Keys(bad)))
				}
			}
		}
	}
	if refused < games/2 {
		t.Errorf("%d refused: the test has lost its mixture", refused)
	}
}

// A row of steps speaks of the weights of the certificate, and everywhere is no ball.
func TestWordsAreThoseOfTheForm(t *testing.T) {
	table := normal.Table{Strategies: [][]string{{"a", "b"}, {"x", "y"}}, Payoffs: [][]float64{{1, 0, 0, 1}, {0, 1, 1, 0}}}
	for what, alter := range map[string]func(m map[string]any){
		"steps[1].metric": func(m map[string]any) { m["steps"].([]any)[1].(map[string]any)["metric"] = "lyapunov" },
		"region.radius":   func(m map[string]any) { m["region"].(map[string]any)["ball"] = 2 },
	} {
		var m map[string]any
		if err := json.Unmarshal(tableFile(t, table, []float64{1, 1}), &m); err != nil {
			t.Fatal(err)
		}
		alter(m)
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		c, err := verify.Read(body, "certificate.json")
		if err != nil {
			t.Fatal(err)
		}
		r, err := Table(context.Background(), c, table, data)
		if err != nil || !c.Certified || r.State(what) != verify.Fails || r.Confirmed() {
			t.Errorf("%s: %v, %q, confirmed %v, expected that it fails", what, err, r.State(what), r.Confirmed())
		}
	}
}
