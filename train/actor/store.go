package actor

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"arbiter/dice"
	"arbiter/train/approx"
)

// Save writes what Load reads: networks, their steps and what is remembered.
func (p *Player) Save(w io.Writer) error {
	head := binary.LittleEndian.AppendUint64(nil, uint64(p.moves))
	head = binary.LittleEndian.AppendUint64(head, uint64(p.made))
	head = binary.LittleEndian.AppendUint64(head, math.Float64bits(p.heat))
	if _, err := w.Write(head); err != nil || p.moves == 0 {
		return err
	}
	for _, n := range p.nets() {
		if err := n.Save(w); err != nil {
			return err
		}
	}
	for i := range p.walks {
		if err := p.walks[i].Save(w); err != nil {
			return err
		}
	}
	var row []float64
	for _, t := range p.past {
		row = append(append(row[:0], t.before...), t.after...)
		row = append(row, float64(t.move), t.pay, t.weight, t.tau)
		if err := approx.WriteFloats(w, row); err != nil {
			return err
		}
	}
	return nil
}

// Load takes over what another player of the same Settings saved. After an error p is
// of no more use.
func (p *Player) Load(r io.Reader) error {
	var head [24]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return fmt.Errorf("a player is cut short: %w", err)
	}
	moves, made := binary.LittleEndian.Uint64(head[:]), binary.LittleEndian.Uint64(head[8:])
	heat := math.Float64frombits(binary.LittleEndian.Uint64(head[16:]))
	if moves > 1<<16 || made > 1<<62 || moves == 0 && made > 0 || math.IsNaN(heat) || math.IsInf(heat, 0) {
		return fmt.Errorf("a player: found %d moves, %d remembered and heat %g, expected fewer and finite ones", moves, made, heat)
	}
	if p.heat = heat; moves == 0 {
		return nil
	}
	p.grow(int(moves), dice.New(0))
	for _, n := range p.nets() {
		if err := n.Load(r); err != nil {
			return err
		}
	}
	for i, n := range []*approx.Net{p.critics[0], p.critics[1], p.actor} {
		if err := p.walks[i].Load(r, len(n.Weights)); err != nil {
			return err
		}
	}
	p.made, p.past = int(made), nil
	for i := range min(p.made, p.room) {
		row := make([]float64, 2*p.width+4)
		if err := approx.ReadFloats(r, row); err != nil {
			return fmt.Errorf("move %d remembered: %w", i+1, err)
		}
		rest := row[2*p.width:]
		t := moment{row[:p.width:p.width], row[p.width : 2*p.width : 2*p.width], int(rest[0]), rest[1], rest[2], rest[3]}
		if !(rest[0] >= 0 && rest[0] < float64(moves)) || float64(t.move) != rest[0] || t.tau <= 0 {
			return fmt.Errorf("move %d remembered: found move %g of %d at temperature %g", i+1, rest[0], moves, t.tau)
		}
		p.past = append(p.past, t)
	}
	return nil
}

// nets are all networks.
func (p *Player) nets() []*approx.Net {
	return []*approx.Net{p.actor, p.critics[0], p.critics[1], p.copies[0], p.copies[1]}
}
