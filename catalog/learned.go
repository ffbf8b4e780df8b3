package catalog

import (
	"bytes"
	"fmt"
	"slices"

	"arbiter/agents"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/spec"
	"arbiter/train"
)

// longest is no shorter than the episodes a checkpoint comes of, which it does not tell.
const longest = 1 << 30

// learned opens the agent that plays the learner of a checkpoint.
func learned(o *Opening, t *Table) (agents.Agent, error) {
	path, body, err := o.Read("file")
	if err != nil {
		return nil, err
	}
	from, err := train.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("%s: expected a checkpoint of train --checkpoint: %w", path, err)
	}
	var g games.Game = t.Game.Game
	if t.Markov != nil && t.Markov.Horizon == 0 {
		g = markov.Episodes(t.Markov, longest) // what learners play
	}
	info := g.Info()
	if from.Game != info.Name {
		return nil, fmt.Errorf("%s: game: the checkpoint is of %s, expected %s", path, from.Game, info.Name)
	}
	s, err := spec.Parse(from.Learner)
	if err != nil {
		return nil, fmt.Errorf("%s: learner: %w", path, err)
	}
	methods := t.catalog.Learners
	i := slices.IndexFunc(methods, func(m train.Method) bool { return m.Name == s.Name })
	if i < 0 {
		return nil, fmt.Errorf("%s: learner: no learner is called %q; %s", path, s.Name, spec.Nearest(s.Name, names(methods, func(m train.Method) string { return m.Name })))
	}
	l, _, err := methods[i].Open(from.Learner, info)
	if err != nil {
		return nil, fmt.Errorf("%s: learner: %w", path, err)
	}
	if err := l.Load(bytes.NewReader(from.Body)); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	seater, ok := l.(train.Seater)
	if !ok {
		return nil, fmt.Errorf("%s: learner: found %s, which no agent is made of, expected qarl", path, s.Name)
	}
	return seater.Agent(), nil
}
