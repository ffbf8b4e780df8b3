package cartpole

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"arbiter/games/gametest"
)

var usual = Physics{Force: .15, Cart: 1, Pole: .1, Length: .5}

// A pole that is balanced doubles a difference every nine steps, nine millionfold in
// 200. There the row is itself 1.1e-9 from what the rules come to in 50 digits (5e-13
// at step 100), so that it cannot be asked for to the last digit.
const amplified = 2e-9

func TestTrace(t *testing.T) {
	var data struct {
		Traces struct {
			Cartpole struct {
				Initial []float64
				Rows    []struct {
					Step   int
					State  []float64
					Reward float64 `json:"cumulative_reward"`
					Done   bool
				}
			}
		}
	}
	body, err := os.ReadFile("../../testdata/environments.json")
	if err == nil {
		err = json.Unmarshal(body, &data)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := data.Traces.Cartpole
	g, err := New("cart_pole", usual, 500, .98)
	if err != nil {
		t.Fatal(err)
	}
	x, sum, done, over := append([]float64(nil), want.Initial...), 0., 0, false
	for _, row := range want.Rows {
		for ; done < row.Step; done++ {
			u := 0
			if x[2]+.3*x[3]+.05*x[0]+.1*x[1] > 0 {
				u = 2
			}
			var r float64
			r, over = g.Step(x, u, done/7%3)
			sum += r
		}
		tolerance := 1e-12
		if row.Step == 200 {
			tolerance = amplified
		}
		for i, v := range row.State {
			if math.Abs(x[i]-v) > tolerance {
				t.Errorf("step %d: state %v, expected %v", done, x, row.State)
			}
		}
		if math.Abs(sum-row.Reward) > 1e-12 || over != row.Done {
			t.Errorf("step %d: %.15g paid, over %v, expected %.15g, %v", done, sum, over, row.Reward, row.Done)
		}
	}
	if done != 200 {
		t.Errorf("%d steps were compared", done)
	}
}

// The step that fails pays nothing, by the place and by the angle, either way.
func TestFailing(t *testing.T) {
	g, err := New("cart_pole", usual, 500, .98)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range [][]float64{{2.39, 1, 0, 0}, {-2.39, -1, 0, 0}, {0, 0, .2094, .1}, {0, 0, -.2094, -.1}} {
		if r, over := g.Step(x, 1, 1); r != 0 || !over {
			t.Errorf("at %v: paid %g, over %v", x, r, over)
		}
	}
	if r, over := g.Step([]float64{2.39, .1, .208, 0}, 1, 1); r != 1 || over {
		t.Errorf("within the limits: paid %g, over %v", r, over)
	}
}

func TestContract(t *testing.T) {
	for _, p := range []Physics{usual, {Force: 10, Cart: .5, Pole: .5, Length: .25}} {
		g, err := New("cart_pole", p, 500, .98)
		if err != nil {
			t.Fatal(err)
		}
		gametest.Run(t, g)
	}
}
