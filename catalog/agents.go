package catalog

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"arbiter/agents"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/equilibria/learn"
	"arbiter/games"
	"arbiter/spec"
)

func standardAgents() []Agent {
	return []Agent{
		{
			Name: "uniform",
			Doc:  "Plays every legal move with the same probability.",
			Open: func(*Opening, *Table) (agents.Agent, error) { return agents.Uniform(), nil },
		},
		{
			Name:   "always",
			Doc:    "Always plays one action.",
			Params: []spec.Param{{Name: "action", Kind: spec.Word, Doc: "name or number of the action"}},
			Open:   func(o *Opening, _ *Table) (agents.Agent, error) { return agents.Always(o.Args["action"]), nil },
		},
		{
			Name:   "policy",
			Doc:    "Plays the policy of a file.",
			Params: []spec.Param{{Name: "file", Kind: spec.File, Doc: "policy, .json"}},
			Open: func(o *Opening, _ *Table) (agents.Agent, error) {
				path, body, err := o.Read("file")
				if err != nil {
					return nil, err
				}
				p, err := games.ReadPolicy(bytes.NewReader(body), path)
				if err != nil {
					return nil, err
				}
				return agents.FromPolicy(p), nil
			},
		},
		{
			Name:   "learned",
			Doc:    "Plays what a checkpoint of train qarl --mode sampled has: the protagonist at seat 0, the adversary at seat 1.",
			Params: []spec.Param{{Name: "file", Kind: spec.File, Doc: "checkpoint"}},
			Open:   learned,
		},
		{
			Name:   "cfr",
			Doc:    "Plays the average policy of counterfactual regret minimisation (Zinkevich et al. 2007, alternating updates).",
			Params: []spec.Param{{Name: "iterations", Kind: spec.Int, Default: "1000", Min: 1, Max: 1e9, Doc: "updates of every player"}},
			Open: func(o *Opening, t *Table) (agents.Agent, error) {
				board, err := o.board(t)
				if err != nil {
					return nil, err
				}
				return agents.FromPolicy(board.Policy(learn.CFR(board, o.Int("iterations")))), nil
			},
		},
		{
			Name: "random",
			Doc:  "Plays a fixed policy drawn at random, evenly from all.",
			Params: []spec.Param{
				{Name: "seed", Kind: spec.Int, Default: "1", Min: 0, Max: 1 << 53, Doc: "which one"},
			},
			Open: func(o *Opening, _ *Table) (agents.Agent, error) {
				return agents.Random(uint64(o.Int("seed"))), nil
			},
		},
		{
			Name: "trembling",
			Doc:  "Plays as another agent, but sometimes any legal move.",
			Params: []spec.Param{
				{Name: "agent", Kind: spec.Sub, Doc: "the other agent"},
				{Name: "epsilon", Kind: spec.Float, Default: "0.1", Min: 0, Max: 1, Doc: "probability of a random move"},
			},
			Open: func(o *Opening, t *Table) (agents.Agent, error) {
				inner, err := o.seat(t, "agent")
				return agents.Trembling(inner.Agent, o.Float("epsilon")), err
			},
		},
		{
			Name:   "best_response",
			Doc:    "Plays the best response to another agent at all other seats, the lowest move on ties.",
			Params: []spec.Param{{Name: "to", Kind: spec.Sub, Doc: "the other agent"}},
			Open: func(o *Opening, t *Table) (agents.Agent, error) {
				board, err := o.compiled(t)
				if err != nil {
					return nil, err
				}
				other, err := o.seat(t, "to")
				if err != nil {
					return nil, err
				}
				rows, ok := other.Agent.(agents.Tabular)
				if !ok {
					return nil, fmt.Errorf("%s: %s is no policy, expected an agent whose moves depend on the information state only", o.Name, other.Spec)
				}
				p, answer := board.Uniform(), board.Uniform()
				for seat := range p {
					if p[seat], err = agents.BehaviourOf(rows, board, seat); err != nil {
						return nil, fmt.Errorf("%s: %w", o.Name, err)
					}
				}
				for seat := range p {
					_, answer[seat] = board.BestResponse(seat, p)
				}
				return agents.FromPolicy(board.Policy(answer)), nil
			},
		},
		{
			Name: "nash",
			Doc:  "Plays the equilibrium that a solver finds; the command solvers lists them.",
			Params: []spec.Param{
				{Name: "solver", Kind: spec.Word, Default: "nash", Doc: "that finds a Nash equilibrium"},
				{Name: "iterations", Kind: spec.Int, Default: "100000", Min: 1, Max: 1e9, Doc: "at most"},
				{Name: "tolerance", Kind: spec.Float, Default: "0", Min: 0, Max: 1e9, Doc: "to stop at; 0: the solver's own"},
			},
			Open: func(o *Opening, t *Table) (agents.Agent, error) {
				return o.solved(t, o.Args["solver"], o.Int("iterations"), o.Float("tolerance"))
			},
		},
		{
			Name: "qre",
			Doc:  "Plays the quantal response equilibrium at a temperature: logit, of trees agent QRE, of zero-sum Markov games the soft one (kl).",
			Params: []spec.Param{
				{Name: "temperature", Kind: spec.Float, Default: "1", Min: 1e-6, Max: 1e9, Doc: "1/lambda, in units of payoff"},
			},
			Open: func(o *Opening, t *Table) (agents.Agent, error) {
				solver := "logit(crossings=first,temperature=%s)"
				if t.Markov != nil {
					solver = "soft-shapley(temperature=%s)"
				}
				return o.solved(t, fmt.Sprintf(solver, o.Args["temperature"]), 0, 0)
			},
		},
		{
			Name: "qarl",
			Doc:  "Plays the end of a curriculum of rationality in a discounted Markov game: the Nash equilibrium it leads to, or with polish=false the last soft one (Reddi et al. 2024).",
			// Starts look for other equilibria, which nobody plays.
			Params: slices.DeleteFunc(choose.QARLParams(), func(p spec.Param) bool { return p.Name == "starts" }),
			Open: func(o *Opening, t *Table) (agents.Agent, error) {
				if _, err := o.compiled(t); err != nil {
					return nil, err
				}
				return o.solved(t, o.Name, 0, 0)
			},
		},
		{
			Name: "mmd",
			Doc:  "Plays the last policy of magnetic mirror descent whose magnet moves (Sokota et al. 2023).",
			Params: []spec.Param{
				{Name: "iterations", Kind: spec.Int, Default: "1000", Min: 1, Max: 1e9, Doc: "updates of every player"},
			},
			Open: func(o *Opening, t *Table) (agents.Agent, error) {
				board, err := o.board(t)
				if err != nil {
					return nil, err
				}
				return agents.FromPolicy(board.Policy(learn.MMD(board, o.Int("iterations")))), nil
			},
		},
		{
			Name: "fictitious_play",
			Doc:  "Plays what extensive-form fictitious play comes to (Heinrich et al. 2015).",
			Params: []spec.Param{
				{Name: "iterations", Kind: spec.Int, Default: "10", Min: 1, Max: 1e9, Doc: "best responses of every seat"},
				{Name: "take", Kind: spec.Word, Default: "average", Choices: []string{"average", "best-response"}, Doc: "the average policy or the last best response"},
			},
			Open: func(o *Opening, t *Table) (agents.Agent, error) {
				board, err := o.board(t)
				if err != nil {
					return nil, err
				}
				best, average := learn.FictitiousPlay(board, o.Int("iterations"))
				if o.Args["take"] == "average" {
					best = average
				}
				return agents.FromPolicy(board.Policy(best)), nil
			},
		},
	}
}

// solved plays what a solver, by spec, finds, and is an error if it finds nothing. 0
// iterations and a tolerance of 0 are the solver's own.
func (o *Opening) solved(t *Table, solver string, iterations int, tolerance float64) (agents.Agent, error) {
	found, knobs, err := choose.Find(t.catalog.Solvers, solver)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	case found.Concept.Correlated():
		return nil, fmt.Errorf("%s: %s finds no policy, expected a solver of Nash equilibria", o.Name, solver)
	case knobs["from"] != "" && knobs["from"] != "none":
		// A file in there would not be kept with the run.
		return nil, fmt.Errorf("%s: found from=%s, expected a solver that starts from even play", o.Name, knobs["from"])
	}
	s, err := t.Solve(context.Background(), solver, choose.Settings{Limits: equilibria.Limits{Iterations: iterations, Tolerance: tolerance}})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	if s.Status != equilibria.Converged {
		return nil, equilibria.NoAnswerf("%s: %s did not converge in %d iterations", o.Name, solver, s.Iterations)
	}
	game, err := t.Compiled()
	if err != nil {
		return nil, err
	}
	return agents.FromPolicy(game.Policy(s.Policy)), nil
}
