package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"arbiter/ranking"
	"arbiter/ranking/standing"
	"arbiter/report"
	"arbiter/spec"
)

func rankFlags(known []standing.Method) []cli.Flag {
	flags := knobFlags(defaults().Ranking, "ranking")
	flags[0].(*cli.StringFlag).Usage = "one or more of " + strings.Join(methodNames(known), ", ")
	return append(flags,
		&cli.BoolFlag{Name: "sweep", Usage: "show who leads at other alphas", Category: "ranking"},
		&cli.IntFlag{Name: "top", Value: 20, Usage: "rows of the table; 0 means all", Category: "output"},
		&cli.BoolFlag{Name: "edges", Usage: "list resolved edges however many there are", Category: "output"},
	)
}

// settings are the keys, checked.
func (m rankingKeys) settings(known []standing.Method) (s standing.Settings, err error) {
	s = standing.Settings{PopulationSize: m.PopulationSize, Infinite: m.InfiniteAlpha, Perturbation: m.Perturbation}
	names, err := m.methods()
	if err != nil {
		return s, err
	}
	for _, n := range names {
		i := slices.IndexFunc(known, func(m standing.Method) bool { return m.Name == n })
		if i < 0 {
			return s, fmt.Errorf("ranking.method: no method is called %q; %s", n, spec.Nearest(n, methodNames(known)))
		}
		s.Methods = append(s.Methods, known[i])
	}
	if s.Alpha, err = m.alpha(); err != nil {
		return s, err
	}
	switch m.Selection {
	case "local":
		s.Selection = ranking.Local
	case "population":
		s.Selection = ranking.Population
	default:
		return s, fmt.Errorf(`ranking.selection: found %q, expected "local" or "population"`, m.Selection)
	}
	return s, s.Check()
}

func methodNames(known []standing.Method) (names []string) {
	for _, m := range known {
		names = append(names, m.Name)
	}
	return names
}

// settingsOf are those that the flags of a command ask for.
func (env Env) settingsOf(c *cli.Context) (standing.Settings, error) {
	m := defaults().Ranking
	override(c, &m)
	return m.settingsWith(c, env.Catalog.Rankings)
}

// settingsWith are the keys and the flags that no file has.
func (m rankingKeys) settingsWith(c *cli.Context, known []standing.Method) (standing.Settings, error) {
	if n := c.Int("workers"); n < 0 {
		return standing.Settings{}, usagef("--workers: found %d, expected a number not below 0", n)
	}
	s, err := m.settings(known)
	s.AllEdges, s.Sweep, s.Rows, s.Workers = c.Bool("edges"), c.Bool("sweep"), c.Int("top"), c.Int("workers")
	return s, err
}

// rank ranks and prints.
func (o output) rank(c *cli.Context, e standing.Evidence, s standing.Settings) error {
	r, err := standing.Rank(e, s)
	if err != nil {
		return err
	}
	return o.print(report.Rank(r, c.Int("top")))
}
