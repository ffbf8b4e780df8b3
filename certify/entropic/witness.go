package entropic

import "arbiter/certify"

// Up to here games are checked at witnesses: profiles of tables, leaves of trees.
const witnessProfiles, witnessLeaves = 1 << 12, 1 << 9

// witnesses are those of c beyond the vectors of its Entropy, which are none; nil if the
// game is too large to be checked at them, or c refutes, which no vector proves.
func (g *Game) witnesses(c *certify.Certificate) *certify.Witnesses {
	small := false
	switch p := g.Play.(type) {
	case *tensors:
		small = len(p.payoffs[0]) <= witnessProfiles
	case *tree:
		small = len(p.leaves) <= witnessLeaves
	}
	if !small || c.Unstable != nil {
		return nil
	}
	return &certify.Witnesses{}
}
