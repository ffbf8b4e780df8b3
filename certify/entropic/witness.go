package entropic

import (
	"arbiter/certify"
	"arbiter/games/flat"
)

// Up to here games are checked at witnesses: profiles of tables, leaves of trees, those
// that chance never lets happen with them.
const witnessProfiles, witnessLeaves = 1 << 12, 1 << 9

// witnesses are those of c beyond the vectors of its Entropy, which are none; nil if the
// game is too large to be checked at them, or c refutes, which no vector proves.
func (g *Game) witnesses(c *certify.Certificate) *certify.Witnesses {
	small := false
	switch p := g.Play.(type) {
	case *tensors:
		small = len(p.payoffs[0]) <= witnessProfiles
	case *tree:
		small = fewLeaves(p.b)
	}
	if !small || c.Unstable != nil {
		return nil
	}
	return &certify.Witnesses{}
}

// fewLeaves tells whether a tree is checked at witnesses.
func fewLeaves(b *flat.Board) bool {
	_, _, leaves := b.Sizes()
	return leaves <= witnessLeaves
}
