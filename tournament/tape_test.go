package tournament_test

import (
	"testing"

	"arbiter/tournament"
	"arbiter/tournament/journaltest"
)

func TestTape(t *testing.T) {
	journaltest.Run(t, func(*testing.T) (tournament.Journal, func() [][]byte) {
		var j tournament.Tape
		return &j, func() [][]byte { return j }
	})
}
