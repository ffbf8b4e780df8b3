// Package dice makes every random number that a result of arbiter depends on. It is
// not for secrets.
//
// A stream is a counter passed through the SplitMix64 finaliser (Steele, Lea
// and Flood 2014, variant 13 of Stafford), so word t of a stream is a pure
// function of (key, t): any match can be played again from its key alone, in
// any order and on any number of workers. The streams are pinned by
// TestStreamIsPinned; changing one changes Version and hence every run.
package dice

import "math/bits"

// Version names the streams. It is part of a run's identity.
const Version = 1

const (
	golden = 0x9e3779b97f4a7c15 // step between plies of one match
	inner  = 0xd1342543de82ef95 // step between words drawn by one seat within a ply
)

// Key is the root of a family of streams.
type Key uint64

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// New hashes words (a seed, a digest, a cell number, ...) into a key. The
// order and the number of words matter.
func New(words ...uint64) Key {
	h := uint64(len(words)) * golden
	for _, w := range words {
		h = mix(h+golden) ^ bits.RotateLeft64(mix(w+inner), 32)
		h *= inner
	}
	return Key(mix(h))
}

// Sub returns the key of child i of k, for instance of match i of a cell.
func (k Key) Sub(i uint64) Key { return Key(mix(uint64(k) + inner*(i+1))) }

// Word returns the word of ply t under key k: the first word of At(t).
func (k Key) Word(t int) uint64 { return mix(uint64(k) + golden*uint64(t+1)) }

// At returns the stream a seat may draw from at ply t. However much it draws,
// the words of other plies stay the same.
func (k Key) At(t int) Stream { return Stream{uint64(k) + golden*uint64(t+1)} }

// Stream is a sequence of random words. It is a math/rand/v2 Source.
type Stream struct{ state uint64 }

// Uint64 returns the next word, uniform on all 2^64 values.
func (s *Stream) Uint64() uint64 {
	w := mix(s.state)
	s.state += inner
	return w
}

// Float64 maps a word to [0,1) with 53 bits.
func Float64(word uint64) float64 { return float64(word>>11) * 0x1p-53 }
