package stochastic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/path"
	"arbiter/games/markov"
)

// Variant says what a logit response in a Markov game looks ahead to.
type Variant string

const (
	// OwnEntropy adds a player's own regulariser to its values: what independent
	// soft learners compute.
	OwnEntropy Variant = "own-entropy"
	// Plain adds nothing: the Markov form of the agent quantal response equilibrium
	// of McKelvey and Palfrey (1998).
	Plain Variant = "plain"
	// Saddle adds a player's own regulariser and takes away the other's, for
	// zero-sum games: what Soft computes.
	Saddle Variant = "saddle"
)

// Options are the choices of a logit equilibrium of a Markov game.
type Options struct {
	Variant     Variant     // one of the above; zero is not valid
	Regulariser Regulariser // of values; Plain has none
	// Temperature is 1/lambda times this, per player; nil for 1.
	Temperature []float64
	// Own: temperatures are in units of the range of every player's own rewards, and
	// lambda in that of player 0's, so that no player's unit matters.
	Own bool
	// End is the lambda to stop at, at the latest; 0 follows the branch to its limit.
	End float64
}

// Point is a logit equilibrium in stationary policies, or, with a horizon,
// in policies by step and state.
type Point struct {
	Lambda float64       // precision, in 1 over units of rewards
	Number int           // of the crossing of Lambda by the branch: 1, 2, …
	Policy markov.Policy // one step if stationary
	// Value is what the variant has players expect, in units of rewards, with the
	// regulariser; nil where it is infinite.
	Value markov.Values
	// Residual is the largest distance of a probability from the logit response.
	Residual float64
	// Gains are, per player, the most it can gain in a state by any other policy,
	// without regulariser: those of best responses, computed by other code.
	Gains []float64
	// Index is the sign of the determinant of the derivatives of log probabilities
	// less log responses: they sum to 1 over all solutions if none is 0.
	Index int
	// Unique tells that the solution is proved to be the only one at Lambda: by
	// Contraction, or for Saddle by the theorem of Shapley's operator.
	Unique bool
}

// Branch is the principal branch of stationary logit equilibria of a
// discounted Markov game.
type Branch struct {
	Status equilibria.Status // how far it was followed
	Points []Point           // of the lambdas asked for, as they were met
	Folds  []float64         // lambdas at which the branch turns back, or forth again
	// Bifurcations are brackets of lambda in which the determinant of the Jacobian,
	// bordered by the direction, changes sign: another branch crosses.
	Bifurcations [][2]float64
	Last         Point // the last point, at the lambda reached
	// Limit is where the branch leads to: a stationary Nash equilibrium that no player
	// gains more than 1e-9 of its own reward range by leaving, or nil.
	Limit      markov.Policy
	LimitGains []float64              // as Gains, of Limit
	Steps      int                    // that were taken
	Path       []equilibria.PathPoint // the points that were passed
}

// ErrDiscounted says that a solver is for Markov games without horizon.
var ErrDiscounted = errors.New("expected a Markov game with a discount")

// variant fills in the bonus of a system, whose players answer at ratio times lambda.
func (s *stationary) variant(o Options, ratio []float64) {
	for i := range s.bonus {
		for k := range s.bonus[i] {
			switch {
			case o.Variant == Plain:
			case i == k:
				s.bonus[i][k] = 1
			case o.Variant == Saddle:
				s.bonus[i][k] = -ratio[i] / ratio[k]
			}
		}
	}
	if o.Regulariser == KL {
		s.even = 1
	}
}

// weights checks the options; coldest is the least temperature, and weights are
// its ratios to the temperatures.
func (o Options) weights(g *markov.Game) (weights []float64, coldest float64, err error) {
	switch o.Variant {
	case OwnEntropy, Plain:
	case Saddle:
		if !g.ZeroSum() {
			return nil, 0, fmt.Errorf("%s: variant %s: %w", g.Name, Saddle, ErrZeroSum)
		}
	default:
		return nil, 0, fmt.Errorf("variant: found %q, expected %s, %s or %s", o.Variant, OwnEntropy, Plain, Saddle)
	}
	if o.Variant != Plain && o.Regulariser != Entropy && o.Regulariser != KL {
		return nil, 0, fmt.Errorf("regulariser: found %q, expected %s or %s", o.Regulariser, KL, Entropy)
	}
	if !(o.End >= 0) || math.IsInf(o.End, 1) {
		return nil, 0, fmt.Errorf("end: found %g, expected a lambda above 0, or 0 for the limit", o.End)
	}
	temperature := o.Temperature
	if temperature == nil {
		temperature = slices.Repeat([]float64{1}, g.Players)
	}
	if len(temperature) != g.Players {
		return nil, 0, fmt.Errorf("temperature: found %d, expected one per player, %d", len(temperature), g.Players)
	}
	coldest = slices.Min(temperature)
	for k, t := range temperature {
		if !(t > 0) || math.IsInf(t, 1) {
			return nil, 0, fmt.Errorf("temperature %d: found %g, expected a positive number", k, t)
		}
		weights = append(weights, coldest/t)
	}
	return weights, coldest, nil
}

func checkLambdas(lambdas []float64) error {
	for _, l := range lambdas {
		if !(l >= 0) || math.IsInf(l, 1) {
			return fmt.Errorf("lambda: found %g, expected a number not below 0", l)
		}
	}
	return nil
}

// newDiscounted makes the system of a game without horizon and its options.
func newDiscounted(g *markov.Game, lambdas []float64, o Options) (s *stationary, coldest float64, err error) {
	weights, coldest, err := o.weights(g)
	if err != nil {
		return nil, 0, err
	}
	if err := checkLambdas(lambdas); err != nil {
		return nil, 0, err
	}
	if g.Horizon > 0 {
		return nil, 0, fmt.Errorf("%s: %w", g.Name, ErrDiscounted)
	}
	n := 0
	for _, row := range g.Actions {
		for _, m := range row {
			n += m
		}
	}
	if n > mostUnknowns {
		return nil, 0, tooManyUnknowns(g, n)
	}
	s = newStationary(g, weights)
	if o.Own {
		s.scale, s.weight = s.own[0], weights
	}
	s.variant(o, weights)
	return s, coldest, nil
}

// Trace follows the principal branch of stationary logit equilibria of a
// discounted Markov game, πᵢ(s) = softmax(λᵢ·Qᵢ(s)) with Qᵢ from the evaluation of
// the policies, from lambda 0 on: even play, or, where an entropy rewards some
// states more than others, what even play leads to as that is phased in. It goes
// by pseudo-arclength (Turocy 2005 for normal forms; Eibelshäuser and Poensgen
// 2019 for Markov games), records all crossings of lambdas up to the last point,
// and tells how it ended: see equilibria.Status.
func Trace(ctx context.Context, g *markov.Game, lambdas []float64, o Options) (Branch, error) {
	s, coldest, err := newDiscounted(g, lambdas, o)
	if err != nil {
		return Branch{}, err
	}
	// The parameter is lambda of the coldest player in units of the reward range.
	unit := s.scale / coldest
	x, steps, err := s.start(ctx)
	br := Branch{Steps: steps}
	if err != nil {
		return br, fmt.Errorf("%s: %w", g.Name, err)
	}
	point := func(x []float64, parameter, lambda float64) Point {
		p := s.point(g, x, parameter, o)
		p.Lambda = lambda
		return p
	}
	t, ok := newCurve(s, x, bend)
	if !ok {
		return br, equilibria.NoAnswerf("%s: the branch has no direction at lambda 0", g.Name)
	}
	way := path.Way{End: math.Asinh(o.End * unit / bend), Most: mostSteps - steps}
	for _, l := range lambdas {
		way.Asked = append(way.Asked, math.Asinh(l*unit/bend))
	}
	// lambda is the parameter at u, real in units of rewards.
	lambda := func(u float64) float64 { return lambda(u, bend) }
	way.Leg = func(l path.Leg) {
		if l.Crossed {
			a, b := lambda(t.U())/unit, lambda(l.To.U())/unit
			br.Bifurcations = append(br.Bifurcations, [2]float64{min(a, b), max(a, b)})
		}
	}
	warmest := slices.Min(s.weight)
	tried, last := min(1e5/warmest, 1e9), min(1e7/warmest, 1e11)
	stalled := false
	way.Stop = func(trail *path.Trail) bool {
		if trail.Steps == 0 {
			return false
		}
		x, l := t.Y[:s.n], lambda(t.U())
		br.Path = append(br.Path, equilibria.PathPoint{Lambda: l / unit, Policy: s.policy(x)})
		if o.End > 0 || l < tried {
			return false
		}
		if br.Limit, br.LimitGains = s.limit(g, x); br.Limit != nil {
			return true
		}
		// Where actions are equally good there is no single solution to polish.
		if p := s.policy(x); s.enough(gains(g, p), 1e-13) || tried*10 > last && s.enough(gains(g, p), 1e-9) {
			br.Limit, br.LimitGains = p, gains(g, p)
			return true
		}
		tried *= 10
		stalled = tried > last
		return stalled
	}
	trail, err := t.Follow(ctx, way)
	br.Steps += trail.Steps
	for _, u := range trail.Folds {
		br.Folds = append(br.Folds, lambda(u)/unit)
	}
	for _, x := range trail.Crossings {
		p := point(x.X, lambdas[x.Asked]*unit, lambdas[x.Asked])
		p.Number = x.Number
		br.Points = append(br.Points, p)
	}
	if err != nil {
		return br, err
	}
	switch br.Status = trail.Status; {
	case stalled:
		br.Status = equilibria.Stalled
	case br.Status == equilibria.AtLimit:
		br.Status = equilibria.Lost
	}
	l := lambda(t.U())
	br.Last = point(t.Y[:s.n], l, l/unit)
	if o.End > 0 && t.U() >= way.End {
		br.Last = point(t.Y[:s.n], o.End*unit, o.End)
	}
	return br, nil
}

const (
	// bend is where steps go over from lambda to its logarithm, in units of the
	// reward range: u = arsinh(λ/bend).
	bend = .1
	// mostSteps ends branches that go nowhere.
	mostSteps = 50_000
)

// point judges a solution.
func (s *stationary) point(g *markov.Game, x []float64, parameter float64, o Options) Point {
	p := Point{Policy: s.policy(x), Index: s.index(x, parameter), Residual: s.off(x, parameter)}
	if o.Variant == Plain || parameter > 0 {
		p.Value = s.value(g, parameter, o)
	}
	p.Gains = gains(g, p.Policy)
	p.Unique = o.Variant == Saddle || s.contracts(o, parameter)
	return p
}

// value is what at last computed, in units of rewards; plain values are finite at
// lambda 0 too.
func (s *stationary) value(g *markov.Game, parameter float64, o Options) markov.Values {
	scales := g.Scales()
	v := make(markov.Values, s.players)
	for k := range v {
		row := make([]float64, s.states)
		for i := range row {
			if o.Variant == Plain {
				row[i] = s.v.At(i, k) * s.own[k]
			} else {
				row[i] = s.w.At(i, k) / (parameter * s.weight[k]) * s.own[k]
			}
			if scales[k].Shift != 0 {
				row[i] += scales[k].Shift * g.Total(0)
			}
		}
		v[k] = [][]float64{row}
	}
	return v
}

// contracts tells whether logit responses are a contraction, so that there is one
// solution. A change of the others by δ in the 1-norm changes what an action earns
// by half the span of Q times δ at once, by that over 1-γ with what follows, and
// probabilities by that over the temperature; own changes count where own later
// play is not optimised. The span of Q is at most that of rewards over 1-γ, of
// rewards with what even play is paid where values have an entropy.
func (s *stationary) contracts(o Options, parameter float64) bool {
	others := float64(s.players - 1)
	if o.Variant == Plain {
		others += s.gamma
	}
	for i, states := range s.reward {
		lambda := parameter * s.weight[i]
		lo, hi := math.Inf(1), math.Inf(-1)
		if s.ends {
			lo, hi = 0, 0
		}
		for state, row := range states {
			paid := 0.0
			if o.Variant == OwnEntropy && o.Regulariser == Entropy {
				paid = math.Log(float64(s.shape[state][i]))
			}
			for _, r := range row {
				lo, hi = min(lo, lambda*r+paid), max(hi, lambda*r+paid)
			}
		}
		if !(others*(hi-lo) < 2*(1-s.gamma)*(1-s.gamma)) {
			return false
		}
	}
	return true
}

// start finds the solution at lambda 0.
func (s *stationary) start(ctx context.Context) (x []float64, steps int, err error) {
	x = s.uniform()
	if s.off(x, 0) < 1e-14 {
		return x, 0, nil
	}
	s.starting = true
	defer func() { s.starting = false }()
	t, ok := newCurve(s, x, 0)
	if !ok {
		return nil, 0, equilibria.NoAnswerf("the phasing in of entropy has no direction")
	}
	trail, err := t.Follow(ctx, path.Way{End: 1, Most: mostSteps})
	if err != nil {
		return nil, trail.Steps, err
	}
	if t.U() < 1 {
		return nil, trail.Steps, equilibria.NoAnswerf("even play could not be followed as entropy was phased in, beyond a share of %g", t.U())
	}
	return t.Y[:s.n], trail.Steps, nil
}
