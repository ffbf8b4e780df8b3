package choose_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/equilibria/quantal"
	"arbiter/games"
)

// Points of branches are responses to themselves by code that is not the tracer's, in
// every form, and a policy that is off by little is found to be off.
func TestPointsAreJudged(t *testing.T) {
	for _, name := range []string{"kuhn_poker", "shapleys_game", "liars_dice(sides=2)"} {
		table, err := catalog.Standard().Open(name, "")
		if err != nil {
			t.Fatal(err)
		}
		b, err := table.Board()
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []quantal.Form{quantal.FormAgent, quantal.FormWeighted, quantal.FormSequence, quantal.FormReduced} {
			if form == quantal.FormReduced && name != "kuhn_poker" && name != "shapleys_game" {
				continue // too large
			}
			ratio := []float64{1, 3, .5}[:b.Info().Seats]
			br, err := quantal.Trace(context.Background(), b, quantal.Options{Form: form, Lambdas: []float64{0, .7, 5, 50}, Ratio: ratio})
			if err != nil {
				t.Fatal(err)
			}
			if len(br.Crossings) < 4 {
				t.Errorf("%s, %s: %d points", name, form, len(br.Crossings))
			}
			for _, c := range br.Crossings {
				var lambda []float64
				for _, x := range ratio {
					lambda = append(lambda, x*c.Lambda)
				}
				what := fmt.Sprintf("%s, %s, lambda %g", name, form, c.Lambda)
				if off, judged := choose.Departure(b, c.Policy, form, lambda, 1e-11); off > 1e-11 || !judged {
					t.Errorf("%s: off by %g, judged %t", what, off, judged)
				}
				// A move of the first row that is really mixed.
				moved, by := games.Behaviour(nil), 1e-6
				for _, s := range c.Policy[0] {
					if len(s) > 1 && s[0] > .05 && s[1] > .05 {
						s[0], s[1], moved = s[0]-by, s[1]+by, c.Policy[0]
						break
					}
				}
				if moved == nil {
					continue
				}
				if off, _ := choose.Departure(b, c.Policy, form, lambda, 1e-11); off < by/2 {
					t.Errorf("%s: moved by %g, found off by %g", what, by, off)
				}
			}
		}
	}
}

// The status of a point follows from that, not from what the tracer says of itself.
func TestPointsSayWhatTheyAre(t *testing.T) {
	table, err := catalog.Standard().Open("kuhn_poker", "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := table.Board()
	if err != nil {
		t.Fatal(err)
	}
	for _, lambda := range []float64{100, 1e5} {
		s, err := table.Solve(context.Background(), fmt.Sprintf("logit(lambda=%g)", lambda), choose.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range s.Points {
			off, judged := choose.Departure(b, p.Policy, quantal.FormAgent, []float64{lambda, lambda}, s.Tolerance)
			if !judged || p.Residual != off || (p.Status == equilibria.Converged) != (off <= s.Tolerance) {
				t.Errorf("lambda %g: residual %g, status %s, judged %g, tolerance %g", lambda, p.Residual, p.Status, off, s.Tolerance)
			}
			if math.IsNaN(off) {
				t.Errorf("lambda %g: no number", lambda)
			}
		}
	}
}
