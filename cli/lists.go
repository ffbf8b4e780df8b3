package cli

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"arbiter/db"
	"arbiter/report"
	"arbiter/spec"
	"arbiter/tournament"
)

func (env Env) gamesCommand() *cli.Command {
	return &cli.Command{
		Name: "games", Usage: "the games there are, or one with its parameters and size", ArgsUsage: "[NAME|SPEC]",
		Action: func(c *cli.Context) error {
			var entries []report.Entry
			for _, g := range env.Catalog.Games {
				entries = append(entries, report.Entry{Name: g.Name, Doc: g.Doc, Params: g.Params})
			}
			return env.list(c, "games", entries, func(text string, e *report.Entry) error {
				t, err := env.Catalog.Open(text, "")
				if err != nil {
					return err
				}
				info := t.Game.Info()
				e.Spec, e.Seats = t.Name, info.Seats
				e.Vector, e.Horizon, e.Discount, e.Varied = info.Vector, info.Horizon, info.Discount, info.Varied
				if b, err := t.Board(); err == nil {
					e.Decisions, e.Chance, e.Terminals = b.Sizes()
				}
				if b, err := t.Compiled(); err == nil {
					for k := range info.Seats {
						e.InformationStates = append(e.InformationStates, len(b.Rows(k)))
					}
				}
				return nil
			})
		},
	}
}

func (env Env) agentsCommand() *cli.Command {
	return &cli.Command{
		Name: "agents", Usage: "the agents there are, or one with its parameters", ArgsUsage: "[NAME]",
		Action: func(c *cli.Context) error {
			var entries []report.Entry
			for _, a := range env.Catalog.Agents {
				entries = append(entries, report.Entry{Name: a.Name, Doc: a.Doc, Params: a.Params})
			}
			return env.list(c, "agents", entries, nil)
		},
	}
}

// list prints all entries, or the one the argument names; open, if not nil,
// adds what is known only of an instance, if its needed keys are given.
func (env Env) list(c *cli.Context, kind string, entries []report.Entry, open func(string, *report.Entry) error) error {
	o, err := env.out(c, 0, 1, "")
	if err != nil {
		return err
	}
	l := report.List{Schema: "arbiter/" + kind + "/v1", Kind: kind, Entries: entries}
	if text := c.Args().First(); text != "" {
		s, err := spec.Parse(text)
		if err != nil {
			return usage(err)
		}
		l.Entries = nil
		var names []string
		for _, e := range entries {
			names = append(names, e.Name)
			if e.Name != s.Name {
				continue
			}
			if _, _, err := spec.Bind(s, e.Params); err != nil && len(s.Args) > 0 {
				return usage(err)
			} else if err == nil && open != nil {
				if err := open(text, &e); err != nil {
					return usage(err)
				}
			}
			l.Entries = []report.Entry{e}
		}
		if l.Entries == nil {
			return usagef("%s: nothing is called %q; %s", kind, s.Name, spec.Nearest(s.Name, names))
		}
	}
	return o.print(l)
}

func (env Env) runsCommand() *cli.Command {
	return &cli.Command{
		Name: "runs", Usage: "the runs of a database",
		Flags: []cli.Flag{dbFlag()},
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 0, 0, "")
			if err != nil {
				return err
			}
			store, err := db.OpenRead(c.Context, c.String("db"))
			if err != nil {
				return err
			}
			defer store.Close()
			all, err := store.Runs(c.Context)
			if err != nil {
				return err
			}
			l := report.Runs{Schema: "arbiter/runs/v1", Runs: []report.Run{}}
			for _, r := range all {
				plan, err := tournament.DecodePlan(r.Plan, r.Identity)
				if err != nil {
					return fmt.Errorf("%s, run %d: %w", c.String("db"), r.ID, err)
				}
				l.Runs = append(l.Runs, report.Run{
					ID: r.ID, Name: r.Name, Game: plan.Game, Agents: plan.Agents, Seed: plan.Seed,
					Matches: r.Matches, Decisions: r.Decisions, Created: r.Created.Format(time.RFC3339),
				})
			}
			return o.print(l)
		},
	}
}

func (env Env) showCommand() *cli.Command {
	return &cli.Command{
		Name: "show", Usage: "the ranking of a stored run", ArgsUsage: "RUN",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "require-resolved", Usage: "exit 3 if edges are open"},
			dbFlag(),
		}, rankFlags(env.Catalog.Rankings)...),
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 1, 1, "the id or name of a RUN; arbiter runs lists them")
			if err != nil {
				return err
			}
			how, err := env.settingsOf(c)
			if err != nil {
				return usage(err)
			}
			return o.rankStored(c, how, c.Args().First())
		},
	}
}
