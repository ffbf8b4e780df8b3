package cli

import (
	"fmt"
	"slices"

	"arbiter/catalog"
	"arbiter/tournament"
)

// invite opens the game and the agents a file names and makes the plan. It
// writes nothing; every error is the user's.
func (f tournamentFile) invite(names *catalog.Catalog) (tournament.Plan, *tournament.Field, []catalog.File, error) {
	fail := func(err error) (tournament.Plan, *tournament.Field, []catalog.File, error) {
		return tournament.Plan{}, nil, nil, usage(err)
	}
	if f.Game == "" {
		return fail(fmt.Errorf(`game is missing, expected a spec such as game = "kuhn_poker"`))
	}
	if f.Seed < 0 {
		return fail(fmt.Errorf("seed: found %d, expected a whole number not below 0", f.Seed))
	}
	t, err := names.Open(f.Game, f.base)
	if err != nil {
		return fail(fmt.Errorf("game: %w", err))
	}
	lists, err := f.agentLists()
	if err != nil {
		return fail(err)
	}
	if lists, err = populations(f.Sampling.Population, lists, t, t.Game.Info().Seats); err != nil {
		return fail(err)
	}
	pools, files, err := seat(t, lists)
	if err != nil {
		return fail(fmt.Errorf("agents: %w", err))
	}
	var digests []string
	for _, file := range files {
		digests = append(digests, file.Digest)
	}
	compiled, _ := t.Compiled() // without it matches go the slow way
	plan, field, err := f.Sampling.Enter(f.Name, t.Name, uint64(f.Seed), t.Game, compiled, pools, digests)
	if err != nil {
		return fail(err)
	}
	return plan, field, files, nil
}

// seat opens the agents of lists of specs. Files are those of the game and theirs.
func seat(t *catalog.Table, lists [][]string) (pools [][]tournament.Entrant, files []catalog.File, err error) {
	files = slices.Clone(t.Files)
	for _, list := range lists {
		var pool []tournament.Entrant
		for _, text := range list {
			a, err := t.Seat(text)
			if err != nil {
				return nil, nil, err
			}
			pool = append(pool, tournament.Entrant{Spec: a.Spec, Label: a.Label, Agent: a.Agent})
			files = append(files, a.Files...)
		}
		pools = append(pools, pool)
	}
	return pools, files, nil
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
