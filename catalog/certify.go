package catalog

import (
	"context"
	"fmt"
	"math"
	"slices"

	"arbiter/certify"
	"arbiter/certify/entropic"
	"arbiter/certify/fit"
)

// Certify certifies the game by the form that fits.
func (t *Table) Certify(ctx context.Context, forms []fit.Form, o fit.Options) (*fit.Certified, error) {
	c, err := fit.Game(ctx, forms, t.Game, t.scale(), o)
	if err != nil {
		return nil, err
	}
	c.Digest, err = t.Digest()
	return c, err
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
	i := slices.IndexFunc(c.Steps, func(s certify.Step) bool { return s.Scheme == certify.Prox })
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
