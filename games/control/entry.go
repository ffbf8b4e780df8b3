package control

import "arbiter/spec"

// Params are the keys of a game on vectors: those of its physics, then those that
// all have.
func Params(horizon, discount string, all ...spec.Param) []spec.Param {
	return append(all,
		spec.Param{Name: "horizon", Kind: spec.Int, Default: horizon, Min: 1, Max: 1e5, Doc: "steps of a match, which pays their sum"},
		spec.Param{Name: "discount", Kind: spec.Float, Default: discount, Min: 1e-3, Max: .99999, Doc: "of rewards in time, for learners; matches pay plain sums"},
	)
}
