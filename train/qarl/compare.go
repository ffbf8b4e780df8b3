package qarl

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"arbiter/dice"
	"arbiter/games"
	"arbiter/internal/par"
)

// Comparison is what algorithms come to, by the same seeds and as many episodes.
type Comparison struct {
	Algorithms []string          // the first is what the others are compared with
	Settings   map[string]string // keys of the learner
	Seed       uint64            // the first
	Seeds      int               // at least 2
	Workers    int               // 0: all cores; the result does not depend on it
	Trial      Trial             // how they are judged
	// Watch, if not nil, hears of every training that has ended, from any goroutine.
	Watch func(algorithm string, seed uint64, v Verdict)
}

// Account is what came of a Comparison.
type Account struct {
	Schema     string   `json:"schema"`     // arbiter/comparison/v1
	Learner    string   `json:"learner"`    // qarl
	Mode       string   `json:"mode"`       // sampled
	Game       string   `json:"game"`       // canonical spec
	Seed       uint64   `json:"seed"`       // the first
	Seeds      int      `json:"seeds"`      // how many
	Iterations int      `json:"iterations"` // of each training
	Episodes   int64    `json:"episodes"`   // of each training
	Exact      bool     `json:"exact"`      // whether worst cases are
	Trial      Trial    `json:"trial"`      // how they were judged
	Rows       []Result `json:"rows"`       // an algorithm each
	// Axes are those of maps, the first slowest; nil for no maps.
	Axes []games.Axis `json:"map_axes,omitempty"`
}

// Result is what one algorithm came to.
type Result struct {
	Algorithm string    `json:"algorithm"`   // its name
	Spec      string    `json:"spec"`        // of the learner it is
	Nominal   Summary   `json:"nominal"`     // without adversary
	Last      Summary   `json:"last"`        // against the adversary it was trained with
	Worst     Summary   `json:"worst_case"`  // against the worst that was found
	Map       Summary   `json:"map"`         // without adversary, over changed physics
	Reach     Summary   `json:"temperature"` // expected at the end
	Frozen    int       `json:"frozen"`      // trainings that ended with the floor out of reach
	Each      []Verdict `json:"each"`        // by seed

	// The first algorithm's pay less that of this one, seed by seed.
	WorstLess   Summary     `json:"worst_case_difference"`
	NominalLess Summary     `json:"nominal_difference"`  // the same without adversary
	Grid        [][]float64 `json:"map_cells,omitempty"` // of Map, mean over the seeds
}

// Summary is a mean over seeds.
type Summary struct {
	Mean float64 `json:"mean"`       // over seeds
	Half float64 `json:"half_width"` // of its 95 % t-interval
	SD   float64 `json:"sd"`         // over seeds, with n-1
}

// Summarise makes a Summary of at least two numbers.
func Summarise(x []float64) Summary {
	mean, sd := stat.MeanStdDev(x, nil)
	n := float64(len(x))
	return Summary{mean, sd / math.Sqrt(n) * distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(.975), sd}
}

// Compare trains every algorithm with every seed and judges what was learned.
func (c Course) Compare(ctx context.Context, s Comparison) (*Account, error) {
	if s.Seeds < 2 {
		return nil, fmt.Errorf("seeds: found %d, expected at least 2: one has no interval", s.Seeds)
	}
	var specs []string
	for i, name := range s.Algorithms {
		text, err := Spec(name, s.Settings, c.Info)
		if err != nil {
			return nil, err
		}
		if slices.Contains(s.Algorithms[:i], name) {
			return nil, fmt.Errorf("algorithm %s stands twice", name)
		}
		if _, _, err := c.open(text); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		specs = append(specs, text)
	}
	type run struct {
		verdict Verdict
		frozen  bool
		end     float64
		matches int64
		steps   int
	}
	runs := make([]run, len(specs)*s.Seeds)
	err := par.For(ctx, s.Workers, len(runs), func(_, i int) error {
		which, seed := i%len(specs), s.Seed+uint64(i/len(specs))
		l, err := c.Train(ctx, Training{Spec: specs[which], Seed: seed})
		if err != nil {
			return err
		}
		r := &runs[i]
		r.frozen, r.end, r.matches, r.steps = l.Frozen() > 0, l.Temperature(), l.episodes(), l.o.iterations
		if r.verdict, err = c.Judge(ctx, l, s.Trial, dice.New(seed).Sub(judging)); err != nil {
			return err
		}
		if s.Watch != nil {
			s.Watch(s.Algorithms[which], seed, r.verdict)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	a := &Account{Schema: "arbiter/comparison/v1", Learner: "qarl", Mode: "sampled", Game: c.Info.Name, Seed: s.Seed, Seeds: s.Seeds, Trial: s.Trial, Exact: c.Table != nil, Iterations: runs[0].steps, Episodes: runs[0].matches}
	a.Axes = c.axes()
	for which, name := range s.Algorithms {
		of := func(x func(run) float64) []float64 {
			var all []float64
			for i := range s.Seeds {
				all = append(all, x(runs[i*len(specs)+which]))
			}
			return all
		}
		less := func(x func(run) float64) Summary {
			var all []float64
			for i := range s.Seeds {
				all = append(all, x(runs[i*len(specs)])-x(runs[i*len(specs)+which]))
			}
			return Summarise(all)
		}
		nominal, worst := func(r run) float64 { return r.verdict.Nominal }, func(r run) float64 { return r.verdict.Worst }
		row := Result{
			Algorithm: name, Spec: specs[which], Nominal: Summarise(of(nominal)), Worst: Summarise(of(worst)),
			Last:      Summarise(of(func(r run) float64 { return r.verdict.Last })),
			Map:       Summarise(of(func(r run) float64 { return r.verdict.Mean })),
			Reach:     Summarise(of(func(r run) float64 { return r.end })),
			WorstLess: less(worst), NominalLess: less(nominal),
		}
		for i := range s.Seeds {
			r := runs[i*len(specs)+which]
			row.Each = append(row.Each, r.verdict)
			if r.frozen {
				row.Frozen++
			}
			for y := range r.verdict.Map {
				if i == 0 {
					row.Grid = append(row.Grid, make([]float64, len(r.verdict.Map[y])))
				}
				for x, cell := range r.verdict.Map[y] {
					row.Grid[y][x] += cell / float64(s.Seeds)
				}
			}
		}
		a.Rows = append(a.Rows, row)
	}
	return a, nil
}
