package curriculum

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"arbiter/spec"
)

// Log are temperatures from one to another, each the same multiple of the one before.
func Log(from, to float64, points int) []float64 {
	return between(from, to, points, func(part float64) float64 { return from * math.Pow(to/from, part) })
}

// Linear are temperatures from one to another in equal steps.
func Linear(from, to float64, points int) []float64 {
	return between(from, to, points, func(part float64) float64 { return from + (to-from)*part })
}

func between(from, to float64, points int, at func(part float64) float64) []float64 {
	out := make([]float64, points)
	for i := range out {
		out[i] = at(float64(i) / float64(max(1, points-1)))
	}
	if points > 0 { // to the last bit
		out[0], out[points-1] = from, to
	}
	return out
}

// shaped are the parameters of schedules by name.
var shaped = []spec.Param{
	{Name: "from", Kind: spec.Float, Min: 1e-300, Max: 1e300, Doc: "the first temperature"},
	{Name: "to", Kind: spec.Float, Min: 1e-300, Max: 1e300, Doc: "the last temperature"},
	{Name: "points", Kind: spec.Int, Default: "15", Min: 2, Max: MostPoints, Doc: "how many"},
}

// MostPoints is how long a schedule may be.
const MostPoints = 10_000

// Parse reads a schedule: numbers with commas between, or log(from=1,to=0.001) or
// linear(from=1,to=0.001), both with points=15 unless told otherwise.
func Parse(text string) ([]float64, error) {
	if strings.HasPrefix(text, "log(") || strings.HasPrefix(text, "linear(") {
		s, err := spec.Parse(text)
		if err != nil {
			return nil, err
		}
		name := s.Name
		_, args, err := spec.Bind(s, shaped)
		if err != nil {
			return nil, err
		}
		shape := Log
		if name == "linear" {
			shape = Linear
		}
		out := shape(args.Float("from"), args.Float("to"), args.Int("points"))
		return out, check(text, out)
	}
	var out []float64
	for _, word := range strings.Split(text, ",") {
		x, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil {
			return nil, fmt.Errorf("found %q, expected temperatures a,b,c or log(from=1,to=0.001) or linear(from=1,to=0.001)", word)
		}
		out = append(out, x)
	}
	if len(out) > MostPoints {
		return nil, fmt.Errorf("found %d temperatures, expected at most %d", len(out), MostPoints)
	}
	return out, check("", out)
}

// check refuses what is no schedule: temperatures above 0 that never rise.
func check(name string, list []float64) error {
	if name != "" {
		name += ": "
	}
	for i, t := range list {
		if !(t > 0) || math.IsInf(t, 1) {
			return fmt.Errorf("%stemperature %d: found %g, expected a positive number", name, i+1, t)
		}
		if i > 0 && t > list[i-1] {
			return fmt.Errorf("%stemperature %d: found %g after %g, expected a schedule that never rises: players become rational", name, i+1, t, list[i-1])
		}
	}
	return nil
}

// pairs are the temperatures of both players, point by point. A schedule of one
// temperature stays; nil is the other player's.
func pairs(tauP, tauA []float64) ([][2]float64, error) {
	if err := check("tauP", tauP); err != nil {
		return nil, err
	}
	if err := check("tauA", tauA); err != nil {
		return nil, err
	}
	if tauP == nil {
		tauP = tauA
	}
	if tauA == nil {
		tauA = tauP
	}
	n := max(len(tauP), len(tauA))
	for _, list := range [][]float64{tauP, tauA} {
		if len(list) != 1 && len(list) != n {
			return nil, fmt.Errorf("tauP has %d temperatures and tauA %d: expected as many, or one for a player who stays as rational as that", len(tauP), len(tauA))
		}
	}
	out := make([][2]float64, n)
	for i := range out {
		out[i] = [2]float64{tauP[min(i, len(tauP)-1)], tauA[min(i, len(tauA)-1)]}
	}
	return out, nil
}
