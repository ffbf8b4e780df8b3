package gambit

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/gametest"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// The pure equilibria of the files, as Gambit finds them.
func TestNormalExamples(t *testing.T) {
	for name, want := range map[string]string{
		"two-firms.nfg":                    "[[1 2]]",
		"labelled-three-players.nfg":       "[[down left far] [up right far]]",
		"outcome-version-coordination.nfg": "[[T L] [M R]]",
		"outcome-version-unnamed.nfg":      "[]",
	} {
		n, err := ReadNormal(file(t, name), name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(pure(n)); got != want {
			t.Errorf("%s: pure equilibria %s, expected %s", name, got, want)
		}
		var b bytes.Buffer
		if err := n.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := ReadNormal(b.Bytes(), "written")
		if err != nil || !reflect.DeepEqual(rats(again.Payoffs), rats(n.Payoffs)) || !reflect.DeepEqual(again.Strategies, n.Strategies) || again.Title != n.Title || again.Comment != n.Comment {
			t.Errorf("%s: read again %+v, %v; expected %+v", name, again, err, n)
		}
		if err := n.Table().Check(); err != nil {
			t.Error(err)
		}
	}
}

func pure(n Normal) (found [][]string) {
	profile := make([]int, len(n.Players))
	for range n.Payoffs[0] {
		best := true
		for k := range profile {
			other := append([]int{}, profile...)
			for other[k] = range n.Strategies[k] {
				best = best && n.Payoffs[k][n.index(other)].Cmp(n.Payoffs[k][n.index(profile)]) <= 0
			}
		}
		if best {
			var names []string
			for k, i := range profile {
				names = append(names, n.Strategies[k][i])
			}
			found = append(found, names)
		}
		next(profile, n.Strategies)
	}
	return found
}

func TestNumbersAreExact(t *testing.T) {
	for text, want := range map[string]string{
		"0.1": "1/10", "4.": "4", "-.5": "-1/2", "1E-2": "1/100", "1/3": "1/3", "-6/4": "-3/2", "007": "7", "0/5": "0", "2e3": "2000", "-0": "0",
	} {
		body := fmt.Sprintf(`NFG 1 R "" { "" } { 1 } %s`, text)
		if n, err := ReadNormal([]byte(body), "f"); err != nil || n.Payoffs[0][0].RatString() != want {
			t.Errorf("%s is read as %v, %v; expected %s", text, n.Payoffs, err, want)
		}
	}
	for _, text := range []string{"+1", "1.5e+1", "1.5/3", "1/-2", "1/0", ".", "-", "1e", "1e999", "1e-999", "0x1", "1_0", "NaN", "inf", "1e99999999999999999999", "e1", "--1", strings.Repeat("9", 800)} {
		body := fmt.Sprintf(`NFG 1 R "" { "" } { 1 } %s`, text)
		if n, err := ReadNormal([]byte(body), "f"); err == nil {
			t.Errorf("%s is read as %v", text, n.Payoffs)
		} else if !strings.HasPrefix(err.Error(), "f:1:25: payoff: found ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestLabelsBecomeUnique(t *testing.T) {
	for in, want := range map[string]string{"a a": "a_1 a_2", "a b": "a b", "a a a_1": "a_2 a_3 a_1", "a a_1 a": "a_2 a_1 a_3"} {
		if got := strings.Join(unique(strings.Split(in, " ")), " "); got != want {
			t.Errorf("%s becomes %s, expected %s", in, got, want)
		}
	}
	if got := fmt.Sprint(unique([]string{"", "1", ""})); got != "[2 1 3]" {
		t.Errorf("empty labels become %s", got)
	}
}

func tree(t testing.TB, body []byte) *Tree {
	t.Helper()
	tr, err := ReadTree(body, "f.efg")
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func game(t testing.TB, name string, tr *Tree) *Game {
	t.Helper()
	g, err := NewGame(name, tr)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func board(t testing.TB, tr *Tree) *flat.Board {
	t.Helper()
	b, err := flat.Compile(game(t, "f", tr), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTreeExamples(t *testing.T) {
	entry, coin := tree(t, file(t, "entry-deterrence.efg")), tree(t, file(t, "coin-then-guess-with-a-paid-hint.efg"))
	for _, c := range []struct {
		tree   *Tree
		policy []games.Behaviour
		nash   bool
	}{
		{entry, []games.Behaviour{{{0, 1}}, {{0, 1}}}, true},
		{entry, []games.Behaviour{{{1, 0}}, {{2. / 3, 1. / 3}}}, true},
		{entry, []games.Behaviour{{{1, 0}}, {{.6, .4}}}, false},
		{entry, []games.Behaviour{{{0, 1}}, {{1, 0}}}, false},
		// Rows of a board are breadth first: A sees H, A sees T; told, not told, told T.
		{coin, []games.Behaviour{{{0, 1}, {0, 1}}, {{1, 0}, {1, 0}, {.3, .7}}}, true},
		{coin, []games.Behaviour{{{1, 0}, {0, 1}}, {{1, 0}, {1, 0}, {.3, .7}}}, false},
	} {
		gametest.Run(t, game(t, "f", c.tree))
		if e := board(t, c.tree).Evaluate(c.policy); (e.NashConv < 1e-12) != c.nash {
			t.Errorf("%s: NashConv %g of %v, an equilibrium: %t", c.tree.Title, e.NashConv, c.policy, c.nash)
		}
		var b bytes.Buffer
		if err := c.tree.Write(&b); err != nil {
			t.Fatal(err)
		}
		again := tree(t, b.Bytes())
		for _, t := range []*Tree{again, c.tree} {
			forget(t)
		}
		if !reflect.DeepEqual(again, c.tree) {
			t.Errorf("read again %s is\n%s", c.tree.Title, b.String())
		}
	}
	e := board(t, coin).Evaluate([]games.Behaviour{{{0, 1}, {0, 1}}, {{1, 0}, {1, 0}, {1, 0}}})
	if fmt.Sprintf("%.12g", e.Values) != "[0.15 0.85]" {
		t.Errorf("always hiding, which costs the fee too, is worth %v, expected 0.15 and 0.85", e.Values)
	}
	info := game(t, "f", coin).Info()
	if !info.ConstantSum || info.Sum != 1 || info.Lo[0] != -.25 {
		t.Errorf("the fee moves payoffs between players: %+v", info)
	}
}

// forget drops how a file wrote what it defines.
func forget(t *Tree) {
	for _, sets := range append(t.Sets, t.Chance) {
		for i := range sets {
			sets[i].raw = ""
		}
	}
	for i := range t.Outcomes {
		t.Outcomes[i].raw = ""
	}
}

// Information sets are numbered by first appearance in the file, whatever ids
// it uses, and printed so.
func TestKeysAreGambits(t *testing.T) {
	tr := tree(t, []byte(`EFG 2 R "" { "A" "B" }
c "" 1 "" { "x" 1/2 "y" 1/2 } 0
p "" 1 9 "" { "l" "r" } 0
p "" 1 4 "" { "l" "r" } 0
t "" 1 "" { 0 0 }
t "" 1
t "" 1
p "" 1 2 "" { "l" "r" } 0
t "" 1
t "" 1
`))
	if p := board(t, tr).Policy(board(t, tr).Uniform()); fmt.Sprint(p.Seats[0].Keys) != "[1 2 3]" || len(p.Seats[1].Keys) != 0 {
		t.Errorf("information states %v", p.Seats)
	}
}

func TestImperfectRecallIsNamed(t *testing.T) {
	tr := tree(t, []byte(`EFG 2 R "" { "A" "B" }
p "" 1 1 "s" { "l" "r" } 0
p "" 1 1 0
t "" 1 "" { 0 0 }
t "" 1
t "" 1
`))
	if _, err := flat.Compile(game(t, "absent", tr), 100); err == nil || !strings.Contains(err.Error(), "imperfect recall") {
		t.Errorf("the absent-minded driver compiles: %v", err)
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for body, want := range map[string]string{
		"":                         `f:1:1: found the end of the file, expected NFG`,
		"nfg 1":                    `f:1:1: found "nfg", expected NFG`,
		"NFG 2":                    `f:1:5: found "2", expected 1`,
		"NFG 1 X":                  `f:1:7: found "X", expected R or D`,
		"NFG 1 R { }":              `f:1:9: title: found "{", expected text in quotes`,
		"NFG 1 R \"a\n{":           `f:1:9: the quote is not closed`,
		`NFG 1 R "" { }`:           `f:1:12: players: found 0, expected 1 to 64`,
		"NFG 1 R \"\"\n{3}":        `f:2:2: players: found "3", expected text in quotes`,
		`NFG 1 R "" {"a"} { 0 }`:   `f:1:20: strategies: found "0", expected a whole number from 1 to`,
		`NFG 1 R "" {"a"} { { } }`: `f:1:20: strategies: found none, expected at least one`,
		`NFG 1 R "" {"a"} { 2 2 }`: `f:1:22: strategies: found "2", expected "}"`,
		`NFG 1 R "" {"a" "b"} { 4000000 4000000 }`:                             `f:1:24: strategies: found 4000000, more than`,
		`NFG 1 R "" {"a"} { 2 } 1`:                                             `f:1:25: payoff: found the end of the file, expected a number`,
		`NFG 1 R "" {"a"} { 2 } 1 2 3`:                                         `f:1:28: found "3" after the last of 2 cells`,
		`NFG 1 R "" {"a"} { 2 } 1, 2`:                                          `f:1:25: payoff: found ","`,
		`NFG 1 R "" {"a"} { 1 } { { "" 1 } } 2`:                                `f:1:37: outcome of a cell: found "2", expected a whole number from 0 to 1`,
		`NFG 1 R "" {"a"} { 1 } { { 1 } } 1`:                                   `f:1:28: outcome: found "1", expected text in quotes`,
		`EFG 2 R "" {"a"} p "" 2 1 "" {"x"} 0`:                                 `f:1:23: player: found "2", expected a whole number from 1 to 1`,
		`EFG 2 R "" {"a"} p "" 1 1 0`:                                          `f:1:27: information set 1: found "0", expected its label and actions, because it is new`,
		`EFG 2 R "" {"a"} p "" 1 1 "" { } 0`:                                   `f:1:32: information set 1: found no action`,
		`EFG 2 R "" {"a"} c "" 1 "" {"x" .3 "y" .3} 0`:                         `f:1:25: chance set 1: probabilities sum to 3/5, expected exactly 1`,
		`EFG 2 R "" {"a"} c "" 1 "" {"x" 1.5 "y" -.5} 0`:                       `f:1:41: probability: found -.5, expected a number not below 0`,
		`EFG 2 R "" {"a"} t "" 1 "" { 1 2 }`:                                   `f:1:32: payoffs: found "2", expected "}"`,
		`EFG 2 R "" {"a"} t "" 1`:                                              `f:1:24: outcome 1: found the end of the file, expected its label and payoffs`,
		`EFG 2 R "" {"a"} p "" 1 1 "" {"x" "y"} 0 t "" 0`:                      `f:1:48: the file ends before the tree is complete: 1 nodes are missing`,
		`EFG 2 R "" {"a"} p "" 1 1 "" {"x"} 0 p "" 1 1 "" {"y"} 0`:             `f:1:47: information set 1: found`,
		`EFG 2 R "" {"a"} p "" 1 1 "" {"x" "y"} 1 "" {1} t "" 1 "" {2} t "" 0`: `f:1:56: outcome 1: found`,
		`EFG 2 R "" {"a"} x`:                                                   `f:1:18: found "x", expected c or p or t`,
		"EFG 2 R \"\xff\"":                                                     `f: the file is not UTF-8`,
	} {
		_, err := ReadNormal([]byte(body), "f")
		if strings.HasPrefix(body, "E") {
			_, err = ReadTree([]byte(body), "f")
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s\nfound    %v\nexpected %s…", body, err, want)
		}
	}
	if _, err := ReadTree([]byte(`EFG 2 R "" {"a"} t "" 0 and more "`), "f"); err != nil {
		t.Errorf("text after the tree: %v", err)
	}
}

func FuzzNormal(f *testing.F) {
	for _, name := range []string{"two-firms.nfg", "labelled-three-players.nfg", "outcome-version-coordination.nfg", "outcome-version-unnamed.nfg"} {
		f.Add(file(f, name))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := ReadNormal(body, "f")
		if err != nil {
			return
		}
		var b bytes.Buffer
		n.Write(&b)
		if again, err := ReadNormal(b.Bytes(), "written"); err != nil || !reflect.DeepEqual(rats(again.Payoffs), rats(n.Payoffs)) || !reflect.DeepEqual(again.Strategies, n.Strategies) {
			t.Fatalf("%q is written as %q, %v", body, b.String(), err)
		}
		if err := n.Table().Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func rats(all [][]*big.Rat) (text []string) {
	for _, list := range all {
		for _, x := range list {
			text = append(text, x.RatString())
		}
	}
	return text
}

func FuzzTree(f *testing.F) {
	for _, name := range []string{"entry-deterrence.efg", "coin-then-guess-with-a-paid-hint.efg"} {
		f.Add(file(f, name))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		tr, err := ReadTree(body, "f")
		if err != nil {
			return
		}
		var b, c bytes.Buffer
		tr.Write(&b)
		again, err := ReadTree(b.Bytes(), "written")
		if err != nil {
			t.Fatalf("%q is written as %q: %v", body, b.String(), err)
		}
		if again.Write(&c); c.String() != b.String() {
			t.Fatalf("%q is written as %q and then %q", body, b.String(), c.String())
		}
		if _, err := flat.Compile(game(t, "f", tr), 1000); err == nil {
			s := game(t, "f", tr).Start()
			s.Clone()
		}
	})
}

// Payments on the way to an ending add up exactly, but not to numbers that fill
// the memory.
func TestPaymentsAddUp(t *testing.T) {
	chain := func(n int, paid func(i int) string) []byte {
		b := bytes.NewBufferString(`EFG 2 R "" { "A" } ""`)
		for i := range n {
			fmt.Fprintf(b, "\np \"\" 1 %d \"\" { \"on\" } %d \"\" { %s }", i+1, i+1, paid(i))
		}
		fmt.Fprintf(b, "\nt \"\" %d \"\" { %s }", n+1, paid(n))
		return b.Bytes()
	}
	g := game(t, "f", tree(t, chain(1000, func(int) string { return "0.1" })))
	if got := g.Info().Hi[0]; got != 100.1 {
		t.Errorf("1,001 times 0.1 is %g", got)
	}
	if _, err := NewGame("f", tree(t, chain(1000, func(i int) string { return fmt.Sprintf("1/%d", 1_000_003+2*i) }))); err == nil || !strings.Contains(err.Error(), "too long to work with") {
		t.Errorf("1,001 fractions: %v", err)
	}
}
