package entropic

import (
	"context"
	"fmt"
	"testing"

	"arbiter/certify/certifytest"
	build "arbiter/certify/softmarkov"
	"arbiter/certify/verify"
	"arbiter/certify/verify/search"
	"arbiter/dice"
)

// softGame is a random Markov game at temperatures some of which are certified.
func softGame(t testing.TB, seed int) subject {
	g := certifytest.RandomMarkov(t, seed)
	key := dice.New(uint64(seed))
	scale := 1 + 60*dice.Float64(key.Word(900))
	tau := []float64{scale, scale * (1 + dice.Float64(key.Word(901)))}
	c, err := build.ClosedForm(context.Background(), g, tau)
	if err != nil {
		t.Fatal(err)
	}
	return subject{fileOf(t, c, "markov", tau),
		func(c *verify.Claim) (*verify.Result, error) { return Markov(context.Background(), c, g, data) },
		func(c *search.Claim) (*search.Result, error) { return search.Markov(context.Background(), c, g, data) },
	}
}

func TestClosedFormsAreConfirmed(t *testing.T) {
	games := 100
	if testing.Short() {
		games = 40
	}
	certified := 0
	for seed := range games {
		s := softGame(t, seed)
		c, r := s.verified(t, s.body)
		bad := fails(r)
		if bad != nil || c.Certified != r.Confirmed() && c.Certified {
			t.Errorf("game %d: certified %t, confirmed %t, %v", seed, c.Certified, r.Confirmed(), bad)
		}
		if c.Certified {
			certified++
		}
	}
	if certified < games/4 || certified == games {
		t.Errorf("%d of %d games are certified: the test has lost its mixture", certified, games)
	}
}

func TestAlteredClosedFormsAreRefused(t *testing.T) {
	tried := map[string]int{}
	for seed := range 12 {
		s := softGame(t, seed)
		s.refuses(t, fmt.Sprintf("game %d", seed), tried)
		if _, r := s.verified(t, altered(t, s.body, append(pathOf("temperature"), 0), .5)); fails(r) == nil {
			t.Errorf("game %d: another temperature is not refused", seed)
		}
	}
	for _, name := range []string{"mu", "ell", "margin", "margins.blockmax", "rate", "coupling", "gain", "steps.max", "steps.factor", "euler_max_step"} {
		if tried[name] < 3 {
			t.Errorf("%s was altered %d times", name, tried[name])
		}
	}
}

func TestClosedFormsAgreeWithSearch(t *testing.T) {
	games := 60
	if testing.Short() {
		games = 15
	}
	refused := 0
	for seed := range games {
		refused += softGame(t, 200+seed).agrees(t, seed)
	}
	if refused < games/2 {
		t.Errorf("%d refused: the test has lost its mixture", refused)
	}
}
