package figure

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"arbiter/report/text"
)

// folded is an S: x goes forth to 10, back to 1 and forth to 100, and starts at
// 0, which has no logarithm.
func folded() Plot {
	x := []float64{0, 0.1, 10, 1, 100}
	up := []float64{0.1, 0.1, 0.25, 0.75, 1}
	down := []float64{0.9, 0.9, 0.75, 0.25, 0}
	return Plot{
		Title: "a fold", X: "lambda", Y: "probability", LogX: true,
		Series: []Series{{"0: stag", x, up}, {"0: hare", x, down}, {"1: stag", x, up}},
		Marks:  []Mark{{"fold", 10}, {"fold", 1}},
	}
}

func printed(t *testing.T, p Plot, s text.Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Text(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const goldenUnicode = `a fold
    probability
                fold 1        fold 10
  1 ┤              ┊             ┊         ⣀⠤⠔⠒⠉a
    │              ┊             ┊   ⣀⡠⠤⠒⠊⠉
    │⠉⠑⠒⠒⠤⠤⣀⣀⡀     ┊           ⢀⣀⠤⠒⠊⠉
    │        ⠈⠉⠉⠒⠒⠢⠤⢄⣀⣀  ⢀⣀⠤⠔⠒⠉⠁ ┊
0.8 ┤              ┊⣀⡠⠤⠛⠉⠑⠒⠒⠤⠤⣀⣀⡀┊
    │              ⠹⡀           ⢈⠏
    │              ┊⠈⢆         ⡰⠁┊
    │              ┊  ⠱⡀     ⢀b  ┊
0.6 ┤              ┊   ⠈⢆   ⡰⠁   ┊
    │              ┊     ⠱⣀⠎     ┊
    │              ┊     ⡰⠉⢆     ┊
0.4 ┤              ┊   ⢀⠎   ⠱⡀   ┊
    │              ┊  ⡰⠁     ⠈a  ┊
    │              ┊⢀⠎         ⠱⡀┊
    │              ⣰⠁           ⢈⣆
0.2 ┤              ┊⠉⠑⠒⣤⣀⡠⠤⠤⠒⠒⠉⠉⠁┊
    │        ⢀⣀⣀⠤⠤⠔⠒⠊⠉⠉  ⠈⠉⠒⠢⠤⣀⡀ ┊
    │⣀⡠⠤⠤⠒⠒⠉⠉⠁     ┊           ⠈⠉⠒⠤⢄⣀
    │              ┊             ┊   ⠉⠑⠒⠤⢄⣀
  0 ┤              ┊             ┊         ⠉⠒⠢⠤⣀b
    └┬─────────────┬─────────────┬─────────────┬
    0.1            1            10            100
                       lambda

  a  0: stag   a  1: stag   b  0: hare
`

const goldenASCII = `a fold
    probability
                fold 1        fold 10
  1 +              :             :         aaaaaa
    |              :             :   aaaaaa
    |bbbbbbbbb     :           aaaaaa
    |        bbbbbbbbbb  aaaaaaa :
0.8 +              :aaa***bbbbbbb:
    |              aa           bb
    |              :aa         bb:
    |              :  aa     bb  :
0.6 +              :   aa   bb   :
    |              :     a*b     :
    |              :     b*a     :
0.4 +              :   bb   aa   :
    |              :  bb     aa  :
    |              :bb         aa:
    |              bb           aa
0.2 +              :bbb***aaaaaaa:
    |        aaaaaaaaaa  bbbbbbb :
    |aaaaaaaaa     :           bbbbbb
    |              :             :   bbbbbb
  0 +              :             :         bbbbbb
    ++-------------+-------------+-------------+
    0.1            1            10            100
                       lambda

  a  0: stag   a  1: stag   b  0: hare
  *  several
`

func TestPlotGolden(t *testing.T) {
	for _, c := range []struct {
		style text.Style
		want  string
	}{{text.Style{Width: 50}, goldenUnicode}, {text.Style{Width: 50, ASCII: true}, goldenASCII}} {
		if got := printed(t, folded(), c.style); got != c.want {
			t.Errorf("%+v: found\n%s\nexpected\n%s", c.style, got, c.want)
		}
	}
}

// Every dot a line must have, and no other: a diagonal over the whole chart.
func TestPlotLine(t *testing.T) {
	out := printed(t, Plot{Series: []Series{{X: []float64{0, 1}, Y: []float64{0, 1}}}}, text.Style{Width: 87})
	dots := 0
	for _, r := range out {
		if r >= 0x2800 && r < 0x2900 {
			for bits := r - 0x2800; bits > 0; bits >>= 1 {
				dots += int(bits & 1)
			}
		}
	}
	// gutter 5 ("0.2", a blank, the axis), margin 2: 80 columns of 2 dots, less
	// the cell under the letter within, which hides 2
	if dots != 158 {
		t.Errorf("found %d dots, expected 158\n%s", dots, out)
	}
}

var escape = regexp.MustCompile("\x1b\\[[0-9]*m")

func widest(out string) int {
	w := 0
	for line := range strings.Lines(escape.ReplaceAllString(out, "")) {
		w = max(w, runewidth.StringWidth(strings.TrimSuffix(line, "\n")))
	}
	return w
}

// Random curves, with gaps, over many scales: never wider than the terminal,
// colour changes nothing but colour, ASCII has nothing else.
func TestPlotWidth(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e-310, math.MaxFloat64, -math.MaxFloat64, 1e300, -1e300, 1e-300, -2}
	for width := 1; width <= 200; width++ {
		p := Plot{Title: strings.Repeat("a long title ", r.IntN(20)), X: "x", Y: strings.Repeat("y ", r.IntN(90)), LogX: r.IntN(2) == 0}
		scale, shift := math.Pow(10, r.Float64()*40-20), r.NormFloat64()
		for i := range r.IntN(30) {
			s := Series{Name: fmt.Sprintf("series\n%d %s", i, strings.Repeat("日本", r.IntN(30)))}
			for range r.IntN(40) {
				x, y := r.ExpFloat64()*scale, (shift+r.Float64())*scale
				if r.IntN(30) == 0 {
					x = odd[r.IntN(len(odd))]
				}
				if r.IntN(30) == 0 {
					y = odd[r.IntN(len(odd))]
				}
				s.X, s.Y = append(s.X, x), append(s.Y, y)
			}
			p.Series = append(p.Series, s)
		}
		for range r.IntN(8) {
			p.Marks = append(p.Marks, Mark{"märk", r.ExpFloat64() * scale})
		}
		plain := printed(t, p, text.Style{Width: width})
		if w := widest(plain); w > width {
			t.Fatalf("width %d: a line has %d columns\n%s", width, w, plain)
		}
		if width >= 40 && strings.Contains(plain, "needs ") {
			t.Fatalf("width %d: no chart\n%s", width, plain)
		}
		if colored := printed(t, p, text.Style{Width: width, Color: true}); escape.ReplaceAllString(colored, "") != plain {
			t.Fatalf("width %d: in colour\n%s\nwithout\n%s", width, colored, plain)
		}
		p.Marks, p.Series = nil, append(p.Series, Series{"", []float64{1}, []float64{1}})
		for i := range p.Series {
			p.Series[i].Name = strings.Repeat("name ", 9*i)
		}
		ascii := printed(t, p, text.Style{Width: width, ASCII: true})
		if w := widest(ascii); w > width {
			t.Fatalf("ASCII, width %d: a line has %d columns\n%s", width, w, ascii)
		}
		for _, c := range ascii {
			if c > 126 {
				t.Fatalf("ASCII has %q\n%s", c, ascii)
			}
		}
	}
}

// What degenerate plots say.
func TestPlotDegenerate(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		p   Plot
		has []string
	}{
		"none":         {Plot{}, []string{"nothing to plot"}},
		"empty":        {Plot{Series: []Series{{Name: "a"}}}, []string{"nothing to plot"}},
		"no number":    {Plot{Title: "T", Series: []Series{{"a", []float64{nan, 1}, []float64{1, nan}}}}, []string{"T\n", "nothing to plot"}},
		"only x=0":     {Plot{LogX: true, Series: []Series{{"a", []float64{0}, []float64{1}}}}, []string{"nothing to plot"}},
		"one point":    {Plot{Series: []Series{{"a", []float64{3}, []float64{0}}}}, []string{" 0 ┤", " 3"}},
		"constant":     {Plot{LogX: true, Series: []Series{{"a", []float64{1, 10}, []float64{0.5, 0.5}}}}, []string{"0.5 ┤", "10"}},
		"same decade":  {Plot{LogX: true, Series: []Series{{"a", []float64{3, 3.3}, []float64{0, 1}}}}, []string{"3.1", "3.2"}},
		"zero at most": {Plot{Series: []Series{{"a", []float64{0, 5e-324}, []float64{0, 1}}}}, []string{"0.2 ┤"}},
	} {
		out := printed(t, c.p, text.Style{Width: 80})
		for _, s := range c.has {
			if !strings.Contains(out, s) {
				t.Errorf("%s: expected %q in\n%s", name, s, out)
			}
		}
	}
	bad := Plot{Series: []Series{{"odd one", []float64{1, 2}, []float64{1}}}}
	for _, err := range []error{bad.Text(io.Discard, text.Style{}), bad.File(filepath.Join(t.TempDir(), "a.svg"))} {
		if err == nil || !strings.Contains(err.Error(), `"odd one": found 2 values of x and 1 of y`) {
			t.Errorf("found %v", err)
		}
	}
}

// Of many curves the terminal shows twelve and counts the rest; curves that
// look the same are one.
func TestPlotMany(t *testing.T) {
	var p Plot
	for i := range 15 {
		y := float64(i)
		p.Series = append(p.Series, Series{fmt.Sprint("s", i), []float64{0, 1}, []float64{y, y}})
	}
	p.Series = append(p.Series, Series{"twin", []float64{0, 1}, []float64{2, 2.001}})
	out := printed(t, p, text.Style{Width: 60})
	for _, s := range []string{"3 more curves", "  l  s11", "  c  twin", "  c  s2"} {
		if !strings.Contains(out, s) {
			t.Errorf("expected %q in\n%s", s, out)
		}
	}
	if strings.Contains(out, "s12") {
		t.Errorf("expected no s12 in\n%s", out)
	}
}

// Twelve curves that end in one place: letters fill an eighth of the width, 7 of 56
// columns, the last one with a sign that there are more.
func TestPlotEndsMeet(t *testing.T) {
	var p Plot
	for i := range 12 {
		p.Series = append(p.Series, Series{"", []float64{0, 1}, []float64{float64(i), 0}})
	}
	out := printed(t, p, text.Style{Width: 56})
	if !regexp.MustCompile(`abcdef\+\n`).MatchString(out) {
		t.Errorf("expected abcdef+ at the end of a line in\n%s", out)
	}
}

func TestTicks(t *testing.T) {
	labels := func(a axis) string {
		var out []string
		for _, t := range a.ticks {
			out = append(out, t.label)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		a    axis
		want string
	}{
		{newAxis(0, 1, false, true, 5), "0 0.2 0.4 0.6 0.8 1"},
		{newAxis(0.03, 0.97, false, true, 5), "0 0.2 0.4 0.6 0.8 1"},
		{newAxis(0.03, 0.97, false, false, 5), "0.2 0.4 0.6 0.8"},
		{newAxis(-7, 12, false, true, 5), "-10 -5 0 5 10 15"},
		{newAxis(-1, 2, true, false, 6), "0.1 1 10 100"},
		{newAxis(0, 1, true, false, 6), "1 2 5 10"},
		{newAxis(-9, 9, true, false, 6), "1e-09 1e-06 0.001 1 1000 1000000 1000000000"},
		{newAxis(1e300, 1e300, false, false, 2), "5e+299 1e+300 1.5e+300"},
	} {
		if got := labels(c.a); got != c.want {
			t.Errorf("%g to %g: found %s, expected %s", c.a.lo, c.a.hi, got, c.want)
		}
	}
}

// Files are whole, hold what the plot holds, and are the same when made again.
func TestPlotFile(t *testing.T) {
	dir := t.TempDir()
	p := folded()
	p.Series[1].Name = "0: <hare> & \"co\" \x00\n"
	p.Series = append(p.Series, Series{"a point", []float64{5, math.NaN(), 7}, []float64{0.5, 0, 0.5}})
	twice := func(name string) []byte {
		var first []byte
		for i := range 2 {
			path := filepath.Join(dir, name)
			if err := p.File(path); err != nil {
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
	var words []string
	for d := xml.NewDecoder(bytes.NewReader(twice("a.svg"))); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok {
			words = append(words, strings.Fields(string(c))...)
		}
	}
	all := strings.Join(words, " ") + " "
	for _, s := range []string{"a fold", "lambda", "probability", "0: stag", `0: <hare> & "co"`, "1: stag", "a point", "fold 1 ", "fold 10 ", " 0.1 1 10 100 "} {
		if !strings.Contains(all, s) {
			t.Errorf("svg: expected %q in %s", s, all)
		}
	}
	img, err := png.Decode(bytes.NewReader(twice("b.PNG")))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != 8*144 || size.Y < 5*144 {
		t.Errorf("png: found %v, expected 1152 by 720 or more", size)
	}
	red := 0
	for x := range img.Bounds().Dx() {
		if img.At(x, 300) == (color.RGBA{238, 46, 47, 255}) {
			red++
		}
	}
	if red == 0 {
		t.Error("png: the first curve crosses line 300 nowhere")
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("found %v, expected the two pictures", entries)
	}
}

func TestPlotFileRefused(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		p    Plot
		name string
		want string
	}{
		{folded(), "a.pdf", "ends in .svg or .png"},
		{folded(), "a", "ends in .svg or .png"},
		{Plot{}, "a.svg", "nothing to plot"},
		{folded(), "none/a.svg", "none"},
	} {
		if err := c.p.File(filepath.Join(dir, c.name)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: found %v, expected %q", c.name, err, c.want)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.svg"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := folded().File(filepath.Join(dir, "folder.svg")); err == nil {
		t.Error("a folder was replaced")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

// Odd scales, long names and many marks make pictures too.
func TestPlotFileOdd(t *testing.T) {
	dir := t.TempDir()
	var many Plot
	for i := range 40 {
		many.Series = append(many.Series, Series{strings.Repeat("long ", i), []float64{-1e300, 1e300}, []float64{float64(i), -1e300}})
		many.Marks = append(many.Marks, Mark{"m", float64(i)})
	}
	point := Plot{LogX: true, Series: []Series{{"", []float64{1e-299}, []float64{0}}}}
	for name, p := range map[string]Plot{"many.svg": many, "point.svg": point, "point.png": point} {
		if err := p.File(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// A NaN breaks the curve: nothing is drawn between its neighbours.
func TestPlotGap(t *testing.T) {
	out := printed(t, Plot{Series: []Series{{"a", []float64{0, 1, 2, 3, 4}, []float64{0, 0, math.NaN(), 0, 0}}}}, text.Style{Width: 60, ASCII: true})
	if !regexp.MustCompile(`a{5,} {5,}a{5,}`).MatchString(out) {
		t.Errorf("found\n%s", out)
	}
}
