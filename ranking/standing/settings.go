// Package standing ranks: it turns evidence into the standing of agents or
// profiles, by any of several methods, and says what may be claimed of it. It
// knows neither games nor how anything was played or stored.
package standing

import (
	"fmt"
	"math"
	"slices"

	"arbiter/ranking"
)

// Settings are how evidence is to be ranked. The zero value is not valid;
// Defaults is.
type Settings struct {
	Methods []Method // at least one

	// Of alpha-Rank.
	Alpha          float64           // ranking intensity, at least 0; +Inf: the response graph only; NaN: large enough for the masses to have settled
	PopulationSize int               // at least 2
	Infinite       string            // reading of infinite alpha: perturbed, mcc or limit
	Perturbation   float64           // of the perturbed reading, below ½; 0: its limit
	Selection      ranking.Selection // who is compared with whom; Population is for a single population
	Sweep          bool              // also say who leads at other alphas

	AllEdges bool // list resolved edges however many there are
	Rows     int  // profiles listed of a table too large for a dense chain; 0: all
	Workers  int  // cores for such a table; 0: all
}

// Defaults ranks by alpha-Rank at infinite alpha.
func Defaults() Settings {
	return Settings{Methods: Methods()[:1], Alpha: math.Inf(1), PopulationSize: 50, Infinite: "perturbed", Selection: ranking.Local}
}

// Readings are the names of those of infinite alpha.
var Readings = []string{"perturbed", "mcc", "limit"}

// Check reports what does not make sense whatever the evidence, by the name of
// the setting in a tournament file.
func (s Settings) Check() error {
	switch {
	case len(s.Methods) == 0:
		return fmt.Errorf("ranking.method is empty, expected a name")
	case s.Alpha < 0:
		return fmt.Errorf(`ranking.alpha: found %v, expected a number not below 0, "inf" or "auto"`, s.Alpha)
	case s.PopulationSize < 2:
		return fmt.Errorf("ranking.population_size: found %d, expected at least 2", s.PopulationSize)
	case !slices.Contains(Readings, s.Infinite):
		return fmt.Errorf(`ranking.infinite_alpha: found %q, expected "perturbed", "mcc" or "limit"`, s.Infinite)
	case !(s.Perturbation >= 0 && s.Perturbation < .5):
		return fmt.Errorf("ranking.perturbation: found %g, expected 0 to below 0.5", s.Perturbation)
	case s.Perturbation > 0 && (s.Infinite != "perturbed" || !math.IsInf(s.Alpha, 1)):
		return fmt.Errorf("ranking.perturbation: found %g, expected 0: only the perturbed reading of alpha inf has one", s.Perturbation)
	case s.Selection == ranking.Population && math.IsInf(s.Alpha, 1) && s.Infinite != "limit":
		return fmt.Errorf(`ranking.selection: "population" needs a finite alpha or infinite_alpha = "limit"`)
	case s.Workers < 0:
		return fmt.Errorf("workers: found %d, expected a number not below 0", s.Workers)
	}
	for i, m := range s.Methods {
		if slices.ContainsFunc(s.Methods[:i], func(o Method) bool { return o.Name == m.Name }) {
			return fmt.Errorf("ranking.method: %s stands twice", m.Name)
		}
	}
	return nil
}

// A MisfitError says, in its Text, that settings do not fit the evidence: others would.
type MisfitError struct{ Text string }

// Error is Text.
func (e *MisfitError) Error() string { return e.Text }

func misfit(format string, args ...any) error { return &MisfitError{fmt.Sprintf(format, args...)} }

// An UnknownError says, in its Text, that the evidence has no answer to what is asked.
type UnknownError struct{ Text string }

// Error is Text.
func (e *UnknownError) Error() string { return e.Text }

// misfitOf is err as a MisfitError.
func misfitOf(err error) error {
	if err == nil {
		return nil
	}
	return &MisfitError{err.Error()}
}
