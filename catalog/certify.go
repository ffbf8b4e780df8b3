package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/entropic"
	"arbiter/certify/quadratic"
	"arbiter/certify/smooth"
	"arbiter/certify/softmarkov"
	"arbiter/certify/trial"
	"arbiter/games/flat"
	"arbiter/games/markov"
	"arbiter/internal/files"
	"arbiter/internal/strict"
)

// CertifyOptions are what a certificate is asked for with.
type CertifyOptions struct {
	Temperature []float64 // one, or one per player; nil: the smallest that is certified
	Form        string    // of trees: agent (also for "") or sequence
	Radius      float64   // of the region, 0: everywhere
	Method      certify.Method
	Samples     int // random points of the method sampled
	MaxCells    int // of enclosures, 0: the default
	Points      int // per axis of the method grid+lipschitz, 0: the default
	Seed        uint64
}

// Certified is a certificate and where it is from.
type Certified struct {
	*certify.Certificate
	Form        string
	Problem     json.RawMessage // compacted, nil of a named game
	Temperature []float64       // one per player, nil of a problem
	Chosen      string          // how the temperature was found, if it was not given
	Dims        []int           // numbers of the equilibrium per block

	simulate func(context.Context, trial.Trials) ([]trial.Trial, error)
}

// Simulate plays by the certified schemes from random starts.
func (c *Certified) Simulate(ctx context.Context, s trial.Trials) ([]trial.Trial, error) {
	return c.simulate(ctx, s)
}

// quadraticKind is the "kind" of files of quadratic games.
const quadraticKind = "quadratic_game"

type quadraticFile struct {
	Kind       string
	Provenance string
	Blocks     []int
	Matrix     [][]float64
	Offset     []float64
	Metric     [][][]float64
	Natural    bool
}

// CertifyProblem certifies the quadratic or smooth game of a file. Errors name the
// file and the line or field.
func CertifyProblem(ctx context.Context, file string, o CertifyOptions) (*Certified, error) {
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
	c := &Certified{}
	switch kind := markov.Kind(body); kind {
	case quadraticKind:
		err = c.quadratic(ctx, body, file, o)
	case smooth.SmoothKind:
		err = c.smooth(ctx, body, file, o)
	default:
		var any struct{ Kind json.RawMessage }
		if json.Unmarshal(body, &any) != nil {
			var f quadraticFile
			line, err := strict.Decode(body, "problem", &f)
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
		return nil, fmt.Errorf("%s: kind: found %q, expected %q or %q", file, kind, quadraticKind, smooth.SmoothKind)
	}
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	sum := sha256.Sum256(compact.Bytes())
	c.Problem, c.Game, c.Digest = compact.Bytes(), "", hex.EncodeToString(sum[:])
	return c, nil
}

func (c *Certified) quadratic(ctx context.Context, body []byte, file string, o CertifyOptions) error {
	var f quadraticFile
	if line, err := strict.Decode(body, "problem", &f); err != nil {
		return fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if err := only(o.Method, certify.Exact, "a quadratic game"); err != nil {
		return err
	}
	g := &quadratic.QuadraticGame{Name: file, Blocks: f.Blocks, Matrix: f.Matrix, Offset: f.Offset, Metric: f.Metric, Natural: f.Natural}
	found, err := quadratic.Quadratic(ctx, g, quadratic.QuadraticOptions{Radius: o.Radius})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	c.Certificate, c.Form, c.Dims = found, "quadratic", f.Blocks
	c.simulate = func(ctx context.Context, s trial.Trials) ([]trial.Trial, error) {
		return trial.SimulateQuadratic(ctx, g, found, s)
	}
	return nil
}

func (c *Certified) smooth(ctx context.Context, body []byte, file string, o CertifyOptions) error {
	g, err := smooth.ReadSmooth(body, file, file)
	if err != nil {
		return err
	}
	if o.Radius != 0 {
		return fmt.Errorf("--radius: found %g, expected none: %s has its own region", o.Radius, file)
	}
	var found *certify.Certificate
	switch o.Method {
	case "", certify.Interval:
		found, err = g.Certify(ctx, enclose.Enclosure{MaxCells: o.MaxCells})
	case certify.Sampled:
		found, err = g.Sampled(ctx, enclose.Sample{Random: o.Samples, Seed: o.Seed})
	case certify.GridLipschitz:
		found, err = g.GridLipschitz(ctx, smooth.Grid{Points: o.Points})
	default:
		return fmt.Errorf("--method: found %s, expected interval, grid+lipschitz or sampled for a smooth game", o.Method)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	c.Certificate, c.Form, c.Dims = found, "smooth", g.Dims
	c.simulate = func(ctx context.Context, s trial.Trials) ([]trial.Trial, error) {
		return trial.SimulateSmooth(ctx, g, found, s)
	}
	return nil
}

// only refuses methods other than the one there is.
func only(found, expected certify.Method, what string) error {
	if found != "" && found != expected {
		return fmt.Errorf("--method: found %s, expected %s for %s", found, expected, what)
	}
	return nil
}

// Certify certifies the entropy-regularised game of a payoff table, a tree or a
// Markov game.
func (t *Table) Certify(ctx context.Context, o CertifyOptions) (*Certified, error) {
	seats := t.Game.Info().Seats
	switch n := len(o.Temperature); {
	case n == 1:
		o.Temperature = slices.Repeat(o.Temperature, seats)
	case n != 0 && n != seats:
		return nil, fmt.Errorf("temperature: found %d, expected 1 or %d, one per player", n, seats)
	}
	c := &Certified{Temperature: o.Temperature}
	var err error
	switch {
	case t.Markov != nil:
		err = c.markov(ctx, t, o)
	case o.Form == "sequence":
		err = c.sequence(ctx, t, o)
	default:
		err = c.entropic(ctx, t, o)
	}
	if err != nil {
		return nil, err
	}
	c.Game = t.Name
	c.Digest, err = t.Digest()
	return c, err
}

// everywhere refuses what is for regions.
func (o CertifyOptions) everywhere(what string) error {
	if o.Radius != 0 {
		return fmt.Errorf("--radius: found %g, expected none: the certificate of %s holds everywhere", o.Radius, what)
	}
	return only(o.Method, certify.Analytic, what)
}

// digits of temperatures that are chosen.
const digits = 6

// above is the smallest number of so many digits above x.
func above(x float64) float64 {
	text := strconv.FormatFloat(x, 'e', digits-1, 64)
	y, _ := strconv.ParseFloat(text, 64)
	if y > x {
		return y
	}
	mantissa, exponent, _ := strings.Cut(text, "e")
	m, _ := strconv.ParseFloat(mantissa, 64)
	y, _ = strconv.ParseFloat(fmt.Sprintf("%.*fe%s", digits-1, m+math.Pow10(1-digits), exponent), 64)
	return y
}

// small part of the payoff range is taken for the temperature where every one is
// certified.
const small = .01

// entropic certifies payoff tables, in normal form, and trees, in agent form.
func (c *Certified) entropic(ctx context.Context, t *Table, o CertifyOptions) error {
	var g *entropic.Entropic
	var blocks []int // of every player
	var err error
	c.Form = "agent"
	if t.Payoffs != nil {
		if o.Form != "" {
			return fmt.Errorf("--form: found %q, expected none: %s is a payoff table", o.Form, t.Name)
		}
		c.Form = "normal"
	}
	if err := o.everywhere("the " + c.Form + " form"); err != nil {
		return err
	}
	if t.Payoffs != nil {
		for _, pool := range t.Payoffs.Multi().Strategies {
			blocks, c.Dims = append(blocks, 1), append(c.Dims, len(pool))
		}
		g, err = entropic.NormalForm(ctx, *t.Payoffs)
	} else {
		var b *flat.Board
		if b, err = t.Board(); err != nil {
			return err
		}
		for seat := range b.Info().Seats {
			blocks = append(blocks, len(b.Rows(seat)))
			for _, r := range b.Rows(seat) {
				c.Dims = append(c.Dims, r.Moves)
			}
		}
		g, err = entropic.AgentForm(ctx, b)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	build := func(tau []float64) (*certify.Certificate, error) {
		var all []float64
		for k, n := range blocks {
			all = append(all, slices.Repeat([]float64{tau[k]}, n)...)
		}
		return g.Certify(ctx, all)
	}
	if c.Temperature == nil {
		_, threshold, err := g.Thresholds(ctx)
		if err != nil {
			return err
		}
		if err := c.choose(t, build, threshold, fmt.Sprintf("every temperature above %.6g is certified", threshold)); err != nil {
			return err
		}
	} else if c.Certificate, err = build(c.Temperature); err != nil {
		return err
	}
	c.simulate = func(ctx context.Context, s trial.Trials) ([]trial.Trial, error) {
		return trial.SimulateEntropic(ctx, g, c.Certificate, s)
	}
	return nil
}

// choose takes the smallest temperature of few digits above the threshold that is
// certified; a small part of the payoff range where that is rounding of 0.
func (c *Certified) choose(t *Table, build func([]float64) (*certify.Certificate, error), threshold float64, how string) error {
	players := t.Game.Info().Seats
	tau := above(threshold)
	c.Chosen = how
	if threshold <= 1e-12*t.scale() {
		tau = small * t.scale()
		c.Chosen = fmt.Sprintf("%s; taken is %g of the payoff range", how, small)
		if threshold == 0 {
			c.Chosen = fmt.Sprintf("every temperature is certified; taken is %g of the payoff range", small)
		}
	}
	for range 20 {
		c.Temperature = slices.Repeat([]float64{tau}, players)
		found, err := build(c.Temperature)
		if err != nil {
			return err
		}
		if c.Certificate = found; found.Certified() {
			return nil
		}
		tau = above(tau)
	}
	return nil
}

func (c *Certified) sequence(ctx context.Context, t *Table, o CertifyOptions) error {
	if t.Payoffs != nil {
		return fmt.Errorf("--form: found %q, expected none: %s is a payoff table", o.Form, t.Name)
	}
	if err := o.everywhere("the sequence form"); err != nil {
		return err
	}
	b, err := t.Board()
	if err != nil {
		return err
	}
	c.Form = "sequence"
	if c.Temperature == nil {
		tau := small * t.scale()
		c.Temperature = slices.Repeat([]float64{tau}, t.Game.Info().Seats)
		c.Chosen = fmt.Sprintf("every temperature is certified; taken is %g of the payoff range", small)
	}
	if c.Certificate, err = entropic.SequenceForm(ctx, b, c.Temperature); err != nil {
		return err
	}
	c.simulate = func(ctx context.Context, s trial.Trials) ([]trial.Trial, error) {
		return trial.SimulateSequence(ctx, b, c.Certificate, s)
	}
	return nil
}

// markov certifies on all logits in closed form, or by enclosures in a box around
// the equilibrium if a radius is given.
func (c *Certified) markov(ctx context.Context, t *Table, o CertifyOptions) error {
	if o.Form != "" {
		return fmt.Errorf("--form: found %q, expected none: %s is a Markov game", o.Form, t.Name)
	}
	g := t.Markov
	c.Form = "markov"
	for k := range g.Actions {
		for _, m := range g.Actions[k] {
			if m > 1 {
				c.Dims = append(c.Dims, m-1)
			}
		}
	}
	boxed := o.Radius != 0
	switch {
	case !boxed && (o.Method == certify.Interval || o.Method == certify.Sampled):
		return fmt.Errorf("--method: found %s, expected --radius R beside it", o.Method)
	case o.Method == certify.Sampled:
	case boxed && only(o.Method, certify.Interval, "") != nil:
		return fmt.Errorf("--method: found %s, expected interval or sampled with --radius", o.Method)
	case !boxed:
		if err := only(o.Method, certify.Analytic, "a Markov game without --radius"); err != nil {
			return err
		}
	}
	build := func(tau []float64) (found *certify.Certificate, err error) {
		switch {
		case o.Method == certify.Sampled:
			// The paper's cube is one of logits: differences reach twice as far.
			found, err = softmarkov.MarkovSampled(ctx, g, tau, o.Radius/2, o.Seed)
		case boxed:
			found, err = softmarkov.MarkovInterval(ctx, g, tau, o.Radius, enclose.Enclosure{MaxCells: o.MaxCells})
		default:
			found, err = softmarkov.MarkovClosedForm(ctx, g, tau)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		return found, nil
	}
	var err error
	switch {
	case c.Temperature != nil:
		c.Certificate, err = build(c.Temperature)
	case boxed:
		err = c.bisect(ctx, t, build)
	default:
		// The margin is the temperature less the spectral radius of the gains, which
		// have no temperature in them.
		one := t.scale()
		var at *certify.Certificate
		if at, err = build([]float64{one, one}); err == nil {
			threshold := one - at.Margin
			if threshold > one && threshold < math.Inf(1) {
				// A temperature above the range of values makes play uniform: no answer.
				c.Certificate, c.Temperature = at, []float64{one, one}
				c.Chosen = fmt.Sprintf("none up to %.6g, the range of values, is certified", one)
				at.Reasons = append(at.Reasons, fmt.Sprintf("the closed form certifies temperatures above %.6g only, at which play is all but uniform; --radius R asks for a box around the equilibrium", threshold))
			} else {
				err = c.choose(t, build, threshold, fmt.Sprintf("every temperature above %.6g is certified in closed form", threshold))
			}
		}
	}
	if err != nil {
		return err
	}
	c.simulate = func(ctx context.Context, s trial.Trials) ([]trial.Trial, error) {
		return trial.SimulateMarkov(ctx, g, c.Temperature, c.Certificate, s)
	}
	return nil
}

// bisect looks for the smallest temperature that is certified, to a hundredth.
func (c *Certified) bisect(ctx context.Context, t *Table, build func([]float64) (*certify.Certificate, error)) error {
	high, low := t.scale(), 0.0
	var last error
	tried := 0
	try := func(x float64) (*certify.Certificate, bool) {
		found, err := build([]float64{x, x})
		tried++
		if err != nil {
			last = err
			return nil, false
		}
		return found, found.Certified()
	}
	for range 20 {
		found, ok := try(high)
		if ok || tried == 20 {
			if !ok {
				if found == nil {
					return last
				}
				c.Chosen = fmt.Sprintf("none up to %.6g is certified", high)
			}
			c.Certificate, c.Temperature = found, []float64{high, high}
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		low, high = high, 2*high
	}
	if c.Chosen != "" {
		return nil
	}
	for high-low > .01*high {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		mid, _ := strconv.ParseFloat(strconv.FormatFloat((low+high)/2, 'g', 3, 64), 64)
		if mid <= low || mid >= high {
			break
		}
		if found, ok := try(mid); ok {
			high, c.Certificate, c.Temperature = mid, found, []float64{mid, mid}
		} else {
			low = mid
		}
	}
	c.Chosen = fmt.Sprintf("found by bisection, %d enclosures; %.6g is not certified at this radius", tried, low)
	return nil
}

// certifiedStep is a step of proximal play of a payoff table, which mmd plays, that
// is certified at these temperatures, and in words why.
func (t *Table) certifiedStep(ctx context.Context, tau []float64) (float64, string, error) {
	if t.Payoffs == nil {
		return 0, "", fmt.Errorf("%s: a certified step is for payoff tables; certificates of trees are of other dynamics than mmd's, see arbiter certify", t.Name)
	}
	g, err := entropic.NormalForm(ctx, *t.Payoffs)
	if err != nil {
		return 0, "", err
	}
	c, err := g.Certify(ctx, tau)
	if err != nil {
		return 0, "", err
	}
	if !c.Certified() {
		return 0, "", fmt.Errorf("temperature: found %g, for which no step is certified; a common one above %.6g has one", tau, c.Entropy.Threshold)
	}
	// Without signs every step contracts: each player's logits become a mean of what
	// they were and of the response, whose gain is below 1. Nine parts response to
	// one part memory is near the best of the guaranteed factors.
	if c.Entropy.Unsigned > 0 {
		step := 9 / slices.Max(tau)
		return step, fmt.Sprintf("%.6g; every step is certified: the span norm of logits shrinks by a factor of at most %.6g each time", step, spanFactor(c.Entropy.Unsigned, step, tau)), nil
	}
	i := slices.IndexFunc(c.Steps, func(s certify.Step) bool { return s.Scheme == "prox" })
	step := c.Steps[i].Max
	if math.IsInf(step, 1) {
		step = 9 / slices.Max(tau)
	}
	return step, fmt.Sprintf("%.6g, the largest that is certified: the divergence from the equilibrium shrinks by a factor of at most %.6g each time", step, 1/(1+step*c.Margin)), nil
}

// spanFactor is 1 - ηα for the least of the players' steps η = step/(1 + step·τ).
func spanFactor(alpha, step float64, tau []float64) float64 {
	return 1 - alpha*step/(1+step*slices.Max(tau))
}
