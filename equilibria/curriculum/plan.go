// Package curriculum makes players of a Markov game rational little by little: a path
// of quantal response equilibria along schedules of temperatures, each found from the
// one before, and at its end the Nash equilibrium it leads to. It is the model-based
// form of QARL (Reddi et al. 2024, "Robust adversarial reinforcement learning via
// bounded rationality curricula"), and the exact forms of what that is compared with.
//
// Three things are called a quantal response equilibrium of a Markov game. Here saddle
// is the zero-sum game in which both are paid for being irrational, which has one
// solution at all temperatures and contracts; own-entropy is what two soft learners
// find who each count their own entropy only; plain counts none in what is to come.
// Solve is for the saddle, Follow for all three.
package curriculum

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/stochastic"
	"arbiter/games/markov"
	"arbiter/internal/num"
)

// Settings say along which temperatures a game is solved. The zero value works.
type Settings struct {
	// TauP and TauA are the temperatures of player 0, the protagonist, and of player 1,
	// the adversary, in units of rewards: as many, or one for a player who does not
	// change. They never rise. nil is what the other has; both nil: Default.
	TauP, TauA []float64
	// Regulariser is what temperatures weigh, "" for KL, which has a limit as the
	// adversary becomes irrational.
	Regulariser stochastic.Regulariser
	// Limits are those of every point: sweeps over all states, 0 for 1000, and the error
	// of values in units of their range, 0 for 1e-12.
	Limits equilibria.Limits
	// Unpolished: end with the last temperature, without the Nash equilibrium.
	Unpolished bool
	// Watch, if not nil, sees every point as it is found.
	Watch func(Point)
}

// Point is an equilibrium on the path, in numbers per state where there is a choice.
type Point struct {
	TauP, TauA float64       // temperatures of the players; 0 and 0: the Nash equilibrium
	Policy     markov.Policy // stationary, of both players
	// Value is what the saddle is worth to player 0, with the regulariser.
	Value []float64
	// Residual is how far Value is from what a sweep makes of it and Error, from that, a
	// bound on how far from the true one; Gap is what the stage game of a state can be
	// off by: its duality gap, with the regulariser, and rounding.
	Residual, Error float64
	Gap             []float64
	// Return is what player 0 gets, WorstCase what is left of it against the worst
	// adversary and NashConv what both could gain, all without regulariser, by best
	// responses that share no code with the solver.
	Return, WorstCase, NashConv []float64
	// Bound is what NashConv cannot exceed at exact equilibria at these temperatures.
	Bound float64
	// Slack is what is left of that bound, and of those on Value and on WorstCase by the
	// Nash equilibrium, in the state where it is least: negative where arithmetic broke
	// them. The last two are NaN on paths without a Nash equilibrium.
	Slack Slack
	// Entropy is that of the players, in nats, averaged over states.
	Entropy [2]float64
	// Sweeps over all states, and Newton steps within them.
	Sweeps, Inner int
	Status        equilibria.Status // AtLimit: Error is above the tolerance
}

// Slack is what bounds leave, in units of payoff: at least 0 but for rounding.
type Slack struct {
	NashConv, Value, WorstCase float64 // of the bounds on these, in the state where it is least
}

// Path is a game solved along temperatures.
type Path struct {
	Game        *markov.Game           // what was solved
	Regulariser stochastic.Regulariser // what temperatures weigh
	Points      []Point                // by falling temperature
	Nash        *Point                 // nil without polish
	// Stopped says why the path ended before its schedule did; "" where it did not.
	Stopped string
}

// Last is the end of the path: the Nash equilibrium, or the coldest point.
func (p *Path) Last() Point {
	if p.Nash != nil {
		return *p.Nash
	}
	return p.Points[len(p.Points)-1]
}

// ErrGeneralSum says what to do with games that Solve is not for.
var ErrGeneralSum = errors.New("the saddle variant is for two players whose rewards sum to 0; variants own-entropy and plain follow a branch of other games")

// Default are temperatures for a game: from the range of values, at which the
// adversary is nearly even, down to a ten-thousandth of it, where the players of most
// games are nearly rational.
func Default(g *markov.Game) []float64 {
	size := g.Ranges()[0]
	if size == 0 || math.IsInf(size, 1) {
		size = 1
	}
	return Log(size, 1e-4*size, Points)
}

// Points is how many temperatures a schedule has that is not told.
const Points = 15

// admit refuses games that have no curriculum.
func admit(g *markov.Game) error {
	if g.Horizon > 0 {
		return fmt.Errorf("%s: %w; solver logit takes a horizon", g.Name, stochastic.ErrDiscounted)
	}
	return nil
}

// Solve follows the saddle of a zero-sum Markov game with a discount along
// temperatures. A path goes on as long as arithmetic carries it: at the first point that
// breaks a theorem it stops, says so and leaves that point out.
func Solve(ctx context.Context, g *markov.Game, o Settings) (*Path, error) {
	if err := admit(g); err != nil {
		return nil, err
	}
	if !g.ZeroSum() {
		return nil, fmt.Errorf("%s: %w", g.Name, ErrGeneralSum)
	}
	if o.Regulariser == "" {
		o.Regulariser = stochastic.KL
	}
	if o.TauP == nil && o.TauA == nil {
		o.TauP = Default(g)
	}
	schedule, err := pairs(o.TauP, o.TauA)
	if err != nil {
		return nil, err
	}
	a, err := stochastic.NewAnnealer(g, o.Regulariser)
	if err != nil {
		return nil, err
	}
	limits := o.Limits
	if limits.Iterations == 0 {
		limits.Iterations = 1000
	}
	if limits.Tolerance == 0 {
		limits.Tolerance = 1e-12
	}
	limits.Tolerance *= unit(g)
	path := &Path{Game: g, Regulariser: o.Regulariser}
	for _, tau := range schedule {
		s, err := a.Soft(ctx, tau, limits)
		if errors.Is(err, equilibria.ErrNoAnswer) {
			path.Stopped = fmt.Sprintf("at temperatures %.6g and %.6g: %s", tau[0], tau[1], err)
			break
		}
		if err != nil {
			return nil, err
		}
		p := judge(g, s, tau)
		// At high temperatures rounding is that of what they weigh.
		if paid := max(tau[0], tau[1]) * g.Total(0); p.Status == equilibria.AtLimit && p.Sweeps < limits.Iterations && p.Error <= limits.Tolerance*(1+paid/unit(g)) {
			p.Status = equilibria.Converged
		}
		if p.Slack.NashConv < -rounding*unit(g) {
			path.Stopped = fmt.Sprintf("at temperatures %.6g and %.6g: NashConv %.3g is above its bound, %.3g: arithmetic carries no further", tau[0], tau[1], slices.Max(p.NashConv), p.Bound)
			break
		}
		path.Points = append(path.Points, p)
		if o.Watch != nil {
			o.Watch(p)
		}
	}
	if !o.Unpolished {
		if err := path.polish(ctx, a, limits, o.Watch); err != nil {
			return nil, err
		}
	} else if len(path.Points) == 0 {
		return nil, equilibria.NoAnswerf("%s: no point of the path was found; %s", g.Name, path.Stopped)
	}
	return path, nil
}

// rounding is what bounds may be broken by, in units of the range of values.
const rounding = 1e-10

// unit is the range of values, or 1.
func unit(g *markov.Game) float64 {
	if size := g.Ranges()[0]; size > 0 {
		return size
	}
	return 1
}

// polish adds the Nash equilibrium, and what it says of the points before it.
func (path *Path) polish(ctx context.Context, a *stochastic.Annealer, limits equilibria.Limits, watch func(Point)) error {
	s, err := a.Nash(ctx, limits)
	if err != nil {
		return err
	}
	nash := judge(path.Game, s, [2]float64{})
	nash.Slack.Value, nash.Slack.WorstCase = 0, 0
	path.Nash = &nash
	for i := range path.Points {
		p := &path.Points[i]
		up, down, sum := bounds(path.Game, path.Regulariser, p.TauP, p.TauA)
		p.Slack.Value, p.Slack.WorstCase = math.Inf(1), math.Inf(1)
		for s, v := range nash.Value {
			p.Slack.Value = min(p.Slack.Value, p.Value[s]-v+down, v+up-p.Value[s])
			p.Slack.WorstCase = min(p.Slack.WorstCase, p.WorstCase[s]-v+sum)
		}
	}
	if watch != nil {
		watch(nash)
	}
	return nil
}

// bounds say how far the value of the saddle can be above and below that of the game,
// and what NashConv can be: temperature times the logarithm of the number of actions,
// as often as it is paid.
func bounds(g *markov.Game, r stochastic.Regulariser, tauP, tauA float64) (up, down, sum float64) {
	p := tauP * math.Log(float64(slices.Max(g.Actions[0]))) * g.Total(0)
	a := tauA * math.Log(float64(slices.Max(g.Actions[1]))) * g.Total(0)
	if r == stochastic.Entropy {
		return p, a, p + a
	}
	return a, p, p + a
}

// judge measures a solution by best responses.
func judge(g *markov.Game, s stochastic.Solution, tau [2]float64) Point {
	p := Point{
		TauP: tau[0], TauA: tau[1], Policy: s.Policy, Value: s.Value[0], Residual: s.Residual, Error: s.Error,
		Gap: s.Off, Sweeps: s.Iterations, Inner: s.Inner, Status: s.Status,
	}
	e := g.Evaluate(s.Policy)
	n := len(g.States)
	p.Return, p.WorstCase, p.NashConv = e.State[0][0], make([]float64, n), make([]float64, n)
	worst := 0.0
	for i := range n {
		p.WorstCase[i] = -(e.State[1][0][i] + e.Regret[1][0][i])
		p.NashConv[i] = e.Regret[0][0][i] + e.Regret[1][0][i]
		worst = max(worst, p.NashConv[i])
		for k := range p.Entropy {
			p.Entropy[k] += num.Entropy(s.Policy[k][i]) / float64(n)
		}
	}
	_, _, p.Bound = bounds(g, "", tau[0], tau[1])
	p.Slack.NashConv, p.Slack.Value, p.Slack.WorstCase = p.Bound-worst, math.NaN(), math.NaN()
	return p
}

// AtStart averages numbers per state over the start of the game.
func (p *Path) AtStart(v []float64) float64 { return p.Game.AtStart([][]float64{v}) }
