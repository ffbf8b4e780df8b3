package catalog

import (
	"bytes"
	"fmt"

	"arbiter/agents"
	"arbiter/equilibria"
	"arbiter/games"
	"arbiter/internal/spec"
)

// Agents lists the kinds of agents there are.
func Agents() []Agent {
	return []Agent{
		{
			Name: "uniform",
			Doc:  "Plays every legal move with the same probability.",
			open: func(*opening, *Table) (agents.Agent, error) { return agents.Uniform(), nil },
		},
		{
			Name:   "always",
			Doc:    "Always plays one action.",
			Params: []spec.Param{{Name: "action", Kind: spec.Word, Doc: "name or number of the action"}},
			open:   func(o *opening, _ *Table) (agents.Agent, error) { return agents.Always(o.args["action"]), nil },
		},
		{
			Name:   "policy",
			Doc:    "Plays the policy of a file.",
			Params: []spec.Param{{Name: "file", Kind: spec.File, Doc: "policy, .json"}},
			open: func(o *opening, _ *Table) (agents.Agent, error) {
				path, body, err := o.read("file")
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
			Name:   "cfr",
			Doc:    "Plays the average policy of counterfactual regret minimisation (Zinkevich et al. 2007, alternating updates).",
			Params: []spec.Param{{Name: "iterations", Kind: spec.Int, Default: "1000", Min: 1, Max: 1e9, Doc: "updates of every player"}},
			open: func(o *opening, t *Table) (agents.Agent, error) {
				board, err := t.Board()
				if err != nil {
					return nil, fmt.Errorf("%s: %w", o.name, err)
				}
				return agents.FromPolicy(board.Policy(equilibria.CFR(board, o.args.Int("iterations")))), nil
			},
		},
	}
}
