package figure

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// point of a curve, in the coordinates of the axes.
type point struct{ x, y float64 }

// axis of a plot: the range shown, in decades if it is logarithmic, and ticks
// inside it.
type axis struct {
	lo, hi float64
	ticks  []tick
}

type tick struct {
	at    float64 // in the coordinates of the axis
	label string
}

// part is where v lies: 0 at the low end, 1 at the high one.
func (a axis) part(v float64) float64 { return (v - a.lo) / (a.hi - a.lo) }

// Values beyond huge are skipped as infinite and those under tiny are 0, so
// that no range over- or underflows; a range relatively smaller than narrow is
// one value.
const (
	huge   = 1e300
	tiny   = 1e-300
	narrow = 1e-8
)

// coordinate of a value on an axis; false if it has none.
func coordinate(v float64, log bool) (float64, bool) {
	switch {
	case math.IsNaN(v) || math.Abs(v) > huge || log && v < tiny:
		return 0, false
	case log:
		return math.Log10(v), true
	case math.Abs(v) < tiny:
		return 0, true
	}
	return v, true
}

// newAxis shows lo to hi with about n ticks; outward moves the ends to ticks.
func newAxis(lo, hi float64, log, outward bool, n int) axis {
	if hi-lo <= narrow*max(math.Abs(lo), math.Abs(hi)) {
		pad := max(math.Abs(lo), math.Abs(hi)) / 2
		if pad == 0 || log {
			pad = 0.5
		}
		lo, hi = lo-pad, hi+pad
	}
	if log {
		return axis{lo, hi, logTicks(lo, hi, n)}
	}
	step := roundStep((hi - lo) / float64(n))
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	if outward {
		first, last = math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
		lo, hi = min(lo, first*step), max(hi, last*step)
	}
	a := axis{lo: lo, hi: hi}
	for i := first; i <= last; i++ {
		a.ticks = append(a.ticks, tick{i * step, decimal(i * step)})
	}
	return a
}

// logTicks are powers of ten, some left out if there are many; within two
// decades also 2 and 5 times these, within a third of one round values.
func logTicks(lo, hi float64, n int) (out []tick) {
	add := func(v float64) {
		if u := math.Log10(v); u >= lo-1e-9 && u <= hi+1e-9 {
			out = append(out, tick{u, decimal(v)})
		}
	}
	if hi-lo < 1./3 {
		for _, t := range newAxis(math.Pow(10, lo), math.Pow(10, hi), false, false, n).ticks {
			if t.at > 0 {
				add(t.at)
			}
		}
		return out
	}
	every := max(1, int(math.Ceil((hi-lo)/float64(n))))
	factors := []float64{1}
	if hi-lo <= 2 {
		factors = []float64{1, 2, 5}
	}
	for d := int(math.Floor(lo)); float64(d) <= hi; d++ {
		if d%every != 0 {
			continue
		}
		for _, f := range factors {
			add(f * math.Pow10(d))
		}
	}
	return out
}

// roundStep is the least of 1, 2 and 5 times a power of ten that is not below x.
func roundStep(x float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, f := range []float64{1, 2, 5} {
		if x <= f*unit*(1+1e-9) {
			return f * unit
		}
	}
	return 10 * unit
}

// drawing is a plot in the coordinates of its axes.
type drawing struct {
	title, xName, yName string
	x, y                axis
	curves              [][][]point // [series][piece][point]; pieces end where points are skipped
	names               []string    // [series]
	same                []int       // [series] the first series that looks the same, or itself
	marks               []markAt    // by place
}

type markAt struct {
	at   float64
	text string
}

// draw finds coordinates and axes; false if there is nothing to plot.
func (p Plot) draw() (d drawing, some bool, err error) {
	d = drawing{title: printable(p.Title), xName: printable(p.X), yName: printable(p.Y)}
	xlo, xhi, ylo, yhi := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range p.Series {
		if len(s.X) != len(s.Y) {
			return d, false, fmt.Errorf("plot: series %q: found %d values of x and %d of y, expected as many", s.Name, len(s.X), len(s.Y))
		}
		var pieces [][]point
		gap := true
		for i := range s.X {
			x, okX := coordinate(s.X[i], p.LogX)
			y, okY := coordinate(s.Y[i], false)
			if !okX || !okY {
				gap = true
				continue
			}
			if gap {
				pieces, gap = append(pieces, nil), false
			}
			last := len(pieces) - 1
			pieces[last] = append(pieces[last], point{x, y})
			xlo, xhi, ylo, yhi = min(xlo, x), max(xhi, x), min(ylo, y), max(yhi, y)
		}
		if pieces != nil {
			d.curves, d.names = append(d.curves, pieces), append(d.names, printable(s.Name))
		}
	}
	if d.curves == nil {
		return d, false, nil
	}
	for _, m := range p.Marks {
		if x, ok := coordinate(m.X, p.LogX); ok {
			d.marks = append(d.marks, markAt{x, strings.TrimSpace(fmt.Sprintf("%s %.4g", printable(m.Name), m.X))})
			xlo, xhi = min(xlo, x), max(xhi, x)
		}
	}
	slices.SortStableFunc(d.marks, func(a, b markAt) int { return cmp.Compare(a.at, b.at) })
	d.x, d.y = newAxis(xlo, xhi, p.LogX, false, 6), newAxis(ylo, yhi, false, true, 5)
	for i := range d.curves {
		first := 0
		for !d.alike(first, i) {
			first++
		}
		d.same = append(d.same, first)
	}
	return d, true, nil
}

// alike tells if no eye could tell two curves apart: their points, one by one,
// are within 1/400 of the axes.
func (d *drawing) alike(i, j int) bool {
	a, b := d.curves[i], d.curves[j]
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if len(a[k]) != len(b[k]) {
			return false
		}
		for n, p := range a[k] {
			q := b[k][n]
			if max(math.Abs(d.x.part(p.x)-d.x.part(q.x)), math.Abs(d.y.part(p.y)-d.y.part(q.y))) > 1./400 {
				return false
			}
		}
	}
	return true
}

// printable text has no control characters, which would break lines and XML.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "?"))
}

// decimal prints a number without trailing noise.
func decimal(x float64) string { return strconv.FormatFloat(x, 'g', 10, 64) }
