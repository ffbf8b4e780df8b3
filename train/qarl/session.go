package qarl

import (
	"context"
	"math"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/train"
)

// judging is the stream of a seed that trials draw from; steps have the numbers below.
const judging = 1 << 62

// Training says how one learner is taken through its whole training.
type Training struct {
	Spec string            // of the learner
	Seed uint64            // of all that is random
	From *train.Checkpoint // goes on from it; nil: begins
	// Save, if not nil, keeps checkpoints: after every Every iterations, at the end and
	// when the context ends.
	Save  func(train.Checkpoint) error
	Every int64 // 0: none in between
	// Marks is how often worst cases are asked for, where they are exact: about as many
	// times, evenly, and at the end; 0: never.
	Marks int64
	// Watch, if not nil, sees every iteration.
	Watch func(step, of int64, r Row)
}

// Train is the learner at the end of its training.
func (c Course) Train(ctx context.Context, t Training) (*Learner, error) {
	l, name, err := c.open(t.Spec)
	if err != nil {
		return nil, err
	}
	steps := int64(l.o.iterations)
	every := steps + 1
	if c.Table != nil && t.Marks > 0 {
		every = max(1, steps/t.Marks)
	}
	_, err = train.Run(ctx, l, c.World(), train.Options{
		Learner: name, Game: c.Info.Name, Seed: t.Seed, Steps: steps,
		From: t.From, Save: t.Save, Every: t.Every,
		Watch: func(step int64, _ train.Progress) {
			if every <= steps && (step%every == 0 || step == steps) {
				l.Mark(c.exact(l).Worst)
			}
			if t.Watch != nil {
				t.Watch(step, steps, l.curve[len(l.curve)-1])
			}
		},
	})
	return l, err
}

// episodes is how many were played.
func (l *Learner) episodes() int64 {
	if len(l.curve) == 0 {
		return 0
	}
	return l.curve[len(l.curve)-1].Episode
}

// Trained is what came of one training.
type Trained struct {
	Schema      string `json:"schema"`      // arbiter/training/v1
	Learner     string `json:"learner"`     // qarl
	Mode        string `json:"mode"`        // sampled
	Game        string `json:"game"`        // canonical spec
	Spec        string `json:"spec"`        // of the learner, canonical
	Seed        uint64 `json:"seed"`        // of all that is random
	Episodes    int64  `json:"episodes"`    // played
	Variant     string `json:"variant"`     // own-entropy: what soft learners settle at who see only their own moves
	Regulariser string `json:"regulariser"` // kl
	games.Named

	Curve  []Row        `json:"curve"`  // an iteration each
	Final  Verdict      `json:"final"`  // of the protagonist
	Trial  Trial        `json:"trial"`  // how it was judged, if not exactly
	Frozen int          `json:"frozen"` // updates in a row at the end that the floor let nothing come of
	Floor  float64      `json:"floor"`  // discounted pay below which the curriculum waits
	Best   float64      `json:"best"`   // the best Return of the curve
	Policy games.Policy `json:"policy"` // of both, where states have names
	// Axes are those of the map, the first slowest; nil for none.
	Axes []games.Axis `json:"map_axes,omitempty"`
}

// Tell judges what l has learned and is the account of it.
func (c Course) Tell(ctx context.Context, l *Learner, t Training, trial Trial) (*Trained, error) {
	v, err := c.Judge(ctx, l, trial, dice.New(t.Seed).Sub(judging))
	if err != nil {
		return nil, err
	}
	a := &Trained{
		Schema: "arbiter/training/v1", Learner: "qarl", Mode: "sampled", Game: l.game, Spec: t.Spec, Seed: t.Seed,
		Episodes: l.episodes(), Variant: "own-entropy", Regulariser: "kl",
		Curve: l.curve, Final: v, Trial: trial, Frozen: l.Frozen(), Floor: l.o.floor, Best: math.Inf(-1), Policy: c.whole(l.Policy()),
	}
	for _, r := range l.curve {
		a.Best = max(a.Best, r.Return)
	}
	a.Axes = c.axes()
	a.Named = games.NamesOf(c.Info, &a.Policy)
	return a, nil
}

// whole is a policy of which every state of the table is spoken for: even play, which
// it was judged by, where the learner has not been.
func (c Course) whole(p games.Policy) games.Policy {
	if c.Table == nil {
		return p
	}
	even := c.Table.Uniform()
	for seat := range p.Seats {
		rows := &p.Seats[seat]
		if len(rows.Keys) == 0 {
			continue
		}
		known := rows.Index()
		for s, row := range even[seat] {
			if key := c.Table.Key(0, s); known[key] == nil {
				rows.Keys, rows.Probs = append(rows.Keys, key), append(rows.Probs, row)
				rows.Names = append(rows.Names, c.Table.Names(seat, s))
			}
		}
	}
	return p
}
