package agents

import (
	"context"
	"errors"
	"fmt"

	"arbiter/dice"
	"arbiter/games"
)

var errTooLong = errors.New("the match does not end")

// longest is the number of turns after which a match is given up.
const longest = 1 << 20

// Play plays one match through the State, by the same words as flat.Board.Play:
// the same seats and keys give the same match. It writes the payoffs to dst.
// perfect tells that seats may see the State. A *Failed tells that an agent failed:
// the first in order of the seats, where several move at once. Any other error is
// of the game, of an agent that is none of this game, or of the context.
func Play(ctx context.Context, s games.State, perfect bool, seats []Agent, chance, moves dice.Key, dst []float64) error {
	s.Reset()
	chances, decisions := 0, 0
	var joint []int
	var slots []dice.Slot
	var vector []float64
	observer, _ := s.(games.Observer)
	decide := func(seat int) (int, error) {
		v := games.View{Seat: seat, Key: s.Key(seat), Moves: s.Moves(seat)}
		if perfect {
			v.State = s
		}
		if namer, ok := s.(games.Namer); ok {
			v.Names = namer.MoveNames(seat)
		}
		if observer != nil {
			vector = observer.Observe(seat, vector[:0])
			v.Vector = vector
		}
		src := moves.At(decisions)
		decisions++
		m, err := seats[seat].Move(ctx, v, &src)
		if err == nil && (m < 0 || m >= v.Moves) {
			err = Failure{Illegal, fmt.Sprintf("move %d at information state %q, expected 0 to %d", m, v.Key, v.Moves-1)}
		}
		if err != nil {
			return 0, failed(ctx, seat, seats[seat], err)
		}
		return m, nil
	}
	for range longest {
		switch turn := s.Turn(); turn {
		case games.Over:
			s.Payoff(dst)
			return nil
		case games.Chance:
			odds := s.Odds()
			if odds == nil {
				src := chance.At(chances)
				s.(games.Roller).Roll(&src)
			} else {
				slots = append(slots[:0], make([]dice.Slot, len(odds))...)
				dice.Fill(slots, odds)
				s.Play(dice.Pick(slots, chance.Word(chances)))
			}
			chances++
		case games.Everyone:
			joint = joint[:0]
			for seat := range seats {
				m, err := decide(seat)
				if err != nil {
					return err
				}
				joint = append(joint, m)
			}
			s.(games.Joint).PlayAll(joint)
		default:
			m, err := decide(int(turn))
			if err != nil {
				return err
			}
			s.Play(m)
		}
	}
	return errTooLong
}
