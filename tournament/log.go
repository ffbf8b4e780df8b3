package tournament

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"

	"arbiter/agents"
	"arbiter/sampling"
	"arbiter/total"
)

// The log of a run is a sequence of decisions, each a cell, a number of plays
// and what they add up to, exactly; histograms, where there are any, as the
// points that were met and their weights, ended by 0. Sums of payoffs are nearly
// always small multiples of a quarter and take a byte or two; others take nine
// or, where a double does not hold them, eight for each part.

var errLog = errors.New("the stored log of the run is damaged")

// escape begins what is said of failures. Cells are below 2^31.
const escape = 1 << 32

func appendDecision(b []byte, cell int, sum sampling.Sum, single bool) []byte {
	if sum.Failures != nil {
		b = appendFailures(binary.AppendUvarint(b, escape), sum.Failures)
	}
	b = binary.AppendUvarint(b, uint64(cell))
	b = binary.AppendUvarint(b, uint64(sum.N))
	for k := range sum.X {
		b = appendNumber(b, &sum.X[k])
		b = appendNumber(b, &sum.XX[k])
	}
	if single {
		b = appendNumber(b, &sum.D)
		b = appendNumber(b, &sum.DD)
	}
	for k := range sum.Values {
		for i := range sum.Values[k].Weight {
			if w := &sum.Values[k].Weight[i]; *w != (total.Sum{}) {
				b = appendNumber(append(b, byte(i+1)), w)
			}
		}
		b = append(b, 0)
	}
	return b
}

// appendFailures writes the number of plays, what they paid and its squares, per
// player, and of whom, how and how often.
func appendFailures(b []byte, f *sampling.Failures) []byte {
	b = binary.AppendUvarint(b, uint64(f.Plays))
	for k := range f.X {
		b = appendNumber(b, &f.X[k])
		b = appendNumber(b, &f.XX[k])
	}
	b = binary.AppendUvarint(b, uint64(len(f.By)))
	for _, x := range f.By {
		b = append(binary.AppendUvarint(b, uint64(x.Player)), x.Kind)
		b = binary.AppendUvarint(b, uint64(x.Matches))
	}
	return b
}

// readFailures reads what appendFailures wrote. Whether that can be so is asked
// where the decision is folded.
func readFailures(b []byte, players int) (*sampling.Failures, []byte, error) {
	plays, b, err := readUvarint(b)
	if err != nil || plays > math.MaxInt64 {
		return nil, nil, errLog
	}
	f := &sampling.Failures{Plays: int64(plays), X: make([]total.Sum, players), XX: make([]total.Sum, players)}
	for k := range players {
		if f.X[k], b, err = readNumber(b); err != nil {
			return nil, nil, err
		}
		if f.XX[k], b, err = readNumber(b); err != nil {
			return nil, nil, err
		}
	}
	n, b, err := readUvarint(b)
	if err != nil || n > uint64(len(b)) {
		return nil, nil, errLog
	}
	for range n {
		player, rest, err := readUvarint(b)
		if err != nil || player >= uint64(players) || len(rest) == 0 || !agents.Kind(rest[0]).Known() {
			return nil, nil, errLog
		}
		x := sampling.Failed{Player: int(player), Kind: rest[0]}
		matches, rest, err := readUvarint(rest[1:])
		if err != nil || matches > math.MaxInt64 {
			return nil, nil, errLog
		}
		x.Matches = int64(matches)
		f.By, b = append(f.By, x), rest
	}
	return f, b, nil
}

// Kinds of numbers, in the low bits of their first varint.
const (
	oneDouble = 1 // the bits of a double follow
	doubles   = 3 // how many doubles, and they, follow
	whole     = 5 // in units of 2^-2148: 2·bytes + sign, and they, big end first
)

// appendNumber writes 4x as a varint with its low bit 0, or a kind and what
// follows it. Equal sums are written alike.
func appendNumber(b []byte, sum *total.Sum) []byte {
	if x, ok := sum.Double(); ok {
		if q := 4 * x; q == math.Trunc(q) && math.Abs(q) < 1<<52 {
			return binary.AppendUvarint(b, zigzag(int64(q))<<1)
		}
	}
	parts, units := sum.Parts()
	switch {
	case units != nil:
		bytes := units.Bytes()
		b = binary.AppendUvarint(append(b, whole), uint64(len(bytes))<<1|uint64(units.Sign()>>63&1))
		return append(b, bytes...)
	case len(parts) == 0:
		return append(b, 0)
	case len(parts) == 1:
		if q := 4 * parts[0]; q == math.Trunc(q) && math.Abs(q) < 1<<52 {
			return binary.AppendUvarint(b, zigzag(int64(q))<<1)
		}
		b = append(b, oneDouble)
	default:
		b = binary.AppendUvarint(append(b, doubles), uint64(len(parts)))
	}
	for _, x := range parts {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

func zigzag(x int64) uint64   { return uint64(x<<1) ^ uint64(x>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// logReader hands out the decisions of a stored log.
type logReader struct {
	segments [][]byte
	single   bool
}

// next returns the next decision; ok is false at the end. The slices of sum
// are used again by the following call.
func (r *logReader) next(sum *sampling.Sum) (cell int, ok bool, err error) {
	for len(r.segments) > 0 && len(r.segments[0]) == 0 {
		r.segments = r.segments[1:]
	}
	if len(r.segments) == 0 {
		return 0, false, nil
	}
	b := r.segments[0]
	u, b, err := readUvarint(b)
	if err != nil {
		return 0, false, err
	}
	sum.Failures = nil
	if u == escape {
		if sum.Failures, b, err = readFailures(b, len(sum.X)); err != nil {
			return 0, false, err
		}
		if u, b, err = readUvarint(b); err != nil {
			return 0, false, err
		}
	}
	n, b, err := readUvarint(b)
	if err != nil || u > math.MaxInt32 || n > math.MaxInt64 {
		return 0, false, errLog
	}
	sum.N = int64(n)
	for k := range sum.X {
		if sum.X[k], b, err = readNumber(b); err != nil {
			return 0, false, err
		}
		if sum.XX[k], b, err = readNumber(b); err != nil {
			return 0, false, err
		}
	}
	if r.single {
		if sum.D, b, err = readNumber(b); err != nil {
			return 0, false, err
		}
		if sum.DD, b, err = readNumber(b); err != nil {
			return 0, false, err
		}
	}
	for k := range sum.Values {
		w := &sum.Values[k].Weight
		clear(w[:])
		for len(b) > 0 && b[0] != 0 {
			i := b[0] - 1
			if int(i) >= len(w) {
				return 0, false, errLog
			}
			if w[i], b, err = readNumber(b[1:]); err != nil {
				return 0, false, err
			}
		}
		if len(b) == 0 {
			return 0, false, errLog
		}
		b = b[1:]
	}
	r.segments[0] = b
	return int(u), true, nil
}

func readUvarint(b []byte) (uint64, []byte, error) {
	u, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errLog
	}
	return u, b[n:], nil
}

func readNumber(b []byte) (sum total.Sum, rest []byte, err error) {
	kind, b, err := readUvarint(b)
	if err != nil {
		return sum, nil, err
	}
	if kind&1 == 0 {
		return total.Of(float64(unzigzag(kind>>1)) / 4), b, nil
	}
	n := uint64(1)
	if kind == doubles || kind == whole {
		if n, b, err = readUvarint(b); err != nil {
			return sum, nil, err
		}
	}
	switch {
	case kind == whole && n>>1 <= uint64(len(b)):
		units := new(big.Int).SetBytes(b[:n>>1])
		if n&1 != 0 {
			units.Neg(units)
		}
		return total.Units(units), b[n>>1:], nil
	case (kind == oneDouble || kind == doubles) && n <= uint64(len(b))/8:
		for range n {
			sum.Add(math.Float64frombits(binary.LittleEndian.Uint64(b)))
			b = b[8:]
		}
		return sum, b, nil
	}
	return sum, nil, errLog
}
