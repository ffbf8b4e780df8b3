package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/db"
	"arbiter/profile"
	"arbiter/ranking"
	"arbiter/ranking/standing"
	"arbiter/tournament"
)

func (env Env) rankCommand() *cli.Command {
	return &cli.Command{
		Name: "rank", Usage: "rank a stored run, a payoff table or a log of matches, without playing",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "run", Usage: "stored run: `ID` or name", Category: "source"},
			&cli.StringFlag{Name: "matches", Usage: "log of matches `FILE`, .csv or JSON lines", Category: "source"},
			&cli.StringFlag{Name: "payoffs", Usage: "payoff table `FILE`, .json, .csv or .nfg", Category: "source"},
			&cli.BoolFlag{Name: "require-resolved", Usage: "exit 3 if edges are open", Category: "source"},
			dbFlag(),
		}, slices.Concat(logFlags(), rankFlags(env.Catalog.Rankings))...),
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 0, 0, "")
			if err != nil {
				return err
			}
			sources := 0
			for _, name := range []string{"run", "payoffs", "matches"} {
				if c.IsSet(name) {
					sources++
				}
			}
			if sources != 1 {
				return usagef("rank: expected one of --run, --payoffs and --matches")
			}
			for _, name := range []string{"population", "agents", "skip-bad", "delta"} {
				if c.IsSet(name) && !c.IsSet("matches") {
					return usagef("rank: --%s is for --matches", name)
				}
			}
			how, err := env.settingsOf(c)
			if err != nil {
				return usage(err)
			}
			if c.IsSet("run") {
				return o.rankStored(c, how, c.String("run"))
			}
			if c.IsSet("matches") {
				return o.rankLog(c, how, c.String("matches"))
			}
			t, err := catalog.ReadTable(c.String("payoffs"))
			if err != nil {
				return usage(err)
			}
			p := ranking.Payoffs{Space: profile.Space{Single: t.Single}, M: t.Payoffs}
			for _, s := range t.Strategies {
				p.Shape = append(p.Shape, len(s))
			}
			if p.Single && p.N() > standing.MostProfiles {
				return usagef("%s: %d strategies are too many for a dense chain, expected at most %d", c.String("payoffs"), p.N(), standing.MostProfiles)
			}
			e, err := standing.FromTable(p, t.Strategies)
			if err != nil {
				return usage(fmt.Errorf("%s: %w", c.String("payoffs"), err))
			}
			return o.rank(c, e, how)
		},
	}
}

// rankStored folds the log of a stored run and ranks it.
func (o output) rankStored(c *cli.Context, how standing.Settings, ref string) error {
	store, err := db.OpenRead(c.Context, c.String("db"))
	if err != nil {
		return err
	}
	defer store.Close()
	run, err := store.Run(c.Context, ref)
	if errors.Is(err, db.ErrNotFound) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	plan, err := tournament.DecodePlan(run.Plan, run.Identity)
	if err != nil {
		return fmt.Errorf("%s, run %d: %w", c.String("db"), run.ID, err)
	}
	stored, err := segments(c.Context, store, run.ID)
	if err != nil {
		return err
	}
	state, err := tournament.Replay(plan, stored)
	if err != nil {
		return fmt.Errorf("%s, run %d: %w", c.String("db"), run.ID, err)
	}
	as := tournament.Reading{Stopped: tournament.Options{}.Why(state, nil), IgnoreSeats: c.String("seats") == "ignore"}
	if err := o.rank(c, as.Evidence(plan, state), how); err != nil {
		return err
	}
	return requireResolved(c, state, as.Stopped)
}
