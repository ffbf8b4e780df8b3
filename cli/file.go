package cli

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"arbiter/internal/files"
	"arbiter/spec"
	"arbiter/tournament"
)

// tournamentFile is a tournament as its TOML file says it.
type tournamentFile struct {
	Name     string              `toml:"name" doc:"name of the run"`
	Game     string              "toml:\"game\" doc:\"game `SPEC`\""
	Agents   any                 `toml:"agents"` // list of specs, or one list per seat
	Seed     int64               `toml:"seed"`
	Sampling tournament.Settings `toml:"sampling"`
	Ranking  rankingKeys         `toml:"ranking"`

	base string // folder of the file
}

// rankingKeys are standing.Settings as a file has them.
type rankingKeys struct {
	Method         any     `toml:"method" doc:"METHODS"` // a name or a list of names
	Alpha          any     `toml:"alpha" doc:"ranking intensity: a number, inf, or auto (large enough for the masses to have settled)"`
	PopulationSize int     `toml:"population_size" doc:"individuals per population"`
	InfiniteAlpha  string  `toml:"infinite_alpha" doc:"reading of alpha inf: perturbed, mcc or limit"`
	Perturbation   float64 `toml:"perturbation" doc:"of the perturbed reading; 0 means its limit"`
	Selection      string  `toml:"selection" doc:"local or population (one population)"`
}

// defaults is what a file that says nothing means.
func defaults() tournamentFile {
	return tournamentFile{
		Seed: 1, Sampling: tournament.Defaults(),
		Ranking: rankingKeys{Method: "alpharank", Alpha: "inf", PopulationSize: 50, InfiniteAlpha: "perturbed", Selection: "local"},
	}
}

// readTournament reads a tournament file. Errors name file and line.
func readTournament(path string) (tournamentFile, error) {
	f := defaults()
	body, err := files.Read(path)
	if err != nil {
		return f, err
	}
	f.base = filepath.Dir(path)
	d := toml.NewDecoder(bytes.NewReader(body)).DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return f, tomlError(path, err)
	}
	if f.Name == "" {
		f.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	return f, nil
}

// wrongType is what the TOML library says of a value of the wrong type.
var wrongType = regexp.MustCompile(`^cannot decode TOML (.+) into .* of type (\S+)$`)

var typeNames = map[string]string{"string": "text in quotes", "float64": "a number", "int64": "a whole number", "int": "a whole number"}

// tomlError says where a file is wrong.
func tomlError(path string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		e := strict.Errors[0]
		line, _ := e.Position()
		key := e.Key()
		table := strings.Join(key[:len(key)-1], ".")
		name := key[len(key)-1]
		keys := keysOf(tournamentFile{})
		known, ok := keys[table]
		if !ok {
			return fmt.Errorf("%s:%d: unknown table [%s]; %s", path, line, table, spec.Nearest(table, keys[""]))
		}
		return fmt.Errorf("%s:%d: unknown key %q; %s", path, line, strings.Join(key, "."), spec.Nearest(name, known))
	}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		line, column := decode.Position()
		what := strings.TrimPrefix(decode.Error(), "toml: ")
		if m := wrongType.FindStringSubmatch(what); m != nil {
			want, ok := typeNames[m[2]]
			if !ok {
				want = "a table"
			}
			what = fmt.Sprintf("found %s, expected %s", m[1], want)
		}
		if key := decode.Key(); len(key) > 0 {
			what = fmt.Sprintf("key %s: %s", strings.Join(key, "."), what)
		}
		return fmt.Errorf("%s:%d:%d: %s", path, line, column, what)
	}
	return fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "toml: "))
}

// agentLists returns the agent specs, one list per population, nil if the file
// names none.
func (f tournamentFile) agentLists() ([][]string, error) {
	if f.Agents == nil {
		return nil, nil
	}
	list, ok := f.Agents.([]any)
	if !ok {
		return nil, fmt.Errorf("agents: found %s, expected a list of specs or one list per seat", kindOf(f.Agents))
	}
	texts := func(list []any, where string) ([]string, error) {
		out := make([]string, len(list))
		for i, v := range list {
			s, ok := v.(string)
			if !ok {
				return nil, fmt.Errorf("%s[%d]: found %s, expected a spec in quotes", where, i, kindOf(v))
			}
			out[i] = s
		}
		return out, nil
	}
	nested := false
	for _, v := range list {
		_, isList := v.([]any)
		nested = nested || isList
	}
	if !nested {
		one, err := texts(list, "agents")
		return [][]string{one}, err
	}
	var out [][]string
	for i, v := range list {
		pool, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("agents[%d]: found %s, expected a list as for the other seats", i, kindOf(v))
		}
		one, err := texts(pool, fmt.Sprintf("agents[%d]", i))
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// methods returns the ranking methods asked for.
func (m rankingKeys) methods() ([]string, error) {
	switch v := m.Method.(type) {
	case string:
		return spec.Split(v), nil
	case []any:
		var out []string
		for i, x := range v {
			s, ok := x.(string)
			if !ok {
				return nil, fmt.Errorf("ranking.method[%d]: found %s, expected a name", i, kindOf(x))
			}
			out = append(out, s)
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("ranking.method is empty, expected a name")
		}
		return out, nil
	}
	return nil, fmt.Errorf("ranking.method: found %s, expected a name or a list of names", kindOf(m.Method))
}

// alpha returns the ranking intensity, +Inf for "inf".
func (m rankingKeys) alpha() (float64, error) {
	x := math.NaN()
	switch v := m.Alpha.(type) {
	case int64:
		x = float64(v)
	case float64:
		x = v
	case string:
		if v == "auto" {
			return math.NaN(), nil
		}
		if p, err := strconv.ParseFloat(v, 64); err == nil {
			x = p
		}
	}
	if math.IsNaN(x) || x < 0 {
		return 0, fmt.Errorf(`ranking.alpha: found %v, expected a number not below 0, "inf" or "auto"`, m.Alpha)
	}
	return x, nil
}

// kindOf names a TOML value's type for people.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case int64:
		return "a whole number"
	case float64:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return fmt.Sprintf("%T", v)
}
