package figure

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"arbiter/internal/files"
)

// Heat is a picture of maps: a colour a place, on one scale for all. Cells that are
// NaN, infinite or beyond 1e300 have no value and are grey.
type Heat struct {
	Title       string    // above all
	X, Y, Value string    // the names of the axes and of what is on the scale, with units
	Xs, Ys      []float64 // the places, in the order of cells; Y grows upward
	Panels      []Panel   // in this order, side by side
}

// Panel is one map.
type Panel struct {
	Name  string      // above it
	Cells [][]float64 // [y][x]
}

const (
	panelSide  = 3.2 * vg.Inch
	panelsWide = 3 // side by side
	scaleWide  = 1.1 * vg.Inch
	titleHigh  = 30 * vg.Length(1)
	panelName  = 36 // columns
	scaleSteps = 64
)

var (
	noValue = color.RGBA{200, 200, 200, 255}
	// warm are the colours from the least to the most: ever lighter, so that they
	// are in order in grey, too.
	warm = []color.RGBA{{68, 1, 84, 255}, {59, 82, 139, 255}, {33, 145, 140, 255}, {94, 201, 98, 255}, {253, 231, 37, 255}}
)

// colourAt is the colour of a part of the scale, 0 to 1.
func colourAt(part float64) color.RGBA {
	at := min(max(part, 0), 1) * float64(len(warm)-1)
	i := min(int(at), len(warm)-2)
	mix := func(a, b uint8) uint8 {
		return uint8(math.Round(float64(a) + (at-float64(i))*(float64(b)-float64(a))))
	}
	a, b := warm[i], warm[i+1]
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// Ending is that of a file of a picture, in small letters. The error tells of one that
// no picture has.
func Ending(path string) (string, error) {
	ending := strings.ToLower(filepath.Ext(path))
	if !slices.Contains(PlotEndings, ending) {
		return "", fmt.Errorf("plot: file %q: expected a name that ends in %s", path, strings.Join(PlotEndings, " or "))
	}
	return ending, nil
}

// scale checks the cells and is the axis of their values; none says if some cell has
// no value.
func (h Heat) scale() (a axis, none bool, err error) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range h.Panels {
		if len(p.Cells) != len(h.Ys) {
			return a, false, fmt.Errorf("map %q: found %d rows, expected %d", p.Name, len(p.Cells), len(h.Ys))
		}
		for y, row := range p.Cells {
			if len(row) != len(h.Xs) {
				return a, false, fmt.Errorf("map %q: found %d cells in row %d, expected %d", p.Name, len(row), y, len(h.Xs))
			}
			for _, v := range row {
				if v, ok := coordinate(v, false); ok {
					lo, hi = min(lo, v), max(hi, v)
				} else {
					none = true
				}
			}
		}
	}
	if lo > hi {
		return a, none, fmt.Errorf("nothing to plot, no cell has a finite value")
	}
	return newAxis(lo, hi, false, false, 5), none, nil
}

// File writes the maps as a picture, of the kind the ending of the path tells, with
// three side by side at most and the scale at their right. It writes a whole file or
// none, and the same bytes for the same maps. Errors: another ending, no cell with a
// finite value, cells that are not as many as the places, the disk.
func (h Heat) File(path string) error {
	ending, err := Ending(path)
	if err != nil {
		return err
	}
	scale, none, err := h.scale()
	if err != nil {
		return fmt.Errorf("plot: file %q: %w", path, err)
	}
	across := min(len(h.Panels), panelsWide)
	down := (len(h.Panels) + across - 1) / across
	width := panelSide*vg.Length(across) + scaleWide + 2*plotPadding
	height := panelSide*vg.Length(down) + titleHigh + 2*plotPadding
	var sized vg.CanvasSizer
	var canvas vg.CanvasWriterTo
	if ending == ".svg" {
		c := vgsvg.New(width, height)
		sized, canvas = c, c
	} else {
		c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(144))}
		sized, canvas = c, c
	}
	all := draw.New(sized)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	part := func(x, y, w, h vg.Length) draw.Canvas {
		return draw.Canvas{Canvas: all.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + w, Y: y + h}}}
	}
	for i, p := range h.Panels {
		x, y := panelSide*vg.Length(i%across), panelSide*vg.Length(down-1-i/across)
		h.panel(p, scale).Draw(part(plotPadding+x, plotPadding+y, panelSide-plotPadding, panelSide-plotPadding))
	}
	bar := plot.New()
	bar.HideX()
	bar.X.Min, bar.X.Max, bar.Y.Min, bar.Y.Max = 0, 1, scale.lo, scale.hi
	bar.Y.Tick.Marker = constant(scale)
	bar.Y.Label.Text, bar.Y.Label.Padding = printable(h.Value), 4
	bar.Add(strip(scale))
	top := plotPadding + panelSide*vg.Length(down-1)
	bar.Draw(part(width-plotPadding-scaleWide, top+20, scaleWide, panelSide-plotPadding-20))
	style := bar.Title.TextStyle
	style.Font.Size, style.XAlign, style.YAlign = 9, text.XRight, text.YBottom
	if none {
		all.FillText(style, vg.Point{X: width - plotPadding, Y: top}, "grey: no value")
	}
	style.Font.Size, style.XAlign, style.YAlign = 12, text.XCenter, text.YTop
	all.FillText(style, vg.Point{X: width / 2, Y: height - plotPadding}, short(h.Title, int(width/6)))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return fmt.Errorf("plot: file %q: %w", path, err)
	}
	return files.Write(path, b.Bytes())
}

func short(name string, columns int) string {
	return runewidth.Truncate(printable(name), columns, "…")
}

// panel is one map with its axes, which count places and are labelled with numbers.
func (h Heat) panel(p Panel, scale axis) *plot.Plot {
	out := plot.New()
	out.Title.Text, out.Title.Padding = short(p.Name, panelName), 6
	out.X.Label.Text, out.Y.Label.Text = printable(h.X), printable(h.Y)
	out.X.Min, out.X.Max, out.Y.Min, out.Y.Max = -.5, float64(len(h.Xs))-.5, -.5, float64(len(h.Ys))-.5
	out.X.Padding, out.Y.Padding = 0, 0
	out.X.Tick.Marker, out.Y.Tick.Marker = places(h.Xs), places(h.Ys)
	out.Add(coloured{p.Cells, scale})
	return out
}

// places are about six of the numbers, evenly.
func places(at []float64) plot.ConstantTicks {
	var out plot.ConstantTicks
	for i := 0; i < len(at); i += max(1, (len(at)+3)/5) {
		out = append(out, plot.Tick{Value: float64(i), Label: strconv.FormatFloat(at[i], 'g', 4, 64)})
	}
	return out
}

// coloured cells of a panel, row by row, the lowest first.
type coloured struct {
	cells [][]float64
	scale axis
}

// Plot implements plot.Plotter.
func (m coloured) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	for y, row := range m.cells {
		for x, v := range row {
			fill := noValue
			if v, ok := coordinate(v, false); ok {
				fill = colourAt(m.scale.part(v))
			}
			box(c, fill, toX(float64(x)-.5), toY(float64(y)-.5), toX(float64(x)+.5), toY(float64(y)+.5))
		}
	}
}

// strip is the scale: boxes from each step to the top, so that no seam shows.
type strip axis

// Plot implements plot.Plotter.
func (s strip) Plot(c draw.Canvas, p *plot.Plot) {
	for i := range scaleSteps {
		low := c.Min.Y + (c.Max.Y-c.Min.Y)*vg.Length(i)/scaleSteps
		box(c, colourAt((float64(i)+.5)/scaleSteps), c.Min.X, low, c.Max.X, c.Max.Y)
	}
}

func box(c draw.Canvas, fill color.Color, x, y, right, top vg.Length) {
	c.FillPolygon(fill, []vg.Point{{X: x, Y: y}, {X: right, Y: y}, {X: right, Y: top}, {X: x, Y: top}})
}
