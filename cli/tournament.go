package cli

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"arbiter/agents"
	"arbiter/catalog"
	"arbiter/internal/spec"
	"arbiter/ranking"
	"arbiter/ranking/standing"
	"arbiter/sampling"
	"arbiter/tournament"
)

// The largest fields: alpha-Rank works on a dense matrix of profiles, and every
// cell of a tournament is kept in memory.
const (
	mostCells = 1 << 20
)

// invite opens the game and the agents a file names and makes the plan. It
// writes nothing; every error is the user's.
func (f tournamentFile) invite() (tournament.Plan, *tournament.Field, []catalog.File, error) {
	fail := func(err error) (tournament.Plan, *tournament.Field, []catalog.File, error) {
		return tournament.Plan{}, nil, nil, usage(err)
	}
	if f.Game == "" {
		return fail(fmt.Errorf(`game is missing, expected a spec such as game = "kuhn_poker"`))
	}
	if f.Seed < 0 {
		return fail(fmt.Errorf("seed: found %d, expected a whole number not below 0", f.Seed))
	}
	open := func() (*catalog.Table, error) { return catalog.Open(f.Game, f.base) }
	if f.kept != nil {
		open = func() (*catalog.Table, error) { return catalog.OpenKept(f.Game, f.kept) }
	}
	t, err := open()
	if err != nil {
		return fail(fmt.Errorf("game: %w", err))
	}
	lists, err := f.agentLists()
	if err != nil {
		return fail(err)
	}
	info := t.Game.Info()
	s := f.Sampling
	lists, err = populations(s.Population, lists, t, info.Seats)
	if err != nil {
		return fail(err)
	}
	plan := tournament.Plan{
		Name: f.Name, Game: t.Spec, Seed: uint64(f.Seed), Population: s.Population, Scheme: s.Scheme, Bound: s.Bound, Level: s.Level,
		Delta: s.Delta, Epsilon: s.Epsilon, Slack: s.Slack, Batch: s.Batch,
	}
	files := slices.Clone(t.Files)
	var pools [][]agents.Agent
	for p, list := range lists {
		var pool []agents.Agent
		var specs, labels []string
		for _, text := range list {
			a, err := t.Seat(text)
			if err != nil {
				return fail(fmt.Errorf("agents: %w", err))
			}
			if slices.Contains(specs, a.Spec) || slices.Contains(labels, a.Label) {
				return fail(fmt.Errorf("agents: two are called %s, expected different ones", a.Label))
			}
			pool, specs, labels = append(pool, a.Agent), append(specs, a.Spec), append(labels, a.Label)
			files = append(files, a.Files...)
		}
		if len(list) == 0 || len(list) == 1 && plan.Single() {
			return fail(fmt.Errorf("agents: found %d for population %d, expected at least %d", len(list), p, 2))
		}
		pools, plan.Agents, plan.Labels = append(pools, pool), append(plan.Agents, specs), append(plan.Labels, labels)
	}
	if f.stored != nil && !slices.EqualFunc(plan.Agents, f.stored.Agents, slices.Equal[[]string]) {
		return fail(errors.New("this program makes other agents of the names of the run than those that played it"))
	}
	for _, file := range files {
		plan.Digests = append(plan.Digests, file.Digest)
	}
	if err := checkSize(plan); err != nil {
		return fail(err)
	}
	if err := s.check(plan.Space().N()); err != nil {
		return fail(err)
	}
	if err := plan.Complete(info); err != nil {
		return fail(fmt.Errorf("sampling.%w", err))
	}
	if f.stored != nil { // by an older rule, perhaps
		plan = *f.stored
	}
	compiled, _ := t.Compiled() // without it matches go the slow way
	field, err := tournament.NewField(plan, t.Game, pools, compiled)
	if err != nil {
		return fail(err)
	}
	return plan, field, files, nil
}

// populations says who is in which population: as listed, or all strategies
// of a payoff table.
func populations(kind string, lists [][]string, t *catalog.Table, seats int) ([][]string, error) {
	switch kind {
	case "single":
		if seats != 2 {
			return nil, fmt.Errorf(`sampling.population: "single" rotates two seats and this game has %d, expected "multi"`, seats)
		}
		if lists == nil && t.Payoffs != nil {
			if !t.Payoffs.Single && !slices.Equal(t.Payoffs.Strategies[0], t.Payoffs.Strategies[1]) {
				return nil, fmt.Errorf(`sampling.population: the two players have different strategies, expected "multi"`)
			}
			lists = t.Payoffs.Strategies[:1]
		}
		if len(lists) > 1 {
			return nil, fmt.Errorf(`agents: found %d lists, expected one for population "single"`, len(lists))
		}
	case "multi":
		if lists == nil && t.Payoffs != nil {
			lists = t.Payoffs.Strategies
		}
		if len(lists) == 1 {
			for len(lists) < seats { // one list serves every seat
				lists = append(lists, lists[0])
			}
		}
		if lists != nil && len(lists) != seats {
			return nil, fmt.Errorf("agents: found %d lists, expected one or %d, one per seat", len(lists), seats)
		}
	default:
		return nil, fmt.Errorf(`sampling.population: found %q, expected "single" or "multi"`, kind)
	}
	if lists == nil {
		return nil, fmt.Errorf("agents are missing, expected a list of specs")
	}
	return lists, nil
}

// checkSize refuses fields too large to be ranked.
func checkSize(plan tournament.Plan) error {
	size := 1.0
	for _, pool := range plan.Agents {
		size *= float64(len(pool))
	}
	cells := size
	if plan.Single() {
		cells = size * (size - 1) / 2
	}
	if size > standing.MostProfiles || cells > mostCells {
		return fmt.Errorf("agents: %g profiles are too many for a tournament, expected at most %d and at most %d cells", size, standing.MostProfiles, mostCells)
	}
	return nil
}

// check refuses what makes no sense of a run of so many profiles.
func (s samplingKeys) check(profiles int) error {
	if _, err := s.settled(profiles); err != nil {
		return err
	}
	if _, err := s.deadline(); err != nil {
		return err
	}
	if s.MaxMatches < 0 {
		return fmt.Errorf("sampling.max_matches: found %d, expected a number not below 0", s.MaxMatches)
	}
	return nil
}

// settled is what ends a run before all edges are resolved, nil for edges.
func (s samplingKeys) settled(profiles int) (func(*sampling.State) bool, error) {
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

// deadline is when a run that starts now ends, zero for never.
func (s samplingKeys) deadline() (time.Time, error) {
	if s.MaxTime == "" {
		return time.Time{}, nil
	}
	d, err := time.ParseDuration(s.MaxTime)
	if err != nil || d <= 0 {
		return time.Time{}, fmt.Errorf("sampling.max_time: found %q, expected a time such as 90s or 2h30m", s.MaxTime)
	}
	return time.Now().Add(d), nil
}
