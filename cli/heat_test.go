package cli_test

import (
	"os"
	"strings"
	"testing"
)

// A comparison and one training draw their maps; other names, and a comparison
// without maps, are refused before anything is learned.
func TestMapsAreDrawn(t *testing.T) {
	t.Chdir(t.TempDir())
	wind := []string{"train", "qarl", "wind_grid", "--mode", "sampled", "--iterations", "2"}
	compare := append(wind[:len(wind):len(wind)], "--compare", "none", "--seeds", "2")
	for _, c := range []struct {
		args  []string
		cells int
		has   []string
	}{
		{append(compare[:len(compare):len(compare)], "--map", "3", "--plot-file", "two.svg"), 18, []string{">p_wind<", ">slip<", ">none<", ">payoff of player 0, discounted<"}},
		{append(wind[:len(wind):len(wind)], "--algorithm", "rarl", "--map", "2", "--plot-file", "two.svg"), 4, []string{">p_wind<", ">slip<", ">rarl, seed 1<"}},
	} {
		code, out, errs := run(c.args...)
		if code != 0 || !strings.Contains(out, "down: p_wind") {
			t.Errorf("%v: exit %d, %s\n%s", c.args, code, errs, out)
		}
		body, err := os.ReadFile("two.svg")
		if err != nil {
			t.Fatal(err)
		}
		// but for the white of the page, of panels and of the scale, and its 64 steps
		panels := 1 + c.cells/18
		if got := strings.Count(string(body), `style="fill:#`) - 2 - panels - 64; got != c.cells {
			t.Errorf("%v: found %d cells, expected %d", c.args, got, c.cells)
		}
		for _, s := range c.has {
			if !strings.Contains(string(body), s) {
				t.Errorf("%v: expected %s in the picture", c.args, s)
			}
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{append(compare[:len(compare):len(compare)], "--map", "3", "--plot-file", "a.pdf"), "ends in .svg or .png"},
		{append(wind[:len(wind):len(wind)], "--plot-file", "a.pdf"), "ends in .svg or .png"},
		{append(compare[:len(compare):len(compare)], "--plot-file", "a.svg"), "--map"},
	} {
		if code, out, errs := run(c.args...); code != 2 || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit %d, %q, expected %q", c.args, code, errs, c.want)
		}
	}
	if entries, _ := os.ReadDir("."); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}
