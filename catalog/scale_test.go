package catalog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/equilibria/learn"
	"arbiter/games"
	"arbiter/games/flat"
)

// rescaled is what is done to one player's payoffs: times 10^exp, plus shift times
// their range, as exact decimals where the file takes them.
type rescaled struct {
	player, exp int
	shift       int64
}

func (c rescaled) of(player int, x int64) *big.Rat {
	y := big.NewRat(x, 1)
	if player != c.player {
		return y
	}
	y.Add(y, big.NewRat(c.shift, 1))
	ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(c.exp, -c.exp))), nil))
	if c.exp < 0 {
		ten.Inv(ten)
	}
	return y.Mul(y, ten)
}

// drawn is a random game of small whole numbers, written with one player's payoffs
// rescaled.
type drawn struct {
	kind    string
	players int
	ext     string
	write   func(c rescaled) string
}

func drawTable(r *rand.Rand, players int) drawn {
	var shape []string
	cells := 1
	for range players {
		m := 1 + r.IntN(3)
		shape, cells = append(shape, fmt.Sprint(m)), cells*m
	}
	top := int64(1 + r.IntN(5)) // many ties where it is small
	zero := players == 2 && r.IntN(3) == 0
	paid := make([][]int64, cells)
	for i := range paid {
		for k := range players {
			if x := r.Int64N(top + 1); zero && k == 1 {
				paid[i] = append(paid[i], top-paid[i][0])
			} else {
				paid[i] = append(paid[i], x)
			}
		}
	}
	return drawn{fmt.Sprintf("table of %d", players), players, ".nfg", func(c rescaled) string {
		var b strings.Builder
		fmt.Fprintf(&b, "NFG 1 R \"g\" { %s } { %s }\n", strings.Repeat("\"p\" ", players), strings.Join(shape, " "))
		for _, row := range paid {
			for k, x := range row {
				b.WriteString(c.of(k, x).RatString() + " ")
			}
		}
		return b.String()
	}}
}

// drawTree is a tree of two or three players and chance, each information set one
// node or two children of one.
func drawTree(r *rand.Rand) drawn {
	players := 2 + r.IntN(2)
	top := int64(1 + r.IntN(4))
	type leaf []int64
	var leaves []leaf
	var text []string // leaves are written as @n
	sets := make([]int, players)
	var grow func(depth int)
	pay := func() {
		l := make(leaf, players)
		for k := range l {
			l[k] = r.Int64N(top + 1)
		}
		text = append(text, fmt.Sprintf("t \"\" %d \"\" @%d", len(leaves)+1, len(leaves)))
		leaves = append(leaves, l)
	}
	chance := 0
	grow = func(depth int) {
		if depth == 0 || depth < 2 && r.IntN(3) == 0 {
			pay()
			return
		}
		if r.IntN(4) == 0 {
			chance++
			text = append(text, fmt.Sprintf("c \"\" %d \"\" { \"x\" 1/3 \"y\" 2/3 } 0", chance))
			grow(depth - 1)
			grow(depth - 1)
			return
		}
		k := r.IntN(players)
		sets[k]++
		text = append(text, fmt.Sprintf("p \"\" %d %d \"\" { \"a\" \"b\" } 0", k+1, sets[k]))
		if r.IntN(2) == 0 && depth > 1 { // the next player does not see the move
			j := (k + 1) % players
			sets[j]++
			for range 2 {
				text = append(text, fmt.Sprintf("p \"\" %d %d \"\" { \"a\" \"b\" } 0", j+1, sets[j]))
				grow(depth - 2)
				grow(depth - 2)
			}
			return
		}
		grow(depth - 1)
		grow(depth - 1)
	}
	grow(1 + r.IntN(3))
	return drawn{"tree", players, ".efg", func(c rescaled) string {
		var b strings.Builder
		fmt.Fprintf(&b, "EFG 2 R \"g\" { %s }\n", strings.Repeat("\"p\" ", players))
		for _, line := range text {
			if at := strings.Index(line, "@"); at >= 0 {
				var n int
				fmt.Sscan(line[at+1:], &n)
				var paid []string
				for k, x := range leaves[n] {
					paid = append(paid, c.of(k, x).RatString())
				}
				line = line[:at] + "{ " + strings.Join(paid, " ") + " }"
			}
			b.WriteString(line + "\n")
		}
		return b.String()
	}}
}

// drawMarkov is a game of two states; it has a horizon or goes on for ever.
func drawMarkov(r *rand.Rand) drawn {
	top := int64(1 + r.IntN(5))
	horizon, zero, ends := r.IntN(2)*2, r.IntN(2) == 0, r.IntN(2) == 0
	actions := [][]int{{1 + r.IntN(2), 1 + r.IntN(2)}, {1 + r.IntN(2), 1 + r.IntN(2)}}
	var rewards [2][2][][]int64
	var to [2][][]map[string]float64
	for s := range 2 {
		for range actions[0][s] {
			var mine, other []int64
			var next []map[string]float64
			for range actions[1][s] {
				x := r.Int64N(2*top+1) - top
				mine = append(mine, x)
				if zero {
					other = append(other, -x)
				} else {
					other = append(other, r.Int64N(2*top+1)-top)
				}
				p := float64(r.IntN(5)) / 4
				row := map[string]float64{"s": p, "t": 1 - p}
				if ends {
					row = map[string]float64{"s": p / 2}
				}
				next = append(next, row)
			}
			rewards[0][s], rewards[1][s] = append(rewards[0][s], mine), append(rewards[1][s], other)
			to[s] = append(to[s], next)
		}
	}
	return drawn{"Markov game", 2, ".json", func(c rescaled) string {
		if ends {
			c.shift = 0 // would change the game
		}
		c.shift %= 1001 // the numbers of such files are rounded to 53 bits
		var paid [2][2][][]json.Number
		for k := range 2 {
			for s := range 2 {
				for _, row := range rewards[k][s] {
					var list []json.Number
					for _, x := range row {
						f, _ := c.of(k, x).Float64()
						list = append(list, json.Number(fmt.Sprintf("%.17g", f)))
					}
					paid[k][s] = append(paid[k][s], list)
				}
			}
		}
		g := map[string]any{"kind": "markov_game", "players": 2, "states": []string{"s", "t"}, "actions": actions, "rewards": paid, "transitions": to}
		if g["discount"] = .8; horizon > 0 {
			delete(g, "discount")
			g["horizon"] = horizon
		}
		body, _ := json.Marshal(g)
		return string(body)
	}}
}

// tried are the solvers that a kind of game is given to; what does not suit is
// refused alike before and after.
func tried(d drawn) []string {
	switch {
	case d.kind == "Markov game":
		return []string{"nash", "shapley", "logit", "ce", "cce"}
	case d.players == 2:
		return []string{"nash", "lp", "extreme", "lemke-howson", "support-enumeration", "logit", "ce", "cce", "backward-induction", "cfr+", "mmd", "omwu", "fictitious-play", "regret-matching", "replicator", "extra-gradient", "mmd-annealed"}
	}
	return []string{"nash", "support-enumeration", "logit", "ce", "cce", "backward-induction", "dcfr", "mmd", "pcfr+"}
}

// exactSolvers give the same answer to 1e-9; the others are judged by their gaps.
var exactSolvers = []string{"nash", "lp", "extreme", "lemke-howson", "support-enumeration", "shapley", "backward-induction"}

// Scaling and shifting one player's payoffs changes no answer: solvers choose alike,
// find the same equilibria, and what they call converged is, also in the numbers
// before, where every player's gap is within tolerance of its own range.
func TestOnePlayersUnitChangesNothing(t *testing.T) {
	count := 60
	if testing.Short() {
		count = 24
	}
	if os.Getenv("ARBITER_LONG") != "" {
		count = 2000
	}
	ctx, dir := context.Background(), t.TempDir()
	runs, converged := 0, 0
	for trial := range count {
		r := rand.New(rand.NewPCG(12, uint64(trial)))
		var d drawn
		switch trial % 4 {
		case 0:
			d = drawTable(r, 2)
		case 1:
			d = drawTable(r, 3)
		case 2:
			d = drawTree(r)
		default:
			d = drawMarkov(r)
		}
		c := rescaled{r.IntN(d.players), r.IntN(25) - 12, 0}
		if r.IntN(2) == 0 {
			c.shift = []int64{1, -7, 1_000, -1_000_000}[r.IntN(4)]
		}
		open := func(name string, c rescaled) *catalog.Table {
			file := filepath.Join(dir, name+d.ext)
			if err := os.WriteFile(file, []byte(d.write(c)), 0o644); err != nil {
				t.Fatal(err)
			}
			g, err := catalog.Standard().Open(file, "")
			if err != nil {
				t.Fatal(trial, err)
			}
			return g
		}
		before, after := open("before", rescaled{player: -1}), open("after", c)
		ranges, err := before.Ranges()
		if errors.Is(err, flat.ErrRecall) {
			continue
		}
		if err != nil {
			t.Fatal(trial, err)
		}
		for _, name := range tried(d) {
			o := choose.Settings{Limits: equilibria.Limits{Iterations: 200}}
			what := fmt.Sprintf("game %d, %s, player %d times 1e%d plus %d: %s", trial, d.kind, c.player, c.exp, c.shift, name)
			ask := name
			if strings.HasSuffix(name, "ce") {
				ask += "(objective=entropy)" // unlike welfare it has one best
			}
			a, errA := before.Solve(ctx, ask, o)
			b, errB := after.Solve(ctx, ask, o)
			if (errA == nil) != (errB == nil) || errors.Is(errA, equilibria.ErrNoAnswer) != errors.Is(errB, equilibria.ErrNoAnswer) {
				t.Errorf("%s: %v before, %v after", what, errA, errB)
				continue
			}
			if errA != nil {
				continue
			}
			runs++
			// Learners amplify rounding where they do not converge.
			learns := slices.ContainsFunc(learn.Methods(), func(l learn.Method) bool { return l.Name == name || l.Name == a.Chosen })
			if a.Chosen != b.Chosen || len(a.Others) != len(b.Others) || a.Concept != b.Concept || !learns && a.Status != b.Status {
				t.Errorf("%s: chose %q, %q; %d, %d equilibria; %s, %s; %s, %s", what, a.Chosen, b.Chosen, len(a.Others), len(b.Others), a.Concept, b.Concept, a.Status, b.Status)
				continue
			}
			if b.Status == equilibria.Converged {
				converged++
			}
			if b.Policy == nil {
				continue
			}
			for i, p := range append([][]games.Behaviour{b.Policy}, b.Others...) {
				_, worst, err := before.Judge(p)
				if err != nil {
					t.Errorf("%s: %v", what, err)
					continue
				}
				for k, gap := range worst {
					if b.Status == equilibria.Converged && b.Concept == "nash" && !(gap <= b.Tolerance*ranges[k]*(1+1e-6)+1e-14) {
						t.Errorf("%s: converged with a gap of player %d of %g, the range is %g", what, k, gap, ranges[k])
					}
				}
				q := a.Policy
				if i > 0 {
					q = a.Others[i-1]
				}
				if off := apart(p, q); slices.Contains(exactSolvers, name) && a.Chosen != "mmd" && a.Chosen != "logit" && a.Chosen != "dcfr" && off > 1e-9 {
					t.Errorf("%s: the answer %d is off by %g", what, i, off)
				}
			}
		}
	}
	t.Logf("%d games, %d pairs of runs, %d converged", count, runs, converged)
	if converged < runs/2 {
		t.Errorf("%d of %d runs converged", converged, runs)
	}
}

func apart(p, q []games.Behaviour) (off float64) {
	for k := range p {
		for row := range p[k] {
			for m, x := range p[k][row] {
				off = max(off, math.Abs(x-q[k][row][m]))
			}
		}
	}
	return off
}
