package actor

import (
	"bytes"
	"math"
	"testing"

	"arbiter/dice"
	"arbiter/games"
)

// short are the settings of play that ends after two moves: at 0 move 0 is paid 0.3
// and leads to 1, as does move 1 for nothing; there move 0 is paid 1, and all is over.
func short() Settings {
	return Settings{
		Box: []games.Axis{{Name: "place", Lo: 0, Hi: 1}}, Units: 16, Rate: 1e-2, Pay: 1, Discount: .8, Hot: 2, Explore: .05,
	}
}

// play is some episodes at temperatures of the adversary's that alternate, which are
// the player's too.
func play(t *testing.T, p *Player, from, to int) {
	t.Helper()
	for e := from; e < to; e++ {
		k, tau := dice.New(6, uint64(e)), []float64{.5, 2}[e%2]
		p.Begin(k.Sub(0), tau, tau)
		for step := range 2 {
			m, err := p.Move(games.View{Moves: 2, Vector: []float64{float64(step)}}, dice.Float64(k.Word(step)), true)
			if err != nil {
				t.Fatal(err)
			}
			if m == 0 {
				p.Paid([]float64{.3, 1}[step])
			} else {
				p.Paid(0)
			}
		}
		p.End()
	}
}

// Critics come to the soft values, which a line of arithmetic gives, and the actor to
// their softmax, at each of two temperatures that it sees.
func TestSoftValues(t *testing.T) {
	p := New(short())
	play(t, p, 0, 2000)
	for _, n := range p.walks {
		if n.Rate != 1e-2 {
			t.Fatal("networks do not step at the rate")
		}
	}
	for _, tau := range []float64{.5, 2} {
		second := tau * math.Log((math.Exp(1/tau)+1)/2)
		for place, want := range [][]float64{{.3 + .8*second, .8 * second}, {1, 0}} {
			p.Begin(1, tau, tau)
			p.look([]float64{float64(place)})
			odds := 1 / (1 + math.Exp((want[1]-want[0])/tau))
			if got := math.Exp(p.actor.Forward(p.view)[0]); math.Abs(got-odds) > .03 {
				t.Errorf("temperature %g, place %d: move 0 with probability %.3f, want %.3f", tau, place, got, odds)
			}
			for m, x := range p.critics[0].Forward(p.view) {
				if math.Abs(x*p.scale-want[m]) > .05 {
					t.Errorf("temperature %g, place %d, move %d: value %.3f, want %.3f", tau, place, m, x*p.scale, want[m])
				}
			}
		}
	}
}

// A tuned player begins hot, cools while its moves are even, and ends at the temperature
// that it is told.
func TestTuned(t *testing.T) {
	s := short()
	s.Tuned = true
	p := New(s)
	p.Begin(1, 1e-3, 0)
	p.past = []moment{{tau: p.own}}
	if hot := p.temperature(0); math.Abs(hot-warm) > 1e-12 {
		t.Errorf("it begins at %g, want %g", hot, warm)
	}
	p = New(s)
	for e := range 600 { // every move pays alike
		k := dice.New(6, uint64(e))
		p.Begin(k.Sub(0), 1e-3, 0)
		for step := range 2 {
			if _, err := p.Move(games.View{Moves: 2, Vector: []float64{float64(step)}}, dice.Float64(k.Word(step)), true); err != nil {
				t.Fatal(err)
			}
		}
		p.End()
	}
	if p.heat >= math.Log(warm) || p.heat < math.Log(p.own) {
		t.Errorf("its temperature is %g after a while, want one from %g to %g", math.Exp(p.heat), p.own, warm)
	}
	p.heat = math.Log(p.own) - 1
	if cold := p.temperature(len(p.past) - 1); cold != p.own {
		t.Errorf("it ends at %g, want %g", cold, p.own)
	}
}

// What a player remembers is bounded, and one that was saved goes on with the same
// bits, before it has learned anything, while it remembers all and when it forgets.
func TestGoesOn(t *testing.T) {
	for _, episodes := range []int{0, 300, 600} {
		small := func() *Player { p := New(short()); p.room = 1100; return p }
		p := small()
		play(t, p, 0, episodes)
		if len(p.past) != min(2*episodes, p.room) {
			t.Fatalf("%d moves are remembered after %d episodes", len(p.past), episodes)
		}
		save := func(p *Player) []byte {
			var b bytes.Buffer
			if err := p.Save(&b); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
		saved, q := save(p), small()
		if err := q.Load(bytes.NewReader(saved)); err != nil {
			t.Fatal(err)
		}
		play(t, p, episodes, episodes+60)
		play(t, q, episodes, episodes+60)
		if !bytes.Equal(save(p), save(q)) {
			t.Errorf("taken up after %d episodes it comes to other bits", episodes)
		}
		for n := 0; n < len(saved); n += 1 + len(saved)/300 {
			if small().Load(bytes.NewReader(saved[:n])) == nil {
				t.Fatalf("the first %d of %d bytes are read", n, len(saved))
			}
		}
		if episodes == 0 {
			continue
		}
		bad := bytes.Clone(saved)
		bad[len(bad)-8*4+7] = 0xbf // the last move remembered is negative
		if small().Load(bytes.NewReader(bad)) == nil {
			t.Error("a move that there is not is remembered")
		}
	}
}

// A frozen player plays alike and is none the wiser; views of another game are errors.
func TestFrozen(t *testing.T) {
	p := New(short())
	play(t, p, 0, 600)
	f := p.Frozen()
	f.Begin(3, .5, .5)
	p.Begin(3, .5, .5)
	for i := range 50 {
		v, ticket := games.View{Moves: 2, Vector: []float64{float64(i) / 50}}, float64(i)/50
		a, _ := p.Move(v, ticket, false)
		if b, err := f.Move(v, ticket, false); a != b || err != nil {
			t.Fatalf("ticket %g: %d and %d, %v", ticket, a, b, err)
		}
	}
	for _, v := range []games.View{{Moves: 3, Vector: []float64{0}}, {Moves: 2, Key: "k"}} {
		if _, err := p.Move(v, 0, false); err == nil {
			t.Errorf("%+v is answered", v)
		}
	}
}
