package qarl

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"arbiter/spec"
	"arbiter/train/teacher"
)

// options are what the keys of a spec say.
type options struct {
	iterations, episodes int
	adversary            string // learned, none or random
	tauP, tau0, tau1     float64
	rate, explore, floor float64
	first                [2]float64 // values before anything is learned
	tilings, bins        int
	cells                []int // along each number of a vector, or one for all
	force, networks      bool
}

func params() []spec.Param {
	return append([]spec.Param{
		{Name: "iterations", Kind: spec.Int, Default: "150", Min: 1, Max: 1e7, Doc: "of the whole training, for schedules"},
		{Name: "episodes", Kind: spec.Int, Default: "10", Min: 1, Max: 1e6, Doc: "per phase, of which an iteration has two"},
		{Name: "adversary", Kind: spec.Word, Default: "learned", Choices: []string{"learned", "none", "random"}, Doc: "who disturbs"},
		{Name: "tau_p", Kind: spec.Float, Default: "0.02", Min: 1e-9, Max: 1e9, Doc: "temperature of the protagonist"},
		{Name: "rate", Kind: spec.Float, Default: "0.1", Min: 1e-9, Max: 1, Doc: "share of an error that is learned at once"},
		{Name: "explore", Kind: spec.Float, Default: "0.05", Min: 0, Max: .999, Doc: "probability with which the adversary tries any move while it learns"},
		{Name: "q_p", Kind: spec.Float, Default: "0", Min: -1e9, Max: 1e9, Doc: "values of the protagonist before it has learned; the best it can reach lets it try everything"},
		{Name: "q_a", Kind: spec.Float, Default: "0", Min: -1e9, Max: 1e9, Doc: "values of the adversary before it has learned"},
		{Name: "tilings", Kind: spec.Int, Default: "8", Min: 1, Max: 64, Doc: "grids over vectors"},
		{Name: "tiles", Kind: spec.Word, Default: "8", Doc: "cells of a grid along each number, as in 16x16, or one number for all"},
		{Name: "bins", Kind: spec.Int, Default: "1", Min: 1, Max: 64, Doc: "of temperatures that values tell apart"},
		{Name: "values", Kind: spec.Word, Default: "linear", Choices: []string{"linear", "networks"}, Doc: "linear in features, or networks with an actor"},
	}, teacher.Params()...)
}

func read(a spec.Args) (options, error) {
	o := options{
		iterations: a.Int("iterations"), episodes: a.Int("episodes"), adversary: a["adversary"],
		tauP: a.Float("tau_p"), tau0: a.Float("tau0"), tau1: a.Float("tau1"),
		rate: a.Float("rate"), explore: a.Float("explore"), floor: a.Float("floor"),
		first:    [2]float64{a.Float("q_p"), a.Float("q_a")},
		networks: a["values"] == "networks",
		tilings:  a.Int("tilings"), bins: a.Int("bins"), force: teacher.Kind(a["teacher"]) == teacher.Force,
	}
	if o.tau1 > o.tau0 {
		return o, fmt.Errorf("tau1: found %g above tau0, %g, expected a temperature that does not rise", o.tau1, o.tau0)
	}
	for _, part := range strings.Split(a["tiles"], "x") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 {
			return o, fmt.Errorf("tiles: found %q, expected numbers of cells joined by x, as in 16x16", a["tiles"])
		}
		o.cells = append(o.cells, n)
	}
	return o, nil
}

// curriculum is the teacher.
func (o options) curriculum(a spec.Args) (*teacher.Curriculum, error) {
	return teacher.Of(a, o.iterations)
}

// own is the adversary's temperature in an episode: where its force is bounded
// instead, the last.
func (o options) own(tau float64) float64 {
	if o.force {
		return o.tau1
	}
	return tau
}

// bin is the number of a temperature among those that values tell apart, evenly in
// its logarithm from tau1 up to tau0.
func (o options) bin(tau float64) int {
	if o.bins == 1 || !(tau > o.tau1) || o.tau0 == o.tau1 {
		return 0
	}
	share := math.Log(tau/o.tau1) / math.Log(o.tau0/o.tau1)
	return min(int(share*float64(o.bins)), o.bins-1)
}
