package cli

import (
	"errors"
	"fmt"
	"math"

	"github.com/urfave/cli/v2"

	"arbiter/db"
	"arbiter/games/normal"
	"arbiter/internal/spec"
	"arbiter/ranking"
	"arbiter/report"
	"arbiter/sampling"
	"arbiter/tournament"
)

func rankFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "method", Value: "alpharank", Usage: "alpharank", Category: "ranking"},
		&cli.StringFlag{Name: "alpha", Value: "inf", Usage: "ranking intensity, a number or inf", Category: "ranking"},
		&cli.IntFlag{Name: "population-size", Value: 50, Usage: "individuals per population", Category: "ranking"},
		&cli.StringFlag{Name: "infinite-alpha", Value: "perturbed", Usage: "reading of alpha inf: perturbed or mcc", Category: "ranking"},
		&cli.Float64Flag{Name: "perturbation", Usage: "of the perturbed reading; 0 means its limit", Category: "ranking"},
		&cli.StringFlag{Name: "selection", Value: "local", Usage: "local or population (one population, finite alpha)", Category: "ranking"},
		&cli.IntFlag{Name: "top", Value: 20, Usage: "rows of the table; 0 means all", Category: "output"},
		&cli.BoolFlag{Name: "edges", Usage: "list resolved edges however many there are", Category: "output"},
	}
}

func (m *rankingKeys) override(c *cli.Context) {
	if c.IsSet("method") {
		m.Method = c.String("method")
	}
	if c.IsSet("alpha") {
		m.Alpha = c.String("alpha")
	}
	if c.IsSet("population-size") {
		m.PopulationSize = c.Int("population-size")
	}
	if c.IsSet("infinite-alpha") {
		m.InfiniteAlpha = c.String("infinite-alpha")
	}
	if c.IsSet("perturbation") {
		m.Perturbation = c.Float64("perturbation")
	}
	if c.IsSet("selection") {
		m.Selection = c.String("selection")
	}
}

// reading is how alpha-Rank is to be read, checked.
type reading struct {
	alpha        float64 // +Inf: the response graph only
	m            int
	mcc          bool
	perturbation float64
	selection    ranking.Selection
	allEdges     bool
}

func (m rankingKeys) reading() (reading, error) {
	r := reading{m: m.PopulationSize, mcc: m.InfiniteAlpha == "mcc", perturbation: m.Perturbation}
	names, err := m.methods()
	if err != nil {
		return r, err
	}
	for _, n := range names {
		if n != "alpharank" {
			return r, fmt.Errorf("ranking.method: no method is called %q; %s", n, spec.Nearest(n, []string{"alpharank"}))
		}
	}
	if r.alpha, err = m.alpha(); err != nil {
		return r, err
	}
	if m.PopulationSize < 2 {
		return r, fmt.Errorf("ranking.population_size: found %d, expected at least 2", m.PopulationSize)
	}
	if m.InfiniteAlpha != "perturbed" && m.InfiniteAlpha != "mcc" {
		return r, fmt.Errorf(`ranking.infinite_alpha: found %q, expected "perturbed" or "mcc"`, m.InfiniteAlpha)
	}
	if !(m.Perturbation >= 0 && m.Perturbation < .5) {
		return r, fmt.Errorf("ranking.perturbation: found %g, expected 0 to below 0.5", m.Perturbation)
	}
	switch m.Selection {
	case "local":
		r.selection = ranking.Local
	case "population":
		r.selection = ranking.Population
		if math.IsInf(r.alpha, 1) {
			return r, errors.New(`ranking.selection: "population" needs a finite alpha`)
		}
	default:
		return r, fmt.Errorf(`ranking.selection: found %q, expected "local" or "population"`, m.Selection)
	}
	return r, nil
}

// boundedStates is the number of profiles up to which bounds of every mass
// are worked out: seconds at the most.
const boundedStates = 100

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
	g := ranking.Response(p, tieTolerance*(hi-lo))
	return how.rank(p, g, nil, names)
}

// rankRun ranks what a run has sampled.
func (how reading) rankRun(plan tournament.Plan, s *sampling.State) (*report.Ranking, error) {
	g, open := s.Graph()
	names := report.Names{Space: plan.Space(), Labels: plan.Labels}
	r, err := how.rank(s.Payoffs(), g, open, names)
	if err != nil {
		return nil, err
	}
	r.Name, r.Game = plan.Name, plan.Game
	r.Sampled = &report.Sampled{
		Seed: plan.Seed, Scheme: plan.Scheme, Bound: plan.Bound, Level: plan.Level, Delta: plan.Delta, Batch: plan.Batch,
		Matches: s.Matches(), Stopped: "resolved", Payoffs: report.Means(names, s, int64(plan.MatchesPerPlay)),
	}
	if s.Open() > 0 {
		r.Stopped = "budget"
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d edges are open: where they matter the order is that of the means so far", s.Open(), s.Edges()))
	}
	if plan.Level == string(sampling.PerLook) {
		r.Warnings = append(r.Warnings, "level per-look reproduces the paper's plots and guarantees nothing over a run")
	}
	return r, nil
}

// rank ranks a response graph (alpha inf) or its payoffs (finite alpha). open
// marks the edges not resolved, nil where payoffs are exact.
func (how reading) rank(p ranking.Payoffs, g ranking.Graph, open []bool, names report.Names) (*report.Ranking, error) {
	r := &report.Ranking{
		Schema: "arbiter/ranking/v1", Method: "alpharank", Alpha: report.Number(how.alpha),
		PopulationSize: how.m, Population: "multi", Warnings: []string{},
		Ranking: []report.Row{}, Marginals: []report.Marginal{},
	}
	if p.Single {
		r.Population = "single"
	}
	r.SetGraph(names, g, open, how.allEdges)
	if !math.IsInf(how.alpha, 1) {
		law, err := ranking.Finite(p, how.alpha, how.m, how.selection)
		if err != nil {
			return nil, usage(err)
		}
		r.Selection = "local"
		if how.selection == ranking.Population {
			r.Selection = "population"
		}
		r.SetLaw(names, law, nil, nil)
		return r, nil
	}
	if how.mcc {
		r.Reading = "mcc"
		laws := ranking.MCC(g, how.m)
		if len(laws) == 1 {
			r.SetLaw(names, laws[0], nil, nil)
			return r, nil
		}
		for _, l := range laws {
			r.SinkLaws = append(r.SinkLaws, report.Numbers(l.Mass))
		}
		none := ranking.Law{Mass: nans(p.N()), LogMass: nans(p.N())}
		r.SetLaw(names, none, nil, nil)
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d sinks: this reading gives no single distribution, one per sink instead", len(laws)))
		return r, nil
	}
	r.Reading, r.Perturbation = "perturbed", report.Number(how.perturbation)
	law, err := ranking.Perturbed(g, how.perturbation)
	if err != nil {
		return nil, err
	}
	if len(r.Sinks) > 1 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d sinks: the perturbed reading weights them by the shape of the graph, not by payoffs", len(r.Sinks)))
	}
	var lower, upper []float64
	if open != nil && p.N() <= boundedStates {
		if lower, upper, err = ranking.Bounds(g, open, how.perturbation); err != nil {
			return nil, err
		}
	} else if open != nil {
		r.Warnings = append(r.Warnings, fmt.Sprintf("bounds of the masses are worked out for up to %d profiles only", boundedStates))
	}
	r.SetLaw(names, law, lower, upper)
	return r, nil
}

func nans(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

func (o output) ranking(c *cli.Context, r *report.Ranking) error {
	if o.json {
		return report.JSON(o.env.Stdout, r)
	}
	return r.Table(o.env.Stdout, o.env.Style, c.Int("top"))
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

func readingOf(c *cli.Context) (reading, error) {
	m := defaults().Ranking
	m.override(c)
	how, err := m.reading()
	how.allEdges = c.Bool("edges")
	return how, usage(err)
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
	r, err := how.rankRun(plan, state)
	if err != nil {
		return err
	}
	if err := o.ranking(c, r); err != nil {
		return err
	}
	return requireResolved(c, state)
}
