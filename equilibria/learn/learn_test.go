package learn_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"arbiter/equilibria"
	"arbiter/equilibria/learn"
	"arbiter/equilibria/solvertest"
	"arbiter/games/flat"
	"arbiter/games/leduc"
)

// NashConv and value of the averages of an independent implementation. Late
// iterations of CFR+ on Leduc magnify rounding: two right programs differ there.
func TestLearnAgainstReference(t *testing.T) {
	k, l := solvertest.Kuhn(t), solvertest.Compile(t, leduc.New())
	for _, c := range []struct {
		b               *flat.Board
		kind            string
		iterations      int
		nashConv, value float64
		off             float64
	}{
		{k, "cfr", 1, 0.9166666666666665, 0.12500000000000003, 1e-9},
		{k, "cfr", 100, 0.01645195463183058, -0.05614724147718669, 1e-9},
		{k, "cfr+", 1, 0.9166666666666665, 0.12500000000000003, 1e-9},
		{k, "cfr+", 10, 0.06537418133668971, -0.058724911551706616, 1e-9},
		{k, "cfr+", 100, 0.0023888082022234247, -0.055584006549269316, 1e-9},
		{k, "cfr+", 1000, 0.00017473064504158753, -0.05555591758265188, 1e-9},
		{l, "cfr", 1, 4.747222222222222, -0.078125, 1e-9},
		{l, "cfr", 10, 1.7771579663375383, -0.4448309409352176, 1e-9},
		{l, "cfr", 100, 0.19143270600919524, -0.11397530306764395, 1e-9},
		{l, "cfr+", 10, 1.220877803180813, -0.35527380509979445, 1e-9},
		{l, "cfr+", 100, 0.026831989941795614, -0.08463279890413533, 1e-9},
		{l, "cfr+", 1000, 0.0005143032323125241, -0.08559348545977308, 1e-4},
	} {
		s, err := learn.Run(context.Background(), c.b, c.kind, learn.Options{Limits: equilibria.Limits{Iterations: c.iterations}})
		if err != nil {
			t.Fatal(err)
		}
		e := c.b.Evaluate(s.Policy)
		if math.Abs(e.NashConv-c.nashConv) > c.off || math.Abs(e.Values[0]-c.value) > c.off {
			t.Errorf("%s on %s, %d iterations: NashConv %.16g, value %.16g, expected %.16g, %.16g", c.kind, c.b.Info().Name, c.iterations, e.NashConv, e.Values[0], c.nashConv, c.value)
		}
		if last := s.Curve[len(s.Curve)-1]; last.Iteration != c.iterations || last.NashConv != e.NashConv || s.Status != equilibria.AtLimit {
			t.Errorf("%s: the curve ends with %+v, status %s", c.kind, last, s.Status)
		}
	}
}

// Every member comes close, to the value that a linear programme has.
func TestLearnConverges(t *testing.T) {
	for _, c := range []struct {
		b     *flat.Board
		value float64
		gap   float64
	}{{solvertest.Kuhn(t), -1. / 18, 1e-3}, {solvertest.Compile(t, leduc.New()), -0.085606424078, 2e-2}} {
		for _, learner := range learn.Methods()[:5] {
			kind, gap := learner.Name, c.gap
			if kind == "fictitious-play" { // converges too slowly for more
				if gap = .02; c.gap > 1e-3 {
					continue
				}
			}
			s, err := learn.Run(context.Background(), c.b, kind, learn.Options{Limits: equilibria.Limits{Iterations: 100_000, Tolerance: gap / c.b.Scales()[0].Range}})
			if err != nil || s.Status != equilibria.Converged {
				t.Fatalf("%s: %s after %d iterations, %v", kind, s.Status, s.Iterations, err)
			}
			if e := c.b.Evaluate(s.Policy); e.NashConv > gap || math.Abs(e.Values[0]-c.value) > gap {
				t.Errorf("%s on %s: NashConv %g, value %g, expected at most %g and %g", kind, c.b.Info().Name, e.NashConv, e.Values[0], gap, c.value)
			}
			t.Logf("%-6s %s: NashConv %g after %d iterations", kind, c.b.Info().Name, gap, s.Iterations)
		}
	}
}

func TestLearnEnds(t *testing.T) {
	b := solvertest.Kuhn(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s, err := learn.Run(ctx, b, "cfr+", learn.Options{Limits: equilibria.Limits{Iterations: 10}})
	if !errors.Is(err, context.Canceled) || len(s.Policy) != 2 {
		t.Errorf("cancelled: %v with %d policies, expected both", err, len(s.Policy))
	}
	for _, l := range []equilibria.Limits{{}, {Iterations: -1}, {Iterations: 1, Tolerance: -1}, {Iterations: 1, Tolerance: math.NaN()}} {
		if _, err := learn.Run(context.Background(), b, "cfr+", learn.Options{Limits: l}); err == nil {
			t.Errorf("%+v passed", l)
		}
	}
	if _, err := learn.Run(context.Background(), b, "cfr++", learn.Options{Limits: equilibria.Limits{Iterations: 1}}); err == nil {
		t.Error("cfr++ passed")
	}
}

// From nothing, compiling included, to a gap.
func BenchmarkLeducFromNothing(b *testing.B) {
	for _, learner := range learn.Methods()[1:4] {
		for _, gap := range []struct {
			name string
			x    float64
		}{{"1e-3", 1e-3}, {"1e-4", 1e-4}} {
			b.Run(learner.Name+"/"+gap.name, func(b *testing.B) {
				for b.Loop() {
					s, err := learn.Run(context.Background(), solvertest.Compile(b, leduc.New()), learner.Name, learn.Options{Limits: equilibria.Limits{Iterations: 100_000, Tolerance: gap.x / 26}})
					if err != nil || s.Status != equilibria.Converged {
						b.Fatal(s.Status, err)
					}
					b.ReportMetric(float64(s.Iterations), "iterations")
				}
			})
		}
	}
}

func BenchmarkEvaluateLeduc(b *testing.B) {
	l := solvertest.Compile(b, leduc.New())
	p := learn.CFR(l, 10)
	for b.Loop() {
		l.Evaluate(p)
	}
}
