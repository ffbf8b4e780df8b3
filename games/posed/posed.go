// Package posed holds one game in all the forms it has, each made when it is first
// asked for.
package posed

import (
	"fmt"
	"sync"

	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/markov"
	"arbiter/games/normal"
)

// Game is a game with its forms. It is safe for concurrent use.
type Game struct {
	games.Game
	Name    string        // canonical
	Payoffs *normal.Table // of a payoff table that is played, else nil
	// Markov is the game as a Markov game whose policies go by state, nil if it
	// is none.
	Markov *markov.Game

	board    func() (*flat.Board, error)
	compiled func() (Compiled, error)
}

// Compiled is a form that judges behaviour and plays it.
type Compiled interface {
	games.Judge
	games.Deck
}

// MaxNodes is the size up to which games are compiled: Kuhn poker of six players,
// 1.9 million nodes, takes a second or two and 200 MB.
const MaxNodes = 1 << 21

// New poses a game under the name its Info has.
func New(g games.Game) *Game {
	p := &Game{Game: g, Name: g.Info().Name, Payoffs: normal.TableOf(g)}
	if m, ok := g.(*markov.Playable); ok && !m.History {
		p.Markov = m.Game
	}
	p.board = sync.OnceValues(func() (*flat.Board, error) {
		if p.Markov != nil {
			return nil, fmt.Errorf("%s is a Markov game, whose information states are its states", p.Name)
		}
		if n := len(g.Info().Vector); n > 0 {
			return nil, fmt.Errorf("%s: its states are vectors of %d real numbers, which no table holds: nothing is exact of it; agents that need no solved game play it (play, run), and learners train in it", p.Name, n)
		}
		return flat.Compile(g, MaxNodes)
	})
	p.compiled = sync.OnceValues(func() (Compiled, error) {
		if p.Markov != nil {
			return markov.NewArena(p.Markov), nil
		}
		b, err := p.board()
		if err != nil {
			return nil, err // without a Board that is nil
		}
		return b, nil
	})
	return p
}

// Board is the game as a compiled tree, or the reason why it is none.
func (p *Game) Board() (*flat.Board, error) { return p.board() }

// Compiled is the game with all its information states, a Board or a
// markov.Arena, or the reason why it cannot be.
func (p *Game) Compiled() (Compiled, error) { return p.compiled() }
