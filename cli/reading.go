package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"arbiter/internal/spec"
	"arbiter/matchlog"
	"arbiter/ranking"
	"arbiter/report"
)

func rankFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "method", Value: "alpharank", Usage: "one or more of " + strings.Join(methods, ", "), Category: "ranking"},
		&cli.StringFlag{Name: "alpha", Value: "inf", Usage: "ranking intensity: a number, inf, or auto (large enough for the masses to have settled)", Category: "ranking"},
		&cli.IntFlag{Name: "population-size", Value: 50, Usage: "individuals per population", Category: "ranking"},
		&cli.StringFlag{Name: "infinite-alpha", Value: "perturbed", Usage: "reading of alpha inf: perturbed, mcc or limit", Category: "ranking"},
		&cli.Float64Flag{Name: "perturbation", Usage: "of the perturbed reading; 0 means its limit", Category: "ranking"},
		&cli.StringFlag{Name: "selection", Value: "local", Usage: "local or population (one population)", Category: "ranking"},
		&cli.BoolFlag{Name: "sweep", Usage: "show who leads at other alphas", Category: "ranking"},
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

// reading is how a ranking is to be made, checked.
type reading struct {
	methods      []string
	alpha        float64 // +Inf: the response graph only; NaN: auto
	m            int
	infinite     string // perturbed, mcc or limit
	perturbation float64
	selection    ranking.Selection
	sweep        bool
	allEdges     bool
	top          int    // rows of tables
	workers      int    // of large rankings; 0: all cores
	seats        string // of a log: balanced or ignore
	clusters     []matchlog.Cluster
	stopped      string   // why a run ended
	warnings     []string // of what the evidence was read from
}

func (m rankingKeys) reading() (reading, error) {
	r := reading{m: m.PopulationSize, infinite: m.InfiniteAlpha, perturbation: m.Perturbation}
	var err error
	if r.methods, err = m.methods(); err != nil {
		return r, err
	}
	for i, n := range r.methods {
		if !slices.Contains(methods, n) {
			return r, fmt.Errorf("ranking.method: no method is called %q; %s", n, spec.Nearest(n, methods))
		}
		if slices.Contains(r.methods[:i], n) {
			return r, fmt.Errorf("ranking.method: %s stands twice", n)
		}
	}
	if r.alpha, err = m.alpha(); err != nil {
		return r, err
	}
	if m.PopulationSize < 2 {
		return r, fmt.Errorf("ranking.population_size: found %d, expected at least 2", m.PopulationSize)
	}
	if readings := []string{"perturbed", "mcc", "limit"}; !slices.Contains(readings, m.InfiniteAlpha) {
		return r, fmt.Errorf(`ranking.infinite_alpha: found %q, expected "perturbed", "mcc" or "limit"`, m.InfiniteAlpha)
	}
	if !(m.Perturbation >= 0 && m.Perturbation < .5) {
		return r, fmt.Errorf("ranking.perturbation: found %g, expected 0 to below 0.5", m.Perturbation)
	}
	if m.Perturbation > 0 && (m.InfiniteAlpha != "perturbed" || !math.IsInf(r.alpha, 1)) {
		return r, fmt.Errorf("ranking.perturbation: found %g, expected 0: only the perturbed reading of alpha inf has one", m.Perturbation)
	}
	switch m.Selection {
	case "local":
		r.selection = ranking.Local
	case "population":
		r.selection = ranking.Population
		if math.IsInf(r.alpha, 1) && m.InfiniteAlpha != "limit" {
			return r, errors.New(`ranking.selection: "population" needs a finite alpha or infinite_alpha = "limit"`)
		}
	default:
		return r, fmt.Errorf(`ranking.selection: found %q, expected "local" or "population"`, m.Selection)
	}
	return r, nil
}

func readingOf(c *cli.Context) (reading, error) {
	m := defaults().Ranking
	m.override(c)
	how, err := m.reading()
	how.flags(c)
	return how, usage(err)
}

func (how *reading) flags(c *cli.Context) {
	how.allEdges, how.sweep, how.top = c.Bool("edges"), c.Bool("sweep"), c.Int("top")
	how.workers, how.seats = c.Int("workers"), c.String("seats")
}

// evidence is what a ranking is made of: a response graph, the payoffs behind
// it, and where they were sampled, which edges are open and how large the
// advantages may be.
type evidence struct {
	payoffs    ranking.Payoffs
	graph      ranking.Graph
	open       []bool                    // nil: payoffs are exact
	free       []bool                    // edges that bounds of masses take to be open; nil: the open ones
	tested     report.Tested             // of sampled payoffs
	advantages func() (lo, hi []float64) // of sampled payoffs
	standings  func() standings          // of a single population
	width      float64                   // largest difference of two payoffs
	games      func(pair int) float64    // how often a pair met; nil: payoffs are exact
	plays      []float64                 // matches per agent, of sampled payoffs
	selfless   []string                  // agents of whom it is not known what they earn against themselves
	names      report.Names
	describe   func(*report.Ranking)          // adds how payoffs were sampled
	title      func() (string, string, int64) // name, game and matches of a run
}

// boundedStates is the number of profiles up to which bounds of every mass
// are worked out: seconds at the most. comparedStates bounds the work for pairs
// of them, sweptStates that for other alphas.
const (
	boundedStates  = 100
	comparedStates = 30
	sweptStates    = 300
)

// alphaRank ranks by alpha-Rank.
func (how reading) alphaRank(e evidence) (*report.Ranking, error) {
	r := &report.Ranking{
		Schema: "arbiter/ranking/v1", Method: "alpharank",
		PopulationSize: how.m, Population: "multi", Warnings: []string{},
		Ranking: []report.Row{}, Marginals: []report.Marginal{},
	}
	if e.payoffs.Single {
		r.Population = "single"
	}
	if how.selection == ranking.Population && !e.payoffs.Single {
		return nil, usagef("ranking.selection: \"population\" is for a single population")
	}
	if how.selection == ranking.Population && len(e.selfless) > 0 {
		names := e.selfless[:min(len(e.selfless), 6)]
		if n := len(e.selfless) - len(names); n > 0 {
			names = append(slices.Clone(names), fmt.Sprintf("… %d more", n))
		}
		return nil, coded{exitNoAnswer, fmt.Errorf("population selection needs what agents earn against themselves, which is not known of %s; selection local does not", joined(names))}
	}
	if e.free == nil {
		e.free = e.open
	}
	r.SetGraph(e.names, e.graph, e.open, how.allEdges)
	if err := how.choose(e, r); err != nil {
		return nil, err
	}
	r.Alpha = report.Number(how.alpha)
	r.Selection = "local"
	if how.selection == ranking.Population {
		r.Selection = "population"
	}
	var law ranking.Law
	var err error
	switch {
	case !math.IsInf(how.alpha, 1):
		law, err = ranking.Finite(e.payoffs, how.alpha, how.m, how.selection)
		err = usage(err)
	case how.infinite == "limit":
		r.Reading = "limit"
		law, err = ranking.Limit(e.payoffs, how.m, how.selection)
	case how.infinite == "mcc":
		r.Reading = "mcc"
		laws := ranking.MCC(e.graph, how.m)
		law = laws[0]
		if len(laws) > 1 {
			for _, l := range laws {
				r.SinkLaws = append(r.SinkLaws, report.Numbers(l.Mass))
			}
			law = ranking.Law{Mass: nans(e.payoffs.N()), LogMass: nans(e.payoffs.N())}
			r.Warnings = append(r.Warnings, fmt.Sprintf("%d sinks: this reading gives no single distribution, one per sink instead", len(laws)))
		}
	default:
		r.Reading, r.Perturbation = "perturbed", report.Number(how.perturbation)
		law, err = ranking.Perturbed(e.graph, how.perturbation)
		if len(r.Sinks) > 1 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%d sinks: the perturbed reading weights them by the shape of the graph, not by payoffs", len(r.Sinks)))
		}
	}
	if err != nil {
		return nil, err
	}
	lower, upper, err := how.bounds(e, r)
	if errors.Is(err, ranking.ErrBounds) {
		r.Bounds, err = "", nil
		lower, upper = nans(e.payoffs.N()), nans(e.payoffs.N())
		r.Warnings = append(r.Warnings, ranking.ErrBounds.Error())
	}
	if err != nil {
		return nil, err
	}
	r.SetLaw(e.names, law, lower, upper)
	if r.Bounds != "" && r.Reading == "perturbed" && e.payoffs.N() <= comparedStates {
		counts, err := outweighs(e, how.perturbation, lower, upper)
		if err != nil {
			return nil, err
		}
		r.SetOutweighs(e.names, counts)
	}
	return r, how.compare(e, r)
}

func nans(n int) []float64 { return slices.Repeat([]float64{math.NaN()}, n) }

// choose settles alpha auto: the first alpha at which the smallest advantage
// counts and from which on doubling changes no mass by more than settled.
func (how *reading) choose(e evidence, r *report.Ranking) error {
	if !math.IsNaN(how.alpha) {
		return nil
	}
	const settled, doublings = 1e-6, 40
	least := math.Inf(1)
	for i, edge := range e.graph.Edges {
		if d := math.Abs(e.payoffs.Advantage(edge)); d > 0 && e.graph.Dir[i] != ranking.Tie {
			least = min(least, d)
		}
	}
	if math.IsInf(least, 1) {
		how.alpha = 1
		r.AlphaReason = "auto chose 1: no advantage differs from 0, so that alpha does not matter"
		return nil
	}
	how.alpha = math.Ln10 / least
	last, err := ranking.Finite(e.payoffs, how.alpha, how.m, how.selection)
	for range doublings {
		if err != nil {
			return usage(err)
		}
		var next ranking.Law
		if next, err = ranking.Finite(e.payoffs, 2*how.alpha, how.m, how.selection); err != nil {
			break
		}
		change := 0.0
		for i, x := range next.Mass {
			change = max(change, math.Abs(x-last.Mass[i]))
		}
		if change <= settled {
			r.AlphaReason = fmt.Sprintf("auto chose %.4g: ln 10 over the smallest advantage %.4g, doubled until no mass changes by more than %g", how.alpha, least, settled)
			return nil
		}
		how.alpha *= 2
		last = next
	}
	r.AlphaReason = fmt.Sprintf("auto stopped at %.4g: the masses have not settled", how.alpha)
	r.Warnings = append(r.Warnings, "alpha auto: the masses have not settled; alpha inf with the reading limit says what they come to")
	return nil
}

// bounds are those of the masses, where payoffs were sampled and they can be
// had.
func (how reading) bounds(e evidence, r *report.Ranking) (lower, upper []float64, err error) {
	finite := !math.IsInf(how.alpha, 1)
	if e.open == nil || r.Reading == "mcc" || r.Reading == "limit" || how.selection == ranking.Population {
		return nil, nil, nil
	}
	if e.payoffs.N() > boundedStates {
		r.Warnings = append(r.Warnings, fmt.Sprintf("bounds of the masses are worked out for up to %d profiles only", boundedStates))
		return nil, nil, nil
	}
	e.tested.Intervals = finite
	if r.Bounds = e.tested.Claim().Bounds; r.Bounds == "" {
		return nans(e.payoffs.N()), nans(e.payoffs.N()), nil
	}
	if !finite {
		return ranking.Bounds(e.graph, e.free, how.perturbation)
	}
	lo, hi := e.advantages()
	if slices.ContainsFunc(lo, func(x float64) bool { return math.IsInf(x, 0) }) {
		r.Bounds = ""
		return nil, nil, nil
	}
	lower, upper, err = ranking.FiniteBounds(e.payoffs.Space, lo, hi, how.alpha, how.m)
	return lower, upper, usage(err)
}

// outweighs counts, per profile, those it has more mass than for every
// orientation of the open edges.
func outweighs(e evidence, eps float64, lower, upper []float64) ([]int, error) {
	above := make([]int, len(lower))
	for a := range above {
		for b := range above {
			sure := lower[a] > upper[b]*(1+1e-9)
			if !sure && a != b && upper[a] > lower[b] {
				var err error
				if sure, err = ranking.SurelyAbove(e.graph, e.free, eps, a, b); err != nil {
					return nil, err
				}
			}
			if sure {
				above[a]++
			}
		}
	}
	return above, nil
}

// compare warns if the leader depends on alpha, and shows the sweep if asked.
// Alphas are in units of one over the largest advantage.
func (how reading) compare(e evidence, r *report.Ranking) error {
	n := e.payoffs.N()
	widest := 0.0
	for _, edge := range e.graph.Edges {
		widest = max(widest, math.Abs(e.payoffs.Advantage(edge)))
	}
	if n > sweptStates || widest == 0 || len(r.Ranking) == 0 {
		return nil
	}
	// Below the first decisive one all masses are nearly equal.
	const decisive = 3
	var steps []report.Step
	for _, scaled := range []float64{.01, .03, .1, .3, 1, 3, 10, 30, 100} {
		law, err := ranking.Finite(e.payoffs, scaled/widest, how.m, how.selection)
		if err != nil {
			return usage(err)
		}
		lead := 0
		for i, x := range law.LogMass {
			if x > law.LogMass[lead]+1e-9 {
				lead = i
			}
		}
		steps = append(steps, report.Step{Alpha: report.Number(scaled / widest), Leader: e.names.Profile(lead), Mass: report.Number(law.Mass[lead])})
	}
	if how.sweep {
		r.Sweep = steps
	}
	var leaders []string // they share the first rank
	for _, row := range r.Ranking {
		if row.Rank == 1 {
			leaders = append(leaders, row.Profile.String())
		}
	}
	for i := len(steps) - 1; i >= decisive; i-- {
		if s := steps[i]; !slices.Contains(leaders, s.Leader.String()) && !math.IsNaN(float64(r.Ranking[0].Mass)) {
			r.Warnings = append(r.Warnings, fmt.Sprintf("the leader depends on alpha: %s leads here, %s at alpha %.4g; --sweep shows more", leaders[0], s.Leader, float64(s.Alpha)))
			break
		}
	}
	return nil
}
