// Package tournament folds a plan to its end: what sampling asks for goes to a
// Player, what came of it into the log and back to sampling. What to play is
// sampling's business, who plays the Player's, where the log is kept the Journal's.
package tournament

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"arbiter/dice"
	"arbiter/matchlog"
	"arbiter/profile"
	"arbiter/sampling"
)

// Plan is all a run depends on, as plain data: stored with the run, it is
// enough to fold the run's log and rank it without any other file. Everything
// but Name is the run's identity.
type Plan struct {
	Name string `json:"name"`

	Stream     int        `json:"stream"`            // dice.Version
	Rule       int        `json:"rule,omitempty"`    // sampling.Rule; 0 in runs older than such numbers
	Game       string     `json:"game"`              // canonical spec
	Agents     [][]string `json:"agents"`            // canonical specs, per population
	Digests    []string   `json:"digests,omitempty"` // of the files the game and the agents were read from
	Seed       uint64     `json:"seed"`              // of all random streams
	Population string     `json:"population"`        // single or multi
	Scheme     string     `json:"scheme"`            // as sampling.Config has it, like what follows
	Bound      string     `json:"bound"`             // never auto
	Level      string     `json:"level"`             // simultaneous or per-look
	Delta      float64    `json:"delta"`             // error probability, in (0, 1)
	Epsilon    float64    `json:"epsilon"`           // part of the payoff range within which edges are ties; 0: none
	Slack      float64    `json:"slack"`             // part of the payoff range by which intervals may overlap; 0: none
	Batch      float64    `json:"batch"`             // growth of the plays per decision

	// What the game says of itself, for whoever has the plan but not the game.
	Labels         [][]string `json:"labels"`              // names of the agents to show, per population
	Lo             []float64  `json:"lo"`                  // least payoff of a play, per player; of a single population two
	Hi             []float64  `json:"hi"`                  // the largest, likewise
	Unbounded      bool       `json:"unbounded,omitempty"` // payoffs have no limits; Lo and Hi are 0
	ConstantSum    bool       `json:"constant_sum"`        // payoffs of every play sum to Sum
	Sum            float64    `json:"sum"`                 // 0 unless ConstantSum
	Symmetric      bool       `json:"symmetric,omitempty"` // two populations of the same agents in a symmetric game
	Binary         bool       `json:"binary"`              // every payoff is 0 or 1
	Signs          bool       `json:"signs,omitempty"`     // matches are won, drawn or lost, by Hi - Lo
	MatchesPerPlay int        `json:"matches_per_play"`    // 2 where seats are rotated, else 1

	Log *matchlog.Facts `json:"log,omitempty"` // of an imported log
}

// Encode is the canonical form of the plan.
func (p Plan) Encode() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic("tournament: plan with values JSON cannot hold: " + err.Error())
	}
	return b
}

// DecodePlan reads what Encode wrote, of the run of that Identity. A plan of
// another identity, or one whose parts do not agree, is damaged.
func DecodePlan(b []byte, identity string) (Plan, error) {
	var p Plan
	if err := json.Unmarshal(b, &p); err != nil {
		return p, fmt.Errorf("%w: %w", errPlan, err)
	}
	if p.Identity() != identity || !bytes.Equal(p.Encode(), b) {
		return p, fmt.Errorf("%w: it is not that of run %q", errPlan, identity)
	}
	if err := p.check(); err != nil {
		return p, fmt.Errorf("%w: %w", errPlan, err)
	}
	return p, nil
}

var errPlan = errors.New("the stored plan of the run is damaged")

// Replayable reports, as an error, that matches of the plan would be others if
// this program played them.
func (p Plan) Replayable() error {
	if p.Stream != dice.Version {
		return fmt.Errorf("the run was played with random streams of version %d, this program has %d: it is shown and ranked, not played again", p.Stream, dice.Version)
	}
	return nil
}

// Current reports, as an error, that a run of the plan cannot be continued.
func (p Plan) Current() error {
	if p.Rule != sampling.Rule {
		return errors.New("the run was made by an older rule of what to play next: it is shown, ranked and exported, not continued")
	}
	return p.Replayable()
}

// Identity names the run: a digest of all but its name.
func (p Plan) Identity() string {
	p.Name = ""
	sum := sha256.Sum256(p.Encode())
	return hex.EncodeToString(sum[:])
}

// Single reports whether there is one population.
func (p Plan) Single() bool { return p.Population == "single" }

// Space is the space of profiles.
func (p Plan) Space() profile.Space {
	s := profile.Space{Single: p.Single()}
	for _, a := range p.Agents {
		s.Shape = append(s.Shape, len(a))
	}
	return s
}

// Sampling is the plan as the sampler needs it.
func (p Plan) Sampling() sampling.Config {
	if p.Unbounded {
		p.Lo = slices.Repeat([]float64{math.Inf(-1)}, len(p.Lo))
		p.Hi = slices.Repeat([]float64{math.Inf(1)}, len(p.Hi))
	}
	sign := 0.0
	if p.Signs {
		sign = p.Hi[0] - p.Lo[0]
	}
	return sampling.Config{
		Rule: cmp.Or(p.Rule, sampling.Unversioned()[0]), Signs: p.Signs, Sign: sign,
		Space: p.Space(), Lo: p.Lo, Hi: p.Hi, ConstantSum: p.ConstantSum, Sum: p.Sum, Binary: p.Binary, Symmetric: p.Symmetric,
		Scheme: p.Scheme, Bound: p.Bound, Level: sampling.Level(p.Level),
		Delta: p.Delta, Slack: p.Slack, Epsilon: p.Epsilon, Batch: p.Batch,
		MatchesPerPlay: p.MatchesPerPlay,
		Key:            dice.New(p.Seed, hash("scheme")),
	}
}

// key is the root of the matches of a cell. It depends on who plays, not on
// where they stand in the list, so that matches keep their streams when agents
// are added.
func (p Plan) key(agents []string) dice.Key {
	words := []uint64{p.Seed, hash(p.Game)}
	for _, a := range agents {
		words = append(words, hash(a))
	}
	return dice.New(words...)
}

// keys are the roots of all cells.
func (p Plan) keys() []dice.Key {
	var keys []dice.Key
	if p.Single() {
		for _, e := range p.Space().Edges() {
			keys = append(keys, p.key([]string{p.Agents[0][e.U], p.Agents[0][e.V]}))
		}
		return keys
	}
	space := p.Space()
	for c := range space.N() {
		names := make([]string, len(p.Agents))
		for k, a := range space.Strategies(c) {
			names[k] = p.Agents[k][a]
		}
		keys = append(keys, p.key(names))
	}
	return keys
}

func hash(text string) uint64 {
	sum := sha256.Sum256([]byte(text))
	h := uint64(0)
	for _, b := range sum[:8] {
		h = h<<8 | uint64(b)
	}
	return h
}
