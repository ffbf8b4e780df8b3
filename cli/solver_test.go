package cli_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"arbiter/catalog"
	"arbiter/equilibria/choose"
	"arbiter/spec"
)

// triedValues are values of the parameters of solvers that have no choices, not the
// default, by key.
var triedValues = map[string][]string{
	"temperature": {"0.5", "0.5,2"}, "lambda": {"2", "1e-3"}, "objective": {"entropy", "player1"}, "starts": {"3"}, "from": {"cfr(iterations=3)", "p.json"},
	"tau_p": {"1,0.5", "log(from=1,to=0.5,points=3)"}, "tau_a": {"2", "linear(from=1,to=0.5)"},
}

// solverGames are games that a solver, or a key of it, suits; others take chicken.
var solverGames = map[string]string{
	"lp": "kuhn_poker", "backward-induction": "entry.efg", "shapley": "zero.json", "soft-shapley": "zero.json", "step": "matching_pennies",
	"variant": "zero.json", "form": "entry.efg", "regulariser": "two.json", "starts": "three.nfg", "logit starts": "two.json", "soft-shapley regulariser": "zero.json",
	"qarl": "zero.json", "qarl regulariser": "zero.json", "qarl starts": "zero.json",
}

// beside are keys that a key needs or is seen only with.
var beside = map[string]string{
	"step": "temperature=4", "arms": "lambda=2", "crossings": "lambda=1", "form": "lambda=2", "logit starts": "lambda=1", "variant": "lambda=1",
	"logit regulariser": "lambda=1,variant=own-entropy", "soft-shapley regulariser": "temperature=1", "from": "",
	"qarl variant": "", "qarl regulariser": "tau_a=1,tau_p=2", "qarl starts": "tau_a=1,variant=own-entropy",
}

// zeroSum is a zero-sum Markov game of one state.
const zeroSum = `{"kind":"markov_game","players":2,"states":["s"],"actions":[[2],[2]],"discount":0.5,"rewards":[[[[3,1],[0,2]]],[[[-3,-1],[0,-2]]]],"transitions":[[[[1],[1]],[[1],[0.5]]]]}`

// of is what a table says of a key of a solver, of the key, or of the solver.
func of(table map[string]string, solver, key, fallback string) string {
	for _, name := range []string{solver + " " + key, key, solver} {
		if text, ok := table[name]; ok {
			return text
		}
	}
	return fallback
}

// Every parameter of every solver, whatever it is, is told by its flag as in the spec
// of the solver, and makes a difference.
func TestKnobsOfSolvers(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"entry.efg": `EFG 2 R "" { "A" "B" } p "" 1 1 "" { "l" "r" } 0 p "" 2 1 "" { "x" "y" } 0 t "" 1 "" { 1 0 } t "" 2 "" { 0 1/3 } t "" 3 "" { 1/2 1 }`,
		"three.nfg": `NFG 1 R "" { "A" "B" "C" } { 2 2 2 } 3 1 2 0 5 1 1 4 0 2 2 6 1 0 3 3 1 1 4 0 2 0 2 5`,
		"zero.json": zeroSum,
		"two.json":  `{"kind":"markov_game","players":2,"states":["s"],"actions":[[2],[2]],"discount":0.5,"rewards":[[[[3,0],[5,1]]],[[[3,5],[0,1]]]],"transitions":[[[[1],[1]],[[1],[0.5]]]]}`,
		"p.json":    `{"kind":"policy","game":"chicken","player_0":[0.25,0.75],"player_1":[0.75,0.25]}`,
	} {
		write(t, name, text)
	}
	tried := 0
	for _, s := range catalog.Standard().Solvers {
		for _, p := range s.Params {
			values := p.Choices
			if values == nil {
				values = append([]string{p.Default}, triedValues[p.Name]...)
			}
			if s.Name == "mmd" || s.Name == "soft-shapley" {
				values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "1e-3" }) // too hot to converge
			}
			if len(values) < 2 {
				t.Errorf("%s: no value of %s is tried", s.Name, p.Name)
			}
			command := []string{"solve", "--game", of(solverGames, s.Name, p.Name, "chicken"), "--format", "json", "--max-iterations", "500", "--solver"}
			told := func(more ...string) string {
				if text := of(beside, s.Name, p.Name, ""); text != "" {
					more = append(more, text)
				}
				if len(more) == 0 {
					return s.Name
				}
				return s.Name + "(" + strings.Join(more, ",") + ")"
			}
			_, silent, _ := run(append(command, told())...)
			differs := false
			for _, value := range values {
				tried++
				inside := append(slices.Clone(command), told(p.Name+`="`+value+`"`))
				code, out, errs := run(inside...)
				if code != 0 && code != 3 && p.Default != value {
					t.Errorf("%v: exit %d, %s", inside, code, errs)
				}
				flag := append(slices.Clone(command), told(), "--"+p.Name+"="+value)
				if again, same, said := run(flag...); again != code || same != out || code != 2 && said != errs {
					t.Errorf("%v: exit %d, %s; %v: exit %d, %s", inside, code, errs, flag, again, said)
				}
				if value == p.Default && out != silent {
					t.Errorf("%v: the default is not what is taken by itself", inside)
				}
				differs = differs || out != silent
				twice := append(inside, "--"+p.Name+"="+value)
				if code, out, errs := run(twice...); code != 2 || out != "" || !strings.Contains(errs, "twice, by --"+p.Name) {
					t.Errorf("%v: exit %d, %s", twice, code, errs)
				}
			}
			if !differs {
				t.Errorf("%s: %s makes no difference", s.Name, p.Name)
			}
		}
	}
	if tried < 60 {
		t.Errorf("%d values were tried", tried)
	}
}

// A flag of a parameter that the solver has not is refused, by every solver, with the
// name of the solver and the parameters that it has; nothing is dropped silently.
func TestFlagsOfOtherSolvers(t *testing.T) {
	flags := map[string]string{}
	all := catalog.Standard().Solvers
	for _, s := range all {
		for _, p := range s.Params {
			flags[p.Name] = p.Default
		}
	}
	has := func(s choose.Solver, key string) bool {
		return slices.ContainsFunc(s.Params, func(p spec.Param) bool { return p.Name == key })
	}
	for _, s := range all {
		for key, value := range flags {
			if has(s, key) {
				continue
			}
			code, out, errs := run("solve", "--game", "chicken", "--solver", s.Name, "--"+key+"="+value)
			ok := code == 2 && out == "" && strings.Contains(errs, fmt.Sprintf("--%s: %s has no key %q", key, s.Name, key))
			for _, p := range s.Params {
				ok = ok && strings.Contains(errs, p.Name)
			}
			if !ok {
				t.Errorf("%s with --%s: exit %d, %s", s.Name, key, code, errs)
			}
		}
	}
}

// Numbers that are none, or no temperatures, are refused by the word that was typed,
// whichever way it was typed; so is a key of another kind of game than the one at hand.
func TestRefusedKnobs(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "zero.json", zeroSum)
	for _, s := range catalog.Standard().Solvers {
		for _, p := range s.Params {
			if p.Kind != spec.Floats && p.Kind != spec.Float {
				continue
			}
			for _, x := range []string{"inf", "NaN", "-1", "", "warm", "1,", "1e400", "1e-300,1e300", "1,2,3"} {
				for _, game := range []string{"chicken", "zero.json"} {
					for _, how := range [][]string{{s.Name + "(" + p.Name + `="` + x + `")`}, {s.Name, "--" + p.Name + "=" + x}} {
						code, out, errs := run(append([]string{"solve", "--game", game, "--solver"}, how...)...)
						if x == "1e-300,1e300" && code != 2 {
							continue // two temperatures, far apart
						}
						list := p.Name == "lambda" && p.Kind == spec.Floats && strings.Contains(x, ",") && x != "1,"
						misfit := strings.Contains(errs, "is no Markov game") || strings.Contains(errs, "is a Markov game")
						if !list && !misfit && (code != 2 || out != "" || !strings.Contains(errs, p.Name) || strings.Contains(errs, "precision")) {
							t.Errorf("%s, %v: exit %d, %s", game, how, code, errs)
						}
					}
				}
			}
		}
	}
	for args, said := range map[string]string{
		"chicken --solver logit(regulariser=entropy)":                              "no Markov game",
		"chicken --solver logit --starts 2":                                        "no Markov game",
		"chicken --solver logit --variant plain":                                   "no Markov game",
		"chicken --solver support-enumeration --starts 2":                          "two players",
		"zero.json --solver logit(lambda=1) --form sequence":                       "is a Markov game",
		"zero.json --solver logit --lambda 1 --arms":                               "is a Markov game",
		"zero.json --solver logit --lambda 1 --crossings first":                    "is a Markov game",
		"zero.json --solver logit(variant=plain) --lambda 1 --regulariser entropy": "plain has none",
		"zero.json --solver qarl(variant=plain) --regulariser entropy":             "plain has none",
		"zero.json --solver qarl --temperature 1 --tau-p 1":                        "schedules",
		"zero.json --solver qarl(tau_a=1) --tau-a 2":                               "twice",
		"chicken --solver qarl":                                                    "no Markov game",
		"zero.json --solver logit --lambda 1 --temperature 1":                      "temperature and lambda",
		"zero.json --solver soft-shapley(lambda=1) --temperature 1":                "temperature and lambda",
		"chicken --solver mmd(temperature=1) --lambda 1":                           "temperature and lambda",
		"chicken --solver mmd(temperature=1":                                       "--solver: spec",
		"chicken --solver lp(game=chicken)":                                        `lp has no key "game"; known: exact`,
		"kuhn_poker --solver dcfr --from chess(x=1)":                               "--from",
		"kuhn_poker --solver dcfr(from=trembling(agent=uniform,epsilon=2))":        "from=trembling",
		"kuhn_poker --solver dcfr(from=gone.json)":                                 "--solver: from=gone.json",
	} {
		code, out, errs := run(append([]string{"solve", "--game"}, strings.Fields(args)...)...)
		if code != 2 || out != "" || !strings.Contains(errs, said) {
			t.Errorf("%s: exit %d, %s; expected %q", args, code, errs, said)
		}
	}
}
