package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"arbiter/db"
	"arbiter/matchlog"
	"arbiter/ranking/standing"
	"arbiter/report"
	"arbiter/spec"
	"arbiter/tournament"
)

func logFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "population", Value: "auto", Usage: "of a log: single, multi, or auto (single for two agents a match)", Category: "log"},
		&cli.StringFlag{Name: "agents", Usage: "who may be in a log, `A,B,…`; rows with others are bad", Category: "log"},
		&cli.BoolFlag{Name: "skip-bad", Usage: "count and list bad rows of a log instead of failing", Category: "log"},
		&cli.StringFlag{Name: "seats", Value: "balanced", Usage: "of a log: balanced, pairs in which one agent sat first too often stay open, or ignore, seats mean nothing", Category: "log"},
		&cli.Float64Flag{Name: "delta", Value: .05, Usage: "error probability of what is said of a log", Category: "log"},
	}
}

// readLog reads a log of matches as a run.
func readLog(c *cli.Context, file string) (*matchlog.Log, tournament.Plan, []byte, int64, error) {
	o := matchlog.Options{SkipBad: c.Bool("skip-bad")}
	fail := func(err error) (*matchlog.Log, tournament.Plan, []byte, int64, error) {
		return nil, tournament.Plan{}, nil, 0, usage(err)
	}
	switch p := c.String("population"); p {
	case "auto":
	case "single":
		o.Population = matchlog.Single
	case "multi":
		o.Population = matchlog.Multi
	default:
		return fail(fmt.Errorf("--population: found %q, expected auto, single or multi", p))
	}
	if s := c.String("seats"); s != "balanced" && s != "ignore" {
		return fail(fmt.Errorf("--seats: found %q, expected balanced or ignore", s))
	}
	if c.IsSet("agents") {
		o.Agents = spec.Split(c.String("agents"))
	}
	if d := c.Float64("delta"); !(d > 0 && d < 1) {
		return fail(fmt.Errorf("--delta: found %g, expected a number between 0 and 1", d))
	}
	l, err := matchlog.Read(file, o)
	if err != nil {
		return fail(err)
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	var sizes []int
	for _, names := range l.Agents {
		sizes = append(sizes, len(names))
	}
	if err := tournament.Sizes(sizes, l.Single); err != nil {
		return fail(fmt.Errorf("%s: %w", file, err))
	}
	plan, log, decisions := tournament.Imported(name, l, c.Float64("delta"))
	if err := plan.Sampling().Check(); err != nil {
		return fail(fmt.Errorf("%s: %w", file, err))
	}
	return l, plan, log, decisions, nil
}

// rankLog ranks a log of matches without storing it.
func (o output) rankLog(c *cli.Context, how standing.Settings, file string) error {
	l, plan, log, _, err := readLog(c, file)
	if err != nil {
		return err
	}
	state, err := tournament.Replay(plan, [][]byte{log})
	if err != nil {
		return err
	}
	as := tournament.Reading{Stopped: tournament.Options{}.Why(state, nil), IgnoreSeats: c.String("seats") == "ignore", Clusters: l.Clusters}
	e := as.Evidence(plan, state)
	e.Notes = append(logWarnings(l), e.Notes...)
	o.env.sayFailures(c, l)
	if err := o.rank(c, e, how); err != nil {
		return err
	}
	return requireResolved(c, state, as.Stopped)
}

// sayFailures names the matches of a log in which an agent failed, on stderr.
func (env Env) sayFailures(c *cli.Context, l *matchlog.Log) {
	if len(l.Failures) == 0 || c.Bool("quiet") {
		return
	}
	total, byOutcome := int64(0), map[string]int64{}
	for _, f := range l.Failures {
		total += f.N
		byOutcome[f.Outcome] += f.N
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(byOutcome)) {
		parts = append(parts, fmt.Sprintf("%d %s", byOutcome[name], name))
	}
	fmt.Fprintf(env.Stderr, "%d matches of the log ended by a failure (%s): they count as forfeits, in payoffs and not in wins and losses\n", total, report.Clean(strings.Join(parts, ", ")))
}

// logWarnings says what was left out of a log.
func logWarnings(l *matchlog.Log) []string {
	if l.Skipped == 0 {
		return nil
	}
	var rows []string
	for _, b := range l.Bad {
		rows = append(rows, fmt.Sprintf("line %d: %s", b.Line, b.Reason))
	}
	if n := l.Skipped - int64(len(l.Bad)); n > 0 {
		rows = append(rows, fmt.Sprintf("… and %d more", n))
	}
	return []string{fmt.Sprintf("%d bad rows skipped: %s", l.Skipped, strings.Join(rows, "; "))}
}

func (env Env) importCommand() *cli.Command {
	return &cli.Command{
		Name: "import", Usage: "store a log of matches played elsewhere as a run", ArgsUsage: "FILE",
		Description: "FILE is CSV (with a header) or JSON lines: agent_0,…,payoff_0,… or winner,loser\nand optional draw; both with optional count, cluster, timestamp, seed, outcome,\nfailed. A file imported before is recognised.",
		Flags:       append([]cli.Flag{dbFlag()}, logFlags()...),
		Action: func(c *cli.Context) error {
			o, err := env.out(c, 1, 1, "the log's FILE")
			if err != nil {
				return err
			}
			l, plan, log, decisions, err := readLog(c, c.Args().First())
			if err != nil {
				return err
			}
			state, err := tournament.Replay(plan, [][]byte{log})
			if err != nil {
				return err
			}
			env.sayFailures(c, l)
			e := tournament.Reading{IgnoreSeats: c.String("seats") == "ignore"}.Evidence(plan, state)
			store, err := db.Open(c.Context, c.String("db"))
			if err != nil {
				return err
			}
			defer store.Close()
			run, err := store.Begin(c.Context, db.Run{Name: plan.Name, Identity: plan.Identity(), Plan: plan.Encode()}, nil)
			if err != nil {
				return err
			}
			again := run.Decisions > 0
			if !again {
				if err := store.Append(c.Context, run.ID, db.Segment{Decisions: decisions, Matches: l.Matches, Log: log}); err != nil {
					return err
				}
			}
			if err := store.Close(); err != nil {
				return err
			}
			return o.print(&report.Import{
				Schema: "arbiter/import/v1", Run: run.ID, Name: run.Name, Population: plan.Population, Agents: plan.Labels,
				Rows: l.Rows, Matches: l.Matches, Skipped: l.Skipped, Again: again,
				Warnings: slices.Concat(logWarnings(l), e.Notes, e.Tested.Doubts, e.Strangers()),
			})
		},
	}
}
