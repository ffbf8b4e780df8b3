package pointmass

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"arbiter/games/gametest"
)

var usual = Physics{Force: .8, Mass: 1, Friction: .5}

func TestTrace(t *testing.T) {
	var data struct {
		Traces struct {
			Pointmass struct {
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
	want := data.Traces.Pointmass
	m := mass{usual, []float64{-.8, 0, .8}, 1}
	x, sum, done, over := append([]float64(nil), want.Initial...), 0., 0, false
	for _, row := range want.Rows {
		for ; done < row.Step; done++ {
			push := [][2]float64{{0, 1}, {0, 1}, {-.5, 1}}[done%3]
			var r float64
			r, over = m.push(x, push[0], push[1], m.winds[done/5%3])
			sum += r
		}
		for i, v := range row.State {
			if math.Abs(x[i]-v) > 1e-12 {
				t.Errorf("step %d: state %v, expected %v", done, x, row.State)
			}
		}
		if math.Abs(sum-row.Reward) > 1e-12 || over != row.Done {
			t.Errorf("step %d: %.15g paid, over %v, expected %.15g, %v", done, sum, over, row.Reward, row.Done)
		}
	}
	if done != 120 {
		t.Errorf("%d steps were compared", done)
	}
}

// Outside of the gap the wall holds from both sides, at the place where it is met;
// in the gap it does not, and the goal ends the match for nothing.
func TestWall(t *testing.T) {
	m := mass{usual, []float64{-.8, 0, .8}, 1}
	for _, c := range []struct{ from, to [4]float64 }{
		{[4]float64{1, 0, -.005, 1}, [4]float64{1, 0, -wall, 0}},
		{[4]float64{1, .5, .005, -1}, [4]float64{1.0025, .5, wall, 0}},
		{[4]float64{.4, 0, -.005, 1}, [4]float64{.4, 0, .005, .995}},
		{[4]float64{1.995, 1, 1, 0}, [4]float64{2, 0, 1, 0}},
		{[4]float64{0, 0, -1.995, -1}, [4]float64{0, 0, -2, 0}},
	} {
		x := c.from
		m.substep(x[:], 0, 0)
		for i := range x {
			if math.Abs(x[i]-c.to[i]) > 1e-12 {
				t.Errorf("from %v to %v, expected %v", c.from, x, c.to)
				break
			}
		}
	}
	x := []float64{0, 0, 1.42, 0}
	if r, over := m.Step(x, 4, 1); r != 0 || !over {
		t.Errorf("at the goal: paid %g, over %v", r, over)
	}
	// The wind blows where it is said to.
	for y, blows := range map[float64]bool{-1.01: false, -1: true, -.5: true, 0: true, .01: false} {
		x := []float64{0, 0, y, 0}
		m.Step(x, 4, 2)
		if (x[1] != 0) != blows {
			t.Errorf("at y = %g the wind makes a speed of %g", y, x[1])
		}
	}
}

func TestContract(t *testing.T) {
	for _, p := range []Physics{usual, {Force: 10, Mass: .6, Friction: .1}} {
		g, err := New("point_mass", p, 200, .99)
		if err != nil {
			t.Fatal(err)
		}
		gametest.Run(t, g)
	}
}
