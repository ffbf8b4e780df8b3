package cli_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/catalog"
	"arbiter/cli"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/games"
	"arbiter/games/kuhn"
	"arbiter/ranking/standing"
	"arbiter/spec"
)

// A main of one's own adds a game, an agent, a ranking and a solver, each one entry of
// the catalog, and every command knows them.
func TestCatalogOfOnesOwn(t *testing.T) {
	t.Chdir(t.TempDir())
	c := catalog.Standard()
	c.Games = append(c.Games, catalog.Game{
		Name: "my_poker", Doc: "Mine.", Params: []spec.Param{{Name: "seats", Kind: spec.Int, Default: "2", Min: 2, Max: 4}},
		Open: func(o *catalog.Opening) (games.Game, error) { return kuhn.New(o.Int("seats")) },
	})
	c.Agents = append(c.Agents, catalog.Agent{
		Name: "my_agent", Doc: "Mine.",
		Open: func(*catalog.Opening, *catalog.Table) (agents.Agent, error) { return agents.Always("bet"), nil },
	})
	c.Rankings = append(c.Rankings, standing.Method{
		Name: "last-first", Doc: "Mine.",
		Rank: func(e standing.Evidence, _ standing.Settings) (standing.Standing, error) {
			s := &standing.Scores{Schema: "arbiter/ranking/v1", Method: "last-first", Title: "turned", Population: "single", Warnings: []string{}}
			n := e.Payoffs.N()
			for i := range n {
				rank, rating := i+1, float64(n-i)
				s.Ranking = append(s.Ranking, standing.Score{Rank: &rank, Profile: e.Names.Profile(n - 1 - i), Rating: &rating})
			}
			return s, nil
		},
	})
	c.Solvers = append(c.Solvers, choose.Solver{
		Name: "my_solver", Doc: "Mine.", Concept: "nash", Tolerance: 1,
		Params: []spec.Param{{Name: "depth", Kind: spec.Int, Default: "3", Min: 1, Max: 9, Doc: "how far to look"}},
		Run: func(_ context.Context, t *choose.Game, knobs spec.Args, _ choose.Settings) (*choose.Answer, error) {
			board, err := t.Board()
			if err != nil {
				return nil, err
			}
			return &choose.Answer{Policy: board.Uniform(), Iterations: knobs.Int("depth"), Status: equilibria.Converged}, nil
		},
	})
	in := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := cli.Main(context.Background(), args, cli.Env{Stdout: &out, Stderr: &errs, Catalog: c}); code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, errs.String())
		}
		return out.String()
	}
	if list := in("games"); !strings.Contains(list, "my_poker(seats)") {
		t.Errorf("%s", list)
	}
	write(t, "r.toml", "game = \"my_poker\"\nagents = [\"uniform\", \"my_agent\"]\n[sampling]\nmax_matches = 1000\n[ranking]\nmethod = \"last-first\"\n")
	text := in("run", "r.toml")
	lines := strings.Split(text, "\n")
	first := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "my_agent") })
	second := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "uniform") })
	if first < 0 || second < first || !strings.Contains(text, "turned") {
		t.Errorf("%s", text)
	}
	if replayed := in("replay", "r"); !strings.Contains(replayed, "identical") {
		t.Errorf("%s", replayed)
	}
	if help := in("rank", "--help"); !strings.Contains(help, "last-first") {
		t.Errorf("%s", help)
	}
	if about := in("solvers", "my_solver"); !strings.Contains(about, "my_solver(depth)") || !strings.Contains(about, "1 to 9") {
		t.Errorf("%s", about)
	}
	if solved := in("solve", "--game", "my_poker", "--solver", "my_solver(depth=7)"); !strings.Contains(solved, "after 7 iterations") {
		t.Errorf("%s", solved)
	}
	write(t, "s.toml", "game = \"my_poker\"\nagents = [\"uniform\", \"nash(solver=my_solver(depth=2))\"]\n[sampling]\nmax_matches = 100\n")
	in("run", "s.toml")
	var errs bytes.Buffer
	for args, said := range map[string]string{"my_solver(depth=10)": "depth: found 10, expected 1 to 9", "my_solver --lambda 2": `--lambda: my_solver has no key "lambda"; known: depth`} {
		args := append([]string{"solve", "--game", "my_poker", "--solver"}, strings.Fields(args)...)
		if code := cli.Main(context.Background(), args, cli.Env{Stdout: &errs, Stderr: &errs, Catalog: c}); code != 2 || !strings.Contains(errs.String(), said) {
			t.Errorf("%v: exit %d, %s", args, code, errs.String())
		}
	}
}
