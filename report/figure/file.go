package figure

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"

	"github.com/mattn/go-runewidth"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"arbiter/internal/files"
)

// PlotEndings are the kinds of files plots can be.
var PlotEndings = []string{".svg", ".png"}

const (
	plotWidth   = 8 * vg.Inch
	plotHeight  = 5 * vg.Inch
	plotPadding = 12 * vg.Length(1)
	longestName = 100 // columns of a name in a legend
)

// File writes the plot as a picture, of the kind the ending of the path tells,
// 8 inches wide and 5 high, more for a legend or many marks. It writes a whole file or
// none, and the same bytes for the same plot. Errors: another ending, nothing
// to plot, a series with X and Y of different lengths, the disk.
func (p Plot) File(path string) error {
	ending, err := Ending(path)
	if err != nil {
		return err
	}
	d, some, err := p.draw()
	if err != nil {
		return err
	}
	if !some {
		return fmt.Errorf("plot: file %q: nothing to plot, no series has a finite point", path)
	}
	pic, entries, above, err := d.picture()
	if err != nil {
		return fmt.Errorf("plot: file %q: %w", path, err)
	}
	across, column, row := legendShape(entries)
	rows := (len(entries) + across - 1) / across
	width, height := max(plotWidth, column+2*plotPadding), plotHeight+above
	below := row*vg.Length(rows) + plotPadding
	if rows == 0 {
		below = 0
	}
	var sized vg.CanvasSizer
	var canvas vg.CanvasWriterTo
	if ending == ".svg" {
		c := vgsvg.New(width, height+below)
		sized, canvas = c, c
	} else {
		c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height+below), vgimg.UseDPI(144))}
		sized, canvas = c, c
	}
	all := draw.New(sized)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	pic.Draw(draw.Crop(all, plotPadding, -plotPadding, below+plotPadding, -plotPadding))
	for i, e := range entries {
		l := newLegend()
		l.Add(e.name, e.line)
		x, y := plotPadding+column*vg.Length(i%across), below-row*vg.Length(i/across)
		l.Draw(draw.Canvas{Canvas: all.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: x}, Max: vg.Point{X: x + column, Y: y}}})
	}
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return fmt.Errorf("plot: file %q: %w", path, err)
	}
	return files.Write(path, b.Bytes())
}

type legendEntry struct {
	name string
	line plot.Thumbnailer
}

// picture hands the drawing to the plotting library. Series that look the same
// are drawn once and each have an entry;
// above is the height that names of marks take.
func (d *drawing) picture() (p *plot.Plot, entries []legendEntry, above vg.Length, err error) {
	p = plot.New()
	p.Title.Text, p.Title.Padding = cmp.Or(d.title, " "), 8
	p.Title.TextStyle.Font.Size = 14
	p.X.Label.Text, p.Y.Label.Text = d.xName, d.yName
	p.X.Label.Padding, p.Y.Label.Padding = 4, 4
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = d.x.lo, d.x.hi, d.y.lo, d.y.hi
	p.X.Tick.Marker, p.Y.Tick.Marker = constant(d.x), constant(d.y)
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{232}, color.Gray{232}
	lanes, above := newVertical(d, p)
	p.Title.Padding += above
	p.Add(grid, lanes)

	lines := map[int]*plotter.Line{} // by the first series that looks so
	for i, pieces := range d.curves {
		if d.same[i] == i {
			n := len(lines)
			style := draw.LineStyle{Color: plotutil.DarkColors[n%len(plotutil.DarkColors)], Dashes: plotutil.Dashes(n)}
			// beyond the dashes there are, width tells curves apart without colour
			style.Width = 1.5 + vg.Length(n/len(plotutil.DefaultDashes)%3)
			for _, piece := range pieces {
				var xys plotter.XYs
				for _, at := range piece {
					xys = append(xys, plotter.XY{X: at.x, Y: at.y})
				}
				line, err := plotter.NewLine(xys)
				if err != nil {
					return nil, nil, 0, err
				}
				line.LineStyle = style
				lines[i] = line
				p.Add(line)
				if len(piece) == 1 {
					dot, err := plotter.NewScatter(xys)
					if err != nil {
						return nil, nil, 0, err
					}
					dot.GlyphStyle = draw.GlyphStyle{Color: style.Color, Radius: 2, Shape: draw.CircleGlyph{}}
					p.Add(dot)
				}
			}
		}
		if name := runewidth.Truncate(d.names[i], longestName, "…"); name != "" {
			entries = append(entries, legendEntry{name, lines[d.same[i]]})
		}
	}
	return p, entries, above, nil
}

func constant(a axis) plot.ConstantTicks {
	var out plot.ConstantTicks
	for _, t := range a.ticks {
		out = append(out, plot.Tick{Value: t.at, Label: t.label})
	}
	return out
}

func newLegend() plot.Legend {
	l := plot.NewLegend()
	l.TextStyle.Font.Size = 10
	l.ThumbnailWidth = 32
	l.Top, l.Left = true, true
	return l
}

// legendShape is how many entries go side by side, and their size.
func legendShape(entries []legendEntry) (across int, width, height vg.Length) {
	l := newLegend()
	for _, e := range entries {
		width = max(width, l.TextStyle.Width(e.name))
	}
	width += l.ThumbnailWidth + 20
	return max(1, int((plotWidth-2*plotPadding)/width)), width, 15
}

// vertical lines with their names above the plot, in as many rows as these
// need not to touch.
type vertical struct {
	marks []markAt
	rows  []int // [mark]
	style text.Style
}

const markRow = 12 * vg.Length(1)

func newVertical(d *drawing, p *plot.Plot) (v vertical, height vg.Length) {
	v = vertical{marks: d.marks, style: p.X.Tick.Label}
	v.style.Color, v.style.Font.Size, v.style.XAlign, v.style.YAlign = color.Gray{96}, 9, text.XCenter, text.YBottom
	var ends []vg.Length // of the rows so far, from the left of the plot
	for _, m := range d.marks {
		half := v.style.Width(m.text) / 2
		at := vg.Length(d.x.part(m.at)) * (plotWidth - vg.Inch)
		r := 0
		for r < len(ends) && ends[r]+6 > at-half {
			r++
		}
		if r == len(ends) {
			ends = append(ends, 0)
		}
		ends[r] = at + half
		v.rows = append(v.rows, r)
	}
	return v, markRow * vg.Length(len(ends))
}

// Plot implements plot.Plotter.
func (v vertical) Plot(c draw.Canvas, p *plot.Plot) {
	toX, _ := p.Transforms(&c)
	for i, m := range v.marks {
		x, top := toX(m.at), c.Max.Y+2+markRow*vg.Length(v.rows[i])
		c.StrokeLine2(draw.LineStyle{Color: color.Gray{120}, Width: 0.75, Dashes: []vg.Length{2, 3}}, x, c.Min.Y, x, c.Max.Y)
		c.FillText(v.style, vg.Point{X: x, Y: top}, m.text)
	}
}
