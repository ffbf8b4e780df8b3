package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/db"
	"arbiter/ranking"
	"arbiter/report"
	"arbiter/sampling"
	"arbiter/tournament"
)

// rankTable ranks exact payoffs.
func (how reading) rankTable(p ranking.Payoffs, names report.Names) (report.Document, error) {
	if !p.Single && p.N() > mostProfiles {
		return how.rankLarge(p, names)
	}
	if n := ranking.Near(p, ranking.Rounding); n > 0 {
		how.warnings = append(how.warnings, fmt.Sprintf("%d pairs of payoffs differ in their last digits only and count as equal", n))
	}
	return how.rank(evidence{
		payoffs: p, graph: ranking.Response(p, ranking.Rounding), names: names,
		standings: func() standings { return tableStandings(p) },
	})
}

// rankRun ranks what a run has sampled.
func (how reading) rankRun(plan tournament.Plan, s *sampling.State) (report.Document, error) {
	e := evidenceOf(plan, s)
	e.tested.Doubts, e.open = how.doubts(plan, e.open)
	e.free = undecided(e.graph, e.open, plan.Epsilon)
	e.describe = func(r *report.Ranking) { how.describe(r, plan, s, e.open, e.tested.Claim()) }
	payoffs := e.payoffs
	if s.Imported() {
		e.standings = func() standings {
			return logStandings(plan.Log, how.clusters, payoffs, e.width, how.seats != "ignore")
		}
		how.warnings = append(how.warnings, importedWarnings(plan)...)
	}
	if plan.Single() {
		e.plays = make([]float64, plan.Space().N())
		for i, edge := range e.graph.Edges {
			n := float64(s.Plays(i)) * float64(plan.MatchesPerPlay)
			e.plays[edge.U] += n
			e.plays[edge.V] += n
		}
		e.selfless = selfless(plan, payoffs)
	}
	return how.rank(e)
}

// evidenceOf is what a run has sampled.
func evidenceOf(plan tournament.Plan, s *sampling.State) evidence {
	g, open := s.Graph()
	return evidence{
		payoffs: s.Payoffs(), graph: g, open: open, tested: testedBy(plan), advantages: s.Advantages,
		names: report.Names{Space: plan.Space(), Labels: plan.Labels},
		width: plan.Hi[0] - plan.Lo[0], games: func(cell int) float64 { return float64(s.Plays(cell)) },
		standings: func() standings { return runStandings(plan, s) },
		title:     func() (string, string, int64) { return plan.Name, plan.Game, s.Matches() },
	}
}

// selfless puts into payoffs what agents of one population earn against
// themselves and returns those of whom it is not known. Where all matches have
// one sum, both seats together earn it.
func selfless(plan tournament.Plan, payoffs ranking.Payoffs) []string {
	if plan.ConstantSum {
		return nil
	}
	known := make([]bool, len(plan.Labels[0]))
	if plan.Log != nil {
		for _, x := range plan.Log.Self {
			known[x.Agent] = true
			payoffs.M[0][x.Agent*len(known)+x.Agent] = x.X / float64(2*x.N)
		}
	}
	var missing []string
	for i, name := range plan.Labels[0] {
		if !known[i] {
			missing = append(missing, name)
		}
	}
	return missing
}

// testedBy is how a run tests its edges.
func testedBy(plan tournament.Plan) report.Tested {
	return report.Tested{
		Scheme: plan.Scheme, Level: plan.Level, Delta: plan.Delta, Epsilon: plan.Epsilon, Slack: plan.Slack,
		Imported: plan.Scheme == string(sampling.Imported),
		Shared:   !plan.Space().Realisable() || !plan.Single() && (plan.ConstantSum || plan.Symmetric),
	}
}

// undecided are the edges of which it is not known which end is better: the open
// ones and, with an epsilon, the ties, which are ties to within it only.
func undecided(g ranking.Graph, open []bool, epsilon float64) []bool {
	free := slices.Clone(open)
	for i, d := range g.Dir {
		free[i] = free[i] || epsilon > 0 && d == ranking.Tie
	}
	return free
}

// describe adds to a ranking how its payoffs were sampled.
func (how reading) describe(r *report.Ranking, plan tournament.Plan, s *sampling.State, open []bool, claim report.Claim) {
	names := report.Names{Space: plan.Space(), Labels: plan.Labels}
	r.Name, r.Game = plan.Name, plan.Game
	r.Sampled = &report.Sampled{
		Seed: plan.Seed, Scheme: plan.Scheme, Bound: plan.Bound, Level: plan.Level, Delta: plan.Delta,
		Epsilon: plan.Epsilon, Slack: plan.Slack, Batch: plan.Batch,
		Matches: s.Matches(), Stopped: how.stopped, Payoffs: report.Means(names, s, int64(plan.MatchesPerPlay)),
		Confidence: claim.Confidence, Sure: claim.Of(r.ResolvedEdges),
	}
	for i := range r.Payoffs {
		if !claim.Means {
			r.Payoffs[i].Lower, r.Payoffs[i].Upper = report.Number(math.NaN()), report.Number(math.NaN())
		}
	}
	r.Theory = how.theory(plan, s)
	r.SetDuels(names, s, open, int64(plan.MatchesPerPlay))
	count := 0
	for _, o := range open {
		if o {
			count++
		}
	}
	if count > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d edges are open: where they matter the order is that of the means so far", count, len(open)))
	}
	r.Warnings = append(r.Warnings, claim.Why...)
}

// theoryCells is the number of cells of several populations up to which the
// lower bound is worked out: a tenth of a second.
const theoryCells = 120

// theory is what is proved about the cost of a run, nil where nothing is.
func (how reading) theory(plan tournament.Plan, s *sampling.State) *report.Theory {
	cfg := plan.Sampling()
	if s.Imported() || plan.Unbounded || s.Edges() == 0 || !plan.Single() && cfg.Cells() > theoryCells {
		return nil
	}
	t, per := cfg.Theory(s.Payoffs()), float64(plan.MatchesPerPlay)
	r := &report.Theory{
		Gap: report.Number(t.Gap), Uniform: report.Number(t.Uniform * per * float64(cfg.Cells())), Adaptive: report.Number(t.Adaptive * per),
	}
	if !math.IsNaN(t.Lower) {
		lower := report.Number(t.Lower * per)
		r.Lower = &lower
	}
	if how.alpha > 0 && !math.IsInf(how.alpha, 1) {
		log := sampling.UniformFinite(cfg.Space, plan.Hi[0]-plan.Lo[0], how.alpha, how.m, .1, plan.Delta)
		log += math.Log10(per * float64(cfg.Cells()))
		n := report.Number(log)
		r.LogUniformMass = &n
	}
	return r
}

func (env Env) rankCommand() *cli.Command {
	return &cli.Command{
		Name: "rank", Usage: "rank a stored run, a payoff table or a log of matches, without playing",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "run", Usage: "stored run: `ID` or name", Category: "source"},
			&cli.StringFlag{Name: "matches", Usage: "log of matches `FILE`, .csv or JSON lines", Category: "source"},
			&cli.StringFlag{Name: "payoffs", Usage: "payoff table `FILE`, .json, .csv or .nfg", Category: "source"},
			&cli.BoolFlag{Name: "require-resolved", Usage: "exit 3 if edges are open", Category: "source"},
			dbFlag(),
		}, slices.Concat(logFlags(), rankFlags())...),
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
			how, err := readingOf(c)
			if err != nil {
				return err
			}
			if how.workers < 0 {
				return usagef("--workers: found %d, expected a number not below 0", how.workers)
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
			p := ranking.Payoffs{Space: ranking.Space{Single: t.Single}, M: t.Payoffs}
			for _, s := range t.Strategies {
				p.Shape = append(p.Shape, len(s))
			}
			if p.Single && p.N() > mostProfiles {
				return usagef("%s: %d strategies are too many for a dense chain, expected at most %d", c.String("payoffs"), p.N(), mostProfiles)
			}
			r, err := how.rankTable(p, report.Names{Space: p.Space, Labels: t.Strategies})
			if err != nil {
				return err
			}
			return o.print(r)
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
	how.stopped = stopped(state, nil, false)
	r, err := how.rankRun(plan, state)
	if err != nil {
		return err
	}
	if err := o.print(r); err != nil {
		return err
	}
	return requireResolved(c, state, how.stopped)
}
