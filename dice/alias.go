package dice

// Slot is one column of an alias table (Walker 1974, built as by Vose 1991).
type Slot struct {
	cut   uint32 // below it the column itself, at or above it the alias
	alias uint32
}

// Pick draws an index from the table with one word: the high half chooses the
// column, the low half decides between it and its alias. Probabilities are
// resolved to 2^-32; zero and one are exact.
func Pick(table []Slot, word uint64) int {
	i := (word >> 32) * uint64(len(table)) >> 32
	s := table[i]
	move := uint64(s.alias)
	if uint32(word) < s.cut { // no branch: compiled to a conditional move
		move = i
	}
	return int(move)
}

// Fill writes the alias table of the probabilities p into dst, which has the
// same length. p must be non-negative with a positive sum; it is normalised.
// Equal p give equal tables, so that every way of playing a row draws alike.
func Fill(dst []Slot, p []float64) {
	n := len(p)
	sum := 0.0
	for _, x := range p {
		sum += x
	}
	var room [64]float64
	q := room[:]
	if n > len(q) {
		q = make([]float64, n)
	}
	q = q[:n]
	// Columns still to be settled, under-full from the left, over-full from the right.
	var roomIndex [64]int32
	todo := roomIndex[:]
	if n > len(todo) {
		todo = make([]int32, n)
	}
	todo = todo[:n]
	under, over := 0, n
	for i, x := range p {
		q[i] = x / sum * float64(n)
		if q[i] < 1 {
			todo[under] = int32(i)
			under++
		} else {
			over--
			todo[over] = int32(i)
		}
	}
	for under > 0 && over < n {
		under--
		small, large := todo[under], todo[over]
		dst[small] = Slot{cut(q[small]), uint32(large)}
		q[large] -= 1 - q[small]
		if q[large] < 1 {
			over++
			todo[under] = large
			under++
		}
	}
	// What is left is full up to rounding; a column of weight zero never gets
	// here while another is over-full, and one must be.
	for _, i := range todo[over:] {
		dst[i] = Slot{0, uint32(i)}
	}
	best := 0
	for i, x := range p {
		if x > p[best] {
			best = i
		}
	}
	for _, i := range todo[:under] {
		if p[i] > 0 {
			dst[i] = Slot{0, uint32(i)}
		} else {
			dst[i] = Slot{0, uint32(best)}
		}
	}
}

func cut(q float64) uint32 {
	if q <= 0 {
		return 0
	}
	c := q * (1 << 32)
	if c >= 1<<32-1 {
		return 1<<32 - 1
	}
	return uint32(c)
}
