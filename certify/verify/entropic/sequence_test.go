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

	build "arbiter/certify/entropic"
	"arbiter/certify/verify"
	"arbiter/certify/verify/search"
	"arbiter/dice"
	"arbiter/games/flat"
	"arbiter/games/gambit"
)

// randomDuel is a tree of two seats and constant sum: chance, seat 0, chance again in
// some, seat 1, who sees some of it, and seat 0 again in some. off is by how much sums of
// payoffs differ.
func randomDuel(t testing.TB, seed uint64, off float64) *flat.Board {
	key, at := dice.New(seed), 0
	u := func() float64 { at++; return dice.Float64(key.Word(at)) }
	n := func(most int) int { return 1 + int(float64(most)*u()) }
	var text strings.Builder
	text.WriteString("EFG 2 R \"duel\" { \"A\" \"B\" }\n")
	chance, set, leaf := 0, map[string]int{}, 0
	roll := func(outcomes int) {
		chance++
		fmt.Fprintf(&text, "c \"\" %d \"\" {", chance)
		left := 1000
		for k := range outcomes {
			p := int(u() * float64(left))
			if k == outcomes-1 {
				p = left
			}
			left -= p
			fmt.Fprintf(&text, " \"%d\" %d/1000", k, p)
		}
		text.WriteString(" } 0\n")
	}
	move := func(player int, name string, moves int) {
		if set[name] == 0 {
			set[name] = len(set) + 1
		}
		fmt.Fprintf(&text, "p \"\" %d %d \"%s\" {", player, set[name], name)
		for k := range moves {
			fmt.Fprintf(&text, " \"%d\"", k)
		}
		text.WriteString(" } 0\n")
	}
	end := func(sum float64) {
		leaf++
		x := math.Round(64*u()) / 16
		fmt.Fprintf(&text, "t \"\" %d \"\" { %.17g %.17g }\n", leaf, x, sum-x+off*u())
	}
	rolls, again, last, seen := n(4), 1+int(u()*1.5), u() < .5, u() < .5
	first, second, third := n(3), n(3), n(2)+1
	sum := math.Round(4*u()) - 2
	groups := [2][]int{}
	for range rolls {
		groups[0], groups[1] = append(groups[0], n(2)), append(groups[1], n(3))
	}
	roll(rolls)
	for r := range rolls {
		move(1, fmt.Sprintf("a%d", groups[0][r]), first)
		for a := range first {
			roll(again)
			for c := range again {
				name := fmt.Sprintf("b%d", groups[1][r])
				if seen {
					name += fmt.Sprintf("_%d_%d", a, c)
				}
				move(2, name, second)
				for b := range second {
					if !last || b == 0 {
						end(sum)
						continue
					}
					move(1, fmt.Sprintf("a%d_%d_%d", groups[0][r], a, b), third)
					for range third {
						end(sum)
					}
				}
			}
		}
	}
	tree, err := gambit.ReadTree([]byte(text.String()), "duel.efg")
	if err != nil {
		t.Fatal(err)
	}
	g, err := gambit.NewGame("duel", tree)
	if err != nil {
		t.Fatal(err)
	}
	b, err := flat.Compile(g, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ofSequences(t testing.TB, b *flat.Board, tau []float64) subject {
	c, err := build.SequenceForm(context.Background(), b, tau)
	if err != nil {
		t.Fatal(err)
	}
	return subject{fileOf(t, c, "sequence", tau),
		func(c *verify.Claim) (*verify.Result, error) { return Sequence(context.Background(), c, b, data) },
		func(c *search.Claim) (*search.Result, error) {
			return search.Sequence(context.Background(), c, b, data)
		},
	}
}

func duel(t testing.TB, seed uint64) subject {
	key := dice.New(seed)
	tau := []float64{.01 + dice.Float64(key.Word(1)), .01 + dice.Float64(key.Word(2))}
	off := 0.0
	if seed%3 == 0 {
		off = 1e-10
	}
	return ofSequences(t, randomDuel(t, seed, off), tau)
}

func TestSequenceFormsAreConfirmed(t *testing.T) {
	games := 120
	if testing.Short() {
		games = 30
	}
	swayed := 0
	for seed := range games {
		s := duel(t, uint64(seed))
		c, r := s.verified(t, s.body)
		if bad := fails(r); bad != nil || !c.Certified || !r.Confirmed() {
			t.Errorf("game %d: certified %t, confirmed %t, %v", seed, c.Certified, r.Confirmed(), bad)
		}
		if !strings.Contains(string(s.body), `"lipschitz":0`) {
			swayed++
		}
	}
	if swayed < games/2 {
		t.Errorf("%d of %d games have two players who sway one another", swayed, games)
	}
}

func TestAlteredSequenceFormsAreRefused(t *testing.T) {
	tried := map[string]int{}
	for seed := range uint64(6) {
		s := duel(t, seed)
		if seed == 5 {
			s = ofSequences(t, board(t, 2), []float64{.25, .5})
		}
		s.refuses(t, fmt.Sprintf("game %d", seed), tried)
		for _, what := range []string{"weights", "temperature", "entropy.temperature"} {
			if _, r := s.verified(t, altered(t, s.body, append(pathOf(what), 0), 1.0000001)); fails(r) == nil {
				t.Errorf("game %d: another of %s is not refused", seed, what)
			}
		}
	}
	for _, name := range []string{"mu", "margin", "margins.signed", "rate", "lipschitz", "entropy.lipschitz", "coupling", "gain", "steps.max", "steps.factor"} {
		if tried[name] < 3 {
			t.Errorf("%s was altered %d times", name, tried[name])
		}
	}
}

// refuses wants every number that says more by a part in 1e9 refused, and counts them by
// name.
func (s subject) refuses(t *testing.T, name string, tried map[string]int) {
	t.Helper()
	_, r := s.verified(t, s.body)
	open := map[string]bool{}
	for _, f := range r.Findings {
		open[f.What] = open[f.What] || f.State == verify.NotChecked
	}
	var file any
	if err := json.Unmarshal(s.body, &file); err != nil {
		t.Fatal(err)
	}
	for _, l := range placesOf(file) {
		up := slices.Contains(append([]string{"margins.blockmax"}, lower...), l.name)
		if l.x == 0 || open[l.name] || !up && !slices.Contains(upper, l.name) {
			continue
		}
		x := l.x - 1e-9*math.Abs(l.x)
		if up {
			x = l.x + 1e-9*math.Abs(l.x)
		}
		tried[l.name]++
		if _, r := s.verified(t, altered(t, s.body, l.path, x)); fails(r) == nil {
			t.Errorf("%s: %v: %.17g instead of %.17g is not refused", name, l.path, x, l.x)
		}
	}
}

// agrees wants nothing confirmed that the search refuses, of six altered files, and tells
// how many of them it refuses.
func (s subject) agrees(t *testing.T, seed int) (refused int) {
	t.Helper()
	var file any
	if err := json.Unmarshal(s.body, &file); err != nil {
		t.Fatal(err)
	}
	places, key := placesOf(file), dice.New(uint64(seed))
	for k := range 6 {
		l := places[int(dice.Float64(key.Word(2*k))*float64(len(places)))]
		body := altered(t, s.body, l.path, l.x*(1-math.Pow(10, -1-5*dice.Float64(key.Word(2*k+1)))))
		claim, err := search.Read(body, "file")
		if err != nil {
			continue
		}
		found, err := s.search(claim)
		if err != nil {
			continue
		}
		_, r := s.verified(t, body)
		bad := map[string]bool{}
		for _, f := range found.Findings {
			if !f.Holds {
				bad[f.What] = true
			}
		}
		open := false
		for _, f := range r.Findings {
			open = open || f.State == verify.NotChecked && bad[f.What]
			if f.State == verify.Holds && bad[f.What] {
				t.Errorf("game %d, %v: %s holds, and fails in the search", seed, l.path, f.What)
			}
		}
		if !found.Holds() {
			if refused++; r.Confirmed() && !open {
				t.Errorf("game %d, %v: confirmed, and refused by the search for %v", seed, l.path, slices.Sorted(maps.Keys(bad)))
			}
		}
	}
	return refused
}

func pathOf(name string) (out []any) {
	for part := range strings.SplitSeq(name, ".") {
		out = append(out, part)
	}
	return out
}

func TestSequenceFormsAgreeWithSearch(t *testing.T) {
	games := 60
	if testing.Short() {
		games = 15
	}
	refused := 0
	for seed := range games {
		refused += duel(t, uint64(1000+seed)).agrees(t, seed)
	}
	if refused < games/2 {
		t.Errorf("%d refused: the test has lost its mixture", refused)
	}
}
