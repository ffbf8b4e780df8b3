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

	"arbiter/catalog"
	"arbiter/internal/files"
	"arbiter/internal/spec"
	"arbiter/tournament"
)

// tournamentFile is a tournament as its TOML file says it.
type tournamentFile struct {
	Name     string       `toml:"name"`
	Game     string       `toml:"game"`
	Agents   any          `toml:"agents"` // list of specs, or one list per seat
	Seed     int64        `toml:"seed"`
	Sampling samplingKeys `toml:"sampling"`
	Ranking  rankingKeys  `toml:"ranking"`

	base   string           // folder of the file
	kept   []catalog.File   // files of a stored run, read instead of those on disk
	stored *tournament.Plan // of a stored run
}

type samplingKeys struct {
	Population string  `toml:"population"`
	Scheme     string  `toml:"scheme"`
	Bound      string  `toml:"bound"`
	Level      string  `toml:"level"`
	Delta      float64 `toml:"delta"`
	Slack      float64 `toml:"slack"`
	Epsilon    float64 `toml:"epsilon"`
	Batch      float64 `toml:"batch"`
	Resolve    string  `toml:"resolve"`
	MaxMatches int64   `toml:"max_matches"`
	MaxTime    string  `toml:"max_time"`
}

type rankingKeys struct {
	Method         any     `toml:"method"` // a name or a list of names
	Alpha          any     `toml:"alpha"`  // a number, "inf" or "auto"
	PopulationSize int     `toml:"population_size"`
	InfiniteAlpha  string  `toml:"infinite_alpha"`
	Perturbation   float64 `toml:"perturbation"`
	Selection      string  `toml:"selection"`
}

// defaults is what a file that says nothing means.
func defaults() tournamentFile {
	return tournamentFile{
		Seed: 1,
		Sampling: samplingKeys{
			Population: "single", Scheme: "count-weighted", Bound: "auto", Level: "simultaneous",
			Delta: 0.05, Batch: 0.05, Resolve: "edges", MaxMatches: 1_000_000,
		},
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

// keysOf names the keys a table may have, for suggestions.
var keysOf = map[string][]string{
	"":         {"name", "game", "agents", "seed", "sampling", "ranking"},
	"sampling": {"population", "scheme", "bound", "level", "delta", "slack", "epsilon", "batch", "resolve", "max_matches", "max_time"},
	"ranking":  {"method", "alpha", "population_size", "infinite_alpha", "perturbation", "selection"},
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
		known, ok := keysOf[table]
		if !ok {
			return fmt.Errorf("%s:%d: unknown table [%s]; %s", path, line, table, spec.Nearest(table, keysOf[""]))
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
