package teacher

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"arbiter/dice"
	"arbiter/internal/strict"
	"arbiter/spec"
	"arbiter/train"
)

// Settings are what all teachers are made of; each kind reads those it needs.
type Settings struct {
	Start      float64 // mean temperature at first, above 0
	End        float64 // of schedules, where they end; above 0
	Least      float64 // no temperature is below it; above 0
	Shape      float64 // of the Gamma distribution at first, above 0
	Target     float64 // shape where it ends, above 0
	Epsilon    float64 // trust region of an update in nats, above 0
	Floor      float64 // discounted pay below which nothing moves
	Samples    int     // episodes an update needs, at least 1
	Iterations int     // of the whole training, at least 1; schedules move in the first two thirds
	MaxForce   float64 // of a force curriculum, not below 0
	Normalised bool    // weights of episodes sum to 1: not the original
	// Homogeneous lets the protagonist have the adversary's temperature too.
	Homogeneous bool
}

// Defaults are those of the original's release, with rate Shape/Start = 1000.
func Defaults() Settings {
	return Settings{
		Start: .05, End: .001, Least: 1e-8, Shape: 50, Target: 1, Epsilon: .5, Samples: 30, Iterations: 200, MaxForce: 1,
	}
}

// most is how many episodes a teacher remembers; older ones are forgotten.
const most = 100

// near is the divergence from the target below which a Gamma teacher has arrived.
const near = .01

// Curriculum is a teacher of any kind.
type Curriculum struct {
	kind   Kind
	s      Settings
	target Gamma
	state
}

// state is what Save writes.
type state struct {
	Kind      Kind    `json:"kind"`
	Gamma     Gamma   `json:"gamma"`       // drawn from
	Told      []told  `json:"told"`        // since the last update
	Held      float64 `json:"held"`        // temperature of all episodes of this iteration, 0: none yet
	Met       bool    `json:"met"`         // the floor, at an update
	Iteration int     `json:"iteration"`   // done
	Updates   int     `json:"updates"`     // tried
	Frozen    int     `json:"frozen"`      // of them, the last in a row that the floor let nothing come of
	Point     float64 `json:"temperature"` // of a teacher of one temperature
}

// Kind names a teacher.
type Kind string

// The kinds.
const (
	Paced     Kind = "gamma"      // the shape moves, the rate stays: QARL
	PacedBoth Kind = "gamma2"     // shape and rate move
	Single    Kind = "single"     // gamma, with one draw for all episodes of an iteration
	Force     Kind = "force"      // gamma, and its draws bound the adversary's force: see Bound
	AtTarget  Kind = "target"     // draws from the target from the start
	Linear    Kind = "linear"     // Start to End, evenly
	LogLinear Kind = "log-linear" // Start to End, by equal factors
	Point     Kind = "point"      // Start, less by 0.001 whenever the floor is met
	Fixed     Kind = "fixed"      // End
)

// Kinds lists them.
func Kinds() []Kind {
	return []Kind{Paced, PacedBoth, Single, Force, AtTarget, Linear, LogLinear, Point, Fixed}
}

// pointStep is what a teacher of one temperature goes down by.
const pointStep = .001

// Params are the keys of a learner's spec that choose its teacher, for Of.
func Params() []spec.Param {
	var kinds []string
	for _, k := range Kinds() {
		kinds = append(kinds, string(k))
	}
	yes := []string{"false", "true"}
	return []spec.Param{
		{Name: "teacher", Kind: spec.Word, Default: string(Paced), Choices: kinds, Doc: "of the adversary's temperature"},
		{Name: "tau0", Kind: spec.Float, Default: "1", Min: 1e-9, Max: 1e9, Doc: "mean temperature at first: the range of its values makes play nearly even"},
		{Name: "tau1", Kind: spec.Float, Default: "0.01", Min: 1e-9, Max: 1e9, Doc: "where schedules end; no draw is below it"},
		{Name: "shape", Kind: spec.Float, Default: "50", Min: 1e-3, Max: 1e6, Doc: "of the gamma distribution at first"},
		{Name: "target", Kind: spec.Float, Default: "1", Min: 1e-8, Max: 1e6, Doc: "shape it moves to"},
		{Name: "epsilon", Kind: spec.Float, Default: "0.5", Min: 1e-6, Max: 1e6, Doc: "nats that a move may be long"},
		{Name: "floor", Kind: spec.Float, Default: "0", Min: -1e9, Max: 1e9, Doc: "discounted pay of an episode below which the teacher waits"},
		{Name: "samples", Kind: spec.Int, Default: "30", Min: 1, Max: most, Doc: "episodes that a move needs"},
		{Name: "homogeneous", Kind: spec.Word, Default: "false", Choices: yes, Doc: "true: the protagonist has the same temperature"},
		{Name: "normalised", Kind: spec.Word, Default: "false", Choices: yes, Doc: "true: weights of episodes sum to 1"},
	}
}

// Of is the teacher that the keys of Params ask for, in a training of so many
// iterations.
func Of(a spec.Args, iterations int) (*Curriculum, error) {
	s := Defaults()
	s.Start, s.End, s.Least = a.Float("tau0"), a.Float("tau1"), a.Float("tau1")
	s.Shape, s.Target, s.Epsilon = a.Float("shape"), a.Float("target"), a.Float("epsilon")
	s.Floor, s.Samples, s.Iterations = a.Float("floor"), a.Int("samples"), iterations
	s.Homogeneous, s.Normalised = a["homogeneous"] == "true", a["normalised"] == "true"
	return New(Kind(a["teacher"]), s)
}

// New makes a teacher that knows nothing.
func New(kind Kind, s Settings) (*Curriculum, error) {
	if !slices.Contains(Kinds(), kind) {
		return nil, fmt.Errorf("teacher: found %q, expected one of %v", kind, Kinds())
	}
	for _, x := range []struct {
		name  string
		value float64
	}{{"start", s.Start}, {"end", s.End}, {"least", s.Least}, {"shape", s.Shape}, {"target", s.Target}, {"epsilon", s.Epsilon}} {
		if !(x.value > 0) || math.IsInf(x.value, 1) {
			return nil, fmt.Errorf("%s teacher: %s: found %g, expected a number above 0", kind, x.name, x.value)
		}
	}
	schedule := kind == Linear || kind == LogLinear
	switch {
	case schedule && s.End > s.Start:
		return nil, fmt.Errorf("%s teacher: from %g to %g, expected an end that is not above the start: the adversary is to become rational", kind, s.Start, s.End)
	case math.IsNaN(s.Floor) || math.IsInf(s.Floor, 1):
		return nil, fmt.Errorf("%s teacher: floor: found %g, expected a number", kind, s.Floor)
	case s.Samples < 1 || s.Samples > most:
		return nil, fmt.Errorf("%s teacher: samples: found %d, expected 1 to %d", kind, s.Samples, most)
	case s.Iterations < 1:
		return nil, fmt.Errorf("%s teacher: iterations: found %d, expected at least 1", kind, s.Iterations)
	case !(s.MaxForce >= 0) || math.IsInf(s.MaxForce, 1):
		return nil, fmt.Errorf("%s teacher: force: found %g, expected a number not below 0", kind, s.MaxForce)
	}
	rate := s.Shape / s.Start
	if math.IsInf(rate, 1) || rate == 0 {
		return nil, fmt.Errorf("%s teacher: shape %g and start %g are too far apart", kind, s.Shape, s.Start)
	}
	t := &Curriculum{kind: kind, s: s, target: Gamma{s.Target, rate}}
	t.state = state{Kind: kind, Gamma: Gamma{s.Shape, rate}, Point: s.Start}
	switch kind {
	case AtTarget:
		t.Gamma = t.target
	case Fixed:
		t.Point = s.End
	}
	return t, nil
}

var _ train.Teacher = (*Curriculum)(nil)

// random tells whether temperatures are drawn.
func (t *Curriculum) random() bool {
	switch t.kind {
	case Paced, PacedBoth, Single, Force, AtTarget:
		return true
	}
	return false
}

// Draw is the temperature of an episode. A teacher of one draw an iteration takes it
// by the first key it is given.
func (t *Curriculum) Draw(k dice.Key) float64 {
	if !t.random() {
		return max(t.Point, t.s.Least)
	}
	if t.kind == Single && t.Held > 0 {
		return t.Held
	}
	src := k.At(0)
	x := max(t.Gamma.Draw(&src), t.s.Least)
	if t.kind == Single {
		t.Held = x
	}
	return x
}

// Mean is the mean temperature now; draws below the least count as they are.
func (t *Curriculum) Mean() float64 {
	if t.random() {
		return max(t.Gamma.Mean(), t.s.Least)
	}
	return max(t.Point, t.s.Least)
}

// Bound is how large a force an episode of a force curriculum allows: none at the
// highest temperatures, all at the lowest.
func (t *Curriculum) Bound(temperature float64) float64 {
	first, last := t.s.Shape/t.target.Rate, t.target.Mean()
	return min(max((first+last-temperature)*t.s.MaxForce/first, 0), t.s.MaxForce)
}

// Protagonist is the protagonist's temperature in an episode: its own, or that of the
// adversary where both have one.
func (t *Curriculum) Protagonist(temperature, own float64) float64 {
	if t.s.Homogeneous {
		return temperature
	}
	return own
}

// Tell says what an episode paid the protagonist, discounted.
func (t *Curriculum) Tell(temperature, pay float64) {
	if len(t.Told) == most {
		t.Told = t.Told[1:]
	}
	t.Told = append(t.Told, told{temperature, pay})
}

// Next ends an iteration. What was told is used up by an update, for which enough
// must have been told.
func (t *Curriculum) Next() {
	t.Iteration++
	t.Held = 0
	switch t.kind {
	case Linear, LogLinear:
		t.Point = t.schedule()
		t.Told = t.Told[:0]
	case AtTarget, Fixed:
		t.Told = t.Told[:0]
	default:
		if len(t.Told) >= t.s.Samples {
			t.update()
			t.Told = t.Told[:0]
		}
	}
}

// schedule is the temperature of the next iteration: the first is at the start, and
// from two thirds of all on they are at the end.
func (t *Curriculum) schedule() float64 {
	share := float64(t.Iteration) / (2. / 3 * float64(t.s.Iterations))
	if share >= 1 {
		return t.s.End
	}
	if t.kind == Linear {
		return t.s.Start + float64(share*(t.s.End-t.s.Start))
	}
	return t.s.Start * math.Pow(t.s.End/t.s.Start, share)
}

// update moves by what was told.
func (t *Curriculum) update() {
	t.Updates++
	mean := 0.0
	for _, e := range t.Told {
		mean += e.Pay
	}
	mean /= float64(len(t.Told))
	met := mean >= t.s.Floor
	t.Frozen++
	if met {
		t.Frozen = 0
	}
	if t.kind == Point {
		if mean > t.s.Floor {
			t.Point = max(t.Point-pointStep, leastShape)
		}
		return
	}
	if t.Gamma.KL(t.target) < near {
		return
	}
	p := problem{old: t.Gamma, target: t.target, epsilon: t.s.Epsilon, floor: t.s.Floor, normalised: t.s.Normalised, told: t.Told}
	switch {
	case t.kind != PacedBoth:
		t.Gamma = p.shape()
	case met:
		t.Met = true
		t.Gamma = p.both()
	case !t.Met:
		t.Gamma = p.climb()
	}
}

// Stuck is how many updates in a row the floor has let nothing come of: a floor above
// what can be reached would keep a curriculum where it is for ever.
func (t *Curriculum) Stuck() int { return t.Frozen }

// Now is the distribution that is drawn from, of kinds that draw.
func (t *Curriculum) Now() Gamma { return t.Gamma }

// Save writes what Load reads.
func (t *Curriculum) Save(w io.Writer) error {
	b, err := json.Marshal(t.state)
	if err != nil {
		return fmt.Errorf("%s teacher: %w", t.kind, err)
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

// Load takes over what a teacher of the same kind and settings saved.
func (t *Curriculum) Load(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	var s state
	if line, err := strict.Decode(b, "teacher", &s); err != nil {
		return fmt.Errorf("line %d: %w", line, err)
	}
	switch {
	case s.Kind != t.kind:
		return fmt.Errorf("teacher: found %q, expected %s", s.Kind, t.kind)
	case !(s.Gamma.Shape > 0 && s.Gamma.Rate > 0):
		return fmt.Errorf("gamma: found shape %g and rate %g, expected both above 0", s.Gamma.Shape, s.Gamma.Rate)
	case !(s.Point > 0 && s.Held >= 0):
		return fmt.Errorf("temperature: found %g and %g, expected one above 0 and one not below it", s.Point, s.Held)
	case s.Iteration < 0 || s.Updates < 0 || s.Frozen < 0:
		return fmt.Errorf("iteration, updates, frozen: found %d, %d and %d, expected none below 0", s.Iteration, s.Updates, s.Frozen)
	case len(s.Told) > most:
		return fmt.Errorf("told: found %d episodes, expected %d at most", len(s.Told), most)
	}
	for i, e := range s.Told {
		if !(e.Temperature > 0) {
			return fmt.Errorf("told[%d]: found temperature %g, expected one above 0", i, e.Temperature)
		}
	}
	t.state = s
	return nil
}
