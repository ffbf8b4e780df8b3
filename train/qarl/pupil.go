package qarl

import (
	"bytes"
	"fmt"
	"math"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/train/actor"
)

// pupil is what one seat has learned, and how it learns.
type pupil interface {
	// begin begins an episode, of which a key is its own.
	begin(k dice.Key, seat int, t terms)
	// move answers a view with a ticket from [0, 1), and learns from the move before if it
	// is to.
	move(v games.View, ticket float64, learns bool) (int, error)
	// paid counts what the seat got by a step, if it learns.
	paid(x, gamma float64)
	// end learns from the end of a match.
	end()
	// rows is how it would behave at the information states it has met.
	rows() games.Rows
	// frozen is a copy that may be played beside it, and does not learn.
	frozen() pupil
	// save is what load reads; load returns another pupil and what follows.
	save() (savedPlayer, []byte, error)
	load(from savedPlayer, body []byte) (pupil, []byte, error)
}

// newPupil is a seat that knows nothing.
func newPupil(seat int, o options, info games.Info) (pupil, error) {
	if !o.networks {
		return newPlayer(seat, o, info)
	}
	if len(info.Vector) == 0 || info.Horizon == 0 || !(info.Discount > 0 && info.Discount < 1) {
		return nil, fmt.Errorf("values: networks are for games on vectors of numbers with a horizon and a discount, and %s is none", info.Name)
	}
	pay := max(math.Abs(info.Lo[seat]), math.Abs(info.Hi[seat])) / float64(info.Horizon)
	if !(pay > 0) || math.IsInf(pay, 1) {
		return nil, fmt.Errorf("values: networks are for payoffs within bounds, and those of %s are from %g to %g", info.Name, info.Lo[seat], info.Hi[seat])
	}
	s := actor.Settings{
		Box: info.Vector, Units: 32, Rate: 1e-3, Pay: pay, Discount: info.Discount,
		Hot: o.tau0, Explore: o.explore, Tuned: seat == protagonist,
	}
	return networks{actor.New(s), s}, nil
}

// networks are a pupil with an actor and critics.
type networks struct {
	*actor.Player
	settings actor.Settings
}

func (n networks) begin(k dice.Key, seat int, t terms) { n.Begin(k, t.tau[seat], t.seen) }

func (n networks) move(v games.View, ticket float64, learns bool) (int, error) {
	return n.Move(v, ticket, learns)
}

func (n networks) paid(x, _ float64) { n.Paid(x) } // the discount is the game's
func (n networks) end()              { n.End() }
func (n networks) rows() games.Rows  { return games.Rows{} }
func (n networks) frozen() pupil     { return networks{n.Frozen(), n.settings} }

func (n networks) save() (savedPlayer, []byte, error) {
	var b bytes.Buffer
	err := n.Save(&b)
	return savedPlayer{States: []savedState{}, Networks: b.Len()}, b.Bytes(), err
}

func (n networks) load(from savedPlayer, body []byte) (pupil, []byte, error) {
	if from.Networks < 1 || from.Networks > len(body) || from.Moves != 0 || from.Weights != 0 || len(from.States) > 0 {
		return nil, nil, fmt.Errorf("found %d bytes of networks of %d, expected some and nothing else", from.Networks, len(body))
	}
	r := bytes.NewReader(body[:from.Networks])
	p := networks{actor.New(n.settings), n.settings}
	if err := p.Load(r); err != nil {
		return nil, nil, err
	}
	if r.Len() > 0 {
		return nil, nil, fmt.Errorf("found %d bytes after the last of networks", r.Len())
	}
	return p, body[from.Networks:], nil
}
