package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"arbiter/agents"
	"arbiter/catalog"
	"arbiter/db"
	"arbiter/ranking/standing"
	"arbiter/report"
	"arbiter/sampling"
	"arbiter/spec"
	"arbiter/total"
	"arbiter/tournament"
)

// storedRun is a run of a database with what is needed to play it again.
type storedRun struct {
	run    db.Run
	plan   tournament.Plan
	field  *tournament.Field
	stored [][]byte
	state  *sampling.State
}

func (env Env) openRun(ctx context.Context, file, ref string) (storedRun, error) {
	var s storedRun
	store, err := db.OpenRead(ctx, file)
	if err != nil {
		return s, err
	}
	defer store.Close()
	s.run, err = store.Run(ctx, ref)
	if errors.Is(err, db.ErrNotFound) {
		return s, usage(err)
	}
	if err != nil {
		return s, err
	}
	in := func(err error) error { return fmt.Errorf("%s, run %d: %w", file, s.run.ID, err) }
	if s.plan, err = tournament.DecodePlan(s.run.Plan, s.run.Identity); err != nil {
		return s, in(err)
	}
	if s.plan.Scheme == sampling.Imported {
		return s, usage(in(errors.New("it was imported, its matches were played elsewhere")))
	}
	kept, err := store.Policies(ctx, s.run.ID)
	if err != nil {
		return s, err
	}
	if s.stored, err = segments(ctx, store, s.run.ID); err != nil {
		return s, err
	}
	if err := s.plan.Replayable(); err != nil {
		return s, in(err)
	}
	if s.field, err = env.fieldOf(s.plan, kept); err != nil {
		return s, in(err)
	}
	if s.state, err = tournament.Replay(s.plan, s.stored); err != nil {
		return s, in(err)
	}
	return s, nil
}

// fieldOf seats the agents of a stored plan at its game, from the files that were
// kept. What is wrong is the database's fault, not the user's.
func (env Env) fieldOf(plan tournament.Plan, kept []db.Policy) (*tournament.Field, error) {
	files := []catalog.File{}
	for _, p := range kept {
		files = append(files, catalog.File{Path: p.Source, Digest: p.Digest, Body: p.Body})
	}
	t, err := env.Catalog.OpenKept(plan.Game, files)
	if err != nil {
		return nil, fmt.Errorf("game: %s", err)
	}
	pools, _, err := seat(t, plan.Agents)
	if err != nil {
		return nil, fmt.Errorf("agents: %s", err)
	}
	seated := make([][]agents.Agent, len(pools))
	for p, pool := range pools {
		for i, e := range pool {
			if e.Spec != plan.Agents[p][i] {
				return nil, errors.New("this program makes other agents of the names of the run than those that played it")
			}
			seated[p] = append(seated[p], e.Agent)
		}
	}
	compiled, _ := t.Compiled()
	return tournament.NewField(plan, t.Game, seated, compiled)
}

func (env Env) replayCommand() *cli.Command {
	return &cli.Command{
		Name: "replay", Usage: "play a stored run again and compare, or one match of it move by move", ArgsUsage: "RUN",
		Description: "Without --profile every match is played again and compared with what is stored;\nexit 1 if they differ.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "profile", Usage: "who played: names `A,B,…`"},
			&cli.Int64Flag{Name: "match", Value: 1, Usage: "number of the match within the profile, from 1"},
			dbFlag(),
		},
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 1, 1, "the id or name of a RUN; arbiter runs lists them")
			if err != nil {
				return err
			}
			if c.IsSet("match") && !c.IsSet("profile") {
				return usagef("replay: --match needs --profile")
			}
			s, err := env.openRun(c.Context, c.String("db"), c.Args().First())
			if err != nil {
				return err
			}
			r := &report.Replay{Schema: "arbiter/replay/v1", Run: s.run.ID, Name: s.plan.Name, Game: s.plan.Game}
			var want func(cell int, first, n int64) bool
			if c.IsSet("profile") {
				cell, err := s.cell(c.String("profile"))
				if err != nil {
					return usage(err)
				}
				per := int64(s.plan.MatchesPerPlay)
				i, most := c.Int64("match"), s.state.Plays(cell)*per
				if i < 1 || i > most {
					return usagef("--match: found %d, expected 1 to %d, as many as were played", i, most)
				}
				if r.Match, err = s.trace(c.Context, cell, i); err != nil {
					return err
				}
				unit := (i - 1) / per
				want = func(at int, first, n int64) bool { return at == cell && first <= unit && unit < first+n }
			}
			matches, d, err := s.field.Verify(c.Context, s.stored, c.Int("workers"), want)
			if err != nil {
				return err
			}
			r.Matches, r.Identical = matches, d == nil
			if d != nil {
				per := int64(s.plan.MatchesPerPlay)
				r.Differs = &report.Differs{
					Decision: d.Decision, Profile: s.profile(d.Cell), First: d.First*per + 1, Last: (d.First + d.N) * per,
					Stored: numbers(d.Stored.X), Played: numbers(d.Played.X),
					StoredFailures: s.plan.FailuresOf(d.Cell, d.Stored), PlayedFailures: s.plan.FailuresOf(d.Cell, d.Played),
				}
			}
			if err := o.print(r); err != nil {
				return err
			}
			if d != nil {
				return coded{code: exitFailed, err: fmt.Errorf("run %d is not what is stored: decision %d, %s", s.run.ID, d.Decision, s.profile(d.Cell))}
			}
			return nil
		},
	}
}

// numbers are sums rounded for print.
func numbers(sums []total.Sum) []float64 {
	x := make([]float64, len(sums))
	for k := range sums {
		x[k] = sums[k].Float64()
	}
	return report.Numbers(x)
}

// profile names the agents of a cell.
func (s storedRun) profile(cell int) standing.Profile { return profileOf(s.plan, cell) }

// profileOf names the agents of a cell of a plan.
func profileOf(plan tournament.Plan, cell int) standing.Profile {
	names := plan.Names()
	if !plan.Single() {
		return names.Profile(cell)
	}
	e := plan.Space().Edges()[cell]
	return append(names.Profile(int(e.U)), names.Profile(int(e.V))...)
}

// cell finds the cell of agents named as in tables or by spec, a pair of a
// single population in either order.
func (s storedRun) cell(text string) (int, error) {
	names := spec.Split(text)
	seats := len(s.plan.Lo)
	if len(names) != seats {
		return 0, fmt.Errorf("--profile: found %d names, expected %d", len(names), seats)
	}
	places := make([]int, seats)
	for k, name := range names {
		pool := 0
		if !s.plan.Single() {
			pool = k
		}
		name = strings.TrimSpace(name)
		if places[k] = slices.Index(s.plan.Labels[pool], name); places[k] < 0 {
			places[k] = slices.Index(s.plan.Agents[pool], name)
		}
		if places[k] < 0 {
			return 0, fmt.Errorf("--profile: nobody is called %q; %s", name, spec.Nearest(name, s.plan.Labels[pool]))
		}
	}
	if s.plan.Single() {
		slices.Sort(places)
		if places[0] == places[1] {
			return 0, fmt.Errorf("--profile: %s does not play itself", names[0])
		}
		return s.plan.Space().Pair(places[0], places[1]), nil
	}
	return s.plan.Space().ID(places), nil
}

// trace plays match i of a cell, from 1.
func (s storedRun) trace(ctx context.Context, cell int, i int64) (*report.Match, error) {
	x, err := s.field.Trace(ctx, cell, i-1)
	if err != nil {
		return nil, err
	}
	m := &report.Match{Match: i, Payoffs: report.Numbers(x.Payoff), Steps: []report.Turn{}}
	if f := x.Failed; f != nil {
		m.Failed = &report.Failed{Outcome: f.Kind.String(), Seat: f.Seat, Why: f.Text}
	}
	for seat, a := range x.Seated {
		pool := 0
		if !s.plan.Single() {
			pool = seat
		}
		m.Seats = append(m.Seats, s.plan.Labels[pool][a])
	}
	for _, x := range x.Steps {
		m.Steps = append(m.Steps, report.Turn{Seat: x.Seat, State: x.Key, Move: x.Move, Of: x.Moves, Name: x.Name, Odds: x.Odds})
	}
	return m, nil
}

func (env Env) exportCommand() *cli.Command {
	return &cli.Command{
		Name: "export", Usage: "write the matches of a stored run as a log, counted by outcome", ArgsUsage: "RUN",
		Description: "csv (the default here) is a log that arbiter rank --matches and import read.",
		Flags:       []cli.Flag{dbFlag()},
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 1, 1, "the id or name of a RUN; arbiter runs lists them")
			if err != nil {
				return err
			}
			if !c.IsSet("format") {
				o.format = "csv"
			}
			s, err := env.openRun(c.Context, c.String("db"), c.Args().First())
			if err != nil {
				return err
			}
			all, err := s.field.Outcomes(c.Context, s.state, c.Int("workers"))
			if err != nil {
				return err
			}
			e := &report.Export{Schema: "arbiter/export/v1", Run: s.run.ID, Name: s.plan.Name, Game: s.plan.Game, Seats: len(s.plan.Lo), Outcomes: []report.Outcome{}}
			for _, x := range all {
				row := report.Outcome{Payoffs: report.Numbers(x.Payoff), Count: x.Count}
				if x.Kind != 0 {
					seat := x.Failed
					row.Outcome, row.Failed = x.Kind.String(), &seat
				}
				for seat, a := range x.Agents {
					pool := 0
					if !s.plan.Single() {
						pool = seat
					}
					row.Agents = append(row.Agents, s.plan.Labels[pool][a])
				}
				e.Matches += x.Count
				e.Outcomes = append(e.Outcomes, row)
			}
			return o.print(e)
		},
	}
}
