package tournament

import (
	"encoding/binary"
	"errors"
	"math"

	"arbiter/sampling"
)

// The log of a run is a sequence of decisions, each a cell, a number of plays
// and what they add up to; histograms, where there are any, as the points that
// were met and their weights, ended by 0. Sums of payoffs are nearly always small multiples
// of a quarter and take a byte or two; others take nine.

var errLog = errors.New("the stored log of the run is damaged")

func appendDecision(b []byte, cell int, sum sampling.Sum, single bool) []byte {
	b = binary.AppendUvarint(b, uint64(cell))
	b = binary.AppendUvarint(b, uint64(sum.N))
	for k := range sum.X {
		b = appendNumber(b, sum.X[k])
		b = appendNumber(b, sum.XX[k])
	}
	if single {
		b = appendNumber(b, sum.D)
		b = appendNumber(b, sum.DD)
	}
	for k := range sum.Values {
		for i, w := range sum.Values[k].Weight {
			if w != 0 {
				b = appendNumber(append(b, byte(i+1)), w)
			}
		}
		b = append(b, 0)
	}
	return b
}

// appendNumber writes 4x as a varint with its low bit 0, or the byte 1 and the
// bits of x.
func appendNumber(b []byte, x float64) []byte {
	if q := 4 * x; q == math.Trunc(q) && math.Abs(q) < 1<<52 && !(x == 0 && math.Signbit(x)) {
		return binary.AppendUvarint(b, zigzag(int64(q))<<1)
	}
	return binary.LittleEndian.AppendUint64(append(b, 1), math.Float64bits(x))
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

func readNumber(b []byte) (float64, []byte, error) {
	u, b, err := readUvarint(b)
	switch {
	case err != nil:
		return 0, nil, err
	case u&1 == 0:
		return float64(unzigzag(u>>1)) / 4, b, nil
	case u != 1 || len(b) < 8:
		return 0, nil, errLog
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b)), b[8:], nil
}
