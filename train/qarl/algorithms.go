package qarl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"arbiter/games"
	"arbiter/spec"
	"arbiter/train/teacher"
)

// Algorithm is a way to train by name: what it changes of the learner's keys.
type Algorithm struct {
	Name, Doc string // as it is asked for; one line of help, Doc
	change    func(a spec.Args) map[string]string
}

// keys are changes that depend on nothing.
func keys(pairs ...string) func(spec.Args) map[string]string {
	return func(spec.Args) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
}

// Algorithms are QARL, what it is compared with, and its ablations.
func Algorithms() []Algorithm {
	return []Algorithm{
		{"qarl", "the adversary's temperature falls as the protagonist's pay allows", keys("teacher", string(teacher.Paced))},
		{"none", "no adversary", keys("adversary", "none")},
		{"random", "an adversary who moves evenly", keys("adversary", "random")},
		{"rarl", "a rational adversary from the start: robust adversarial training", keys("teacher", string(teacher.Fixed))},
		{"fixed", "the temperature that the curriculum ends with, from the start", func(a spec.Args) map[string]string {
			end := max(a.Float("tau1"), a.Float("target")*a.Float("tau0")/a.Float("shape"))
			return map[string]string{"teacher": string(teacher.Fixed), "tau1": strconv.FormatFloat(end, 'g', -1, 64)}
		}},
		{"target", "the distribution that the curriculum ends with, from the start", keys("teacher", string(teacher.AtTarget))},
		{"linear", "temperatures that fall evenly", keys("teacher", string(teacher.Linear))},
		{"log-linear", "temperatures that fall by equal factors", keys("teacher", string(teacher.LogLinear))},
		{"point", "one temperature, lower by 0.001 whenever the protagonist's pay allows", keys("teacher", string(teacher.Point))},
		{"single", "qarl with one temperature for all episodes of an iteration", keys("teacher", string(teacher.Single))},
		{"homogeneous", "qarl whose protagonist has the adversary's temperature", keys("teacher", string(teacher.Paced), "homogeneous", "true")},
		{"both", "qarl whose teacher moves the rate of its distribution too", keys("teacher", string(teacher.PacedBoth))},
		{"force", "a rational adversary whose force grows as the protagonist's pay allows", keys("teacher", string(teacher.Force))},
	}
}

// Spec is the canonical spec of the learner an algorithm is, with the keys of settings
// and, for those they do not give, what is known to suit the game.
func Spec(algorithm string, settings map[string]string, info games.Info) (string, error) {
	all := Algorithms()
	i := slices.IndexFunc(all, func(a Algorithm) bool { return a.Name == algorithm })
	if i < 0 {
		var names []string
		for _, a := range all {
			names = append(names, a.Name)
		}
		return "", fmt.Errorf("no algorithm is called %q; %s", algorithm, spec.Nearest(algorithm, names))
	}
	given := preset(info)
	for key, text := range settings {
		given[key] = text
	}
	_, args, err := spec.Bind(toSpec(given), params())
	if err != nil {
		return "", err
	}
	for key, text := range all[i].change(args) {
		given[key] = text
	}
	s, _, err := spec.Bind(toSpec(given), params())
	return s.String(), err
}

func toSpec(given map[string]string) spec.Spec {
	s := spec.Spec{Name: "qarl"}
	for key, text := range given {
		s.Args = append(s.Args, spec.Arg{Key: key, Text: text})
	}
	slices.SortFunc(s.Args, func(a, b spec.Arg) int { return strings.Compare(a.Key, b.Key) })
	return s
}

// presets are keys that suit games, by name: those of the recorded experiments.
var presets = map[string]string{
	"wind_grid":  "qarl(iterations=150,episodes=10,tau_p=0.005,tau0=0.5,tau1=0.003,rate=0.1,q_p=0.5,floor=0.05)",
	"pendulum":   "qarl(iterations=300,episodes=5,tau_p=0.02,tau0=1,tau1=0.01,rate=0.3,q_p=33,floor=14.5,tiles=16x16)",
	"cart_pole":  "qarl(iterations=800,episodes=5,tau_p=0.05,tau0=5,tau1=0.05,rate=0.2,q_p=50,q_a=-25,floor=30,tiles=6x6x8x8)",
	"point_mass": "qarl(iterations=300,episodes=5,tau_p=0.02,tau0=1,tau1=0.01,rate=0.5,q_p=-30,floor=-99,tiles=4)",
}

// preset are those of a game, or for one that is not among them: temperatures from
// its range of values down to a hundredth of it.
func preset(info games.Info) map[string]string {
	name, _, _ := strings.Cut(info.Name, "(")
	text, known := presets[name]
	given := map[string]string{}
	if !known {
		span := reachable(info) + reachable(games.Info{Horizon: info.Horizon, Discount: info.Discount, Hi: info.Hi[adversary:]})
		if span > 0 && span < 1e9 {
			short := func(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
			given["tau0"], given["tau1"], given["tau_p"] = short(span), short(span/100), short(span/100)
			given["q_p"] = short(reachable(info))
			given["floor"] = short(-reachable(games.Info{Horizon: info.Horizon, Discount: info.Discount, Hi: info.Hi[adversary:]}))
		}
		return given
	}
	s, err := spec.Parse(text)
	if err != nil {
		panic("qarl: preset of " + name + ": " + err.Error())
	}
	for _, a := range s.Args {
		given[a.Key] = a.Text
	}
	return given
}
