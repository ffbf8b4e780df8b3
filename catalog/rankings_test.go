package catalog

import (
	"testing"

	"arbiter/ranking/standing/standingtest"
)

// Every way to rank keeps its contract.
func TestEveryRanking(t *testing.T) {
	for _, m := range Standard().Rankings {
		standingtest.Run(t, m)
	}
}
