package choose

import (
	"context"
	"strconv"

	"arbiter/equilibria"
	"arbiter/equilibria/linear"
	"arbiter/equilibria/stochastic"
	"arbiter/spec"
)

// fewStrategies is the number of strategies up to which all equilibria are found at
// once: less than a second.
const fewStrategies = 22

// fewCells is the number of profiles up to which all equilibria of three and more
// players are looked for: a second or some.
const fewCells = 64

// chooseNash tries what suits the game until something is an equilibrium within the
// tolerance; else what came nearest to one, by its tries in order, is returned.
func chooseNash(ctx context.Context, t *Game, knobs spec.Args, o Settings) (*Answer, error) {
	rule, starts := given(knobs, "selection"), knobs.Int("starts")
	var s *Answer
	var err error
	if t.Markov != nil {
		if rule != "" {
			return nil, selectionError("that of Markov games")
		}
		s, err = t.chooseMarkov(ctx, o)
	} else if s, err = t.nashByInduction(ctx, rule, o); s == nil && err == nil {
		s, err = t.chooseSuited(ctx, rule, starts, o)
	}
	if err != nil {
		return nil, err
	}
	return s, t.makeExact(ctx, s, s.Chosen, knobs)
}

// chooseSuited tries the solvers that suit a game that is no Markov game. With a rule
// of selection only those are tried that list several equilibria.
func (t *Game) chooseSuited(ctx context.Context, rule string, starts int, o Settings) (*Answer, error) {
	var last *Answer
	failed := selectionError("what suits this game")
	for _, name := range t.suited(ctx) {
		if rule != "" && !t.takes(name, "selection") {
			continue
		}
		ask := spec.Spec{Name: name}
		if name == "support-enumeration" {
			ask.Args = append(ask.Args, spec.Arg{Key: "starts", Text: strconv.Itoa(starts)})
		}
		if rule != "" {
			ask.Args = append(ask.Args, spec.Arg{Key: "selection", Text: rule})
		}
		s, err := t.Solve(ctx, ask.String(), o)
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
func (t *Game) suited(ctx context.Context) []string {
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
		if n, err := t.Normal(); err == nil && len(n.Payoffs[0]) <= fewCells {
			list = append(list, "support-enumeration")
		}
	}
	return append(list, "logit", "mmd")
}

// chooseMarkov does the same for Markov games.
func (t *Game) chooseMarkov(ctx context.Context, o Settings) (*Answer, error) {
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
		return &Answer{Chosen: "stage equilibria", Policy: p, Status: equilibria.Converged, Selection: stochastic.Selection, Iterations: g.Horizon}, nil
	}
	if k, ok := g.Chooser(); ok {
		p := g.Uniform()
		p[k] = g.Best(k, p)
		return &Answer{Chosen: "policy iteration", Policy: p, Status: equilibria.Converged, Selection: "the lowest action on ties"}, nil
	}
	s, err := t.branch(ctx, logit{variant: stochastic.Plain}, o)
	if err == nil {
		s.Chosen = "logit"
	}
	return s, err
}
