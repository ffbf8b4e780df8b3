package choose

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/spec"
)

// Parameters that several solvers have. None and auto are words that are no value:
// of a parameter that was not given.

const none, auto = "none", "auto"

// widest bounds numbers whose inverses are taken.
const widest = 1e300

func temperature() spec.Param {
	return spec.Param{Name: "temperature", Kind: spec.Floats, Default: none, Min: 1 / widest, Max: widest, Doc: "of entropy, in units of payoff: one for all players, or one per player"}
}

// coldness is the lambda of solvers that answer at one.
func coldness() spec.Param {
	return spec.Param{Name: "lambda", Kind: spec.Float, Default: none, Min: 1 / widest, Max: widest, Doc: "instead of temperature 1/lambda"}
}

func regulariser(where string) spec.Param {
	return spec.Param{Name: "regulariser", Default: string(stochastic.KL), Choices: []string{string(stochastic.KL), string(stochastic.Entropy)}, Doc: where + "what temperature weighs, divergence from even play or entropy"}
}

func objective() spec.Param {
	return spec.Param{Name: "objective", Default: "welfare", Doc: "that it is best by: welfare, min-welfare, entropy, player0, …"}
}

func starts(doc string) spec.Param {
	return spec.Param{Name: "starts", Kind: spec.Int, Default: "0", Min: 0, Max: 1e9, Doc: doc}
}

func selection() spec.Param {
	return spec.Param{Name: "selection", Default: auto, Choices: append([]string{auto}, Selections()...), Doc: "which of several equilibria is put on top; auto: the solver's own first"}
}

func fractions() spec.Param {
	return spec.Switch("exact", "probabilities and values as fractions too, where they are known")
}

func from() spec.Param {
	return spec.Param{Name: "from", Kind: spec.Sub, Default: none, Doc: "agent, or policy file .json, whose policy is played first; none: even play"}
}

func step() spec.Param {
	return spec.Param{Name: "step", Default: auto, Choices: []string{auto, "certified"}, Doc: "at a temperature: certified for one that is proved to converge"}
}

// logitParams are those of the logit solver, on trees and on Markov games.
func logitParams() []spec.Param {
	lambda := spec.Param{Name: "lambda", Kind: spec.Floats, Default: none, Min: 0, Max: widest, Doc: "precisions, in 1 over units of payoff, whose points are wanted; none and no temperature: the Nash equilibrium"}
	var forms []string
	for _, f := range quantal.Forms() {
		forms = append(forms, string(f))
	}
	return []spec.Param{
		lambda, temperature(),
		{Name: "form", Default: string(quantal.FormAgent), Choices: forms, Doc: "of trees: what answers, and to which values"},
		spec.Switch("arms", "of trees: also follow the branches that leave at bifurcations"),
		{Name: "crossings", Default: "all", Choices: []string{"all", "first"}, Doc: "of trees: first to end when every lambda was met once"},
		{Name: "variant", Default: auto, Choices: []string{auto, string(stochastic.Saddle), string(stochastic.OwnEntropy), string(stochastic.Plain)}, Doc: "of Markov games: what values look ahead to; auto: saddle with zero sum, else own-entropy"},
		regulariser("of Markov games: "),
		starts("random starts, of Markov games, to look for other solutions"),
	}
}

// given is the value of a parameter that has one, else "".
func given(knobs spec.Args, key string) string {
	if text := knobs[key]; text != none && text != auto {
		return text
	}
	return ""
}

// heat is the temperature of every player, by temperature or the inverse of lambda;
// nil where neither was given. byLambda tells which.
func (t *Game) heat(knobs spec.Args) (temperature []float64, byLambda bool, err error) {
	temperature = knobs.Floats("temperature")
	if lambda := knobs.Floats("lambda"); lambda != nil {
		if temperature != nil {
			return nil, false, errBoth
		}
		temperature, byLambda = []float64{1 / lambda[0]}, true
	}
	temperature, err = t.perPlayer(temperature)
	return temperature, byLambda, err
}

// perPlayer are temperatures, one for all or one per player, one per player.
func (t *Game) perPlayer(temperature []float64) ([]float64, error) {
	seats := t.Game.Info().Seats
	if len(temperature) == 1 {
		return slices.Repeat(temperature, seats), nil
	}
	if temperature != nil && len(temperature) != seats {
		return nil, fmt.Errorf("temperature: found %d, expected 1 or %d, one per player", len(temperature), seats)
	}
	return temperature, nil
}

var errBoth = errors.New("expected one of temperature and lambda, found both")

// first is the policy that learners start from, nil for even play.
func (t *Game) first(knobs spec.Args) ([]games.Behaviour, error) {
	text := given(knobs, "from")
	if text == "" {
		return nil, nil
	}
	if t.Named == nil {
		return nil, fmt.Errorf("from=%s: no policies are known by name here", text)
	}
	p, err := t.Named(text)
	if err != nil {
		return nil, &spec.KeyError{Key: "from", Err: fmt.Errorf("from=%s: %w", text, err)}
	}
	return p, nil
}

// takes tells whether a solver has a parameter.
func (t *Game) takes(solver, key string) bool {
	return slices.ContainsFunc(t.solvers, func(s Solver) bool {
		return s.Name == solver && slices.ContainsFunc(s.Params, func(p spec.Param) bool { return p.Name == key })
	})
}

// Find is the solver that a spec names, among these, and what it is told. What is
// wrong with a key is a spec.KeyError that names the solvers which have such a key.
func Find(solvers []Solver, text string) (Solver, spec.Args, error) {
	s, err := spec.Parse(text)
	if err != nil {
		return Solver{}, nil, err
	}
	i := slices.IndexFunc(solvers, func(x Solver) bool { return x.Name == s.Name })
	if i < 0 {
		var list []string
		for _, x := range solvers {
			list = append(list, x.Name)
		}
		return Solver{}, nil, fmt.Errorf("no solver is called %q; %s", s.Name, spec.Nearest(s.Name, list))
	}
	_, knobs, err := spec.Bind(s, solvers[i].Params)
	var of *spec.KeyError
	if errors.As(err, &of) && of.Unknown {
		var have []string
		for _, x := range solvers {
			if slices.ContainsFunc(x.Params, func(p spec.Param) bool { return p.Name == of.Key }) {
				have = append(have, x.Name)
			}
		}
		if have != nil {
			err = fmt.Errorf("%w. %s is for %s", err, of.Key, strings.Join(have, ", "))
		}
	}
	return solvers[i], knobs, err
}
