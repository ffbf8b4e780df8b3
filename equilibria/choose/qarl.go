package choose

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/curriculum"
	"arbiter/equilibria/stochastic"
	"arbiter/spec"
)

// QARLParams are the keys of the solver qarl, which are those of the agent too.
func QARLParams() []spec.Param {
	schedule := func(name, doc string) spec.Param {
		return spec.Param{Name: name, Default: auto, Doc: doc}
	}
	return []spec.Param{
		schedule("tau_p", "falling temperatures of player 0, in units of payoff: T, \"1,0.1\", \"log(from=1,to=0.01,points=15)\" or linear; auto: those of player 1"),
		schedule("tau_a", "falling temperatures of player 1; auto: those of player 0, or 15 from the range of values to 1e-4 of it"),
		{Name: "polish", Default: "true", Choices: []string{"true", "false"}, Doc: "whether to end with a Nash equilibrium"},
		{Name: "temperature", Kind: spec.Floats, Default: none, Min: 1 / widest, Max: widest, Doc: "instead of schedules: to end at, unpolished, one for all players or one per player"},
		regulariser(""),
		{Name: "variant", Default: string(stochastic.Saddle), Choices: []string{string(stochastic.Saddle), string(stochastic.OwnEntropy), string(stochastic.Plain)}, Doc: "what values look ahead to: saddle is for zero-sum games"},
		starts("random starts, of own-entropy and plain, to find other equilibria at the last temperatures"),
	}
}

// solveQARL follows a curriculum of rationality: with temperatures down to these, else
// on to the Nash equilibrium.
func solveQARL(ctx context.Context, t *Game, knobs spec.Args, o Settings) (*Answer, error) {
	g, err := t.markovOnly()
	if err != nil {
		return nil, err
	}
	variant := stochastic.Variant(knobs["variant"])
	along := curriculum.Settings{
		Regulariser: stochastic.Regulariser(knobs["regulariser"]), Unpolished: knobs["polish"] == "false",
		Limits: equilibria.Limits{Iterations: o.Limits.Iterations},
	}
	for _, schedule := range []struct {
		key  string
		list *[]float64
	}{{"tau_p", &along.TauP}, {"tau_a", &along.TauA}} {
		if text := given(knobs, schedule.key); text != "" {
			if *schedule.list, err = curriculum.Parse(text); err != nil {
				return nil, &spec.KeyError{Spec: "qarl", Key: schedule.key, Err: fmt.Errorf("%s: %w", schedule.key, err)}
			}
		}
	}
	temperature, err := t.perPlayer(knobs.Floats("temperature"))
	switch {
	case err != nil:
		return nil, err
	case temperature != nil && (along.TauP != nil || along.TauA != nil):
		return nil, errors.New("qarl: expected a temperature to end at, or schedules tau_p and tau_a, found both")
	case temperature != nil:
		if err := fall(&along, curriculum.Default(g)[0], temperature); err != nil {
			return nil, err
		}
	}
	if knobs.Int("starts") > 0 && variant == stochastic.Saddle {
		return nil, errors.New("qarl: starts are for variants own-entropy and plain: saddle has one solution")
	}
	if variant != stochastic.Saddle {
		return qarlBranch(ctx, t, variant, along, knobs.Int("starts"), o.Seed)
	}
	path, err := curriculum.Solve(ctx, g, along)
	if err != nil {
		return nil, err
	}
	last := path.Last()
	s := &Answer{Policy: last.Policy, Status: path.Status(), Residual: last.Error, Variant: variant, Path: path.Rows()}
	for _, p := range path.Points {
		s.Iterations += p.Sweeps
	}
	if path.Stopped != "" {
		s.Warnings = append(s.Warnings, "the path stopped "+path.Stopped)
	}
	if path.Nash == nil {
		s.Concept, s.Temperature, s.Regulariser = equilibria.SoftQRE, []float64{last.TauP, last.TauA}, path.Regulariser
		s.Values, s.Selection = minus([][]float64{last.Value}), "the only one"
		return s, nil
	}
	s.Iterations += path.Nash.Sweeps
	s.Selection = "one optimal mixture per state and player, the exact end of the path; values are unique"
	return s, nil
}

// fall are schedules from a warm temperature to those of the players.
func fall(along *curriculum.Settings, warm float64, temperature []float64) error {
	first := max(warm, temperature[0])
	along.Unpolished = true
	along.TauP = curriculum.Log(first, temperature[0], curriculum.Points)
	switch {
	case len(temperature) == 2:
		along.TauA = curriculum.Log(first/temperature[0]*temperature[1], temperature[1], curriculum.Points)
	case slices.Max(temperature) != slices.Min(temperature):
		return fmt.Errorf("qarl: found temperatures %v, expected one for all of more than two players", temperature)
	}
	return nil
}

// qarlBranch is what a curriculum comes to where there may be several equilibria.
func qarlBranch(ctx context.Context, t *Game, variant stochastic.Variant, along curriculum.Settings, starts int, seed uint64) (*Answer, error) {
	br, err := curriculum.Follow(ctx, t.Markov, variant, along, starts, seed)
	if err != nil {
		return nil, err
	}
	last := br.Passages[len(br.Passages)-1]
	s := &Answer{
		Policy: last.Policy, Values: last.Value, Residual: last.Residual, Iterations: br.Followed.Steps, Status: equilibria.Converged,
		Variant: variant, Regulariser: br.Regulariser, MarkovBranch: &br.Followed, Path: br.Rows(), Concept: equilibria.SoftQRE, Selection: "the last crossing by the principal branch",
	}
	if variant == stochastic.Plain {
		s.Concept = equilibria.AgentQRE
	}
	switch {
	case along.Unpolished:
		for k := range t.Markov.Players {
			s.Temperature = append(s.Temperature, []float64{last.TauP, last.TauA}[min(k, 1)])
		}
	case br.Followed.Limit != nil:
		s.Concept, s.Policy, s.Values, s.Regulariser, s.Selection = equilibria.Nash, br.Followed.Limit, nil, "", "the limit of the principal branch"
		s.Residual = slices.Max(br.Followed.LimitGains)
	default:
		s.seeking = true
		s.stall(markovPoint(br.Followed.Last), variant)
	}
	if !br.Complete() {
		s.Status = equilibria.Stalled
		s.Warnings = append(s.Warnings, fmt.Sprintf("the branch was followed to temperature %.6g: %s", 1/br.Followed.Last.Lambda, br.Followed.Status))
	}
	if br.Others != nil {
		t.list(s, *br.Others)
	}
	return s, nil
}
