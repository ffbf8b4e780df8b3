package dice

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The streams must never change: stored runs are replayed from them.
func TestStreamIsPinned(t *testing.T) {
	k := New(1, 2, 3)
	s := k.Sub(7).At(2)
	got := []uint64{uint64(k), uint64(k.Sub(7)), k.Sub(7).Word(2), s.Uint64(), s.Uint64()}
	want := []uint64{pinned[0], pinned[1], pinned[2], pinned[2], pinned[3]}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("word %d = %#x, want %#x", i, got[i], want[i])
		}
	}
}

func TestKeysDiffer(t *testing.T) {
	seen := map[Key]bool{}
	for _, k := range []Key{New(), New(0), New(0, 0), New(1, 0), New(0, 1), New(0).Sub(0), New(0).Sub(1)} {
		if seen[k] {
			t.Errorf("key %#x twice", k)
		}
		seen[k] = true
	}
}

// The law an alias table stands for, recovered exactly from its slots.
func law(table []Slot) []float64 {
	p := make([]float64, len(table))
	for i, s := range table {
		c := float64(s.cut) / (1 << 32)
		p[i] += c / float64(len(table))
		p[s.alias] += (1 - c) / float64(len(table))
	}
	return p
}

func TestFillKeepsTheLaw(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for trial := range 2000 {
		n := 1 + r.IntN(100)
		p := make([]float64, n)
		sum := 0.0
		for i := range p {
			switch r.IntN(4) {
			case 0: // a move never played
			case 1:
				p[i] = math.Exp(-40 * r.Float64())
			default:
				p[i] = r.Float64()
			}
			sum += p[i]
		}
		if sum == 0 {
			p[r.IntN(n)], sum = 1, 1
		}
		table := make([]Slot, n)
		Fill(table, p)
		for i, got := range law(table) {
			if want := p[i] / sum; math.Abs(got-want) > 1e-9 || want == 0 && got != 0 {
				t.Fatalf("trial %d: move %d of %v has probability %g, want %g", trial, i, p, got, want)
			}
		}
	}
}

// Chi-square of 10^6 draws over 7 moves: 99.9% point with 6 degrees of
// freedom is 22.46, so a sound stream fails once in 1000 choices of seed.
func TestPickFrequencies(t *testing.T) {
	p := []float64{.05, .3, .15, .2, .1, .19, .01}
	table := make([]Slot, len(p))
	Fill(table, p)
	const n = 1_000_000
	count := make([]float64, len(p))
	key := New(42)
	for i := range uint64(n) {
		count[Pick(table, key.Sub(i).Word(3))]++
	}
	x2 := 0.0
	for i := range p {
		x2 += (count[i] - n*p[i]) * (count[i] - n*p[i]) / (n * p[i])
	}
	if x2 > 22.46 {
		t.Errorf("chi-square %.2f, counts %v", x2, count)
	}
}

var pinned = [4]uint64{0xf4e501cbc5fc1397, 0xd98effa7c38e77db, 0x91be9d4899a7104d, 0x842d742357d125f}
