package figure

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func drawn(t *testing.T, h Heat, name string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	var first []byte
	for i := range 2 {
		if err := h.File(path); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 && !bytes.Equal(first, body) {
			t.Errorf("%s: other bytes the second time", name)
		}
		first = body
	}
	return first
}

var filled = regexp.MustCompile(`<path d="M([\d.]+),([\d.]+)L[^"]*" style="fill:(#[0-9A-F]{6})" />`)

// boxes of a picture that are not white, in the order drawn: colour, left and lower end.
func boxes(t *testing.T, h Heat) (colours []string, x, y []float64) {
	t.Helper()
	for _, m := range filled.FindAllStringSubmatch(string(drawn(t, h, "a.svg")), -1) {
		if m[3] == "#FFFFFF" {
			continue
		}
		left, _ := strconv.ParseFloat(m[1], 64)
		low, _ := strconv.ParseFloat(m[2], 64)
		colours, x, y = append(colours, m[3]), append(x, left), append(y, low)
	}
	return colours, x, y
}

// The colours of known numbers, each where its places are: the least is the darkest,
// the most the lightest, and panels share the scale.
func TestHeatCells(t *testing.T) {
	h := Heat{
		Title: "known numbers", X: "length (m)", Y: "mass (kg)", Value: "payoff",
		Xs: []float64{.7, 1, 1.3}, Ys: []float64{.5, 1.5},
		Panels: []Panel{
			{"one", [][]float64{{0, 1, 2}, {3, 4, math.NaN()}}},
			{"two", [][]float64{{4, 3, 2}, {math.Inf(1), 1, 0}}},
		},
	}
	colours, x, y := boxes(t, h)
	const d0, d1, d2, d3, d4, none = "#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725", "#C8C8C8"
	want := []string{d0, d1, d2, d3, d4, none, d4, d3, d2, none, d1, d0}
	if len(colours) != len(want)+scaleSteps {
		t.Fatalf("found %d boxes, expected %d and the scale", len(colours), len(want))
	}
	if fmt.Sprint(colours[:12]) != fmt.Sprint(want) {
		t.Errorf("found %v, expected %v", colours[:12], want)
	}
	for i := range 12 {
		if i%3 > 0 && !(x[i] > x[i-1] && y[i] == y[i-1]) {
			t.Errorf("box %d is not at the right of the one before", i)
		}
		if i%6 > 2 && !(y[i] > y[i-3] && x[i] == x[i-3]) {
			t.Errorf("box %d is not above that of the row below", i)
		}
		if i > 5 && !(x[i] > x[2] && y[i] == y[i-6]) {
			t.Errorf("box %d is not in a panel at the right of the first", i)
		}
	}
	text := string(drawn(t, h, "a.svg"))
	for _, s := range []string{">known numbers<", ">length (m)<", ">mass (kg)<", ">payoff<", ">one<", ">two<", ">0.7<", ">1.3<", ">1.5<", ">4<", ">grey: no value<"} {
		if !strings.Contains(text, s) {
			t.Errorf("expected %s in the picture", s)
		}
	}
	h.Panels = []Panel{{"one", [][]float64{{0, 1, 2}, {3, 4, 5}}}}
	if strings.Contains(string(drawn(t, h, "a.svg")), "grey") {
		t.Error("grey is spoken of where all have values")
	}
	img, err := png.Decode(bytes.NewReader(drawn(t, h, "b.PNG")))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range img.Bounds().Dx() {
		for j := range img.Bounds().Dy() {
			r, g, b, _ := img.At(i, j).RGBA()
			seen[fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)] = true
		}
	}
	if !seen[d0] || !seen[d4] {
		t.Error("png: expected the colours of the least and the most")
	}
}

// A map of one value, one of one place, and numbers of any size have a picture.
func TestHeatDegenerate(t *testing.T) {
	for name, c := range map[string]struct {
		cells [][]float64
		want  string
	}{
		"one value": {[][]float64{{7, 7}, {7, 7}}, "[#21918C #21918C #21918C #21918C]"},
		"zero":      {[][]float64{{0}}, "[#21918C]"},
		"huge":      {[][]float64{{-1e300, 1e300}}, "[#440154 #FDE725]"},
		"infinite":  {[][]float64{{math.Inf(-1), 0}, {1, math.MaxFloat64}}, "[#C8C8C8 #440154 #FDE725 #C8C8C8]"},
	} {
		h := Heat{Xs: make([]float64, len(c.cells[0])), Ys: make([]float64, len(c.cells)), Panels: []Panel{{"", c.cells}}}
		colours, _, _ := boxes(t, h)
		if got := fmt.Sprint(colours[:len(h.Xs)*len(h.Ys)]); got != c.want {
			t.Errorf("%s: found %s, expected %s", name, got, c.want)
		}
	}
}

// Seven maps stand in three rows.
func TestHeatMany(t *testing.T) {
	h := Heat{Xs: []float64{0}, Ys: []float64{0}}
	for i := range 7 {
		h.Panels = append(h.Panels, Panel{strings.Repeat("name ", 9*i), [][]float64{{float64(i)}}})
	}
	_, x, y := boxes(t, h)
	if x[0] != x[3] || x[3] != x[6] || !(x[0] < x[1] && x[1] < x[2]) || y[0] != y[2] || !(y[0] > y[3] && y[3] > y[6]) {
		t.Errorf("found boxes at %v, %v", x[:7], y[:7])
	}
}

func TestHeatRefused(t *testing.T) {
	dir := t.TempDir()
	good := Heat{Xs: []float64{0}, Ys: []float64{0}, Panels: []Panel{{"a", [][]float64{{1}}}}}
	with := func(cells ...[]float64) Heat {
		h := good
		h.Panels = []Panel{{"odd", cells}}
		return h
	}
	for _, c := range []struct {
		h          Heat
		name, want string
	}{
		{good, "a.pdf", "ends in .svg or .png"},
		{good, "a", "ends in .svg or .png"},
		{Heat{}, "a.svg", "nothing to plot"},
		{with([]float64{math.NaN()}), "a.svg", "nothing to plot"},
		{with([]float64{1, 2}), "a.svg", `"odd": found 2 cells in row 0, expected 1`},
		{with(), "a.svg", `"odd": found 0 rows, expected 1`},
		{good, "none/a.svg", "none"},
	} {
		if err := c.h.File(filepath.Join(dir, c.name)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: found %v, expected %q", c.name, err, c.want)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}
