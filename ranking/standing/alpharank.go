package standing

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"arbiter/profile"
	"arbiter/ranking"
)

// BoundedStates is the number of profiles up to which bounds of every mass
// are worked out: seconds at the most. comparedStates bounds the work for pairs
// of them, sweptStates that for other alphas.
const (
	BoundedStates  = 100
	comparedStates = 30
	sweptStates    = 300
)

// alphaRank ranks by alpha-Rank.
func alphaRank(e Evidence, s Settings) (Standing, error) {
	r := &AlphaRank{
		Schema: "arbiter/ranking/v1", Method: "alpharank", Title: "alpha-Rank mass", Selection: "local",
		PopulationSize: s.PopulationSize, Population: "multi", Warnings: []string{}, Groups: e.groups(),
		Ranking: []Row{}, Marginals: []Marginal{},
	}
	if e.Payoffs.Single {
		r.Population = "single"
	}
	if e.large() {
		return r, s.large(e, r)
	}
	if s.Selection == ranking.Population {
		r.Selection = "population"
		switch {
		case !e.Payoffs.Single:
			return nil, misfit("ranking.selection: \"population\" is for a single population")
		case e.Played != nil && len(e.Selfless) > 0:
			names := slices.Clone(e.Selfless[:min(len(e.Selfless), 6)])
			if n := len(e.Selfless) - len(names); n > 0 {
				names = append(names, fmt.Sprintf("… %d more", n))
			}
			return nil, &UnknownError{fmt.Sprintf("population selection needs what agents earn against themselves, which is not known of %s; selection local does not", joined(names))}
		}
	}
	r.setGraph(e.Names, e.Graph, e.open(), s.AllEdges)
	if err := s.choose(e, r); err != nil {
		return nil, err
	}
	r.Alpha = s.Alpha
	law, err := s.law(e, r)
	if err != nil {
		return nil, err
	}
	lower, upper, err := s.bounds(e, r)
	if errors.Is(err, ranking.ErrBounds) {
		r.Bounds, err = "", nil
		lower, upper = nans(e.Payoffs.N()), nans(e.Payoffs.N())
		r.Warnings = append(r.Warnings, ranking.ErrBounds.Error())
	}
	if err != nil {
		return nil, err
	}
	r.setLaw(e.Names, law, lower, upper, 0)
	if r.Bounds != "" && r.Reading == "perturbed" && e.Payoffs.N() <= comparedStates {
		counts, err := outweighs(e, s.Perturbation, lower, upper)
		if err != nil {
			return nil, err
		}
		r.setOutweighs(e.Names, counts)
	}
	if err := s.compare(e, r); err != nil {
		return nil, err
	}
	if e.Played != nil {
		s.describe(e, r)
	}
	r.Warnings = append(append(r.Warnings, e.Notes...), e.Strangers()...)
	return r, nil
}

// law is that of the dynamics the settings ask for.
func (s Settings) law(e Evidence, r *AlphaRank) (law ranking.Law, err error) {
	switch {
	case !math.IsInf(s.Alpha, 1):
		law, err = ranking.Finite(e.Payoffs, s.Alpha, s.PopulationSize, s.Selection)
		return law, misfitOf(err)
	case s.Infinite == "limit":
		r.Reading = "limit"
		return ranking.Limit(e.Payoffs, s.PopulationSize, s.Selection)
	case s.Infinite == "mcc":
		r.Reading = "mcc"
		laws := ranking.MCC(e.Graph, s.PopulationSize)
		if len(laws) == 1 {
			return laws[0], nil
		}
		for _, l := range laws {
			r.SinkLaws = append(r.SinkLaws, l.Mass)
		}
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d sinks: this reading gives no single distribution, one per sink instead", len(laws)))
		return ranking.Law{Mass: nans(e.Payoffs.N()), LogMass: nans(e.Payoffs.N())}, nil
	}
	r.Reading, r.Perturbation = "perturbed", s.Perturbation
	law, err = ranking.Perturbed(e.Graph, s.Perturbation)
	if len(r.Sinks) > 1 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d sinks: the perturbed reading weights them by the shape of the graph, not by payoffs", len(r.Sinks)))
	}
	return law, err
}

// describe says how the payoffs were sampled and what may be claimed of them.
func (s Settings) describe(e Evidence, r *AlphaRank) {
	claim := e.Tested.Claim()
	sampled := e.Sampled
	sampled.Confidence, sampled.Sure = claim.Confidence, claim.Of(r.ResolvedEdges)
	sampled.Payoffs = slices.Clone(sampled.Payoffs)
	for i := range sampled.Payoffs {
		if !claim.Means {
			sampled.Payoffs[i].Lower, sampled.Payoffs[i].Upper = math.NaN(), math.NaN()
		}
	}
	r.Name, r.Game, r.Sampled, r.Duels = e.Name, e.Game, &sampled, e.Duels
	r.Theory = e.Theory(s.Alpha, s.PopulationSize)
	if n := len(r.Unresolved); n > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d of %d edges are open: where they matter the order is that of the means so far", n, r.TotalEdges))
	}
	r.Warnings = append(r.Warnings, claim.Why...)
}

func nans(n int) []float64 { return slices.Repeat([]float64{math.NaN()}, n) }

// choose settles alpha auto: the first alpha at which the smallest advantage
// counts and from which on doubling changes no mass by more than settled.
func (s *Settings) choose(e Evidence, r *AlphaRank) error {
	if !math.IsNaN(s.Alpha) {
		return nil
	}
	const settled, doublings = 1e-6, 40
	least := math.Inf(1)
	for i, edge := range e.Graph.Edges {
		if d := math.Abs(e.Payoffs.Advantage(edge)); d > 0 && e.Graph.Dir[i] != profile.Tie {
			least = min(least, d)
		}
	}
	if math.IsInf(least, 1) {
		s.Alpha = 1
		r.AlphaReason = "auto chose 1: no advantage differs from 0, so that alpha does not matter"
		return nil
	}
	s.Alpha = math.Ln10 / least
	last, err := ranking.Finite(e.Payoffs, s.Alpha, s.PopulationSize, s.Selection)
	for range doublings {
		if err != nil {
			return misfitOf(err)
		}
		var next ranking.Law
		if next, err = ranking.Finite(e.Payoffs, 2*s.Alpha, s.PopulationSize, s.Selection); err != nil {
			break
		}
		change := 0.0
		for i, x := range next.Mass {
			change = max(change, math.Abs(x-last.Mass[i]))
		}
		if change <= settled {
			r.AlphaReason = fmt.Sprintf("auto chose %.4g: ln 10 over the smallest advantage %.4g, doubled until no mass changes by more than %g", s.Alpha, least, settled)
			return nil
		}
		s.Alpha *= 2
		last = next
	}
	r.AlphaReason = fmt.Sprintf("auto stopped at %.4g: the masses have not settled", s.Alpha)
	r.Warnings = append(r.Warnings, "alpha auto: the masses have not settled; alpha inf with the reading limit says what they come to")
	return nil
}

// bounds are those of the masses, where payoffs were sampled and they can be
// had.
func (s Settings) bounds(e Evidence, r *AlphaRank) (lower, upper []float64, err error) {
	finite := !math.IsInf(s.Alpha, 1)
	if e.Played == nil || r.Reading == "mcc" || r.Reading == "limit" || s.Selection == ranking.Population {
		return nil, nil, nil
	}
	if e.Payoffs.N() > BoundedStates {
		r.Warnings = append(r.Warnings, fmt.Sprintf("bounds of the masses are worked out for up to %d profiles only", BoundedStates))
		return nil, nil, nil
	}
	tested := e.Tested
	tested.Intervals = finite
	if r.Bounds = tested.Claim().Bounds; r.Bounds == "" {
		return nans(e.Payoffs.N()), nans(e.Payoffs.N()), nil
	}
	if !finite {
		return ranking.Bounds(e.Graph, e.free(), s.Perturbation)
	}
	lo, hi := e.Advantages()
	if slices.ContainsFunc(lo, func(x float64) bool { return math.IsInf(x, 0) }) {
		r.Bounds = ""
		return nil, nil, nil
	}
	lower, upper, err = ranking.FiniteBounds(e.Payoffs.Space, lo, hi, s.Alpha, s.PopulationSize)
	return lower, upper, misfitOf(err)
}

// outweighs counts, per profile, those it has more mass than for every
// orientation of the open edges.
func outweighs(e Evidence, eps float64, lower, upper []float64) ([]int, error) {
	above := make([]int, len(lower))
	for a := range above {
		for b := range above {
			sure := lower[a] > upper[b]*(1+1e-9)
			if !sure && a != b && upper[a] > lower[b] {
				var err error
				if sure, err = ranking.SurelyAbove(e.Graph, e.free(), eps, a, b); err != nil {
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
func (s Settings) compare(e Evidence, r *AlphaRank) error {
	n := e.Payoffs.N()
	widest := 0.0
	for _, edge := range e.Graph.Edges {
		widest = max(widest, math.Abs(e.Payoffs.Advantage(edge)))
	}
	if n > sweptStates || widest == 0 || len(r.Ranking) == 0 {
		return nil
	}
	// Below the first decisive one all masses are nearly equal.
	const decisive = 3
	var steps []Step
	for _, scaled := range []float64{.01, .03, .1, .3, 1, 3, 10, 30, 100} {
		law, err := ranking.Finite(e.Payoffs, scaled/widest, s.PopulationSize, s.Selection)
		if err != nil {
			return misfitOf(err)
		}
		lead := 0
		for i, x := range law.LogMass {
			if x > law.LogMass[lead]+1e-9 {
				lead = i
			}
		}
		steps = append(steps, Step{Alpha: scaled / widest, Leader: e.Names.Profile(lead), Mass: law.Mass[lead]})
	}
	if s.Sweep {
		r.Sweep = steps
	}
	var leaders []string // they share the first rank
	for _, row := range r.Ranking {
		if row.Rank == 1 {
			leaders = append(leaders, row.Profile.String())
		}
	}
	for i := len(steps) - 1; i >= decisive; i-- {
		if step := steps[i]; !slices.Contains(leaders, step.Leader.String()) && !math.IsNaN(r.Ranking[0].Mass) {
			r.Warnings = append(r.Warnings, fmt.Sprintf("the leader depends on alpha: %s leads here, %s at alpha %.4g; --sweep shows more", leaders[0], step.Leader, step.Alpha))
			break
		}
	}
	return nil
}
