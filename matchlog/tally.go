package matchlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// largest payoff whose square, added up as often as most says, is a double.
	largest = 1e100
	// most matches of a log: up to here doubles count exactly.
	most = 1 << 53
)

// tally adds rows up. Agents have numbers by first appearance until the end.
type tally struct {
	single bool
	number []map[string]uint32 // per population
	names  [][]string
	place  map[string]int // of a cell, by the numbers of its agents
	cells  []cell

	matches      int64
	lo, hi       float64
	least, great float64 // sum of the payoffs of a match
	under, over  float64 // the same with what rounding may have added, the least and the largest
	binary, wins bool
	seated       bool
	means        []cellMeans // by cell
	self         map[string]*selfPlay
	clusters     map[string]int // their numbers
	lone         int            // rows that name none
	given        int64          // matches given as means
	parts        map[clusterKey]clusterSum
	failures     map[failure]int64 // matches

	allowed []string // names, if not nil

	agents  []uint32 // of the row
	payoffs []float64
	key     []byte
}

// cell holds what a Pair or a Profile holds.
type cell struct {
	agents              []uint32
	n                   int64
	x, xx               []sum
	d, dd               sum
	wins, losses, draws int64
	first               Results // of the first of agents, when it sat first
	seated              bool
	means               cellMeans
}

// cellMeans are the matches of a cell that are given as means.
type cellMeans struct {
	n     int64
	score sum // of the first of agents
	none  bool
}

// points are 0 if some means are no points.
func (m cellMeans) points() float64 {
	if m.none {
		return 0
	}
	return m.score.value()
}

type selfPlay struct {
	n int64
	x sum
}

// clusterKey is a cluster and a cell.
type clusterKey struct{ cluster, cell int }

type clusterSum struct {
	n     int64
	score float64 // of the first of agents
}

func newTally(c *columns, o Options) (*tally, error) {
	population := o.Population
	if population == Auto {
		population = Multi
		if c.players == 2 {
			population = Single
		}
	}
	if population == Single && c.players > 2 {
		return nil, fmt.Errorf("matches of %d agents of one pool (free-for-all) are not read, expected two agents a match, or population multi: one pool per seat", c.players)
	}
	if population == Multi && c.duel {
		return nil, errors.New("winner and loser do not say who sat where; population multi needs agent_0, agent_1, payoff_0 and payoff_1")
	}
	t := &tally{
		single: population == Single, allowed: o.Agents, place: map[string]int{}, binary: true, wins: true, seated: !c.duel,
		lo: math.Inf(1), hi: math.Inf(-1), least: math.Inf(1), great: math.Inf(-1),
		over: math.Inf(1), under: math.Inf(-1), // of all sums: the least upper and the largest lower end
		self: map[string]*selfPlay{}, failures: map[failure]int64{}, clusters: map[string]int{}, parts: map[clusterKey]clusterSum{},
		agents: make([]uint32, c.players), payoffs: make([]float64, c.players),
		key: make([]byte, 4*c.players),
	}
	pools := c.players
	if t.single {
		pools = 1
	}
	t.names = make([][]string, pools)
	for range pools {
		t.number = append(t.number, map[string]uint32{})
	}
	return t, nil
}

// pooled refuses matches of three and more agents that look as if all came from
// one pool: nothing would be compared, or seats instead of agents.
func (t *tally) pooled() error {
	const ask = "matches of three and more agents of one pool (free-for-all) are not read; if every seat has a pool of its own, say population multi"
	if len(t.cells) == 1 {
		return fmt.Errorf("one profile only was played, so that there is nothing to compare; %s", ask)
	}
	for k, number := range t.number {
		for _, name := range t.names[0] {
			if _, both := number[name]; both && k > 0 {
				return fmt.Errorf("%q sits in seats 0 and %d; %s", name, k, ask)
			}
		}
	}
	return nil
}

// add checks a row and adds it, or leaves the tally as it was.
func (t *tally) add(c *columns, row []field) error {
	for slot := range t.agents {
		if err := checkName(row[slot]); err != nil {
			return fmt.Errorf("%s: %w", c.names[slot], err)
		}
		if t.allowed != nil && !slices.Contains(t.allowed, string(row[slot].text)) {
			return fmt.Errorf("%s: found %q, expected one of %s", c.names[slot], row[slot].text, strings.Join(t.allowed, ", "))
		}
	}
	err := t.readPayoffs(c, row)
	if err != nil {
		return err
	}
	n := int64(1)
	if f := row[c.need+count]; f.given {
		n, err = strconv.ParseInt(string(f.text), 10, 64)
		if err != nil || n < 1 {
			return fmt.Errorf("count: found %q, expected a whole number from 1", f.text)
		}
		if n > most-t.matches {
			return fmt.Errorf("count: found %d, expected at most 2^53 matches in all", n)
		}
	}
	fail, failed, err := t.readFailure(c, row)
	if err != nil {
		return err
	}
	if t.single && bytes.Equal(row[0].text, row[1].text) {
		s := t.self[string(row[0].text)]
		if s == nil {
			s = new(selfPlay)
			t.self[string(row[0].text)] = s
		}
		s.n += n
		s.x.add(float64(n) * (t.payoffs[0] + t.payoffs[1]))
		return nil
	}

	t.matches += n
	if failed {
		t.failures[fail] += n
	}
	total, size, mean := 0.0, 0.0, false
	for _, x := range t.payoffs {
		t.lo, t.hi = min(t.lo, x), max(t.hi, x)
		t.binary = t.binary && (x == 0 || x == 1)
		mean = mean || !failed && n > 1 && x != 0 && x != 1 && x != .5 && x != -1
		total += x
		size += math.Abs(x)
	}
	t.least, t.great = min(t.least, total), max(t.great, total)
	t.under, t.over = max(t.under, total-lastDigits*size), min(t.over, total+lastDigits*size)
	t.wins = t.wins && t.single && total == 1 && (t.payoffs[0] == 0 || t.payoffs[0] == .5 || t.payoffs[0] == 1)
	for seat := range t.agents {
		pool := seat % len(t.names) // 0 if there is one
		t.agents[seat] = t.intern(pool, row[seat].text)
	}
	turned := t.single && t.agents[0] > t.agents[1]
	if turned {
		t.agents[0], t.agents[1] = t.agents[1], t.agents[0]
		t.payoffs[0], t.payoffs[1] = t.payoffs[1], t.payoffs[0]
	}
	at := t.at()
	t.cells[at].add(t.single, n, t.payoffs, !mean && !failed, t.seated && !turned)
	score := points(t.payoffs)
	if mean {
		for len(t.means) <= at {
			t.means = append(t.means, cellMeans{})
		}
		m := &t.means[at]
		t.given += n
		m.n += n
		if score = t.payoffs[0]; total < 1-1e-9 || total > 1+1e-9 || score < 0 || score > 1 {
			m.none = true
		}
		m.score.add(score * float64(n))
	}
	if t.single && c.given["cluster"] && !failed {
		t.cluster(row[c.need+cluster].text, at, n, score)
	}
	return nil
}

// lastDigits is the part of payoffs by which rounding may change their sum.
const lastDigits = 0x1p-50

// points are those of the first of two agents: 1 for a win, ½ for a draw.
func points(payoffs []float64) float64 {
	switch d := payoffs[0] - payoffs[len(payoffs)-1]; {
	case d > 0:
		return 1
	case d < 0:
		return 0
	}
	return .5
}

// cluster adds matches of a cell to a cluster. A row without a name is one of
// its own.
func (t *tally) cluster(name []byte, at int, n int64, score float64) {
	id, known := 0, false
	if len(name) > 0 {
		id, known = t.clusters[string(name)]
	}
	if !known {
		id = len(t.clusters) + t.lone
		if len(name) > 0 {
			t.clusters[string(name)] = id
		} else {
			t.lone++
		}
	}
	p := t.parts[clusterKey{id, at}]
	p.n += n
	p.score += float64(n) * score
	t.parts[clusterKey{id, at}] = p
}

// checkName refuses what would not survive a terminal or a file.
func checkName(f field) error {
	if len(f.text) == 0 {
		return errors.New("is empty, expected a name")
	}
	plain := true
	for _, b := range f.text {
		plain = plain && b >= ' ' && b < 0x7f
	}
	if plain {
		return nil
	}
	if !utf8.Valid(f.text) || bytes.ContainsFunc(f.text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return fmt.Errorf("found %q, expected a name of printable characters in UTF-8", f.text)
	}
	return nil
}

func (t *tally) readPayoffs(c *columns, row []field) error {
	if !c.duel {
		for k := range t.payoffs {
			f := row[c.players+k]
			x, ok := number(f.text)
			if !ok {
				return fmt.Errorf("%s: found %q, expected a number of at most %g in size", c.names[c.players+k], f.text, largest)
			}
			t.payoffs[k] = x
		}
		return nil
	}
	t.payoffs[0], t.payoffs[1] = 1, 0
	switch f := row[c.need+draw]; string(bytes.ToLower(f.text)) {
	case "", "0", "false", "no":
	case "1", "true", "yes":
		t.payoffs[0], t.payoffs[1] = .5, .5
	default:
		return fmt.Errorf("draw: found %q, expected 1, true or yes, or 0, false, no or nothing", f.text)
	}
	return nil
}

// number reads a decimal number, and nothing else that ParseFloat would.
func number(text []byte) (x float64, ok bool) {
	for _, b := range text {
		if (b < '0' || b > '9') && b != '.' && b != '-' && b != '+' && b != 'e' && b != 'E' {
			return 0, false
		}
	}
	x, err := strconv.ParseFloat(string(text), 64)
	return x, err == nil && math.Abs(x) <= largest
}

func (t *tally) intern(pool int, name []byte) uint32 {
	id, ok := t.number[pool][string(name)]
	if !ok {
		id = uint32(len(t.names[pool]))
		t.names[pool] = append(t.names[pool], string(name))
		t.number[pool][t.names[pool][id]] = id
	}
	return id
}

// at is the place of the cell of t.agents.
func (t *tally) at() int {
	for k, a := range t.agents {
		binary.LittleEndian.PutUint32(t.key[4*k:], a)
	}
	at, ok := t.place[string(t.key)]
	if !ok {
		at = len(t.cells)
		t.place[string(t.key)] = at
		t.cells = append(t.cells, cell{
			agents: slices.Clone(t.agents), seated: t.seated,
			x: make([]sum, len(t.agents)), xx: make([]sum, len(t.agents)),
		})
	}
	return at
}

// add adds n matches of the same payoffs; results: they are wins, draws or losses.
func (c *cell) add(single bool, n int64, payoffs []float64, results, first bool) {
	c.n += n
	w := float64(n)
	for k, x := range payoffs {
		c.x[k].add(w * x)
		c.xx[k].add(w * (x * x))
	}
	if !single {
		return
	}
	d := payoffs[0] - payoffs[1]
	c.d.add(w * d)
	c.dd.add(w * (d * d))
	if !results {
		return
	}
	r := &Results{}
	if first {
		r = &c.first
	}
	switch {
	case d > 0:
		c.wins += n
		r.Wins += n
	case d < 0:
		c.losses += n
		r.Losses += n
	default:
		c.draws += n
		r.Draws += n
	}
}

// sum adds numbers up and carries the rounding errors along (Neumaier 1974).
type sum struct{ high, low float64 }

func (s *sum) add(x float64) {
	t := s.high + x
	y := t - s.high
	s.low += (s.high - (t - y)) + (x - y) // exact for any magnitudes (Knuth)
	s.high = t
}

func (s sum) value() float64 { return s.high + s.low }
