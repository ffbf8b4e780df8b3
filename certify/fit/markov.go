package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/softmarkov"
	"arbiter/certify/trial"
)

// markov certifies on all logits in closed form, or by enclosures in a box around
// the equilibrium if a radius is given.
func (c *draft) markov(ctx context.Context, q Question, o Options) error {
	if o.Form != "" {
		return fmt.Errorf("--form: found %q, expected none or soft-shapley: %s is a Markov game", o.Form, q.Game.Name)
	}
	g := q.Game.Markov
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
			found, err = softmarkov.Sampled(ctx, g, tau, o.Radius/2, o.Seed)
		case boxed:
			found, err = softmarkov.Interval(ctx, g, tau, o.Radius, enclose.Options{MaxCells: o.MaxCells})
		default:
			found, err = softmarkov.ClosedForm(ctx, g, tau)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.Game.Name, err)
		}
		return found, nil
	}
	var err error
	switch {
	case c.temperature != nil:
		c.Certificate, err = build(c.temperature)
	case boxed:
		err = c.bisect(ctx, q, build)
	default:
		// The margin is the temperature less the spectral radius of the gains, which
		// have no temperature in them.
		one := q.Scale
		var at *certify.Certificate
		if at, err = build([]float64{one, one}); err == nil {
			threshold := one - at.Margin
			if threshold > one && threshold < math.Inf(1) {
				// A temperature above the range of values makes play uniform: no answer.
				c.Certificate, c.temperature = at, []float64{one, one}
				c.chosen = fmt.Sprintf("none up to %.6g, the range of values, is certified", one)
				at.Reasons = append(at.Reasons, fmt.Sprintf("the closed form certifies temperatures above %.6g only, at which play is all but uniform; --radius R asks for a box around the equilibrium", threshold))
			} else {
				err = c.choose(q, build, threshold, fmt.Sprintf("every temperature above %.6g is certified in closed form", threshold))
			}
		}
	}
	if err != nil {
		return err
	}
	c.simulate = func(ctx context.Context, s trial.Trials) ([]certify.Trial, error) {
		return trial.Markov(ctx, g, c.temperature, c.Certificate, s)
	}
	return nil
}

// bisect looks for the smallest temperature that is certified, to a hundredth.
func (c *draft) bisect(ctx context.Context, q Question, build func([]float64) (*certify.Certificate, error)) error {
	high, low := q.Scale, 0.0
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
				c.chosen = fmt.Sprintf("none up to %.6g is certified", high)
			}
			c.Certificate, c.temperature = found, []float64{high, high}
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		low, high = high, 2*high
	}
	if c.chosen != "" {
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
			high, c.Certificate, c.temperature = mid, found, []float64{mid, mid}
		} else {
			low = mid
		}
	}
	c.chosen = fmt.Sprintf("found by bisection, %d enclosures; %.6g is not certified at this radius", tried, low)
	return nil
}

// stages certifies value iteration of a zero-sum game, at any temperature.
func (c *draft) stages(ctx context.Context, q Question, o Options) error {
	g := q.Game.Markov
	if g == nil {
		return fmt.Errorf("--form: found %q, expected it of a Markov game, which %s is not", o.Form, q.Game.Name)
	}
	if err := o.everywhere("the form soft-shapley"); err != nil {
		return err
	}
	if c.temperature == nil {
		c.temperature = slices.Repeat([]float64{small * q.Scale}, 2)
		c.chosen = fmt.Sprintf("every temperature is certified; taken is %g of the range of values", small)
	}
	var err error
	if c.Certificate, err = softmarkov.Stages(ctx, g, c.temperature); err != nil {
		return fmt.Errorf("%s: %w", q.Game.Name, err)
	}
	c.simulate = func(ctx context.Context, s trial.Trials) ([]certify.Trial, error) {
		return trial.Stages(ctx, g, c.temperature, c.Certificate, s)
	}
	return nil
}
