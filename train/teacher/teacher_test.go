package teacher

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"arbiter/dice"
	"arbiter/spec"
)

// reference is testdata/gamma.json.
type reference struct {
	Pairs []struct{ K1, R1, K2, R2, KL float64 } `json:"kl_pairs"`

	Sequence []float64 `json:"unconstrained_sequence_k0_50_target_1_eps_0_5"`
	Update   struct {
		Old          float64 `json:"k_old"`
		Rate         float64
		Target       float64 `json:"k_target"`
		Temperatures []float64
		Returns      []float64
		Expected     []struct{ K, Value float64 } `json:"J_hat"`
		Boundary     float64                      `json:"kl_boundary_k"`
		Updates      []struct {
			Xi, Eps float64
			New     float64 `json:"k_new"`
		}
	} `json:"sample_update"`
}

func read(t testing.TB) (r reference) {
	t.Helper()
	body, err := os.ReadFile("testdata/gamma.json")
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r reference) problem() problem {
	u := r.Update
	p := problem{old: Gamma{u.Old, u.Rate}, target: Gamma{u.Target, u.Rate}, epsilon: .5}
	for i, x := range u.Temperatures {
		p.told = append(p.told, told{x, u.Returns[i]})
	}
	return p
}

func near9(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.13g, expected %.13g", what, got, want)
	}
}

func TestKL(t *testing.T) {
	r := read(t)
	for _, p := range r.Pairs {
		near9(t, "KL", Gamma{p.K1, p.R1}.KL(Gamma{p.K2, p.R2}), p.KL, 1e-9)
	}
	if len(r.Pairs) != 5 {
		t.Errorf("%d pairs", len(r.Pairs))
	}
}

// The derivative of ln Γ where it is known: -γ at 1, -γ - 2 ln 2 at ½, and by recurrence.
func TestDigamma(t *testing.T) {
	const euler = 0.57721566490153286
	for x, want := range map[float64]float64{1: -euler, .5: -euler - 2*math.Ln2, 2: 1 - euler, 1e-8: -1e8 - euler + math.Pi*math.Pi/6*1e-8} {
		if got := digamma(x); math.Abs(got-want) > 4e-16*math.Abs(want)+1e-15 {
			t.Errorf("at %g it is %.17g, expected %.17g", x, got, want)
		}
	}
}

// Pays always above the floor: the longest moves that the trust region allows, 13 to
// the target, and then none.
func TestSequence(t *testing.T) {
	r := read(t)
	s := Defaults()
	s.Floor = .5
	m, err := New(Paced, s)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range r.Sequence {
		near9(t, "the shape", m.Now().Shape, want, 1e-9)
		for range 30 {
			m.Tell(.05, 1e6) // no weight brings that below the floor
		}
		m.Next()
		if i+1 == len(r.Sequence) && m.Now().Shape != 1 {
			t.Errorf("it goes on to %g", m.Now().Shape)
		}
	}
	if len(r.Sequence) != 14 {
		t.Errorf("%d shapes", len(r.Sequence))
	}
	// Upwards it is the mirror: every move is as long as the trust region.
	p := problem{old: Gamma{1, 1000}, target: Gamma{50, 1000}, epsilon: .5, floor: math.Inf(-1), told: []told{{.05, 1}}}
	for range 100 {
		next := p.shape()
		if d := next.KL(p.old); next.Shape != 50 && math.Abs(d-.5) > 1e-9 || next.Shape <= p.old.Shape {
			t.Fatalf("from %v to %v, %g away", p.old, next, d)
		}
		if p.old = next; next.Shape == 50 {
			return
		}
	}
	t.Errorf("it gets to %v", p.old)
}

func TestUpdate(t *testing.T) {
	r := read(t)
	p := r.problem()
	for _, x := range r.Update.Expected {
		near9(t, "what is expected", p.pays(Gamma{x.K, r.Update.Rate}), x.Value, 1e-9)
	}
	for _, u := range r.Update.Updates {
		p.floor, p.epsilon = u.Xi, u.Eps
		near9(t, "the shape", p.shape().Shape, u.New, 1e-6)
	}
	p.floor = 0
	near9(t, "the edge of the trust region", p.shape().Shape, r.Update.Boundary, 1e-9)
	if len(r.Update.Expected) != 8 || len(r.Update.Updates) != 5 {
		t.Error("not all of the reference was read")
	}
	// Weights that sum to 1 are another estimate, of pays between the least and most.
	p.normalised = true
	if v := p.pays(Gamma{5, r.Update.Rate}); v < 6.1 || v > 8.2 {
		t.Errorf("normalised, %g is expected", v)
	}
}

// The teacher of shape and rate is never farther from the target than a search of the
// plane finds possible; without a floor it is on the straight line, with one that binds
// it turns off it.
func TestBoth(t *testing.T) {
	r := read(t)
	for _, floor := range []float64{0, 6.9, 6.934} {
		p := r.problem()
		p.target.Rate = 800
		p.floor = floor
		got := p.both()
		if d := got.KL(p.old); d > p.epsilon+1e-9 || p.pays(got) < floor-1e-9 {
			t.Errorf("floor %g: %v is %g away and pays %g", floor, got, d, p.pays(got))
		}
		line := p.along(p.reach(p.target.Shape-p.old.Shape, p.target.Rate-p.old.Rate, 1), scans)
		best := math.Inf(1)
		for k := 15.; k < 50; k += .1 {
			for rate := 250.; rate < 1200; rate += 4 {
				g := Gamma{k, rate}
				if !p.farther(g) && p.pays(g) >= floor {
					best = min(best, g.KL(p.target))
				}
			}
		}
		if off := got.KL(p.target); off > best+.02 || off > line.KL(p.target)+1e-12 {
			t.Errorf("floor %g: %v is %g from the target; a search comes to %g, the line to %g", floor, got, off, best, line.KL(p.target))
		}
		if turned := got != line; turned != (floor > 0) {
			t.Errorf("floor %g: turned off the line: %v", floor, turned)
		}
	}
	p := r.problem()
	p.floor = 99
	if p.both() != p.old {
		t.Error("it moves below its floor")
	}
	up := p.climb()
	best := 0.
	for k := 15.; k < 50; k += .1 {
		for rate := 250.; rate < 1200; rate += 4 {
			if g := (Gamma{k, rate}); !p.farther(g) {
				best = max(best, p.pays(g))
			}
		}
	}
	if v := p.pays(up); v < best-.02 || p.farther(up) && up.KL(p.old) > p.epsilon+1e-9 {
		t.Errorf("it climbs to %v, which pays %g of %g", up, v, best)
	}
}

// Mean and variance of 100,000 draws are within four standard errors.
func TestDraws(t *testing.T) {
	const n = 100_000
	for _, k := range []float64{.5, 1, 5, 50} {
		g, key := Gamma{k, 1000}, dice.New(1, uint64(10*k))
		sum, squares := 0.0, 0.0
		for i := range uint64(n) {
			src := key.Sub(i).At(0)
			x := g.Draw(&src) - g.Mean()
			if x <= -g.Mean() {
				t.Fatalf("shape %g: drew %g", k, x+g.Mean())
			}
			sum += x
			squares += x * x
		}
		variance := k / 1e6
		mean, spread := sum/n, squares/n-sum/n*sum/n
		if z := mean / math.Sqrt(variance/n); math.Abs(z) > 4 {
			t.Errorf("shape %g: the mean is %g standard errors off", k, z)
		}
		if z := (spread - variance) / (variance * math.Sqrt((2+6/k)/n)); math.Abs(z) > 4 {
			t.Errorf("shape %g: the variance is %g standard errors off", k, z)
		}
	}
	src := dice.New(1).At(0)
	if x := (Gamma{1e-8, 1000}).Draw(&src); !(x >= 0) {
		t.Errorf("the least shape draws %g", x)
	}
}

// pace is a training in which episodes pay what they pay by rule.
func pace(t *testing.T, m *Curriculum, iterations int, pay func(temperature float64) float64) (means []float64) {
	t.Helper()
	for i := range iterations {
		means = append(means, m.Mean())
		for e := range uint64(10) {
			x := m.Draw(dice.New(uint64(i), e))
			m.Tell(x, pay(x))
		}
		m.Next()
	}
	return means
}

// What schedules come to.
func TestSchedules(t *testing.T) {
	s := Defaults()
	s.Iterations, s.Floor = 30, 1
	paid := func(float64) float64 { return 2 }
	for kind, want := range map[Kind]map[int]float64{
		Linear:    {0: .05, 10: .0255, 20: .001, 29: .001},
		LogLinear: {0: .05, 10: math.Sqrt(.05 * .001), 20: .001, 29: .001},
		Point:     {0: .05, 2: .05, 3: .049, 6: .048, 29: .041},
		Fixed:     {0: .001, 29: .001},
		AtTarget:  {0: .001, 29: .001},
	} {
		m, err := New(kind, s)
		if err != nil {
			t.Fatal(err)
		}
		means := pace(t, m, 30, paid)
		for i, v := range want {
			near9(t, string(kind), means[i], v, 1e-15)
		}
	}
	s.Floor = 2
	m, err := New(Point, s)
	if err != nil {
		t.Fatal(err)
	}
	if means := pace(t, m, 9, paid); means[8] != .05 {
		t.Errorf("pays at the floor, not above, move the point to %g", means[8])
	}
	// 39 iterations of 10 episodes to the target.
	s.Floor, s.Iterations = .5, 200
	if m, err = New(Paced, s); err != nil {
		t.Fatal(err)
	}
	means := pace(t, m, 50, func(float64) float64 { return 1e6 })
	if means[38] == .001 || means[39] != .001 {
		t.Errorf("at iterations 38 and 39 the means are %g and %g", means[38], means[39])
	}
}

// A single draw serves an iteration; others draw for every episode, by its key alone.
func TestSingle(t *testing.T) {
	for kind, one := range map[Kind]bool{Single: true, Paced: false} {
		m, err := New(kind, Defaults())
		if err != nil {
			t.Fatal(err)
		}
		a, b := m.Draw(1), m.Draw(2)
		if (a == b) != one || m.Draw(1) != a {
			t.Errorf("%s draws %g, %g", kind, a, b)
		}
		m.Next()
		if c := m.Draw(3); c == a {
			t.Errorf("%s draws %g in the next iteration too", kind, c)
		}
	}
}

// A floor above what is ever paid is told of.
func TestStuck(t *testing.T) {
	s := Defaults()
	s.Floor = 10
	m, err := New(Paced, s)
	if err != nil {
		t.Fatal(err)
	}
	pace(t, m, 12, func(float64) float64 { return 9 })
	if m.Stuck() != 4 || m.Now().Shape != 50 {
		t.Errorf("after four updates below the floor: %d, %v", m.Stuck(), m.Now())
	}
	pace(t, m, 3, func(float64) float64 { return 1e5 })
	if m.Stuck() != 0 || m.Now().Shape >= 50 {
		t.Errorf("after one above it: %d, %v", m.Stuck(), m.Now())
	}
}

// The force curriculum bounds the force by the temperature.
func TestBound(t *testing.T) {
	s := Defaults()
	s.MaxForce = 3
	m, err := New(Force, s)
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range map[float64]float64{.001: 3, .0005: 3, .05: .06, .0255: 1.53, .051: 0, .2: 0} {
		near9(t, "the bound", m.Bound(x), want, 1e-12)
	}
}

// A teacher that was saved goes on as one that was not, and saves the same bytes.
func TestSaved(t *testing.T) {
	pay := func(x float64) float64 { return 1 + 10*x }
	for _, kind := range Kinds() {
		s := Defaults()
		s.Floor, s.Iterations = .9, 20
		whole, err := New(kind, s)
		if err != nil {
			t.Fatal(err)
		}
		want := pace(t, whole, 4, pay)
		for cut := range 20 {
			var b bytes.Buffer
			if err := whole.Save(&b); err != nil {
				t.Fatal(err)
			}
			again, err := New(kind, s)
			if err == nil {
				err = again.Load(bytes.NewReader(b.Bytes()))
			}
			if err != nil {
				t.Fatalf("%s after %d: %v", kind, cut, err)
			}
			a, c := pace(t, whole, 2, pay), pace(t, again, 2, pay)
			var x, y bytes.Buffer
			whole.Save(&x)
			again.Save(&y)
			if !reflect.DeepEqual(a, c) || !bytes.Equal(x.Bytes(), y.Bytes()) {
				t.Fatalf("%s, loaded after %d, goes on with %v, not %v", kind, cut, c, a)
			}
			for i := range b.Len() - 1 {
				if again.Load(bytes.NewReader(b.Bytes()[:i])) == nil {
					t.Fatalf("%s: %d of %d bytes are loaded", kind, i, b.Len())
				}
			}
		}
		if len(want) != 4 {
			t.Fatal(want)
		}
	}
	m, err := New(Paced, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`{"kind":"linear","gamma":{"shape":50,"rate":1000},"told":null,"held":0,"met":false,"iteration":0,"updates":0,"frozen":0,"temperature":1}`,
		`{"kind":"gamma","gamma":{"shape":0,"rate":1000},"told":null,"held":0,"met":false,"iteration":0,"updates":0,"frozen":0,"temperature":1}`,
		`{"kind":"gamma","gamma":{"shape":50,"rate":1000},"told":[{"temperature":0,"pay":1}],"held":0,"met":false,"iteration":0,"updates":0,"frozen":0,"temperature":1}`,
		`{"kind":"gamma","gamma":{"shape":50,"rate":1000},"told":null,"held":0,"met":false,"iteration":-1,"updates":0,"frozen":0,"temperature":1}`,
		`{"kind":"gamma","gamma":{"shape":50,"rate":1000},"surprise":1}`,
	} {
		if err := m.Load(strings.NewReader(text)); err == nil {
			t.Errorf("%s is loaded", text)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for want, change := range map[string]func(*Settings){
		"start":      func(s *Settings) { s.Start = 0 },
		"end":        func(s *Settings) { s.End = math.NaN() },
		"not above":  func(s *Settings) { s.End = 1 },
		"least":      func(s *Settings) { s.Least = -1 },
		"shape":      func(s *Settings) { s.Shape = math.Inf(1) },
		"target":     func(s *Settings) { s.Target = 0 },
		"epsilon":    func(s *Settings) { s.Epsilon = 0 },
		"floor":      func(s *Settings) { s.Floor = math.NaN() },
		"samples":    func(s *Settings) { s.Samples = 101 },
		"iterations": func(s *Settings) { s.Iterations = 0 },
		"force":      func(s *Settings) { s.MaxForce = -1 },
		"too far":    func(s *Settings) { s.Shape, s.Start, s.End = 1e300, 1e-300, 1e-300 },
	} {
		s := Defaults()
		change(&s)
		if _, err := New(Linear, s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := New("guess", Defaults()); err == nil {
		t.Error("a kind that there is not")
	}
}

// The keys of a spec make the teacher they say.
func TestOf(t *testing.T) {
	open := func(text string) (*Curriculum, error) {
		x, err := spec.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, args, err := spec.Bind(x, Params())
		if err != nil {
			return nil, err
		}
		return Of(args, 150)
	}
	m, err := open("learner(tau0=0.5,tau1=0.003,floor=0.05,homogeneous=true)")
	if err != nil {
		t.Fatal(err)
	}
	if m.Now() != (Gamma{50, 100}) || m.s.Least != .003 || m.s.Iterations != 150 || m.s.Floor != .05 || m.Protagonist(.5, .1) != .5 {
		t.Errorf("%+v, %+v", m.Now(), m.s)
	}
	for i := range uint64(1000) {
		m.Gamma.Shape = .01
		if x := m.Draw(dice.New(i)); x < .003 {
			t.Fatalf("drew %g", x)
		}
	}
	if m, err = open("learner(teacher=log-linear)"); err != nil || m.kind != LogLinear || m.Protagonist(.5, .1) != .1 {
		t.Errorf("%+v, %v", m, err)
	}
	for _, text := range []string{"learner(teacher=guess)", "learner(tau0=0)", "learner(teacher=linear,tau0=1,tau1=2)", "learner(samples=1000)"} {
		if _, err := open(text); err == nil {
			t.Errorf("%s makes a teacher", text)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	r := read(b)
	all := r.problem()
	for len(all.told) < most {
		all.told = append(all.told, all.told...)
	}
	all.told = all.told[:most]
	for name, floor := range map[string]float64{"shape": 0, "floor": 6.934} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p := all
				p.floor = floor
				p.shape()
			}
		})
	}
	b.Run("both", func(b *testing.B) {
		for b.Loop() {
			p := all
			p.target.Rate, p.floor = 800, 6.934
			p.both()
		}
	})
}
