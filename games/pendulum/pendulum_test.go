package pendulum

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"arbiter/games/gametest"
)

// trace is a run of moves by rule, from testdata/environments.json.
type trace struct {
	Initial []float64
	Rows    []struct {
		Step   int
		State  []float64
		Reward float64 `json:"cumulative_reward"`
	}
}

func read(t *testing.T, into any) {
	t.Helper()
	body, err := os.ReadFile("../../testdata/environments.json")
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var usual = Physics{Force: .8, Mass: 1, Length: 1}

func TestTrace(t *testing.T) {
	var data struct{ Traces struct{ Pendulum trace } }
	read(t, &data)
	want := data.Traces.Pendulum
	g, err := New("pendulum", usual, 200, .97)
	if err != nil {
		t.Fatal(err)
	}
	x, sum, done := append([]float64(nil), want.Initial...), 0., 0
	for _, row := range want.Rows {
		for ; done < row.Step; done++ {
			r, over := g.Step(x, 3*done%5, done/4%3)
			if sum += r; over {
				t.Fatalf("step %d ends", done+1)
			}
		}
		for i, v := range row.State {
			if math.Abs(x[i]-v) > 1e-12 {
				t.Errorf("step %d: state %v, expected %v", done, x, row.State)
			}
		}
		if math.Abs(sum-row.Reward) > 1e-12 {
			t.Errorf("step %d: %.15g paid, expected %.15g", done, sum, row.Reward)
		}
	}
	if done != 100 {
		t.Errorf("%d steps were compared", done)
	}
}

// An angle is in [-π, π) whatever is added to it, and the same direction.
func TestWrap(t *testing.T) {
	for _, x := range []float64{0, 3, -3, math.Pi, -math.Pi, math.Nextafter(-math.Pi, -4), math.Nextafter(math.Pi, 4), 7, -7, 100} {
		y := wrap(x)
		if !(y >= -math.Pi && y < math.Pi) || math.Abs(math.Sin(x)-math.Sin(y)) > 1e-13 || math.Abs(math.Cos(x)-math.Cos(y)) > 1e-13 {
			t.Errorf("%g is wrapped to %g", x, y)
		}
	}
}

func TestContract(t *testing.T) {
	for _, p := range []Physics{usual, {Force: 1.4, Mass: .5, Length: .7, Damping: .1}} {
		g, err := New("pendulum", p, 200, .97)
		if err != nil {
			t.Fatal(err)
		}
		gametest.Run(t, g)
	}
}
