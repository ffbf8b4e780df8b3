package sampling

import "arbiter/dice"

// UniformExhaustive works on one random open edge until it is resolved.
const UniformExhaustive = "uniform-exhaustive"

var uniformExhaustive = schemeKind{name: UniformExhaustive, start: func(l *Ledger) Scheme {
	s := &exhaustive{draws: draws{key: l.cfg.Key}}
	s.shuffle(len(l.edges))
	return s
}}

type exhaustive struct {
	one
	draws
	order []int // edges, in the order of work
}

func (s *exhaustive) Next(l *Ledger, _ int64) []Request {
	for !l.open[s.order[0]] {
		s.order = s.order[1:]
	}
	i := s.order[0]
	c := l.ends[i][0].cell
	if l.sides() == 2 {
		c = l.ends[i][s.word()>>63].cell
	}
	return s.ask(l, c)
}

// shuffle makes the order a uniformly random one of 0..n-1 (Fisher and Yates).
func (s *exhaustive) shuffle(n int) {
	s.order = make([]int, n)
	for i := range s.order {
		s.order[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := int(dice.Float64(s.word()) * float64(i+1))
		s.order[i], s.order[j] = s.order[j], s.order[i]
	}
}
