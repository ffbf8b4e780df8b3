// Package choosetest checks that a solver keeps the contract of equilibria/choose.
// Every one in the catalog runs it.
package choosetest

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/games"
	"arbiter/games/posed"
	"arbiter/internal/document"
)

// Run asks the solver of a spec about a game, which open makes anew each time, and
// reports whether it answers. The same question has the same answer or error, behaviour
// is probabilities, a converged equilibrium has no larger gaps than it was judged by,
// as best responses say that are worked out here, and a cancelled solver gives no answer.
func Run(t *testing.T, solvers []choose.Solver, text string, open func() *posed.Game) (answered bool) {
	t.Helper()
	solver, _, err := choose.Find(solvers, text)
	if err != nil {
		t.Fatal(err)
	}
	if solver.Name == "" || solver.Doc == "" || solver.Concept == "" {
		t.Errorf("solver %+v says nothing of itself", solver)
	}
	ask := func(ctx context.Context) (*choose.Answer, []byte, error) {
		g := choose.New(open(), solvers)
		a, err := g.Solve(ctx, text, choose.Settings{Limits: equilibria.Limits{Iterations: 300}})
		if err != nil {
			return nil, nil, err
		}
		v, err := g.Verdict(a)
		if err != nil {
			t.Fatalf("%s at %s: the answer cannot be told: %v", text, g.Name, err)
		}
		body, err := document.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return a, body, nil
	}
	name := open().Name
	a, first, err := ask(t.Context())
	again, second, errAgain := ask(t.Context())
	if err != nil || errAgain != nil {
		if err == nil || errAgain == nil || err.Error() != errAgain.Error() {
			t.Errorf("%s at %s: first %v, then %v", text, name, err, errAgain)
		}
		return false
	}
	if !bytes.Equal(first, second) || a.Iterations != again.Iterations {
		t.Errorf("%s at %s: two answers to one question:\n%s\n%s", text, name, first, second)
	}
	if a.Solver != solver.Name || a.Status == "" || !(a.Tolerance > 0) || !(a.Residual >= 0) {
		t.Errorf("%s at %s: solver %q, status %q, tolerance %g, residual %g", text, name, a.Solver, a.Status, a.Tolerance, a.Residual)
	}
	if a.Policy != nil {
		judge(t, text, open(), a)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := ask(stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("%s at %s: cancelled, it says %v", text, name, err)
	}
	return true
}

// judge holds a policy against the game itself.
func judge(t *testing.T, text string, g *posed.Game, a *choose.Answer) {
	t.Helper()
	c, err := g.Compiled()
	if err != nil {
		t.Fatal(err)
	}
	info := g.Info()
	if len(a.Policy) != info.Seats {
		t.Fatalf("%s at %s: behaviour of %d seats of %d", text, g.Name, len(a.Policy), info.Seats)
	}
	for seat, s := range a.Policy {
		for i, row := range c.Rows(seat) {
			if !distribution(s[i], row) {
				t.Errorf("%s at %s: seat %d behaves as %v at %s", text, g.Name, seat, s[i], row.Key)
			}
		}
	}
	if a.Concept != "nash" || a.Status != equilibria.Converged {
		return
	}
	values := make([]float64, info.Seats)
	c.Values(values, a.Policy)
	for seat, v := range values {
		best, _ := c.BestResponse(seat, a.Policy)
		width := info.Hi[seat] - info.Lo[seat]
		if g.Markov != nil {
			width = g.Markov.Ranges()[seat]
		}
		if best-v > (a.Tolerance+1e-12)*width {
			t.Errorf("%s at %s: converged up to %g, and seat %d can gain %g of %g", text, g.Name, a.Tolerance, seat, best-v, width)
		}
	}
}

func distribution(p []float64, r games.Row) bool {
	sum := 0.0
	for _, x := range p {
		if !(x >= 0 && x <= 1) {
			return false
		}
		sum += x
	}
	return len(p) == r.Moves && math.Abs(sum-1) < 1e-9
}
