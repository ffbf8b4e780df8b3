package approx

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// Save writes what Load reads: the shape and the weights.
func (n *Net) Save(w io.Writer) error {
	if _, err := w.Write(n.shape()); err != nil {
		return err
	}
	return WriteFloats(w, n.Weights)
}

// Load takes over the weights of a network of the same shape. On errors they may be
// of neither.
func (n *Net) Load(r io.Reader) error {
	want := n.shape()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r, got); err != nil {
		return fmt.Errorf("a network is cut short: %w", err)
	}
	if string(got) != string(want) {
		return fmt.Errorf("a network: found the shape %x, expected %x", got, want)
	}
	return ReadFloats(r, n.Weights)
}

// shape is the activations, the number of sizes and they themselves.
func (n *Net) shape() []byte {
	b := []byte{byte(n.hidden), byte(n.out)}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(n.sizes)))
	for _, s := range n.sizes {
		b = binary.LittleEndian.AppendUint32(b, uint32(s))
	}
	return b
}

// Save writes what Load reads: all but the Rate, which is given and not learned.
func (a *Adam) Save(w io.Writer) error {
	head := binary.LittleEndian.AppendUint64(nil, a.steps)
	if _, err := w.Write(binary.LittleEndian.AppendUint64(head, uint64(len(a.mean)))); err != nil {
		return err
	}
	if err := WriteFloats(w, a.mean); err != nil {
		return err
	}
	return WriteFloats(w, a.power)
}

// Load takes over what another Adam for that many weights saved.
func (a *Adam) Load(r io.Reader, weights int) error {
	var head [16]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return fmt.Errorf("steps of Adam are cut short: %w", err)
	}
	steps, n := binary.LittleEndian.Uint64(head[:]), binary.LittleEndian.Uint64(head[8:])
	if n == 0 && steps == 0 {
		a.steps, a.mean, a.power = 0, nil, nil
		return nil
	}
	if n != uint64(weights) || steps == 0 {
		return fmt.Errorf("steps of Adam: found %d of %d weights, expected some of %d", steps, n, weights)
	}
	a.steps, a.mean, a.power = steps, make([]float64, n), make([]float64, n)
	if err := ReadFloats(r, a.mean); err != nil {
		return err
	}
	return ReadFloats(r, a.power)
}

// WriteFloats writes all bits of numbers.
func WriteFloats(w io.Writer, x []float64) error {
	b := make([]byte, 0, 8*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	_, err := w.Write(b)
	return err
}

// ReadFloats fills dst with what WriteFloats wrote. Numbers that are none, or not
// finite, are errors.
func ReadFloats(r io.Reader, dst []float64) error {
	b := make([]byte, 8*len(dst))
	if _, err := io.ReadFull(r, b); err != nil {
		return fmt.Errorf("%d numbers are cut short: %w", len(dst), err)
	}
	for i := range dst {
		dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		if math.IsNaN(dst[i]) || math.IsInf(dst[i], 0) {
			return fmt.Errorf("number %d of %d: found %g, expected a finite one", i+1, len(dst), dst[i])
		}
	}
	return nil
}
