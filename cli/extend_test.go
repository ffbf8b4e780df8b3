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
	"arbiter/games"
	"arbiter/games/kuhn"
	"arbiter/ranking/standing"
	"arbiter/spec"
)

// A main of one's own adds a game, an agent and a ranking, each one entry of the
// catalog, and every command knows them.
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
}
