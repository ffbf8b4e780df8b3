package qarl

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/train/tiles"
)

// player is what one seat has learned: weights whose sums over the features of a view
// are values of moves.
type player struct {
	weights []float64 // per feature, bin of temperatures and move
	first   float64   // of a weight that has learned nothing
	rate    float64   // of a weight
	explore float64   // probability of any move, where it explores
	bins    int32

	tiles *tiles.Coder     // nil: a feature per key
	made  int              // moves of all views, of tiles; 0 before the first
	keys  map[string]int32 // to their places in named
	named []state          // in the order they were met

	// An episode.
	tau     float64
	bin     int32
	at, was []int32 // places of the features now and at the last move
	did     int     // the last move, -1 for none
	gain    float64 // since then, discounted
	weight  float64 // of what comes next
	q, p    []float64
}

// state is an information state that has a feature.
type state struct {
	key   string
	names []string
	moves int
	at    int32
}

func newPlayer(seat int, o options, info games.Info) (*player, error) {
	p := &player{bins: int32(o.bins), rate: o.rate, first: o.first[seat], keys: map[string]int32{}}
	if seat == adversary {
		p.explore = o.explore
	}
	active := 1
	if len(info.Vector) > 0 {
		cells := o.cells
		if len(cells) == 1 {
			cells = slices.Repeat(cells, len(info.Vector))
		}
		c, err := tiles.New(info.Vector, o.tilings, cells)
		if err != nil {
			return nil, err
		}
		p.tiles, active = c, c.Tilings()
	}
	p.first /= float64(active)
	p.rate /= float64(active)
	p.at, p.was = make([]int32, active), make([]int32, active)
	return p, nil
}

func (p *player) begin(_ dice.Key, seat int, t terms) {
	p.tau, p.bin, p.did = t.tau[seat], int32(t.bin), -1
}

// look finds the features of a view.
func (p *player) look(v games.View) error {
	n := int32(v.Moves)
	if p.tiles == nil {
		i, known := p.keys[v.Key]
		if !known {
			i = p.meet(v.Key, slices.Clone(v.Names), v.Moves)
		}
		s := &p.named[i]
		if s.moves != v.Moves {
			return fmt.Errorf("qarl: found %d moves at %q, expected %d as before", v.Moves, v.Key, s.moves)
		}
		p.at[0] = s.at + p.bin*n
		return nil
	}
	if p.made == 0 {
		if err := p.lay(v.Moves); err != nil {
			return err
		}
	}
	if v.Moves != p.made || len(v.Vector) == 0 {
		return fmt.Errorf("qarl: found %d moves at a view, expected a vector and %d as before", v.Moves, p.made)
	}
	p.tiles.Code(v.Vector, p.at)
	for i, f := range p.at {
		p.at[i] = (f*p.bins + p.bin) * n
	}
	return nil
}

// lay makes the weights of all tiles.
func (p *player) lay(moves int) error {
	if moves < 1 || p.tiles.Size() > tiles.MaxCells/moves/int(p.bins) {
		return fmt.Errorf("qarl: found %d tiles, %d bins of temperatures and %d moves, expected %d weights at most", p.tiles.Size(), p.bins, moves, tiles.MaxCells)
	}
	p.made = moves
	p.weights = make([]float64, p.tiles.Size()*int(p.bins)*moves)
	for i := range p.weights {
		p.weights[i] = p.first
	}
	return nil
}

// meet makes the feature of a key and returns its number.
func (p *player) meet(key string, names []string, moves int) int32 {
	at := int32(len(p.weights))
	for range p.bins * int32(moves) {
		p.weights = append(p.weights, p.first)
	}
	i := int32(len(p.named))
	p.keys[key] = i
	p.named = append(p.named, state{key, names, moves, at})
	return i
}

// values are those of n moves at the features found.
func (p *player) values(n int) []float64 {
	if cap(p.q) < n {
		p.q, p.p = make([]float64, n), make([]float64, n)
	}
	q := p.q[:n]
	for i, at := range p.at {
		row := p.weights[at : int(at)+n]
		if i == 0 {
			copy(q, row)
			continue
		}
		for m, x := range row {
			q[m] += x
		}
	}
	return q
}

// soft writes exp((q-max q)/tau) to p.p and returns the sum and the largest of q.
func (p *player) soft(q []float64) (sum, top float64) {
	top = q[0]
	for _, x := range q[1:] {
		top = max(top, x)
	}
	for m, x := range q {
		e := 1.
		if x != top {
			e = math.Exp((x - top) / p.tau)
		}
		p.p[m] = e
		sum += e
	}
	return sum, top
}

// move learns by moving the value of the move before towards what was paid since and
// the soft value of this view: tau·(ln Σ exp(q/tau) - ln n), the average weighed
// against even play.
func (p *player) move(v games.View, ticket float64, learns bool) (int, error) {
	if err := p.look(v); err != nil {
		return 0, err
	}
	n := v.Moves
	q := p.values(n)
	sum, top := p.soft(q)
	if learns {
		if p.did >= 0 {
			p.learn(p.gain + p.weight*(top+p.tau*math.Log(sum/float64(n))))
			q = p.values(n)
			sum, _ = p.soft(q)
		}
		p.gain, p.weight = 0, 1
	}
	m := 0
	if learns && ticket < p.explore {
		m = min(int(ticket/p.explore*float64(n)), n-1)
	} else {
		if learns {
			ticket = (ticket - p.explore) / (1 - p.explore)
		}
		for ticket *= sum; m < n-1 && ticket >= p.p[m]; m++ {
			ticket -= p.p[m]
		}
	}
	if learns {
		p.did = m
		p.at, p.was = p.was, p.at
	}
	return m, nil
}

func (p *player) paid(x, gamma float64) {
	p.gain += p.weight * x
	p.weight *= gamma
}

func (p *player) end() {
	if p.did >= 0 {
		p.learn(p.gain)
	}
}

// learn moves the value of the last move towards a target.
func (p *player) learn(target float64) {
	x := 0.
	for _, at := range p.was {
		x += p.weights[int(at)+p.did]
	}
	x = p.rate * (target - x)
	for _, at := range p.was {
		p.weights[int(at)+p.did] += x
	}
}

func (p *player) rows() (out games.Rows) {
	for _, s := range p.named {
		p.at[0] = s.at + p.bin*int32(s.moves)
		sum, _ := p.soft(p.values(s.moves))
		row := make([]float64, s.moves)
		for m := range row {
			row[m] = p.p[m] / sum
		}
		out.Keys, out.Names, out.Probs = append(out.Keys, s.key), append(out.Names, s.names), append(out.Probs, row)
	}
	return out
}

// frozen shares the weights of tiles, which are only read where nothing is learned.
func (p *player) frozen() pupil {
	c := *p
	c.at, c.was, c.q, c.p = slices.Clone(p.at), slices.Clone(p.was), nil, nil
	if p.tiles == nil {
		c.weights, c.named, c.keys = slices.Clone(p.weights), slices.Clone(p.named), maps.Clone(p.keys)
	}
	return &c
}
