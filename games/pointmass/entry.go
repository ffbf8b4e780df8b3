package pointmass

import (
	"arbiter/games"
	"arbiter/games/control"
	"arbiter/spec"
)

// Entry is the point mass for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "point_mass",
		Doc:  "A mass to be pushed through a gap in a wall to a goal; the adversary is a wind before the wall.",
		Params: control.Params("200", "0.99",
			spec.Param{Name: "force", Kind: spec.Float, Default: "0.8", Min: 0, Max: 1e3, Doc: "largest of the wind"},
			spec.Param{Name: "mass", Kind: spec.Float, Default: "1", Min: .1, Max: 100, Doc: "what is pushed"},
			spec.Param{Name: "friction", Kind: spec.Float, Default: "0.5", Min: 0, Max: 10, Doc: "force that slows, per speed"},
		),
		Open: func(o games.Opening) (games.Game, error) {
			p := Physics{Force: o.Float("force"), Mass: o.Float("mass"), Friction: o.Float("friction")}
			return New(o.Name, p, o.Int("horizon"), o.Float("discount"))
		},
	}
}
