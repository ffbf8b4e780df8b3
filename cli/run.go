package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/db"
	"arbiter/sampling"
	"arbiter/spec"
	"arbiter/tournament"
)

func (env Env) runCommand() *cli.Command {
	usual := defaults() // what a file that says nothing means
	return &cli.Command{
		Name: "run", Usage: "play the tournament of a file, store every batch, rank; resumes", ArgsUsage: "FILE.toml",
		Description: "Starts the tournament, takes it up where it was interrupted, or prints the\nresult again.",
		Flags: slices.Concat(knobFlags(usual, "tournament"),
			[]cli.Flag{&cli.StringFlag{Name: "agents", Usage: "agent specs `A,B,…`, one list for all seats", Category: "tournament"}},
			knobFlags(usual.Sampling, "sampling"),
			[]cli.Flag{&cli.BoolFlag{Name: "require-resolved", Usage: "exit 3 if edges stay open", Category: "sampling"}, dbFlag()},
			rankFlags(env.Catalog.Rankings)),
		Action: env.run,
	}
}

// override takes over the flags that were given.
func (f *tournamentFile) override(c *cli.Context) {
	override(c, f)
	override(c, &f.Sampling)
	override(c, &f.Ranking)
	if c.IsSet("game") {
		f.base = ""
	}
	if c.IsSet("seed") {
		f.Seed = c.Int64("seed")
	}
	if c.IsSet("agents") {
		f.Agents = listOf(c.String("agents"))
	}
}

func (env Env) run(c *cli.Context) error {
	o, err := env.out(c, 1, 1, "the tournament's FILE.toml")
	if err != nil {
		return err
	}
	path := c.Args().First()
	f, err := readTournament(path)
	if err != nil {
		return usage(err)
	}
	f.override(c)
	how, err := f.Ranking.settingsWith(c, env.Catalog.Rankings)
	if err != nil {
		return usage(fmt.Errorf("%s: %w", path, err))
	}
	plan, field, files, err := f.invite(env.Catalog)
	if err != nil {
		return usage(fmt.Errorf("%s: %w", path, err))
	}
	var store *db.Store
	err = env.patient(c.Context, func() (err error) {
		store, err = db.Open(c.Context, c.String("db"))
		return err
	})
	if err != nil {
		return cmp.Or(c.Context.Err(), err) // nothing is lost by an interrupt here
	}
	defer store.Close()
	var run db.Run
	err = env.patient(c.Context, func() (err error) {
		run, err = store.Begin(c.Context, db.Run{Name: plan.Name, Identity: plan.Identity(), Plan: plan.Encode()}, policies(files))
		return err
	})
	if err != nil {
		return cmp.Or(c.Context.Err(), err)
	}
	stored, err := segments(c.Context, store, run.ID)
	if err != nil {
		return err
	}
	var known *tournament.Known
	if len(stored) == 0 {
		if known, err = earlier(c.Context, store, plan, run.ID); err != nil {
			return err
		}
	}
	limits, err := f.Sampling.Limits(plan)
	if err != nil {
		return usage(err)
	}
	line := env.stage.line
	line.waiting("")
	var state *sampling.State
	var lost error
	err = env.stage.storing(c.Context, c.String("db"), func() (err error) {
		limits.Workers, limits.Stored, limits.Known = c.Int("workers"), stored, known
		limits.Journal, limits.Watch = journal{store.Journal(run.ID), env, c.Context}, line.watch
		state, err = field.Run(c.Context, limits)
		lost = store.Intact(context.WithoutCancel(c.Context), run.ID) // also after the last of it was written
		return err
	})
	line.waiting("ranking")
	env.sayComplaints(c, plan, field)
	if lost != nil {
		return lost
	}
	if err == nil || errors.Is(err, context.Canceled) {
		err = c.Context.Err() // also of a signal that came at the very end
	}
	if errors.Is(err, context.Canceled) {
		return coded{exitInterrupted, fmt.Errorf("interrupted after %d matches, all stored in %s", state.Matches(), c.String("db"))}
	}
	if err != nil && !errors.Is(err, tournament.ErrTime) {
		return fmt.Errorf("run %d of %s: %w", run.ID, c.String("db"), err)
	}
	if known != nil && known.Used > 0 && !c.Bool("quiet") {
		fmt.Fprintf(env.Stderr, "%d matches are taken over from earlier runs; the confidence holds where agents were not added because of what these showed\n", known.Used)
	}
	if err := store.Close(); err != nil {
		return err
	}
	as := tournament.Reading{Stopped: limits.Why(state, err)}
	if err := o.rank(c, as.Evidence(plan, state), how); err != nil {
		return err
	}
	return requireResolved(c, state, as.Stopped)
}

// earlier are the plays of other runs that a run of the plan would repeat.
func earlier(ctx context.Context, store *db.Store, plan tournament.Plan, self int64) (*tournament.Known, error) {
	runs, err := store.Runs(ctx)
	if err != nil {
		return nil, err
	}
	known := tournament.NewKnown(plan)
	for _, r := range runs {
		other, err := tournament.DecodePlan(r.Plan, r.Identity)
		if err != nil || r.ID == self || r.Decisions > mostKnown || !known.Fits(other) {
			continue // what another version played is no use here
		}
		stored, err := segments(ctx, store, r.ID)
		if err != nil {
			return nil, err
		}
		if err := known.Add(other, stored); err != nil {
			return nil, fmt.Errorf("run %d: %w", r.ID, err)
		}
	}
	return known, nil
}

// mostKnown is the length of an earlier run's log up to which it is kept in
// memory.
const mostKnown = 1 << 20

func requireResolved(c *cli.Context, s *sampling.State, stopped string) error {
	if c.Bool("require-resolved") && s.Open() > 0 && stopped != "settled" {
		return coded{exitNoAnswer, fmt.Errorf("%d of %d edges are open", s.Open(), s.Edges())}
	}
	return nil
}

// journal is a run of a store, which waits where another process has it locked.
type journal struct {
	db.Journal
	env Env
	ctx context.Context // of the command: ends the wait for a lock
}

func (j journal) Append(ctx context.Context, seq, decisions, matches int64, log []byte) error {
	return j.env.patient(j.ctx, func() error {
		return j.Journal.Append(ctx, seq, decisions, matches, log)
	})
}

// patient does it again for as long as another process has the database
// locked: what was played is not given up for that.
func (env Env) patient(ctx context.Context, do func() error) error {
	for told := false; ; told = true {
		err := do()
		if !errors.Is(err, db.ErrLocked) || ctx.Err() != nil {
			return err
		}
		if !told {
			fmt.Fprintf(env.Stderr, "arbiter: %v; waiting for it\n", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// segments reads the log of a run.
func segments(ctx context.Context, store *db.Store, run int64) ([][]byte, error) {
	var all [][]byte
	err := store.Segments(ctx, run, func(s db.Segment) error {
		all = append(all, s.Log)
		return nil
	})
	return all, err
}

func policies(files []catalog.File) []db.Policy {
	var out []db.Policy
	for _, f := range files {
		out = append(out, db.Policy{Digest: f.Digest, Source: f.Path, Body: f.Body})
	}
	return out
}

// watch says how far a run is: what it is asked for are its edges.
func (p *progress) watch(s *sampling.State) {
	p.say(func() string {
		return fmt.Sprintf("%d of %d edges known, %d matches", s.Edges()-s.Open(), s.Edges(), s.Matches())
	})
}

func listOf(text string) []any {
	var out []any
	for _, part := range spec.Split(text) {
		out = append(out, part)
	}
	return out
}
