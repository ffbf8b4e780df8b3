package approx

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"arbiter/dice"
)

// signs are which units are above 0: where they stay the same a network is smooth.
func (n *Net) signs() (all []bool) {
	for _, layer := range n.values[1:] {
		for _, x := range layer {
			all = append(all, x > 0)
		}
	}
	return all
}

// The gradient is that of central differences to 1e-6, for networks of any shape and
// activation, also when a Net is used for fewer and for more rows than before. Where
// a step of the differences crosses the kink of a Relu there is none to compare.
func TestGradients(t *testing.T) {
	checked, kinks := 0, 0
	for trial := range 60 {
		src := dice.New(4, uint64(trial)).At(0)
		draw := func(n int) int { return 1 + int(src.Uint64()%uint64(n)) }
		even := func() float64 { return 2*dice.Float64(src.Uint64()) - 1 }
		sizes := []int{draw(7)}
		for range draw(3) {
			sizes = append(sizes, draw(9))
		}
		if trial%20 == 7 { // beyond one tile of a product
			sizes = []int{3, wide + draw(80), 2}
		}
		hidden, out := Activation(trial%4), Activation(trial/4%5)
		n := New(&src, hidden, out, sizes...)
		for i := range n.Weights {
			n.Weights[i] += .3 * even() // offsets too
		}
		for _, rows := range []int{draw(8), draw(8)} {
			x, dy := make([]float64, rows*sizes[0]), make([]float64, rows*sizes[len(sizes)-1])
			for i := range x {
				x[i] = 2 * even()
			}
			for i := range dy {
				dy[i] = even()
			}
			loss := func() (sum float64) {
				for i, y := range n.Forward(x) {
					sum += dy[i] * y
				}
				return sum
			}
			loss()
			n.Backward(dy)
			const h = 1e-5
			for i, w := range n.Weights {
				n.Weights[i] = w + h
				up, above := loss(), n.signs()
				n.Weights[i] = w - h
				down, below := loss(), n.signs()
				n.Weights[i] = w
				if (hidden == Relu || out == Relu) && !slices.Equal(above, below) {
					kinks++
					continue
				}
				checked++
				if want := (up - down) / (2 * h); !(math.Abs(n.Grad[i]-want) <= 1e-6*max(1, math.Abs(want))) {
					t.Fatalf("sizes %v, activations %d and %d, %d rows: derivative %d is %.9g, by differences %.9g", sizes, hidden, out, rows, i, n.Grad[i], want)
				}
			}
		}
	}
	t.Logf("%d derivatives compared, %d at kinks", checked, kinks)
	if checked < 5000 || kinks > checked/100 {
		t.Errorf("%d derivatives were compared, %d could not be", checked, kinks)
	}
}

// Activations are what they are called, also far out.
func TestActivations(t *testing.T) {
	in := []float64{-800, -1, 0, 2, 800}
	for a, want := range map[Activation][]float64{
		Linear: in, Relu: {0, 0, 0, 2, 800}, Tanh: {-1, math.Tanh(-1), 0, math.Tanh(2), 1},
		Softplus:   {0, math.Log(1 + math.Exp(-1)), math.Ln2, math.Log(1 + math.Exp(2)), 800},
		LogSoftmax: {-1600, -801, -800, -798, 0},
	} {
		got := slices.Clone(in)
		a.apply(got, len(in))
		for i, x := range got {
			if !(math.Abs(x-want[i]) <= 1e-12*max(1, math.Abs(want[i]))) {
				t.Errorf("activation %d of %g: %.17g, want %.17g", a, in[i], x, want[i])
			}
		}
	}
}

// Large products are those of their tiles, whichever way matrices are turned.
func TestMultiply(t *testing.T) {
	src := dice.New(1).At(0)
	fill := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(int(src.Uint64()%19) - 9) // sums of such are exact
		}
		return x
	}
	const rows, cols, inner = tall + 37, 2*wide + 3, 70
	for _, turn := range [][2]bool{{false, false}, {true, false}, {false, true}} {
		a, b, c := fill(rows*inner), fill(inner*cols), fill(rows*cols)
		want := slices.Clone(c)
		for i := range rows {
			for j := range cols {
				for k := range inner {
					x, y := a[i*inner+k], b[k*cols+j]
					if turn[0] {
						x = a[k*rows+i]
					}
					if turn[1] {
						y = b[j*inner+k]
					}
					want[i*cols+j] += x * y
				}
			}
		}
		if multiply(turn[0], turn[1], rows, cols, inner, a, b, 1, c); !slices.Equal(c, want) {
			t.Errorf("turned %v: another product", turn)
		}
	}
}

// Adam's first steps are those of the formula: the first has the size of the rate
// whatever the gradient, and the means are those of what was seen.
func TestAdam(t *testing.T) {
	a, w := Adam{Rate: .1}, []float64{1, 2, 3}
	a.Step(w, []float64{5, -1e-3, 0})
	for i, want := range []float64{.9, 2.1, 3} {
		if math.Abs(w[i]-want) > 2e-6 {
			t.Errorf("weight %d is %g after a step, want %g", i, w[i], want)
		}
	}
	a.Step(w, []float64{-5, -1e-3, 0})
	// means 0.9·0.1·5 - 0.1·5 = -0.05 and 1-0.9² = 0.19; powers (0.999·0.001+0.001)·25
	// and 1-0.999²; the power's root is 5 then.
	if want := .9 + .1*(.05/.19)/5; math.Abs(w[0]-want) > 1e-6 {
		t.Errorf("after two opposite gradients %.9g, want %.9g", w[0], want)
	}
}

// fit is a training of some steps: one more call goes on with it.
func fit(n *Net, a *Adam, from, to int) (loss float64) {
	x, dy := make([]float64, 64*2), make([]float64, 64)
	for step := from; step < to; step++ {
		src := dice.New(8, uint64(step)).At(0)
		for i := range x {
			x[i] = 2*dice.Float64(src.Uint64()) - 1
		}
		loss = 0
		for i, y := range n.Forward(x) {
			miss := y - x[2*i]*x[2*i+1]
			dy[i] = miss / 64
			loss += miss * miss / 64
		}
		n.Backward(dy)
		a.Step(n.Weights, n.Grad)
	}
	return loss
}

// A network learns a product, and one that was saved on the way goes on with the
// same bits.
func TestLearnsAndGoesOn(t *testing.T) {
	src := dice.New(3).At(0)
	n, a := New(&src, Tanh, Linear, 2, 16, 16, 1), Adam{Rate: 3e-3}
	var empty bytes.Buffer
	if err := a.Save(&empty); err != nil {
		t.Fatal(err)
	}
	first := fit(n, &a, 0, 1)
	fit(n, &a, 1, 400)
	var file bytes.Buffer
	for _, err := range []error{n.Save(&file), a.Save(&file)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	saved := file.Bytes()
	last := fit(n, &a, 400, 1500)
	if !(last < first/100) {
		t.Errorf("the loss goes from %g to %g", first, last)
	}
	other := dice.New(99).At(0)
	m, b := New(&other, Tanh, Linear, 2, 16, 16, 1), Adam{Rate: 3e-3}
	if err := b.Load(&empty, len(m.Weights)); err != nil || b.mean != nil {
		t.Errorf("an Adam without steps: %v", err)
	}
	r := bytes.NewReader(saved)
	for _, err := range []error{m.Load(r), b.Load(r, len(m.Weights))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	fit(m, &b, 400, 1500)
	if !slices.Equal(m.Weights, n.Weights) || !slices.Equal(a.power, b.power) {
		t.Error("taken up again it comes to other weights")
	}
	for size := range saved[:len(saved)-1] {
		r := bytes.NewReader(saved[:size])
		if m.Load(r) == nil && b.Load(r, len(m.Weights)) == nil {
			t.Fatalf("the first %d of %d bytes are read", size, len(saved))
		}
	}
	wrong := New(&other, Relu, Linear, 2, 16, 16, 1)
	if wrong.Load(bytes.NewReader(saved)) == nil {
		t.Error("weights of another activation are taken")
	}
	if b.Load(bytes.NewReader(saved[len(saved)-16-16*len(m.Weights):]), len(m.Weights)-1) == nil {
		t.Error("steps of more weights are taken")
	}
	bad := slices.Clone(saved)
	for i := range 8 {
		bad[18+8*5+4+i] = 255 // NaN
	}
	if m.Load(bytes.NewReader(bad)) == nil {
		t.Error("weights that are no numbers are taken")
	}
}

// Follow goes a part of the way; a Clone is the same and goes its own.
func TestFollow(t *testing.T) {
	src := dice.New(5).At(0)
	n, to := New(&src, Relu, Linear, 3, 4, 2), New(&src, Relu, Linear, 3, 4, 2)
	was := slices.Clone(n.Weights)
	n.Follow(to, .25)
	for i, x := range n.Weights {
		if want := .75*was[i] + .25*to.Weights[i]; math.Abs(x-want) > 1e-15 {
			t.Errorf("weight %d: %g, want %g", i, x, want)
		}
	}
	x := []float64{1, 2, 3}
	c, y := to.Clone(), slices.Clone(to.Forward(x))
	if !slices.Equal(c.Forward(x), y) {
		t.Error("a clone differs")
	}
	if c.Weights[0]++; slices.Equal(c.Forward(x), y) || !slices.Equal(to.Forward(x), y) {
		t.Error("a clone shares its weights")
	}
}

// step is forward, backward and a step of Adam.
func step() func() {
	src := dice.New(2).At(0)
	n, a := New(&src, Relu, LogSoftmax, 8, 64, 64, 4), Adam{Rate: 1e-3}
	x, dy := make([]float64, 256*8), make([]float64, 256*4)
	for i := range x {
		x[i] = 2*dice.Float64(src.Uint64()) - 1
	}
	for i := range dy {
		dy[i] = (dice.Float64(src.Uint64()) - .5) / 256
	}
	return func() {
		n.Forward(x)
		n.Backward(dy)
		a.Step(n.Weights, n.Grad)
	}
}

// A step allocates nothing after the first.
func TestStepAllocatesNothing(t *testing.T) {
	do := step()
	do()
	if n := testing.AllocsPerRun(5, do); n != 0 {
		t.Errorf("%g allocations in a step", n)
	}
}

func BenchmarkStep(b *testing.B) {
	do := step()
	do()
	b.ReportAllocs()
	for b.Loop() {
		do()
	}
}
