package quantal

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"arbiter/games/flat"
)

// mostListed bounds the moves of all histories together, which are listed one by
// one: 100 MB.
const mostListed = 1 << 22

// histories counts the moves of players of all histories together, and bounds from
// below the moves of sets that can be told apart: those whose first history is
// longer can.
func histories(b *flat.Board) (listed, least int) {
	decisions, chance, leaves := b.Sizes()
	depth := make([]int32, decisions+chance+leaves)
	shortest := make([][]int32, b.Info().Seats)
	for k := range shortest {
		shortest[k] = slices.Repeat([]int32{math.MaxInt32}, len(b.Rows(k)))
	}
	for i := range depth {
		n := b.Node(i)
		listed += int(depth[i])
		if n.Turn >= 0 {
			shortest[n.Turn][n.Row] = min(shortest[n.Turn][n.Row], depth[i])
		}
		for m := range n.Moves {
			if depth[n.First+m] = depth[i]; n.Turn >= 0 {
				depth[n.First+m]++
			}
		}
	}
	type kind struct {
		seat, moves int
		depth       int32
	}
	apart := map[kind]bool{}
	for k, depths := range shortest {
		for row, d := range depths {
			if x := (kind{k, b.Rows(k)[row].Moves, d}); !apart[x] {
				apart[x] = true
				least += x.moves
			}
		}
	}
	return listed, least
}

// newAlike lists the histories of a tree. With merge, sets that an equitable
// partition cannot tell apart (the suits of a card) are one: from even play the
// branch of responses never tells them apart either.
func newAlike(b *flat.Board, merge bool) alike {
	a := alike{b: b}
	var all []set
	for k := range b.Info().Seats {
		a.class = append(a.class, nil)
		for row, x := range b.Rows(k) {
			a.class[k] = append(a.class[k], len(all))
			all = append(all, set{seat: k, row: row, count: x.Moves})
		}
	}
	// Histories in numbers of all sets, moves as they are numbered within a set.
	var nodes, leaves []history
	var visit func(i int, chance float64, h history)
	visit = func(i int, chance float64, h history) {
		n := b.Node(i)
		switch {
		case n.Moves == 0:
			h.chance, h.payoff = math.Log(chance), b.Payoff(n.First)
			leaves = append(leaves, h)
		case n.Turn < 0:
			for m, p := range b.Odds(n.Row) {
				if p > 0 {
					visit(n.First+m, chance*p, h)
				}
			}
		default:
			h.set = a.class[n.Turn][n.Row]
			h.chance = math.Log(chance)
			nodes = append(nodes, h)
			for m := range n.Moves {
				next := h
				next.moves = append(slices.Clip(h.moves), int32(m))
				next.sets = append(slices.Clip(h.sets), int32(h.set))
				visit(n.First+m, chance, next)
			}
		}
	}
	visit(0, 1, history{})

	colour := make([]int, len(all))
	for i := range colour {
		colour[i] = i
	}
	a.single = true
	if merge {
		colour = refine(all, nodes, leaves)
	}
	// One set per class, the deepest first.
	depth := make([]int, len(all))
	for _, h := range nodes {
		depth[h.set] = max(depth[h.set], len(h.moves))
	}
	first := map[int]int{}
	var kept []int
	for i, c := range colour {
		if _, ok := first[c]; !ok {
			first[c] = i
			kept = append(kept, i)
		} else {
			a.single = false
		}
	}
	slices.SortStableFunc(kept, func(i, j int) int { return cmp.Compare(depth[j], depth[i]) })
	position := make([]int, len(all)) // in list
	at := 0
	for n, i := range kept {
		all[i].first = at
		at += all[i].count
		a.list = append(a.list, all[i])
		position[i] = n
	}
	for i, c := range colour {
		position[i] = position[first[c]]
	}
	for k, rows := range a.class {
		for row, i := range rows {
			a.class[k][row] = position[i]
		}
	}
	translate := func(h history) history {
		out := history{chance: h.chance, payoff: h.payoff, set: position[h.set]}
		for j, s := range h.sets {
			p := position[s]
			out.sets = append(out.sets, int32(p))
			out.moves = append(out.moves, int32(a.list[p].first)+h.moves[j])
		}
		return out
	}
	for _, h := range nodes {
		if first[colour[h.set]] == h.set {
			a.nodes = append(a.nodes, translate(h))
		}
	}
	for _, h := range leaves {
		var keep []bool
		for _, s := range h.sets {
			keep = append(keep, first[colour[s]] == int(s))
		}
		if slices.Contains(keep, true) {
			a.leaves = append(a.leaves, translate(h))
			a.keep = append(a.keep, keep)
		}
	}
	return a
}

// refine colours sets so that sets of one colour lie on the same ways to the same
// payoffs, sets on these ways told apart by colour alone. Numbers are compared bit
// by bit: where equal ones differ by rounding there are merely more colours.
func refine(all []set, nodes, leaves []history) []int {
	colour := make([]int, len(all))
	number := func(seen map[string]int, key []byte) int {
		n, ok := seen[string(key)]
		if !ok {
			n = len(seen)
			seen[string(key)] = n
		}
		return n
	}
	seen := map[string]int{}
	for i, s := range all {
		colour[i] = number(seen, binary.AppendUvarint(binary.AppendUvarint(nil, uint64(s.seat)), uint64(s.count)))
	}
	for colours := len(seen); ; {
		ways := map[string]int{}
		way := func(h *history) int {
			key := binary.BigEndian.AppendUint64(nil, math.Float64bits(h.chance))
			for _, x := range h.payoff {
				key = binary.BigEndian.AppendUint64(key, math.Float64bits(x))
			}
			for j, s := range h.sets {
				key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(colour[s])), uint64(h.moves[j]))
			}
			return number(ways, key)
		}
		lists := make([][]int, len(all))
		for i := range nodes {
			h := &nodes[i]
			lists[h.set] = append(lists[h.set], way(h)*2)
		}
		for i := range leaves {
			w := way(&leaves[i])
			for j, s := range leaves[i].sets {
				lists[s] = append(lists[s], w*2+1, -1-j)
			}
		}
		seen = map[string]int{}
		next := make([]int, len(all))
		for i, list := range lists {
			// Pairs of leaf and place are kept together by sorting them as one.
			var words []uint64
			for k := 0; k < len(list); k++ {
				if list[k]%2 == 1 {
					words = append(words, uint64(list[k])<<16|uint64(-list[k+1]))
					k++
				} else {
					words = append(words, uint64(list[k])<<16)
				}
			}
			slices.Sort(words)
			key := binary.AppendUvarint(nil, uint64(colour[i]))
			for _, w := range words {
				key = binary.AppendUvarint(key, w)
			}
			next[i] = number(seen, key)
		}
		colour = next
		if len(seen) == colours {
			return colour
		}
		colours = len(seen)
	}
}
