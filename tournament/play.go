package tournament

import (
	"context"
	"errors"

	"arbiter/games"
	"arbiter/games/posed"
	"arbiter/ranking/standing"
)

// Play plays a tournament of one's own game and agents to its end and returns what it
// is evidence of, for standing.Rank. Pools are one per population: one pool whose
// agents meet in pairs, seats rotated, or with Population "multi" one per seat. What is
// played depends on the seed, the names of the game and the entrants, and the settings
// alone. Nothing is stored.
func (s Settings) Play(ctx context.Context, game games.Game, seed uint64, pools ...[]Entrant) (standing.Evidence, error) {
	compiled, _ := posed.New(game).Compiled() // without it matches go the slow way
	plan, field, err := s.Enter("", game.Info().Name, seed, game, compiled, pools, nil)
	if err != nil {
		return standing.Evidence{}, err
	}
	limits, err := s.Limits(plan)
	if err != nil {
		return standing.Evidence{}, err
	}
	state, err := field.Run(ctx, limits)
	if err != nil && !errors.Is(err, ErrTime) {
		return standing.Evidence{}, err
	}
	return Reading{Stopped: limits.Why(state, err)}.Evidence(plan, state), nil
}
