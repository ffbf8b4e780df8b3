package agents_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"arbiter/agents"
	"arbiter/dice"
	"arbiter/games"
	"arbiter/games/kuhn"
)

// says answers every question alike.
type says struct {
	move int
	err  error
}

func (s says) Move(context.Context, games.View, rand.Source) (int, error) { return s.move, s.err }

// ofRows is an agent of rows, whose error is that it has none.
type ofRows struct{ says }

func (o ofRows) Row(games.View, []float64) error { return o.err }

// What an agent does wrong is a failure of its match, by the kind it says or by
// what was seen; what is nobody's fault, or that of who seated it, is not.
func TestFailures(t *testing.T) {
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	crash := agents.Failure{Kind: agents.Crash, Text: "exit 3"}
	for name, c := range map[string]struct {
		ctx   context.Context
		agent agents.Agent
		kind  agents.Kind // 0: no failure
		text  string
	}{
		"an error":               {t.Context(), says{0, errors.New("no")}, agents.Resign, "no"},
		"below the moves":        {t.Context(), says{-1, nil}, agents.Illegal, "move -1"},
		"above the moves":        {t.Context(), says{2, nil}, agents.Illegal, "move 2"},
		"a failure":              {t.Context(), says{0, crash}, agents.Crash, "exit 3"},
		"a failure within":       {t.Context(), says{0, fmt.Errorf("bot: %w", crash)}, agents.Crash, "exit 3"},
		"a kind there is not":    {t.Context(), says{0, agents.Failure{Kind: 99, Text: "?"}}, agents.Resign, "?"},
		"no kind":                {t.Context(), says{0, agents.Failure{Text: "?"}}, agents.Resign, "?"},
		"its own deadline":       {t.Context(), says{0, context.DeadlineExceeded}, agents.TimeoutMove, "deadline"},
		"its own cancelling":     {t.Context(), says{0, context.Canceled}, agents.Resign, "canceled"},
		"trembling":              {t.Context(), agents.Trembling(says{0, crash}, 0), agents.Crash, "exit 3"},
		"a context that is done": {done, says{0, context.Canceled}, 0, "canceled"},
		"a failure as it ends":   {done, says{0, crash}, 0, "canceled"},
		"no move as it ends":     {done, says{-1, nil}, 0, "canceled"},
		"no row":                 {t.Context(), ofRows{says{0, errors.New("no row")}}, 0, "no row"},
		"of rows, a failure":     {t.Context(), ofRows{says{0, crash}}, agents.Crash, "exit 3"},
		"a table without a row":  {t.Context(), agents.Always("fold"), 0, `"fold" is not legal`},
	} {
		key := dice.New(1)
		err := agents.Play(c.ctx, g.Start(), false, []agents.Agent{agents.Uniform(), c.agent}, key, key.Sub(0), make([]float64, 2))
		var failed *agents.Failed
		switch is := errors.As(err, &failed); {
		case err == nil || !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), "seat 1"):
			t.Errorf("%s: %v, expected one of seat 1 with %q", name, err, c.text)
		case is != (c.kind != 0):
			t.Errorf("%s: %v, a failure: %v", name, err, is)
		case is && (failed.Kind != c.kind || failed.Seat != 1):
			t.Errorf("%s: %v, expected %v of seat 1", name, failed, c.kind)
		case c.ctx == done && !errors.Is(err, context.Canceled):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Names of kinds are those of results, and numbers those of logs.
func TestKinds(t *testing.T) {
	for i, name := range []string{"resign", "illegal", "timeout_move", "timeout_start", "crash", "closed", "garbage", "protocol", "flood", "resource"} {
		k := agents.Kind(i + 1)
		back, ok := agents.KindOf(name)
		if k.String() != name || !k.Known() || !ok || back != k {
			t.Errorf("kind %d is %v, %v by its name %s", i+1, k, back, name)
		}
	}
	for _, name := range []string{"", "ok", "lost"} {
		if k, ok := agents.KindOf(name); ok {
			t.Errorf("%q is kind %v", name, k)
		}
	}
	if agents.Kind(0).Known() || agents.Kind(11).Known() {
		t.Error("kinds 0 and 11 are known")
	}
}
