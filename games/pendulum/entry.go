package pendulum

import (
	"arbiter/games"
	"arbiter/games/control"
	"arbiter/spec"
)

// Entry is the pendulum for a catalog.
func Entry() games.Entry {
	return games.Entry{
		Name: "pendulum",
		Doc:  "A rod to be swung up by a torque that cannot lift it; the adversary turns it too.",
		Params: control.Params("200", "0.97",
			spec.Param{Name: "force", Kind: spec.Float, Default: "0.8", Min: 0, Max: 1e3, Doc: "largest torque of the adversary; 1.4 is hard"},
			spec.Param{Name: "mass", Kind: spec.Float, Default: "1", Min: .01, Max: 100, Doc: "of the rod"},
			spec.Param{Name: "length", Kind: spec.Float, Default: "1", Min: .01, Max: 100, Doc: "of the rod"},
			spec.Param{Name: "damping", Kind: spec.Float, Default: "0", Min: 0, Max: 10, Doc: "torque that slows, per speed"},
		),
		Samples: []string{"pendulum", "pendulum(force=1.4)"},
		Open: func(o games.Opening) (games.Game, error) {
			p := Physics{Force: o.Float("force"), Mass: o.Float("mass"), Length: o.Float("length"), Damping: o.Float("damping")}
			return New(o.Name, p, o.Int("horizon"), o.Float("discount"))
		},
	}
}
