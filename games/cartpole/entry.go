package cartpole

import (
	"arbiter/games"
	"arbiter/games/control"
	"arbiter/spec"
)

// Entry is the cart-pole for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "cart_pole",
		Doc:  "A pole to be balanced by pushing its cart; the adversary pushes the pole.",
		Params: control.Params("500", "0.98",
			spec.Param{Name: "force", Kind: spec.Float, Default: "0.15", Min: 0, Max: 1e3, Doc: "largest of the adversary on the pole; 0.25 is hard"},
			spec.Param{Name: "cart_mass", Kind: spec.Float, Default: "1", Min: .01, Max: 100, Doc: "of the cart"},
			spec.Param{Name: "pole_mass", Kind: spec.Float, Default: "0.1", Min: .001, Max: 100, Doc: "of the pole"},
			spec.Param{Name: "length", Kind: spec.Float, Default: "0.5", Min: .01, Max: 100, Doc: "half of the pole's"},
		),
		Open: func(o games.Opening) (games.Game, error) {
			p := Physics{Force: o.Float("force"), Cart: o.Float("cart_mass"), Pole: o.Float("pole_mass"), Length: o.Float("length")}
			return New(o.Name, p, o.Int("horizon"), o.Float("discount"))
		},
	}
}
