package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"arbiter/certify"
	"arbiter/certify/entropic"
	"arbiter/certify/trial"
	"arbiter/games/flat"
)

// everywhere refuses what is for regions.
func (o Options) everywhere(what string) error {
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
func (c *draft) entropic(ctx context.Context, q Question, o Options) error {
	var g *entropic.Game
	var blocks []int // of every player
	var err error
	form := "agent"
	if q.Game.Payoffs != nil {
		if o.Form != "" {
			return fmt.Errorf("--form: found %q, expected none: %s is a payoff table", o.Form, q.Game.Name)
		}
		form = "normal"
	}
	if err := o.everywhere("the " + form + " form"); err != nil {
		return err
	}
	if q.Game.Payoffs != nil {
		for range q.Game.Payoffs.Multi().Strategies {
			blocks = append(blocks, 1)
		}
		g, err = entropic.NormalForm(ctx, *q.Game.Payoffs)
	} else {
		var b *flat.Board
		if b, err = q.Game.Board(); err != nil {
			return err
		}
		for seat := range b.Info().Seats {
			blocks = append(blocks, len(b.Rows(seat)))
		}
		g, err = entropic.AgentForm(ctx, b)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", q.Game.Name, err)
	}
	build := func(tau []float64) (*certify.Certificate, error) {
		var all []float64
		for k, n := range blocks {
			all = append(all, slices.Repeat([]float64{tau[k]}, n)...)
		}
		return g.Certify(ctx, all)
	}
	if c.temperature == nil {
		_, threshold, err := g.Thresholds(ctx)
		if err != nil {
			return err
		}
		if err := c.choose(q, build, threshold, fmt.Sprintf("every temperature above %.6g is certified", threshold)); err != nil {
			return err
		}
	} else if c.Certificate, err = build(c.temperature); err != nil {
		return err
	}
	c.simulate = func(ctx context.Context, s trial.Trials) ([]certify.Trial, error) {
		return trial.Entropic(ctx, g, c.Certificate, s)
	}
	return nil
}

// choose takes the smallest temperature of few digits above the threshold that is
// certified; a small part of the payoff range where that is rounding of 0.
func (c *draft) choose(q Question, build func([]float64) (*certify.Certificate, error), threshold float64, how string) error {
	players := q.Game.Info().Seats
	tau := above(threshold)
	c.chosen = how
	if threshold <= 1e-12*q.Scale {
		tau = small * q.Scale
		c.chosen = fmt.Sprintf("%s; taken is %g of the payoff range", how, small)
		if threshold == 0 {
			c.chosen = fmt.Sprintf("every temperature is certified; taken is %g of the payoff range", small)
		}
	}
	for range 20 {
		c.temperature = slices.Repeat([]float64{tau}, players)
		found, err := build(c.temperature)
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

func (c *draft) sequence(ctx context.Context, q Question, o Options) error {
	if q.Game.Payoffs != nil {
		return fmt.Errorf("--form: found %q, expected none: %s is a payoff table", o.Form, q.Game.Name)
	}
	if err := o.everywhere("the sequence form"); err != nil {
		return err
	}
	b, err := q.Game.Board()
	if err != nil {
		return err
	}
	if c.temperature == nil {
		tau := small * q.Scale
		c.temperature = slices.Repeat([]float64{tau}, q.Game.Info().Seats)
		c.chosen = fmt.Sprintf("every temperature is certified; taken is %g of the payoff range", small)
	}
	if c.Certificate, err = entropic.SequenceForm(ctx, b, c.temperature); err != nil {
		return err
	}
	c.simulate = func(ctx context.Context, s trial.Trials) ([]certify.Trial, error) {
		return trial.Sequence(ctx, b, c.Certificate, s)
	}
	return nil
}
