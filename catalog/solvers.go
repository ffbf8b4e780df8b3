package catalog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/exact"
	"arbiter/equilibria/learn"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/markov"
	"arbiter/games/normal"
	"arbiter/spec"
)

// Solver is a solver by name.
type Solver struct {
	Name, Doc string
	// Concept is what it finds: nash, logit_qre, …
	Concept string
	// Tolerance is what it is judged by unless told otherwise, in units of every
	// player's own range of payoffs: the gap, or the error of soft values. Quantal
	// responses are judged by their residual, a probability.
	Tolerance float64
	// Shows says which of possibly many solutions is returned, where the solver
	// itself does not.
	Shows string
	solve func(ctx context.Context, t *Table, o SolveOptions) (*Solution, error)
}

// SolveOptions are what a solver may be told.
type SolveOptions struct {
	Limits      equilibria.Limits
	Temperature []float64 // one for all players, or one per player
	Lambdas     []float64 // of the logit solver: precisions whose points are wanted
	Form        quantal.Form
	Arms        bool               // of the logit solver: also what leaves the branch
	First       bool               // of the logit solver: end when the lambdas were met once
	Variant     stochastic.Variant // of Markov games, "" for the usual one
	Starts      int                // random starts: of the logit solver on Markov games, to look for others; of many players
	Selection   string             // which of several equilibria to put on top, one of Selections; "": the solver's own
	Seed        uint64             // of the starts
	Regulariser stochastic.Regulariser
	Objective   string
	Certified   bool // of mmd at a temperature: keep to a certified step
	Exact       bool // also ratios, of solvers that know them
}

// Solution is what a solver found, with its Status and Evaluation by Table.Judge.
type Solution struct {
	Solver, Concept string
	Chosen          string // by nash: the solver it chose
	Policy          []games.Behaviour
	Iterations      int
	Status          equilibria.Status
	Curve           []equilibria.Point
	Tolerance       float64          // what it was judged by
	Evaluation      games.Evaluation // of Policy
	Residual        float64          // of quantal responses and Markov games
	Step            string           // of mmd: what its step size rests on, if it was certified
	Selection       string           // which of several
	Warnings        []string

	Branch       *quantal.Branch    // of the logit solver
	MarkovBranch *stochastic.Branch // of the logit solver on Markov games
	Variant      stochastic.Variant
	Indices      []int        // of Others, where they are known: +1, -1, 0 where singular
	Hits         []int        // of Others: how many starts led there
	Points       []LogitPoint // of a branch, where lambdas were asked for

	Temperature []float64
	Regulariser stochastic.Regulariser
	Values      markov.Values // of a Markov game, with the regulariser

	// Of solvers that find several.
	Several     bool
	Others      [][]games.Behaviour // all of them
	Evaluations []games.Evaluation  // of Others
	Mixed       [][][]float64       // Others in strategies of Normal
	Proved      []bool              // of Others of many players: an exact one is surely near
	Complete    *bool               // nil: not known
	Degenerate  *bool               // after strict dominance; nil: not looked at
	Components  [][]int             // of Others by index: connected
	Sampled     bool                // Components are what was seen to be connected, not proved
	NashSubsets [][]int             // of Others by index: what can be combined and mixed at will
	Eliminated  [][2]int            // player and strategy of the reduced normal form

	Normal  *exact.Normal // the form that was solved, nil for other solvers
	judged  bool
	seeking bool // a Nash equilibrium, whatever Concept says where none was reached

	Induction *exact.Induction // of backward induction

	// With SolveOptions.Exact, nil where they are not known; Warnings say why.
	Exact       *Ratios   // of Policy
	OthersExact []*Ratios // of Others

	rational [][]flat.ExactBehaviour // of Others, of two players

	// Of correlated equilibria.
	Correlated *linear.Correlated
	Stages     *stochastic.StageCorrelated
}

// exactTolerance is that of solvers that end by themselves.
const exactTolerance = 1e-9

func standardSolvers() []Solver {
	all := []Solver{
		{Name: "nash", Concept: "nash", Tolerance: exactTolerance, Doc: "chooses: backward induction for trees of perfect information, lp with constant sum, shapley for zero-sum Markov games, stage by stage for others with a horizon, extreme or lemke-howson for two players, support-enumeration for few profiles, the limit of logit; else mmd", solve: chooseNash},
		{Name: "backward-induction", Concept: "nash", Tolerance: exactTolerance, Doc: "the subgame-perfect equilibrium of a tree of perfect information, exactly and in linear time, with its ties (Zermelo 1913; Kuhn 1953)", solve: solveInduction},
		{Name: "lp", Concept: "nash", Tolerance: exactTolerance, Shows: "the vertex where the linear programme ended", Doc: "one linear programme over sequences; two players, constant sum (Koller, Megiddo and von Stengel 1996)", solve: solveLP},
		{Name: "extreme", Concept: "nash", Tolerance: exactTolerance, Doc: "all extreme equilibria and their components, exactly; two players (Avis, Rosenberg, Savani and von Stengel 2010)", solve: solveExtreme},
		{Name: "lemke-howson", Concept: "nash", Tolerance: exactTolerance, Doc: "equilibria at the ends of the paths of Lemke and Howson (1964), exactly; two players", solve: solveLemkeHowson},
		{Name: "support-enumeration", Concept: "nash", Tolerance: exactTolerance, Doc: "all supports (Porter, Nudelman and Shoham 2008): of two players pairs of equal size, exactly; of more with a proof where none is missing", solve: solveSupports},
		{Name: "logit", Concept: "nash", Tolerance: 1e-9, Doc: "the principal branch of quantal responses: at --lambda or --temperature, or the Nash equilibrium it leads to (Turocy 2005)", solve: solveLogit},
		{Name: "shapley", Concept: "nash", Tolerance: 1e-9, Shows: "one optimal mixture per state and player; values are unique", Doc: "values and policies of zero-sum Markov games, with a bound (Shapley 1953)", solve: solveShapley},
		{Name: "soft-shapley", Concept: "soft_qre", Tolerance: 1e-9, Shows: "the only one", Doc: "the soft equilibrium of zero-sum Markov games, at --temperature", solve: solveSoft},
		{Name: "ce", Concept: "ce", Tolerance: exactTolerance, Shows: "the best by the objective; the first on ties", Doc: "the correlated equilibrium that is best by --objective, of the reduced normal form or of every stage", solve: solveCorrelated(false)},
		{Name: "cce", Concept: "cce", Tolerance: exactTolerance, Shows: "the best by the objective; the first on ties", Doc: "the coarse correlated equilibrium that is best by --objective", solve: solveCorrelated(true)},
	}
	for _, l := range learn.Methods() {
		s := Solver{Name: l.Name, Concept: "nash", Tolerance: 1e-3, Shows: "where the learner came to", Doc: l.Doc}
		s.solve = func(ctx context.Context, t *Table, o SolveOptions) (*Solution, error) {
			return runLearner(ctx, t, l.Name, o)
		}
		if l.Name == "mmd" {
			s.Doc += "; with --temperature the magnet stays even and the logit or agent QRE is looked for"
		}
		all = append(all, s)
	}
	return all
}

// Solve runs a solver. A cancelled context is an error; so is a game of another
// form than the solver is for.
func (t *Table) Solve(ctx context.Context, name string, o SolveOptions) (*Solution, error) {
	all := t.catalog.Solvers
	i := slices.IndexFunc(all, func(s Solver) bool { return s.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("no solver is called %q; %s", name, spec.Nearest(name, names(all, func(s Solver) string { return s.Name })))
	}
	if err := t.checkRanges(); err != nil {
		return nil, err
	}
	info := t.Game.Info()
	seats := info.Seats
	if len(o.Temperature) == 1 {
		o.Temperature = slices.Repeat(o.Temperature, seats)
	}
	if o.Temperature != nil {
		if name != "mmd" && name != "soft-shapley" && name != "logit" {
			return nil, fmt.Errorf("%s takes no temperature; logit, mmd and soft-shapley do", name)
		}
		if len(o.Temperature) != seats {
			return nil, fmt.Errorf("temperature: found %d, expected 1 or %d, one per player", len(o.Temperature), seats)
		}
	}
	if o.Limits.Tolerance == 0 && name != "nash" { // which leaves it to the solver chosen
		if o.Limits.Tolerance = all[i].Tolerance; o.Temperature != nil && name == "mmd" {
			o.Limits.Tolerance = 1e-9 // of probabilities
		}
	}
	ratios := o.Exact
	if o.Exact {
		if err := checkExact(name); err != nil {
			return nil, err
		}
		o.Exact = false // of solvers that this one asks
	}
	s, err := all[i].solve(ctx, t, o)
	if err != nil {
		return nil, err
	}
	s.Solver = name
	if s.Concept == "" {
		s.Concept = all[i].Concept
	}
	if s.Selection == "" {
		s.Selection = all[i].Shows
	}
	if s.Tolerance == 0 {
		if s.Tolerance = o.Limits.Tolerance; s.Tolerance == 0 {
			s.Tolerance = all[i].Tolerance
		}
	}
	if ratios && s.Chosen != "" {
		if err := t.makeExact(ctx, s); err != nil {
			return nil, err
		}
	}
	if s.Chosen != "" && s.judged {
		return s, nil // by the solver that was chosen
	}
	if o.Selection != "" {
		if err := t.choose(ctx, s, o.Selection); err != nil {
			return nil, err
		}
	}
	if ratios && s.Chosen == "" {
		if err := t.makeExact(ctx, s); err != nil {
			return nil, err
		}
	}
	s.judged = true
	return s, t.judge(s)
}

// checkRanges refuses payoffs that overflow as they are summed, over players, steps
// or what a discount makes of them.
func (t *Table) checkRanges() error {
	const most = math.MaxFloat64 / 8
	info := t.Game.Info()
	sum := 0.0
	for k := range info.Lo {
		lo, hi, times := info.Lo[k], info.Hi[k], 1.0
		if g := t.Markov; g != nil {
			lo, hi = g.Rewards(k)
			times = g.Total(0)
		}
		if math.IsInf(lo, 0) || math.IsInf(hi, 0) {
			continue // noise that no board holds
		}
		if sum += max(hi-lo, math.Abs(lo), math.Abs(hi)) * times; sum > most {
			return fmt.Errorf("%s: payoffs of player %d go from %g to %g, and those of all players would overflow in sums: expected a range that is a number, sums below %.3g", t.Name, k, lo, hi, most)
		}
	}
	return nil
}

// scale is the largest range of payoffs, of Markov games of values, or 1.
func (t *Table) scale() float64 {
	info, size := t.Game.Info(), 0.0
	for k := range info.Lo {
		size = max(size, info.Hi[k]-info.Lo[k])
	}
	if g := t.Markov; g != nil && g.Horizon == 0 {
		size = g.RewardRange() / (1 - g.Discount)
	}
	if size == 0 || math.IsInf(size, 1) {
		return 1
	}
	return size
}

// scaleOf is the range of payoffs of a player of a Markov game, or 1.
func (t *Table) scaleOf(k int) float64 {
	if size := t.Markov.Ranges()[k]; size > 0 {
		return size
	}
	return 1
}

func runLearner(ctx context.Context, t *Table, name string, o SolveOptions) (*Solution, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	if o.Certified && (name != "mmd" || o.Temperature == nil) {
		return nil, fmt.Errorf("a certified step is for mmd at a temperature, found %s", name)
	}
	if name == "mmd" && o.Temperature != nil {
		var step string
		if o.Certified {
			if o.Limits.Step, step, err = t.certifiedStep(ctx, o.Temperature); err != nil {
				return nil, err
			}
		}
		q, err := learn.MagneticQRE(ctx, board, o.Temperature, o.Limits)
		if err != nil {
			return nil, err
		}
		concept := "agent_qre"
		if quantal.Simultaneous(board) {
			concept = "logit_qre"
		}
		return &Solution{Concept: concept, Policy: q.Policy, Iterations: q.Iterations, Status: q.Status, Curve: q.Curve, Residual: q.Residual, Temperature: o.Temperature, Step: step}, nil
	}
	found, err := learn.Run(ctx, board, name, o.Limits)
	if err != nil {
		return nil, err
	}
	s := &Solution{Policy: found.Policy, Iterations: found.Iterations, Status: found.Status, Curve: found.Curve}
	if info := board.Info(); info.Seats != 2 || !info.ConstantSum {
		s.Warnings = append(s.Warnings, "learners converge for two players with constant sum; here nothing but the gap says what was found")
	}
	return s, nil
}

func solveLP(ctx context.Context, t *Table, _ SolveOptions) (*Solution, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	p, found, err := linear.SequenceForm(ctx, board)
	if err != nil {
		return nil, err
	}
	return &Solution{Policy: p, Iterations: found.Pivots, Status: equilibria.Converged}, nil
}

// bimatrix is the reduced normal form of a game of two players without the
// strategies that iterated strict dominance leaves out.
type bimatrix struct {
	*exact.Bimatrix
	normal *exact.Normal
	kept   [][]int
}

func (t *Table) normal() (*exact.Normal, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	return exact.NormalForm(board, normal.Means(t.Game))
}

func (t *Table) bimatrix(ctx context.Context) (*bimatrix, error) {
	if t.form != nil {
		return t.form, nil
	}
	if seats := t.Game.Info().Seats; seats != 2 {
		return nil, fmt.Errorf("%s has %d players: %w; use --solver mmd or cce", t.Name, seats, exact.ErrTwoPlayers)
	}
	n, err := t.normal()
	if err != nil {
		return nil, err
	}
	b := &bimatrix{normal: n}
	if b.kept, err = n.Undominated(ctx); err != nil {
		return nil, err
	}
	if b.Bimatrix, err = exact.NewBimatrix(n.Restrict(b.kept)); err != nil {
		return nil, err
	}
	t.form = b
	return b, nil
}

// policy is a profile of what was kept in all strategies, and its behaviour.
func (b *bimatrix) policy(p exact.Mixed) (mixed [][]float64, out []games.Behaviour) {
	for k, kept := range p.Float() {
		all := make([]float64, b.normal.Shape[k])
		for i, x := range kept {
			all[b.kept[k][i]] = x
		}
		mixed, out = append(mixed, all), append(out, b.normal.Behaviour(k, all))
	}
	return mixed, out
}

// rational is the behaviour of a profile in ratios.
func (b *bimatrix) rational(p exact.Mixed) (out []flat.ExactBehaviour) {
	for k, kept := range p {
		all := make([]*big.Rat, b.normal.Shape[k])
		for i := range all {
			all[i] = new(big.Rat)
		}
		for i, x := range kept {
			all[b.kept[k][i]] = x
		}
		out = append(out, b.normal.ExactBehaviour(k, all))
	}
	return out
}

func (b *bimatrix) solution(list []exact.Mixed) *Solution {
	s := &Solution{Status: equilibria.Converged, Several: true, Normal: b.normal}
	if b.normal.Rounded {
		s.Warnings = append(s.Warnings, roundedWarning)
	}
	for _, p := range list {
		mixed, policy := b.policy(p)
		s.Mixed, s.Others = append(s.Mixed, mixed), append(s.Others, policy)
		s.rational = append(s.rational, b.rational(p))
	}
	s.Policy = s.Others[0]
	for k, kept := range b.kept {
		for i := range b.normal.Shape[k] {
			if !slices.Contains(kept, i) {
				s.Eliminated = append(s.Eliminated, [2]int{k, i})
			}
		}
	}
	return s
}

func solveExtreme(ctx context.Context, t *Table, _ SolveOptions) (*Solution, error) {
	b, err := t.bimatrix(ctx)
	if err != nil {
		return nil, err
	}
	e, err := b.Extreme(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	s := b.solution(e.Equilibria)
	all := !b.normal.Rounded
	s.Complete, s.Degenerate, s.Iterations = &all, &e.Degenerate, e.Bases
	s.Components, s.NashSubsets = e.Components, e.Subsets
	s.Selection = "the first in order of enumeration"
	return s, nil
}

func solveLemkeHowson(ctx context.Context, t *Table, _ SolveOptions) (*Solution, error) {
	b, err := t.bimatrix(ctx)
	if err != nil {
		return nil, err
	}
	// All labels where that is quick, else the first.
	labels := len(b.kept[0]) + len(b.kept[1])
	if labels > 60 {
		labels = 1
	}
	var found []exact.Mixed
	total := 0
	for label := range labels {
		p, pivots, err := b.LemkeHowson(ctx, label)
		if err != nil {
			return nil, err
		}
		total += pivots
		if !slices.ContainsFunc(found, func(q exact.Mixed) bool { return same(p, q) }) {
			found = append(found, p)
		}
	}
	s := b.solution(found)
	s.Iterations, s.Selection = total, "the end of the path of the first label"
	return s, nil
}

func same(p, q exact.Mixed) bool {
	equal := func(x, y *big.Rat) bool { return x.Cmp(y) == 0 }
	return slices.EqualFunc(p[0], q[0], equal) && slices.EqualFunc(p[1], q[1], equal)
}

func solveSupports(ctx context.Context, t *Table, o SolveOptions) (*Solution, error) {
	if t.Game.Info().Seats != 2 {
		return solveMany(ctx, t, o)
	}
	b, err := t.bimatrix(ctx)
	if err != nil {
		return nil, err
	}
	found, err := b.Supports(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	if len(found.Equilibria) == 0 {
		return nil, equilibria.NoAnswerf("%s is degenerate: no equilibrium has supports of equal size; use --solver extreme", t.Name)
	}
	s := b.solution(found.Equilibria)
	all := found.Complete && !b.normal.Rounded
	s.Complete, s.Iterations = &all, found.Pairs
	if degenerate := slices.ContainsFunc(found.Equilibria, b.Degenerate); degenerate || found.Complete {
		s.Degenerate = &degenerate
	}
	s.Selection = "the smallest supports"
	if !found.Complete {
		s.Warnings = append(s.Warnings, "the game is degenerate or nearly so: there may be more equilibria, see --solver extreme")
	}
	return s, nil
}

// markovOnly is the Markov game of t.
func (t *Table) markovOnly() (*markov.Game, error) {
	if t.Markov == nil {
		return nil, fmt.Errorf("%s is no Markov game; use --solver lp or dcfr", t.Name)
	}
	return t.Markov, nil
}

func solveShapley(ctx context.Context, t *Table, o SolveOptions) (*Solution, error) {
	g, err := t.markovOnly()
	if err != nil {
		return nil, err
	}
	o.Limits.Tolerance *= t.scaleOf(0)
	found, err := stochastic.Shapley(ctx, g, o.Limits)
	if err != nil {
		return nil, err
	}
	return &Solution{Policy: found.Policy, Iterations: found.Iterations, Status: found.Status, Residual: found.Error}, nil
}

func solveSoft(ctx context.Context, t *Table, o SolveOptions) (*Solution, error) {
	g, err := t.markovOnly()
	if err != nil {
		return nil, err
	}
	if len(o.Temperature) != 2 {
		return nil, errors.New("soft-shapley: expected --temperature T or T,T_1")
	}
	o.Limits.Tolerance *= t.scaleOf(0)
	found, err := stochastic.Soft(ctx, g, [2]float64(o.Temperature), o.Regulariser, o.Limits)
	if err != nil {
		return nil, err
	}
	return &Solution{
		Policy: found.Policy, Iterations: found.Iterations, Status: found.Status, Residual: found.Error,
		Temperature: o.Temperature, Regulariser: o.Regulariser, Values: minus(found.Value), Variant: stochastic.Saddle,
	}, nil
}

func solveCorrelated(coarse bool) func(context.Context, *Table, SolveOptions) (*Solution, error) {
	return func(ctx context.Context, t *Table, o SolveOptions) (*Solution, error) {
		s := &Solution{Status: equilibria.Converged}
		if t.Markov != nil {
			found, err := stochastic.BackwardCorrelated(ctx, t.Markov, coarse, o.Objective)
			s.Stages = &found
			return s, err
		}
		n, err := t.normal()
		if err != nil {
			return nil, err
		}
		found, err := linear.SolveCorrelated(ctx, n, coarse, o.Objective, nil)
		s.Normal, s.Correlated, s.Iterations = n, &found, found.Iterations
		return s, err
	}
}

// fewStrategies is the number of strategies up to which all equilibria are found at
// once: less than a second.
const fewStrategies = 22

// fewCells is the number of profiles up to which all equilibria of three and more
// players are looked for: a second or some.
const fewCells = 64

// chooseNash tries what suits the game until something is an equilibrium within the
// tolerance; else what came nearest to one, by its tries in order, is returned.
func chooseNash(ctx context.Context, t *Table, o SolveOptions) (*Solution, error) {
	if t.Markov != nil {
		return t.chooseMarkov(ctx, o)
	}
	if s, err := t.nashByInduction(ctx, o); s != nil || err != nil {
		return s, err
	}
	var last *Solution
	var failed error
	for _, name := range t.suited(ctx) {
		s, err := t.Solve(ctx, name, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			failed = err
			continue
		}
		s.Chosen = name
		if s.Status == equilibria.Converged {
			return s, nil
		}
		if last == nil || s.Evaluation.NashConv < last.Evaluation.NashConv {
			last = s
		}
	}
	if last == nil {
		return nil, failed
	}
	return last, nil
}

// suited are the solvers of Nash equilibria that suit a game that is no Markov game,
// the best one first.
func (t *Table) suited(ctx context.Context) []string {
	seats := t.Game.Info().Seats
	if board, err := t.Board(); seats == 2 && err == nil && linear.Competitive(board) {
		return []string{"lp", "dcfr"} // the second where the tableau is too large
	}
	var list []string
	switch seats {
	case 2:
		if b, err := t.bimatrix(ctx); err == nil {
			if len(b.kept[0])+len(b.kept[1]) <= fewStrategies {
				list = append(list, "extreme")
			}
			return append(list, "lemke-howson")
		}
	default:
		if n, err := t.normal(); err == nil && len(n.Payoffs[0]) <= fewCells {
			list = append(list, "support-enumeration")
		}
	}
	return append(list, "logit", "mmd")
}

// chooseMarkov does the same for Markov games.
func (t *Table) chooseMarkov(ctx context.Context, o SolveOptions) (*Solution, error) {
	g := t.Markov
	if g.Competitive() {
		s, err := t.Solve(ctx, "shapley", o)
		if err == nil {
			s.Chosen = "shapley"
		}
		return s, err
	}
	if g.Horizon > 0 {
		p, err := stochastic.BackwardInduction(ctx, g)
		if err != nil {
			return nil, err
		}
		return &Solution{Chosen: "stage equilibria", Policy: p, Status: equilibria.Converged, Selection: stochastic.Selection, Iterations: g.Horizon}, nil
	}
	if k, ok := g.Chooser(); ok {
		p := g.Uniform()
		p[k] = g.Best(k, p)
		return &Solution{Chosen: "policy iteration", Policy: p, Status: equilibria.Converged, Selection: "the lowest action on ties"}, nil
	}
	s, err := t.nashOfMarkov(ctx, o)
	if err == nil {
		s.Chosen = "logit"
	}
	return s, err
}
