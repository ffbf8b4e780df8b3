package stochastic

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"arbiter/equilibria"
	"arbiter/games/markov"
	"arbiter/internal/num"
)

// stationary is the system of logit responses of a Markov game in log
// probabilities x of all actions, states one after the other, players within a
// state: x = y - log Σ exp y in every state, where the logits y of player i are
//
//	y(s,a) = λᵢ·r(s,a) + γ·ΣP(t|s,a)·W(t),   W = (I-γP)⁻¹(λᵢ·r + Σ bonus[i][k]·Hₖ)
//
// with rewards and transitions averaged over the play of the others, or of all.
// W is player i's value in units of its temperature, which stays finite where
// temperatures are infinite; H is an entropy or minus a divergence.
type stationary struct {
	players, states int
	gamma           float64
	shape           [][]int       // [state][player]
	first           [][]int       // [state][player]: place in x
	n               int           // unknowns
	reward          [][][]float64 // [player][state][joint action], in units of own
	to              [][][]move    // [state][joint action]: where play goes
	own             []float64     // range of a player's rewards, of 0 too if play can end
	scale           float64       // the largest of own times what the options weigh players with
	ends            bool          // play can end
	weight          []float64     // λᵢ = weight·parameter; at most 1
	bonus           [][]float64   // [player][whose entropy]
	even            float64       // how much of log of the number of actions H lacks: 0 or 1
	starting        bool          // the parameter is 1-even, and λ is 0
	shift           []float64     // if not nil, logits have 1-parameter times this, and λ is fixed
	fixed           float64

	p, y, dy    []float64 // probabilities, logits, and their derivatives by the parameter
	joint       []float64 // scratch
	w, v        *mat.Dense
	onward      *mat.Dense // rows of actions: probabilities of the next states
	reach       *mat.Dense // onward·(I-γP)⁻¹·γ
	slope, dots []float64
	stage       [][]float64
	all         []int
}

// move is a transition.
type move struct {
	state int
	p     float64
}

// newStationary takes the rewards and transitions of a step. Player i answers at
// ratio[i] times lambda.
func newStationary(g *markov.Game, ratio []float64) *stationary {
	scales := g.Scales()
	g = g.Unit()
	s := &stationary{players: g.Players, states: len(g.States), gamma: g.Discounting()}
	lo, hi, most := make([]float64, g.Players), make([]float64, g.Players), make([]float64, g.Players)
	for k := range lo {
		lo[k], hi[k] = math.Inf(1), math.Inf(-1)
	}
	s.reward = make([][][]float64, g.Players)
	for state, joints := range g.Step(0) {
		var shape []int
		for k := range g.Players {
			shape = append(shape, g.Actions[k][state])
			s.reward[k] = append(s.reward[k], make([]float64, len(joints)))
		}
		s.shape = append(s.shape, shape)
		to := make([][]move, len(joints))
		for j, list := range joints {
			sum := 0.0
			for _, o := range list {
				for k := range g.Players {
					s.reward[k][state][j] += o.Prob * o.Reward[k]
				}
				if o.Next >= 0 && o.Prob > 0 {
					sum += o.Prob
					to[j] = append(to[j], move{o.Next, o.Prob})
				}
			}
			// Rounding of a sum is no end.
			s.ends = s.ends || sum < 1-1e-9
			for k := range g.Players {
				r := s.reward[k][state][j]
				lo[k], hi[k], most[k] = min(lo[k], r), max(hi[k], r), max(most[k], math.Abs(r))
			}
		}
		s.to = append(s.to, to)
	}
	for k := range lo {
		if s.ends {
			lo[k], hi[k] = min(lo[k], 0), max(hi[k], 0)
		}
		size := hi[k] - lo[k]
		if !(size > 1e-12*most[k]) {
			size = most[k]
		}
		if size == 0 {
			size = 1
		}
		for _, row := range s.reward[k] {
			for j := range row {
				row[j] /= size
			}
		}
		s.own = append(s.own, scales[k].Up(size))
		s.weight = append(s.weight, s.own[k]*ratio[k])
		s.scale = max(s.scale, s.weight[k])
	}
	for k := range s.weight {
		s.weight[k] /= s.scale
	}
	s.prepare()
	return s
}

// prepare places the unknowns and makes the scratch space.
func (s *stationary) prepare() {
	most := 0
	for _, shape := range s.shape {
		var first []int
		cells := 1
		for _, m := range shape {
			first = append(first, s.n)
			s.n += m
			cells *= m
		}
		s.first = append(s.first, first)
		most = max(most, cells)
	}
	s.bonus = make([][]float64, s.players)
	for k := range s.bonus {
		s.bonus[k] = make([]float64, s.players)
	}
	s.p, s.y, s.dy = make([]float64, s.n), make([]float64, s.n), make([]float64, s.n)
	s.joint = make([]float64, most)
	s.w, s.v = mat.NewDense(s.states, s.players, nil), mat.NewDense(s.states, s.players, nil)
	s.slope, s.dots = make([]float64, s.players*s.n), make([]float64, s.n)
	s.stage = make([][]float64, s.states)
	for i, shape := range s.shape {
		cells := 1
		for _, m := range shape {
			cells *= m
		}
		s.stage[i] = make([]float64, s.players*cells)
	}
	if s.gamma > 0 {
		s.onward, s.reach = mat.NewDense(s.n, s.states, nil), mat.NewDense(s.n, s.states, nil)
	}
	s.all = make([]int, s.players)
}

// visit calls each for the joint actions of a state, with the players' actions.
func (s *stationary) visit(state int, each func(j int, a []int)) {
	a := s.all
	for k := range a {
		a[k] = 0
	}
	shape := s.shape[state]
	for j := 0; ; j++ {
		each(j, a)
		k := len(a) - 1
		for ; k >= 0; k-- {
			if a[k]++; a[k] < shape[k] {
				break
			}
			a[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// weigh is the probability of a joint action but for the choices of two players.
func (s *stationary) weigh(state int, a []int, but, and int) float64 {
	q := 1.0
	for k, first := range s.first[state] {
		if k != but && k != and {
			q *= s.p[first+a[k]]
		}
	}
	return q
}

// at computes the logits y and their derivatives dy at x and the parameter; into
// jac, if it is not nil, with at least n columns, those by x. It reports whether
// the linear systems could be solved.
func (s *stationary) at(x []float64, parameter float64, jac *mat.Dense) bool {
	lambda, even := parameter, s.even
	if s.starting {
		lambda, even = 0, 1-parameter
	}
	if s.shift != nil {
		lambda = s.fixed
	}
	for a, v := range x {
		s.p[a] = math.Exp(v)
	}
	// What players get at a state, and where it leads.
	right, plain := mat.NewDense(s.states, s.players, nil), mat.NewDense(s.states, s.players, nil)
	var flow *mat.Dense
	if s.gamma > 0 {
		flow = mat.NewDense(s.states, s.states, nil)
		s.onward.Zero()
	}
	for state := range s.states {
		s.visit(state, func(j int, a []int) {
			q := s.weigh(state, a, -1, -1)
			for i := range s.players {
				plain.Set(state, i, plain.At(state, i)+q*s.reward[i][state][j])
			}
			if s.gamma == 0 {
				return
			}
			row := flow.RawRowView(state)
			for _, m := range s.to[state][j] {
				row[m.state] -= s.gamma * q * m.p
			}
			for i, first := range s.first[state] {
				q, row := s.weigh(state, a, i, -1), s.onward.RawRowView(first+a[i])
				for _, m := range s.to[state][j] {
					row[m.state] += s.gamma * q * m.p
				}
			}
		})
		for i := range s.players {
			right.Set(state, i, lambda*s.weight[i]*plain.At(state, i))
			for k, b := range s.bonus[i] {
				if b != 0 {
					right.Set(state, i, right.At(state, i)+b*(s.entropy(x, state, k)-even*math.Log(float64(s.shape[state][k]))))
				}
			}
			if s.starting {
				x := 0.0
				for k, b := range s.bonus[i] {
					x += b * math.Log(float64(s.shape[state][k]))
				}
				plain.Set(state, i, x)
			}
		}
		if flow != nil {
			flow.Set(state, state, 1+flow.At(state, state))
		}
	}
	s.w.Copy(right)
	s.v.Copy(plain)
	var lu mat.LU
	if flow != nil {
		lu.Factorize(flow)
		if lu.SolveTo(s.w, false, right) != nil || lu.SolveTo(s.v, false, plain) != nil {
			return false
		}
	}
	for state := range s.states {
		stage := s.stage[state]
		cells := len(stage) / s.players
		for i, first := range s.first[state] {
			for a := range s.shape[state][i] {
				s.y[first+a], s.dy[first+a] = 0, 0
			}
		}
		s.visit(state, func(j int, a []int) {
			for i, first := range s.first[state] {
				u, du := lambda*s.weight[i]*s.reward[i][state][j], 0.0
				if !s.starting {
					du = s.reward[i][state][j]
				}
				if s.gamma > 0 {
					for _, m := range s.to[state][j] {
						u += s.gamma * m.p * s.w.At(m.state, i)
						du += s.gamma * m.p * s.v.At(m.state, i)
					}
				}
				if !s.starting {
					du *= s.weight[i]
				}
				stage[i*cells+j] = u
				q := s.weigh(state, a, i, -1)
				s.y[first+a[i]] += q * u
				s.dy[first+a[i]] += q * du
			}
		})
	}
	for a, v := range s.shift {
		s.y[a] += (1 - parameter) * v
		s.dy[a] = -v
	}
	if jac != nil {
		return s.differentiate(x, &lu, jac)
	}
	return true
}

// entropy is that of a player at a state.
func (s *stationary) entropy(x []float64, state, k int) (h float64) {
	first := s.first[state][k]
	for a := first; a < first+s.shape[state][k]; a++ {
		if s.p[a] > 0 {
			h -= s.p[a] * x[a]
		}
	}
	return h
}

// normalise makes probabilities sum to 1 in every state.
func (s *stationary) normalise(x []float64) {
	for state := range s.states {
		for k, first := range s.first[state] {
			row := x[first : first+s.shape[state][k]]
			lse := num.LogSumExp(row)
			for a := range row {
				row[a] -= lse
			}
		}
	}
}

// uniform are the log probabilities of even play.
func (s *stationary) uniform() []float64 {
	x := make([]float64, s.n)
	s.normalise(x)
	return x
}

// policy turns log probabilities into a policy.
func (s *stationary) policy(x []float64) markov.Policy {
	p := make(markov.Policy, s.players)
	for state := range s.states {
		for k, first := range s.first[state] {
			row := make([]float64, s.shape[state][k])
			num.Softmax(row, x[first:first+len(row)], 1)
			p[k] = append(p[k], row)
		}
	}
	return p
}

// logs are the log probabilities of a policy.
func (s *stationary) logs(p markov.Policy) []float64 {
	x := make([]float64, s.n)
	for state := range s.states {
		for k, first := range s.first[state] {
			for a, q := range p[k][state] {
				x[first+a] = math.Log(q)
			}
		}
	}
	return x
}

// off is the largest distance of a probability from the logit response.
func (s *stationary) off(x []float64, parameter float64) (worst float64) {
	x = append([]float64(nil), x...)
	s.normalise(x)
	if !s.at(x, parameter, nil) {
		return math.Inf(1)
	}
	row := make([]float64, 0, 8)
	for state := range s.states {
		for k, first := range s.first[state] {
			row = append(row[:0], s.y[first:first+s.shape[state][k]]...)
			lse := num.LogSumExp(row)
			for a, v := range row {
				worst = max(worst, math.Abs(math.Exp(v-lse)-s.p[first+a]))
			}
		}
	}
	return worst
}

// index is the sign of the determinant of the derivatives of G by x.
func (s *stationary) index(x []float64, parameter float64) int {
	jac := mat.NewDense(s.n, s.n, nil)
	if !s.residuals(x, parameter, make([]float64, s.n), jac) {
		return 0
	}
	var lu mat.LU
	lu.Factorize(jac)
	_, sign := lu.LogDet()
	return int(sign)
}

// mostUnknowns bounds the dense Jacobian of a Markov game.
const mostUnknowns = 1500

func tooManyUnknowns(g *markov.Game, n int) error {
	return fmt.Errorf("%s: %d actions in all states of all players, at most %d fit: %w", g.Name, n, mostUnknowns, equilibria.ErrTooLarge)
}
