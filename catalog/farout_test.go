package catalog_test

import (
	"context"
	"fmt"
	"testing"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/equilibria/quantal"
)

// Far out, where responses magnify what is printed a hundred thousand times, the points
// of a branch still answer themselves as the judge, who has code of his own, sees it.
func TestBranchesAnswerThemselvesFarOut(t *testing.T) {
	for _, form := range quantal.Forms() {
		for _, lambda := range []float64{1e4, 3e4, 1e5} {
			g, err := catalog.Standard().Open("kuhn_poker", "")
			if err != nil {
				t.Fatal(err)
			}
			s, err := g.Solve(context.Background(), fmt.Sprintf("logit(form=%s,lambda=%g)", form, lambda), choose.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			if s.Status != equilibria.Converged || s.Residual > 1e-10 {
				t.Errorf("form %s at lambda %g: %s, residual %g", form, lambda, s.Status, s.Residual)
			}
		}
	}
}
