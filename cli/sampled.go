package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/games/markov"
	"arbiter/report"
	"arbiter/report/figure"
	"arbiter/spec"
	"arbiter/train"
	"arbiter/train/qarl"
)

// sampledFlags are those of train --mode sampled.
func sampledFlags() []cli.Flag {
	const group = "of --mode sampled"
	var names []string
	for _, a := range qarl.Algorithms() {
		names = append(names, a.Name)
	}
	return []cli.Flag{
		&cli.StringFlag{Name: "algorithm", Value: "qarl", Category: group, Usage: strings.Join(names, ", ")},
		&cli.StringFlag{Name: "compare", Category: group, Usage: "train `LIST` of algorithms too, with the same seeds, and show what they come to"},
		&cli.IntFlag{Name: "seeds", Value: 10, Category: group, Usage: "`N` trainings per algorithm of --compare, from --seed on"},
		&cli.StringFlag{Name: "learner", Category: group, Usage: "`SPEC` of keys that are not to be what suits the game, as qarl(floor=1,tilings=4)"},
		&cli.IntFlag{Name: "episodes", DefaultText: "what suits the game", Category: group, Usage: "`N` per phase, of which an iteration has two"},
		&cli.IntFlag{Name: "horizon", Value: 100, Category: group, Usage: "`N` steps after which an episode of a Markov game is broken off"},
		&cli.StringFlag{Name: "checkpoint", Category: group, Usage: "keep what was learned in `FILE`, and go on from it if it is there"},
		&cli.Int64Flag{Name: "every", Value: 10, Category: group, Usage: "`N` iterations between two checkpoints"},
		&cli.IntFlag{Name: "restarts", Value: qarl.Standard().Restarts, Category: group, Usage: "`N` adversaries trained against the frozen protagonist, where worst cases are not exact"},
		&cli.IntFlag{Name: "restart-episodes", Value: qarl.Standard().Training, Category: group, Usage: "`N` episodes of each"},
		&cli.IntFlag{Name: "map", Category: group, Usage: "judge on a map of `N` by N places of other physics, as 11"},
	}
}

// course is where a game is trained in, with a map of so many places along each side.
func (env Env) course(t *catalog.Table, horizon, side int) (qarl.Course, error) {
	c := qarl.Course{Info: t.Game.Info(), World: func() train.World { return train.WorldOf(t.Game) }}
	if t.Markov != nil && t.Markov.Horizon == 0 {
		if !t.Markov.ZeroSum() {
			return c, fmt.Errorf("%s: rewards of two players that sum to 0 are expected, and those of this game do not; --variant own-entropy is for it", t.Name)
		}
		g := markov.Episodes(t.Markov, horizon)
		c = qarl.Course{Info: g.Info(), World: func() train.World { return train.WorldOf(g) }, Table: t.Markov}
	} else if len(c.Info.Vector) == 0 {
		return c, fmt.Errorf("%s: learning by playing is for Markov games without horizon and for games on vectors", t.Name)
	}
	if side == 0 {
		return c, nil
	}
	if len(c.Info.Varied) < 2 {
		return c, fmt.Errorf("--map: %s has no two numbers of physics to vary", t.Name)
	}
	s, err := spec.Parse(t.Name)
	if err != nil {
		return c, err
	}
	for i := range side {
		var row []qarl.Course
		for j := range side {
			at := spec.Spec{Name: s.Name, Args: slices.Clone(s.Args)}
			for k, place := range []int{i, j} {
				axis := c.Info.Varied[k]
				for a := range at.Args {
					if at.Args[a].Key == axis.Name {
						at.Args[a].Text = strconv.FormatFloat(qarl.Place(axis, place, side), 'g', -1, 64)
					}
				}
			}
			other, err := env.Catalog.Open(at.String(), t.Base)
			if err != nil {
				return c, err
			}
			there, err := env.course(other, horizon, 0)
			if err != nil {
				return c, err
			}
			row = append(row, there)
		}
		c.Places = append(c.Places, row)
	}
	return c, nil
}

// settings are the keys that flags of the command give.
func settings(c *cli.Context) (map[string]string, error) {
	given := map[string]string{}
	if text := c.String("learner"); text != "" {
		s, err := spec.Parse(text)
		if err != nil {
			return nil, usagef("--learner: %w", err)
		}
		if s.Name != "qarl" {
			return nil, usagef("--learner: found %q, expected qarl(…)", s.Name)
		}
		for _, a := range s.Args {
			given[a.Key] = a.Text
		}
	}
	for flag, key := range map[string]string{"iterations": "iterations", "episodes": "episodes"} {
		if c.IsSet(flag) {
			given[key] = strconv.Itoa(c.Int(flag))
		}
	}
	if c.IsSet("tau-p") {
		given["tau_p"] = c.String("tau-p")
	}
	if c.IsSet("tau-a") {
		from, to, two := strings.Cut(c.String("tau-a"), ",")
		if !two {
			return nil, usagef("--tau-a: found %q, expected two temperatures, from and to, as 1,0.01", c.String("tau-a"))
		}
		given["tau0"], given["tau1"] = from, to
	}
	return given, nil
}

// sampled is train --mode sampled.
func (env Env) sampled(c *cli.Context, o output, game string) error {
	for _, flag := range []string{"no-polish", "regulariser", "variant", "starts"} {
		if c.IsSet(flag) {
			return usagef("--%s is for --mode planning", flag)
		}
	}
	trial := qarl.Standard()
	trial.Restarts, trial.Training = c.Int("restarts"), c.Int("restart-episodes")
	for flag, least := range map[string]int{"horizon": 1, "seeds": 2, "every": 1, "restarts": 0, "restart-episodes": 1, "map": 0} {
		n := int(c.Int64(flag))
		if flag != "every" {
			n = c.Int(flag)
		}
		if n < least || n > 1_000_000 {
			return usagef("--%s: found %d, expected %d to 1000000", flag, n, least)
		}
	}
	if c.Int("map") > 101 {
		return usagef("--map: found %d, expected 0 to 101", c.Int("map"))
	}
	given, err := settings(c)
	if err != nil {
		return err
	}
	if c.Bool("plot") && o.format != "table" {
		return usagef("--plot draws below the table, found --format %s; use --plot-file", o.format)
	}
	if err := o.writable(c, "out", "trace", "plot-file"); err != nil {
		return err
	}
	if file := c.String("plot-file"); file != "" { // before hours of training
		if _, err := figure.Ending(file); err != nil {
			return usage(err)
		}
	}
	t, err := env.Catalog.Open(game, "")
	if err != nil {
		return usage(err)
	}
	course, err := env.course(t, c.Int("horizon"), c.Int("map"))
	if err != nil {
		return usage(err)
	}
	if c.String("compare") != "" {
		for _, flag := range []string{"checkpoint", "out", "plot"} {
			if c.IsSet(flag) {
				return usagef("--%s is for one training, not for --compare", flag)
			}
		}
		if c.IsSet("plot-file") && c.Int("map") == 0 {
			return usagef("--plot-file: of --compare, maps are drawn; --map 11 asks for them")
		}
		return env.compare(c, o, course, given, trial)
	}
	return env.learn(c, o, course, given, trial)
}

// compare trains and judges several algorithms.
func (env Env) compare(c *cli.Context, o output, course qarl.Course, given map[string]string, trial qarl.Trial) error {
	how := qarl.Comparison{
		Algorithms: []string{c.String("algorithm")}, Settings: given,
		Seed: uint64(c.Int64("seed")), Seeds: c.Int("seeds"), Workers: c.Int("workers"), Trial: trial,
	}
	for _, name := range spec.Split(c.String("compare")) {
		if name = strings.TrimSpace(name); name != how.Algorithms[0] {
			how.Algorithms = append(how.Algorithms, name)
		}
	}
	line, done, all := env.stage.line, atomic.Int64{}, len(how.Algorithms)*how.Seeds
	line.waiting(fmt.Sprintf("0 of %d trainings", all))
	how.Watch = func(algorithm string, seed uint64, v qarl.Verdict) {
		n := done.Add(1)
		line.waiting(fmt.Sprintf("%d of %d trainings, %s with seed %d: worst case %.4g", n, all, algorithm, seed, v.Worst))
	}
	account, err := course.Compare(c.Context, how)
	if errors.Is(err, context.Canceled) {
		return coded{exitInterrupted, errors.New("interrupted; nothing was written")}
	}
	if err != nil {
		return usage(err)
	}
	if file := c.String("plot-file"); file != "" {
		env.stage.finish()
		if err := comparedHeat(account).File(file); err != nil {
			return usage(err)
		}
	}
	if file := c.String("trace"); file != "" {
		var body bytes.Buffer
		if err := report.Write(&body, report.Compared(account), "csv"); err != nil {
			return err
		}
		if err := o.write(file, body.Bytes()); err != nil {
			return err
		}
	}
	return o.print(report.Compared(account))
}

// learn is one training.
func (env Env) learn(c *cli.Context, o output, course qarl.Course, given map[string]string, trial qarl.Trial) error {
	text, err := qarl.Spec(c.String("algorithm"), given, course.Info)
	if err != nil {
		return usage(err)
	}
	how := qarl.Training{Spec: text, Seed: uint64(c.Int64("seed")), Every: c.Int64("every")}
	if c.String("out") != "" && len(course.Info.Vector) > 0 {
		return usagef("--out: the states of %s are vectors, which no policy file names; --checkpoint keeps what was learned", course.Info.Name)
	}
	file := c.String("checkpoint")
	if file != "" {
		from, err := train.Read(file)
		switch {
		case err == nil:
			how.From = &from
		case !errors.Is(err, fs.ErrNotExist):
			return usagef("--checkpoint: %w", err)
		}
		if err := o.writable(c, "checkpoint"); err != nil {
			return err
		}
		how.Save = func(p train.Checkpoint) error { return p.Write(file) }
	}
	line := env.stage.line
	how.Watch = func(step, of int64, r qarl.Row) {
		line.waiting("")
		line.say(func() string {
			return fmt.Sprintf("iteration %d of %d, temperature %.4g, paid %.4g", step, of, r.Temperature, r.Return)
		})
	}
	how.Marks = 12
	var learned *qarl.Learner
	training := func() (err error) {
		learned, err = course.Train(c.Context, how)
		return err
	}
	if file == "" {
		err = training()
	} else {
		err = env.stage.storing(c.Context, file, training)
	}
	if errors.Is(err, context.Canceled) {
		if file == "" {
			return coded{exitInterrupted, errors.New("interrupted; nothing was written")}
		}
		return coded{exitInterrupted, fmt.Errorf("interrupted; what was learned is in %s", file)}
	}
	if err != nil {
		if errors.As(err, new(*os.PathError)) {
			return err
		}
		return usage(err)
	}
	account, err := course.Tell(c.Context, learned, how, trial)
	if err != nil {
		return err
	}
	d := report.Trained(account)
	if file := c.String("plot-file"); file != "" {
		env.stage.finish()
		draw := curvePlot(account).File
		if account.Axes != nil {
			draw = trainedHeat(account, c.String("algorithm")).File
		}
		if err := draw(file); err != nil {
			return usage(err)
		}
	}
	if file := c.String("trace"); file != "" {
		var body bytes.Buffer
		if err := report.Write(&body, d, "csv"); err != nil {
			return err
		}
		if err := o.write(file, body.Bytes()); err != nil {
			return err
		}
	}
	if file := c.String("out"); file != "" {
		body, err := json.MarshalIndent(account.Policy, "", " ")
		if err != nil {
			return err
		}
		if err := o.write(file, append(body, '\n')); err != nil {
			return err
		}
	}
	if err := o.print(d); err != nil {
		return err
	}
	if c.Bool("plot") {
		fmt.Fprintln(env.Stdout)
		return curvePlot(account).Text(env.Stdout, o.env.Style)
	}
	return nil
}

// curvePlot draws what the protagonist is paid while it learns.
func curvePlot(a *qarl.Trained) figure.Plot {
	p := figure.Plot{Title: a.Game + " · " + a.Learner, X: "episode", Y: "payoff of player 0"}
	paid, worst := figure.Series{Name: "return, discounted"}, figure.Series{Name: "worst case"}
	temperature := figure.Series{Name: "temperature"}
	for _, r := range a.Curve {
		x := float64(r.Episode)
		paid.X, paid.Y = append(paid.X, x), append(paid.Y, r.Return)
		temperature.X, temperature.Y = append(temperature.X, x), append(temperature.Y, r.Temperature)
		if r.Worst == r.Worst {
			worst.X, worst.Y = append(worst.X, x), append(worst.Y, r.Worst)
		}
	}
	p.Series = append(p.Series, paid)
	if len(worst.X) > 0 {
		p.Series = append(p.Series, worst)
	}
	p.Series = append(p.Series, temperature)
	return p
}
