// Package fit says which certificate fits a question and builds it: the kind of game
// decides the form, options decide what it may rest on. A form is a value; Forms lists
// those there are, and a form more is a package and a line there.
package fit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"arbiter/certify"
	"arbiter/certify/smooth"
	"arbiter/certify/trial"
	"arbiter/games/markov"
	"arbiter/games/posed"
	"arbiter/internal/files"
	"arbiter/internal/strict"
)

// Options are what a certificate is asked for with.
type Options struct {
	Temperature []float64      // one, or one per player; nil: the smallest that is certified
	Form        string         // of trees: agent (also for "") or sequence; of Markov games: "" or soft-shapley
	Radius      float64        // of the region, 0: everywhere
	Method      certify.Method // what it may rest on; "": what fits
	Samples     int            // random points of the method sampled
	MaxCells    int            // of enclosures, 0: the default
	Points      int            // per axis of the method grid+lipschitz, 0: the default
	Seed        uint64         // of random points
}

// Certified is a certificate and how to play by it.
type Certified struct {
	*certify.Certificate

	// Simulate plays by the certified schemes from random starts.
	Simulate func(context.Context, trial.Trials) ([]certify.Trial, error)
}

// draft is a certificate that is being made, of which certificates at several
// temperatures may be tried.
type draft struct {
	*certify.Certificate
	temperature []float64 // one per player, nil of a problem or until it is chosen
	chosen      string    // how, if it was not given
	simulate    func(context.Context, trial.Trials) ([]certify.Trial, error)
}

// Question is what is to be certified: a posed game, or the file of a problem.
type Question struct {
	Game  *posed.Game // nil of a problem
	Scale float64     // of the game's payoffs, above 0: what temperatures are measured by
	File  string      // of the problem, as errors name it
	Kind  string      // of the problem
	Body  []byte      // of the problem
}

// Form is a kind of certificate by name.
type Form struct {
	Name, Doc string                                                               // as in certificates; one line of help
	Params    []string                                                             // the options it listens to, as flags are called
	Fits      func(q Question, o Options) bool                                     // the first form of a list that fits is taken
	Certify   func(ctx context.Context, q Question, o Options) (*Certified, error) // builds it; errors are of the question or the options
}

// Forms are all there are.
func Forms() []Form {
	table := func(q Question, _ Options) bool { return q.Game != nil && q.Game.Payoffs != nil }
	tree := func(q Question, _ Options) bool { return q.Game != nil }
	sequence := func(q Question, o Options) bool { return q.Game != nil && o.Form == "sequence" }
	stages := func(q Question, o Options) bool { return q.Game != nil && o.Form == "soft-shapley" }
	states := func(q Question, _ Options) bool { return q.Game != nil && q.Game.Markov != nil }
	return []Form{
		{"quadratic", "linear fields: one Jacobian everywhere", []string{"radius", "method"}, problemOf(quadraticKind), by((*draft).quadratic)},
		{"smooth", "fields or costs in formulas, on a box", []string{"method", "samples", "points", "max-cells", "seed"}, problemOf(smooth.Kind), by((*draft).smooth)},
		{"soft-shapley", "zero-sum Markov games with entropy, by sweeps over values", []string{"temperature", "form"}, stages, by((*draft).stages)},
		{"markov", "Markov games with entropy", []string{"temperature", "radius", "method", "max-cells", "seed"}, states, by((*draft).markov)},
		{"sequence", "trees with entropy, by sequences of moves", []string{"temperature", "form"}, sequence, by((*draft).sequence)},
		{"normal", "payoff tables with entropy", []string{"temperature"}, table, by((*draft).entropic)},
		{"agent", "trees with entropy, a block per information set", []string{"temperature", "form"}, tree, by((*draft).entropic)},
	}
}

// by is a way to fill in a certificate as one to make it.
func by(fill func(*draft, context.Context, Question, Options) error) func(context.Context, Question, Options) (*Certified, error) {
	return func(ctx context.Context, q Question, o Options) (*Certified, error) {
		d := &draft{temperature: o.Temperature}
		if err := fill(d, ctx, q, o); err != nil {
			return nil, err
		}
		c := d.Certificate
		c.Temperature, c.Chosen = d.temperature, d.chosen
		return &Certified{c, d.simulate}, nil
	}
}

func problemOf(kind string) func(Question, Options) bool {
	return func(q Question, _ Options) bool { return q.Game == nil && q.Kind == kind }
}

// certifyBy asks the first form that fits; nil if none does.
func certifyBy(ctx context.Context, forms []Form, q Question, o Options) (*Certified, error) {
	for _, f := range forms {
		if f.Fits(q, o) {
			return f.Certify(ctx, q, o)
		}
	}
	return nil, nil
}

// Problem certifies the game of a file. Errors name the file and the line or field.
func Problem(ctx context.Context, forms []Form, file string, o Options) (*Certified, error) {
	body, err := files.Read(file)
	if err != nil {
		return nil, err
	}
	if o.Form != "" {
		return nil, fmt.Errorf("--form is for trees, found %q with a problem", o.Form)
	}
	if o.Temperature != nil {
		return nil, errors.New("--temperature is for --game: a problem has the field it has")
	}
	q := Question{File: file, Kind: markov.Kind(body), Body: body}
	c, err := certifyBy(ctx, forms, q, o)
	if err != nil {
		return nil, err
	}
	if c == nil {
		var any struct{ Kind json.RawMessage }
		if json.Unmarshal(body, &any) != nil {
			var f quadraticFile
			line, err := strict.Decode(body, "problem", &f)
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
		return nil, fmt.Errorf("%s: kind: found %q, expected %q or %q", file, q.Kind, quadraticKind, smooth.Kind)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	sum := sha256.Sum256(compact.Bytes())
	c.Problem, c.Game, c.Digest = compact.Bytes(), "", hex.EncodeToString(sum[:])
	return c, nil
}

// Game certifies the entropy-regularised game of a payoff table, a tree or a Markov
// game; scale is that of its payoffs. The digest is the caller's.
func Game(ctx context.Context, forms []Form, g *posed.Game, scale float64, o Options) (*Certified, error) {
	seats := g.Info().Seats
	switch n := len(o.Temperature); {
	case n == 0:
		o.Temperature = nil
	case n == 1:
		o.Temperature = slices.Repeat(o.Temperature, seats)
	case n != seats:
		return nil, fmt.Errorf("temperature: found %d, expected 1 or %d, one per player", n, seats)
	}
	c, err := certifyBy(ctx, forms, Question{Game: g, Scale: scale}, o)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, fmt.Errorf("%s: no certificate fits", g.Name)
	}
	c.Game = g.Name
	return c, nil
}

// only refuses methods other than the one there is.
func only(found, expected certify.Method, what string) error {
	if found != "" && found != expected {
		return fmt.Errorf("--method: found %s, expected %s for %s", found, expected, what)
	}
	return nil
}
