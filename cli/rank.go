package cli

import (
	"errors"
	"fmt"
	"math"

	"github.com/urfave/cli/v2"

	"arbiter/db"
	"arbiter/games/normal"
	"arbiter/ranking"
	"arbiter/report"
	"arbiter/sampling"
	"arbiter/tournament"
)

// methods are the names of the ways to rank.
var methods = []string{"alpharank"}

// tieTolerance is the part of the payoff range below which exact payoffs count
// as equal: it forgives the rounding of decimal fractions and no more.
const tieTolerance = 1e-12

// rankTable ranks exact payoffs.
func (how reading) rankTable(p ranking.Payoffs, names report.Names) (*report.Ranking, error) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, m := range p.M {
		for _, x := range m {
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	tie := tieTolerance * (hi - lo)
	return how.alphaRank(evidence{payoffs: p, tie: tie, graph: ranking.Response(p, tie), names: names})
}

// rankRun ranks what a run has sampled.
func (how reading) rankRun(plan tournament.Plan, s *sampling.State) (*report.Ranking, error) {
	g, open := s.Graph()
	names := report.Names{Space: plan.Space(), Labels: plan.Labels}
	r, err := how.alphaRank(evidence{payoffs: s.Payoffs(), graph: g, open: open, advantages: s.Advantages, names: names})
	if err != nil {
		return nil, err
	}
	r.Name, r.Game = plan.Name, plan.Game
	r.Sampled = &report.Sampled{
		Seed: plan.Seed, Scheme: plan.Scheme, Bound: plan.Bound, Level: plan.Level, Delta: plan.Delta, Batch: plan.Batch,
		Matches: s.Matches(), Stopped: how.stopped, Payoffs: report.Means(names, s, int64(plan.MatchesPerPlay)),
	}
	if s.Open() > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d edges are open: where they matter the order is that of the means so far", s.Open(), s.Edges()))
	}
	if plan.Level == string(sampling.PerLook) {
		r.Warnings = append(r.Warnings, "level per-look reproduces the paper's plots and guarantees nothing over a run")
	}
	if plan.Slack > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("slack %g relaxes the bounds: directions of edges closer than %g of the payoff range are not guaranteed", plan.Slack, 2*plan.Slack))
	}
	return r, nil
}

func (o output) ranking(c *cli.Context, r *report.Ranking) error {
	r.Top = c.Int("top")
	return o.print(r)
}

func (env Env) rankCommand() *cli.Command {
	return &cli.Command{
		Name: "rank", Usage: "rank a stored run or a payoff table, without playing",
		Description: "Examples:\n  arbiter rank --payoffs table.json --alpha 10\n  arbiter rank --run 1 --format json",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "run", Usage: "stored run: `ID` or name", Category: "source"},
			&cli.StringFlag{Name: "payoffs", Usage: "payoff table `FILE`, .json or .csv", Category: "source"},
			&cli.BoolFlag{Name: "require-resolved", Usage: "exit 3 if edges are open", Category: "source"},
			dbFlag(),
		}, rankFlags()...),
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 0, 0, "")
			if err != nil {
				return err
			}
			if c.IsSet("run") == c.IsSet("payoffs") {
				return usagef("rank: expected one of --run and --payoffs")
			}
			how, err := readingOf(c)
			if err != nil {
				return err
			}
			if c.IsSet("run") {
				return o.rankStored(c, how, c.String("run"))
			}
			t, err := normal.Read(c.String("payoffs"))
			if err != nil {
				return usage(err)
			}
			p := ranking.Payoffs{Space: ranking.Space{Single: t.Single}, M: t.Payoffs}
			for _, s := range t.Strategies {
				p.Shape = append(p.Shape, len(s))
			}
			if p.N() > mostProfiles {
				return usagef("%s: %d profiles are too many for a dense chain, expected at most %d", c.String("payoffs"), p.N(), mostProfiles)
			}
			r, err := how.rankTable(p, report.Names{Space: p.Space, Labels: t.Strategies})
			if err != nil {
				return err
			}
			return o.ranking(c, r)
		},
	}
}

// rankStored folds the log of a stored run and ranks it.
func (o output) rankStored(c *cli.Context, how reading, ref string) error {
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
	plan, err := tournament.DecodePlan(run.Plan)
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
	how.stopped = stopped(state, nil, false)
	r, err := how.rankRun(plan, state)
	if err != nil {
		return err
	}
	if err := o.ranking(c, r); err != nil {
		return err
	}
	return requireResolved(c, state, how.stopped)
}
