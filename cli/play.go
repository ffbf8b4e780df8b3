package cli

import (
	"context"
	"errors"
	"math"

	"github.com/urfave/cli/v2"

	"arbiter/report"
	"arbiter/sampling"
	"arbiter/tournament"
)

func (env Env) playCommand() *cli.Command {
	return &cli.Command{
		Name: "play", Usage: "play a fixed number of matches per profile, without storing",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "game", Usage: "game `SPEC`"},
			&cli.StringFlag{Name: "agents", Usage: "agent specs `A,B,…`, one list for all seats; of payoff tables all strategies if left out"},
			&cli.Int64Flag{Name: "matches", DefaultText: `""`, Usage: "matches per profile, both seatings of a pair together"},
			&cli.StringFlag{Name: "population", Usage: "single (pairs, seats rotated) or multi (one pool per seat); single where it can be"},
		},
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 0, 0, "")
			if err != nil {
				return err
			}
			if c.String("game") == "" || !c.IsSet("matches") {
				return usagef("play: expected --game SPEC and --matches N")
			}
			f := defaults()
			f.Name, f.Game, f.Seed = "play", c.String("game"), c.Int64("seed")
			f.Sampling.Scheme = sampling.FixedBudget
			if c.IsSet("agents") {
				f.Agents = listOf(c.String("agents"))
			}
			switch {
			case c.IsSet("population"):
				f.Sampling.Population = c.String("population")
			default:
				t, err := env.Catalog.Open(f.Game, "")
				if err != nil {
					return usage(err)
				}
				if t.Game.Info().Seats != 2 || t.Payoffs != nil && !t.Payoffs.Single && !c.IsSet("agents") {
					f.Sampling.Population = "multi"
				}
			}
			if c.Int("workers") < 0 {
				return usagef("--workers: found %d, expected a number not below 0", c.Int("workers"))
			}
			plan, field, _, err := f.invite(env.Catalog)
			if err != nil {
				return err
			}
			n, per, cells := c.Int64("matches"), int64(plan.MatchesPerPlay), int64(plan.Sampling().Cells())
			if n < 1 || n > math.MaxInt64/cells || n%per != 0 {
				return usagef("--matches: found %d, expected a positive multiple of the %d matches of a play (a match per seating), at most %d", n, per, math.MaxInt64/cells)
			}
			state, err := field.Run(c.Context, tournament.Options{MaxMatches: n * cells, Workers: c.Int("workers")})
			env.sayComplaints(c, plan, field)
			if errors.Is(err, context.Canceled) {
				return coded{exitInterrupted, errors.New("interrupted; nothing is stored by play")}
			}
			if err != nil {
				return err
			}
			return o.print(played(plan, state))
		},
	}
}

// played are the means of every cell.
func played(plan tournament.Plan, s *sampling.State) *report.Play {
	p := &report.Play{Schema: "arbiter/play/v1", Game: plan.Game, Agents: plan.Labels, Population: plan.Population, Seed: plan.Seed, Failures: plan.Failures(s), Profiles: []report.Played{}}
	names := plan.Names()
	edges := plan.Space().Edges()
	for cell := range plan.Sampling().Cells() {
		x := report.Played{Matches: s.Plays(cell) * int64(plan.MatchesPerPlay)}
		if plan.Single() {
			e := edges[cell]
			x.Profile = append(names.Profile(int(e.U)), names.Profile(int(e.V))...)
		} else {
			x.Profile = names.Profile(cell)
		}
		for k := range plan.Lo {
			mean, _ := s.Mean(cell, k)
			x.Mean = append(x.Mean, mean)
			x.StdErr = append(x.StdErr, s.StdErr(cell, k))
		}
		p.Matches += x.Matches
		p.Profiles = append(p.Profiles, x)
	}
	return p
}
