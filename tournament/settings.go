package tournament

import (
	"fmt"
	"slices"
	"time"

	"arbiter/agents"
	"arbiter/games"
	"arbiter/ranking"
	"arbiter/ranking/standing"
	"arbiter/sampling"
	"arbiter/spec"
)

// Settings are how a tournament samples. Its tags are the one table of these knobs:
// the name is a key of tournament files and, with hyphens, a flag; doc is its help;
// Defaults has the values of what is not given. Errors begin with sampling and the
// name.
type Settings struct {
	Population string  `toml:"population" doc:"single or multi"`
	Scheme     string  `toml:"scheme" doc:"uniform-exhaustive, uniform, valence-weighted, count-weighted or fixed-budget"`
	Bound      string  `toml:"bound" doc:"auto, pair, bernstein, hoeffding, clopper-pearson, mixture or betting"`
	Level      string  `toml:"level" doc:"simultaneous or per-look"`
	Delta      float64 `toml:"delta" doc:"error probability"`
	Slack      float64 `toml:"slack" doc:"relaxes interval bounds by this part of the payoff range"`
	Epsilon    float64 `toml:"epsilon" doc:"edges within this part of the payoff range are declared ties"`
	Batch      float64 `toml:"batch" doc:"growth of the plays per decision; 0 looks after every match"`
	Resolve    string  `toml:"resolve" doc:"what to resolve: edges, sinks, top(k=N) or ranking"`
	MaxMatches int64   `toml:"max_matches" doc:"budget of the whole run"`
	MaxTime    string  `toml:"max_time" doc:"end of this call, such as 90s or 2h"`
}

// Defaults are the settings of a file that says nothing.
func Defaults() Settings {
	return Settings{
		Population: "single", Scheme: sampling.CountWeighted, Bound: "auto", Level: string(sampling.Simultaneous),
		Delta: 0.05, Batch: 0.05, Resolve: "edges", MaxMatches: 1_000_000,
	}
}

// mostCells is the number of cells up to which a tournament is held in memory.
const mostCells = 1 << 20

// Sizes refuses fields too large to be ranked: of so many agents per population.
func Sizes(pools []int, single bool) error {
	size := 1.0
	for _, n := range pools {
		size *= float64(n)
	}
	cells := size
	if single {
		cells = size * (size - 1) / 2
	}
	if size > standing.MostProfiles || cells > mostCells {
		return fmt.Errorf("%g profiles and %g cells are too many to rank, expected at most %d and %d", size, cells, standing.MostProfiles, mostCells)
	}
	return nil
}

// Entrant is an agent of a tournament.
type Entrant struct {
	Spec  string // names it for ever: its matches are keyed by it
	Label string // to show
	agents.Agent
}

// Enter makes the plan of a tournament and its field: pools of entrants, one per
// population, at a game whose canonical spec is name. Digests are of the files the
// game and the entrants were made from. board may be nil; see NewField.
func (s Settings) Enter(run, name string, seed uint64, game games.Game, board games.Deck, pools [][]Entrant, digests []string) (Plan, *Field, error) {
	plan := Plan{
		Name: run, Game: name, Seed: seed, Population: s.Population, Scheme: s.Scheme, Bound: s.Bound, Level: s.Level,
		Delta: s.Delta, Epsilon: s.Epsilon, Slack: s.Slack, Batch: s.Batch, Digests: digests,
	}
	var seated [][]agents.Agent
	var sizes []int
	for p, pool := range pools {
		var specs, labels []string
		var who []agents.Agent
		for _, e := range pool {
			if slices.Contains(specs, e.Spec) || slices.Contains(labels, e.Label) {
				return Plan{}, nil, fmt.Errorf("agents: two are called %s, expected different ones", e.Label)
			}
			specs, labels, who = append(specs, e.Spec), append(labels, e.Label), append(who, e.Agent)
		}
		if len(pool) == 0 || len(pool) == 1 && plan.Single() {
			return Plan{}, nil, fmt.Errorf("agents: found %d for population %d, expected at least %d", len(pool), p, 2)
		}
		plan.Agents, plan.Labels = append(plan.Agents, specs), append(plan.Labels, labels)
		seated, sizes = append(seated, who), append(sizes, len(pool))
	}
	if err := Sizes(sizes, plan.Single()); err != nil {
		return Plan{}, nil, fmt.Errorf("agents: %w", err)
	}
	if err := s.check(plan.Space().N()); err != nil {
		return Plan{}, nil, err
	}
	if err := plan.Complete(game.Info()); err != nil {
		return Plan{}, nil, fmt.Errorf("sampling.%w", err)
	}
	field, err := NewField(plan, game, seated, board)
	return plan, field, err
}

// check refuses what makes no sense of a run of so many profiles.
func (s Settings) check(profiles int) error {
	if _, err := s.settled(profiles); err != nil {
		return err
	}
	if _, err := s.duration(); err != nil {
		return err
	}
	if s.MaxMatches < 0 {
		return fmt.Errorf("sampling.max_matches: found %d, expected a number not below 0", s.MaxMatches)
	}
	return nil
}

// Limits are what the settings end a run by, if it starts now.
func (s Settings) Limits(plan Plan) (o Options, err error) {
	if err := s.check(plan.Space().N()); err != nil {
		return o, err
	}
	o.MaxMatches = s.MaxMatches
	o.Settled, _ = s.settled(plan.Space().N())
	if d, _ := s.duration(); d > 0 {
		o.Until = time.Now().Add(d)
	}
	return o, nil
}

func (s Settings) duration() (time.Duration, error) {
	if s.MaxTime == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(s.MaxTime)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("sampling.max_time: found %q, expected a time such as 90s or 2h30m", s.MaxTime)
	}
	return d, nil
}

// settled is what ends a run before all edges are resolved, nil for edges.
func (s Settings) settled(profiles int) (func(*sampling.State) bool, error) {
	parsed, err := spec.Parse(s.Resolve)
	if err != nil {
		return nil, fmt.Errorf("sampling.resolve: %w", err)
	}
	var params []spec.Param
	if parsed.Name == "top" {
		params = []spec.Param{{Name: "k", Kind: spec.Int, Default: "1", Min: 1, Max: standing.BoundedStates, Doc: "how many"}}
	}
	_, args, err := spec.Bind(parsed, params)
	if err != nil {
		return nil, fmt.Errorf("sampling.resolve: %w", err)
	}
	if profiles > standing.BoundedStates && (parsed.Name == "top" || parsed.Name == "ranking") {
		return nil, fmt.Errorf("sampling.resolve: %s is worked out for up to %d profiles and there are %d, expected edges or sinks", parsed.Name, standing.BoundedStates, profiles)
	}
	known := func(state *sampling.State) (ranking.Graph, []bool) {
		g, open := state.Graph()
		return g, standing.Undecided(g, open, s.Epsilon)
	}
	// The checks fail on nothing but arguments of the wrong shape.
	switch parsed.Name {
	case "edges":
		return nil, nil
	case "sinks":
		return func(state *sampling.State) bool { g, free := known(state); return ranking.SinksAreSure(g, free) }, nil
	case "top":
		return func(state *sampling.State) bool {
			g, free := known(state)
			sure, err := ranking.TopIsSure(g, free, args.Int("k"))
			return err == nil && sure
		}, nil
	case "ranking":
		return func(state *sampling.State) bool {
			g, free := known(state)
			sure, err := ranking.OrderIsSure(g, free)
			return err == nil && sure
		}, nil
	}
	return nil, fmt.Errorf("sampling.resolve: found %q, expected edges, sinks, top(k=…) or ranking", s.Resolve)
}
