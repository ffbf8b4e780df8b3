package quantal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/learn"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/solvertest"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/leduc"
	"arbiter/games/normal"
)

type logitReference struct {
	ID  string
	QRE struct {
		Branch []struct {
			Lambda   float64
			Crossing int
			Profile  [][]float64
		} `json:"principal_branch"`
		Turning     []float64 `json:"turning_point_lambdas_approx"`
		Bifurcation []float64 `json:"bifurcation_lambdas"`
		Others      []struct {
			Lambda  float64
			Profile [][]float64
		} `json:"other_branches"`
		Limit struct {
			Index    *int `json:"equilibrium_index"`
			Profile  [][]float64
			Accuracy float64
		}
	}
}

// inOrder lists the rows of a policy as the references do.
func inOrder(b *flat.Board, p []games.Behaviour) [][]float64 {
	var out [][]float64
	for _, rows := range b.Policy(p).Seats {
		out = append(out, rows.Probs...)
	}
	return out
}

func logitReferences(t testing.TB) []logitReference {
	body, err := os.ReadFile("../../testdata/equilibria.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Games []logitReference }
	if err := json.Unmarshal(body, &file); err != nil {
		t.Fatal(err)
	}
	return file.Games
}

func referenceBoard(t testing.TB, id string) *flat.Board {
	for _, ref := range solvertest.References(t) {
		if ref.ID == id {
			b, _ := ref.Board(t)
			return b
		}
	}
	t.Fatalf("no reference game %s", id)
	return nil
}

func TestLogitAgainstReference(t *testing.T) {
	file := logitReferences(t)
	for i, ref := range solvertest.References(t) {
		q := file[i].QRE
		b, _ := ref.Board(t)
		var lambdas []float64
		for _, p := range q.Branch {
			if len(lambdas) == 0 || lambdas[len(lambdas)-1] != p.Lambda {
				lambdas = append(lambdas, p.Lambda)
			}
		}
		br, err := quantal.Trace(context.Background(), b, quantal.Options{Lambdas: lambdas})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range q.Branch {
			found := false
			for _, c := range br.Crossings {
				if c.Lambda != want.Lambda || c.Number != max(1, want.Crossing) {
					continue
				}
				found = true
				if off := solvertest.Far(inOrder(b, c.Policy), want.Profile); off > 1e-9 || c.Residual > 1e-11 {
					t.Errorf("%s at lambda %g, crossing %d: off by %g, residual %g", ref.ID, c.Lambda, c.Number, off, c.Residual)
				}
			}
			if !found {
				t.Errorf("%s: no crossing %d of lambda %g", ref.ID, want.Crossing, want.Lambda)
			}
		}
		near := func(what string, got, want []float64, tolerance float64) {
			if len(got) != len(want) {
				t.Errorf("%s: %s at %v, expected %v", ref.ID, what, got, want)
				return
			}
			for i := range got {
				if math.Abs(got[i]-want[i]) > tolerance {
					t.Errorf("%s: %s at %v, expected %v", ref.ID, what, got, want)
				}
			}
		}
		near("turning", br.Turning, q.Turning, 3e-4) // given to four digits
		near("bifurcation", lambdasOf(br.Bifurcations), q.Bifurcation, 1e-9)
		limit, tolerance := q.Limit.Profile, max(1e-9, q.Limit.Accuracy)
		if q.Limit.Index != nil {
			limit = ref.Nash.Equilibria[*q.Limit.Index].Profile
		}
		if br.Limit == nil || !br.Status.Followed() {
			t.Errorf("%s: no limit", ref.ID)
			continue
		}
		if off := solvertest.Far(inOrder(b, br.Limit), limit); limit != nil && off > tolerance {
			t.Errorf("%s: the limit is off by %g", ref.ID, off)
		}
		for _, gap := range b.Evaluate(br.Limit).Gaps {
			if gap > 1e-9 {
				t.Errorf("%s: regret %g at the limit", ref.ID, gap)
			}
		}
	}
}

// The arms that leave at bifurcations are those of the reference.
func TestArmsAgainstReference(t *testing.T) {
	file := logitReferences(t)
	tried := 0
	for i, ref := range solvertest.References(t) {
		q := file[i].QRE
		if len(q.Others) == 0 {
			continue
		}
		b, _ := ref.Board(t)
		var lambdas []float64
		for _, p := range q.Others {
			if !slices.Contains(lambdas, p.Lambda) {
				lambdas = append(lambdas, p.Lambda)
			}
		}
		br, err := quantal.Trace(context.Background(), b, quantal.Options{Lambdas: lambdas, Arms: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range q.Others {
			tried++
			best := math.Inf(1)
			for _, a := range br.Arms {
				for _, c := range a.Crossings {
					if c.Lambda == want.Lambda {
						best = min(best, solvertest.Far(inOrder(b, c.Policy), want.Profile))
					}
				}
			}
			if best > 1e-9 {
				t.Errorf("%s: no arm is near %v at lambda %g: off by %g", ref.ID, want.Profile, want.Lambda, best)
			}
		}
		for _, a := range br.Arms {
			if a.Limit == nil {
				t.Errorf("%s: an arm from %g ends at %g", ref.ID, a.From, a.End)
				continue
			}
			for _, gap := range b.Evaluate(a.Limit).Gaps {
				if gap > 1e-9 {
					t.Errorf("%s: regret %g at the end of an arm", ref.ID, gap)
				}
			}
		}
	}
	if tried < 10 {
		t.Errorf("only %d points of arms were compared", tried)
	}
}

// Two players with three moves, both paid 1 if they agree: two directions lead away
// at once, which the sign of a determinant does not show.
func TestBifurcationsOfSymmetricGames(t *testing.T) {
	table := normal.Table{Strategies: [][]string{{"a", "b", "c"}, {"a", "b", "c"}}}
	for range 2 {
		table.Payoffs = append(table.Payoffs, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1})
	}
	b := solvertest.Table(t, "coordination", table)
	br, err := quantal.Trace(context.Background(), b, quantal.Options{Arms: true})
	if err != nil {
		t.Fatal(err)
	}
	// Along a deviation of both players in one direction 1 = λ/3.
	if len(br.Bifurcations) != 1 || math.Abs(br.Bifurcations[0].Lambda-3) > 1e-9 || br.Bifurcations[0].Kernel != 2 {
		t.Fatalf("bifurcations %v, expected one at 3 with two directions", br.Bifurcations)
	}
	pure := map[int]bool{}
	for _, a := range br.Arms {
		if a.Limit == nil {
			t.Errorf("an arm ends at %g", a.End)
			continue
		}
		for m, p := range a.Limit[0][0] {
			if p > 1-1e-9 {
				pure[m] = true
			}
		}
	}
	if len(pure) != 3 {
		t.Errorf("arms lead to the pure equilibria %v, expected all three", pure)
	}
}

// Whole strategies and dilated entropy are the same responses, found by different
// systems.
func TestSequenceFormIsReducedNormalForm(t *testing.T) {
	for _, b := range []*flat.Board{solvertest.Kuhn(t), referenceBoard(t, "selten_horse"), referenceBoard(t, "myerson_card_game"), referenceBoard(t, "beer_quiche")} {
		o := quantal.Options{Lambdas: []float64{0, .3, 2, 10}, Form: quantal.FormSequence}
		x, err := quantal.Trace(context.Background(), b, o)
		if err != nil {
			t.Fatal(err)
		}
		o.Form = quantal.FormReduced
		y, err := quantal.Trace(context.Background(), b, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Crossings) != len(y.Crossings) || len(x.Crossings) < 4 {
			t.Fatalf("%s: %d and %d crossings", b.Info().Name, len(x.Crossings), len(y.Crossings))
		}
		for i, c := range x.Crossings {
			if off := solvertest.Far(inOrder(b, c.Policy), inOrder(b, y.Crossings[i].Policy)); off > 1e-10 {
				t.Errorf("%s at lambda %g: off by %g", b.Info().Name, c.Lambda, off)
			}
		}
	}
}

// Reach-weighted responses of Kuhn poker at temperature 0.3, by an independent
// fixed-point iteration.
func TestReachWeighted(t *testing.T) {
	b := solvertest.Kuhn(t)
	br, err := quantal.Trace(context.Background(), b, quantal.Options{Lambdas: []float64{1 / .3}, Form: quantal.FormWeighted})
	if err != nil {
		t.Fatal(err)
	}
	bets := map[string]float64{"0": 0.5072233088562209, "1": 0.5373739892031625, "2": 0.6356056646963443, "0pb": 0.42555228981957965, "1pb": 0.5638963222658973, "2pb": 0.6545816566959953}
	p := b.Policy(br.Crossings[0].Policy).Seats[0]
	for i, key := range p.Keys {
		if off := math.Abs(p.Probs[i][1] - bets[key]); off > 1e-10 {
			t.Errorf("%s: bets with %g, expected %g", key, p.Probs[i][1], bets[key])
		}
	}
	if br.Concept != "reach_weighted_agent_qre" {
		t.Errorf("concept %s", br.Concept)
	}
}

// Leduc poker at temperature 0.1, suits merged: every information set of the whole
// tree answers the values of its moves, by the code that judges learners.
func TestAgentQREOfLeduc(t *testing.T) {
	if testing.Short() {
		t.Skip("a few seconds under the race detector")
	}
	b := solvertest.Compile(t, leduc.New())
	br, err := quantal.Trace(context.Background(), b, quantal.Options{Lambdas: []float64{10}})
	if err != nil {
		t.Fatal(err)
	}
	c := br.Crossings[0]
	q, err := learn.MagneticQRE(context.Background(), b, []float64{.1, .1}, learn.Options{Limits: equilibria.Limits{Iterations: 1}, From: c.Policy})
	if err != nil {
		t.Fatal(err)
	}
	if !br.Merged || c.Residual > 1e-10 || q.Residual > 1e-9 {
		t.Errorf("merged %t, residual %g, on the whole tree %g", br.Merged, c.Residual, q.Residual)
	}
}

// Adding to a player's payoffs what only others decide changes nothing; payoffs
// times c are lambdas times c.
func TestLogitInvariances(t *testing.T) {
	for seed := range uint64(10) {
		shape := [][]int{{3, 4}, {2, 2, 3}}[seed%2]
		table := solvertest.Uniform(seed, shape...)
		want, err := quantal.Trace(context.Background(), solvertest.Table(t, "plain", table), quantal.Options{Lambdas: []float64{1, 8}})
		if err != nil {
			t.Fatal(err)
		}
		last := shape[len(shape)-1]
		for i := range table.Payoffs[0] {
			table.Payoffs[0][i] = 1e3 * (table.Payoffs[0][i] + float64(i%last))
			for k := range table.Payoffs[1:] {
				table.Payoffs[k+1][i] *= 1e3
			}
		}
		b := solvertest.Table(t, "moved", table)
		got, err := quantal.Trace(context.Background(), b, quantal.Options{Lambdas: []float64{1e-3, 8e-3}})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range want.Crossings {
			if off := solvertest.Far(inOrder(b, c.Policy), inOrder(b, got.Crossings[i].Policy)); off > 1e-9 {
				t.Errorf("seed %d at lambda %g: off by %g", seed, c.Lambda, off)
			}
		}
		if off := solvertest.Far(inOrder(b, want.Limit), inOrder(b, got.Limit)); off > 1e-8 {
			t.Errorf("seed %d: the limit is off by %g", seed, off)
			t.Log(want.Limit, got.Limit, want.Regret, got.Regret, want.End, got.End*1e3)
		}
	}
}

// Nothing that is called an equilibrium has regret, on games full of ties.
func TestLogitNeverCallsFalseEquilibria(t *testing.T) {
	games := 1000
	if testing.Short() {
		games = 100
	}
	stalled := 0
	for seed := range uint64(games) {
		shape := [][]int{{2, 2}, {3, 3}, {2, 2, 2}, {4, 4}, {2, 3, 2}, {3, 3, 3}}[seed%6]
		table := solvertest.Uniform(seed, shape...)
		for k := range table.Payoffs {
			for i, x := range table.Payoffs[k] {
				table.Payoffs[k][i] = math.Floor(3 * x) // 0, 1 or 2
			}
		}
		if len(shape) == 2 && seed%12 < 6 { // symmetric
			n := shape[0]
			for i := range n {
				for j := range n {
					table.Payoffs[1][j*n+i] = table.Payoffs[0][i*n+j]
				}
			}
		}
		b := solvertest.Table(t, fmt.Sprint(seed), table)
		br, err := quantal.Trace(context.Background(), b, quantal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if br.Limit == nil {
			stalled++
			continue
		}
		for _, gap := range b.Evaluate(br.Limit).Gaps {
			if gap > 2e-8 {
				t.Errorf("game %d: regret %g", seed, gap)
			}
		}
	}
	if stalled > games/200 {
		t.Errorf("%d of %d games stalled", stalled, games)
	}
}

func lambdasOf(list []quantal.Bifurcation) (out []float64) {
	for _, f := range list {
		out = append(out, f.Lambda)
	}
	return out
}
