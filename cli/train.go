package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/equilibria/curriculum"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/games/markov"
	"arbiter/report"
	"arbiter/report/figure"
)

func (env Env) trainCommand() *cli.Command {
	return &cli.Command{
		Name: "train", Usage: "policies made along a curriculum", ArgsUsage: "qarl GAME",
		Description: "qarl makes the players of a discounted Markov game rational little by little:\na soft equilibrium at every temperature, each from the one before, and at the end\na Nash equilibrium. Temperatures are in units of rewards: T, a list A,B,C,\n'log(from=1,to=0.01,points=15)' or 'linear(from=1,to=0.01)'; they never rise.\nExit 3 if the end is not what was asked for.\n\nWith --mode sampled both learn by playing, also in games on vectors: soft values,\nthe adversary at temperatures that fall as the protagonist's pay allows. --compare\nsets it beside other ways to train.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "game", Usage: "game `SPEC` or file, if it is no argument"},
			&cli.StringFlag{Name: "mode", Value: "planning", Usage: "planning, from the tables of the game; sampled, by playing it"},
			&cli.StringFlag{Name: "tau-p", DefaultText: "as --tau-a", Usage: "temperatures `L` of player 0, the protagonist; of --mode sampled one"},
			&cli.StringFlag{Name: "tau-a", DefaultText: "15 from the range of values to 1e-4 of it", Usage: "temperatures `L` of player 1, the adversary; of --mode sampled the first and the last, A,B"},
			&cli.BoolFlag{Name: "no-polish", Usage: "end with the last temperature, not with a Nash equilibrium"},
			&cli.StringFlag{Name: "regulariser", Value: string(stochastic.KL), Usage: "what temperatures weigh: kl or entropy"},
			&cli.StringFlag{Name: "variant", Value: string(stochastic.Saddle), Usage: "saddle, for zero-sum games; own-entropy or plain, a branch of any"},
			&cli.IntFlag{Name: "starts", Usage: "`N` random starts to find other equilibria at the last temperatures, of own-entropy and plain"},
			&cli.IntFlag{Name: "iterations", Value: 1000, Usage: "`N` sweeps over all states per temperature, at most; of --mode sampled, in which the default is what suits the game, as often both learn"},
			&cli.StringFlag{Name: "out", Usage: "write the policies to `FILE.json`, for evaluate and tournaments"},
			&cli.StringFlag{Name: "trace", Usage: "write the path to `FILE.csv`"},
			&cli.BoolFlag{Name: "plot", Usage: "draw the path below the table"},
			&cli.StringFlag{Name: "plot-file", Usage: "draw the path, or the map of --map, to `FILE.svg` or .png"},
		}, sampledFlags()...),
		Action: env.train,
	}
}

func (env Env) train(c *cli.Context) error {
	o, err := env.out(c, 1, 2, "a learner and a game: train qarl GAME")
	if err != nil {
		return err
	}
	if name := c.Args().First(); name != "qarl" {
		return usagef("train: found learner %q, expected qarl", name)
	}
	game := c.String("game")
	if given := c.Args().Get(1); (given == "") == (game == "") {
		return usagef("train qarl: expected one game, as argument or with --game")
	} else if game == "" {
		game = given
	}
	switch mode := c.String("mode"); mode {
	case "planning":
		for _, f := range sampledFlags() {
			if name := f.Names()[0]; c.IsSet(name) {
				return usagef("--%s is for --mode sampled", name)
			}
		}
	case "sampled":
		return env.sampled(c, o, game)
	default:
		return usagef("--mode: found %q, expected planning or sampled", mode)
	}
	along := curriculum.Settings{
		Regulariser: stochastic.Regulariser(c.String("regulariser")), Unpolished: c.Bool("no-polish"),
		Limits: equilibria.Limits{Iterations: c.Int("iterations")},
	}
	if along.Limits.Iterations < 1 {
		return usagef("--iterations: found %d, expected at least 1", along.Limits.Iterations)
	}
	for _, schedule := range []struct {
		flag string
		list *[]float64
	}{{"tau-p", &along.TauP}, {"tau-a", &along.TauA}} {
		if c.IsSet(schedule.flag) {
			if *schedule.list, err = curriculum.Parse(c.String(schedule.flag)); err != nil {
				return usagef("--%s: %w", schedule.flag, err)
			}
		}
	}
	variant, starts := stochastic.Variant(c.String("variant")), c.Int("starts")
	switch {
	case starts < 0:
		return usagef("--starts: found %d, expected at least 0", starts)
	case starts > 0 && variant == stochastic.Saddle:
		return usagef("--starts is for --variant own-entropy or plain: the saddle variant has one solution")
	case c.Bool("plot") && o.format != "table":
		return usagef("--plot draws below the table, found --format %s; use --plot-file", o.format)
	}
	if err := o.writable(c, "out", "trace", "plot-file"); err != nil {
		return err
	}
	t, err := env.Catalog.Open(game, "")
	if err != nil {
		return usage(err)
	}
	account, err := env.plan(c.Context, t, variant, along, starts, uint64(c.Int64("seed")))
	if errors.Is(err, context.Canceled) {
		return coded{exitInterrupted, errors.New("interrupted; nothing was written")}
	}
	if err != nil {
		return usage(err)
	}
	if file := c.String("plot-file"); file != "" {
		env.stage.finish()
		if err := pathPlot(account).File(file); err != nil {
			return usage(err)
		}
	}
	if file := c.String("trace"); file != "" {
		var body bytes.Buffer
		if err := report.Write(&body, report.Training(account), "csv"); err != nil {
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
	if err := o.print(report.Training(account)); err != nil {
		return err
	}
	if c.Bool("plot") {
		fmt.Fprintln(env.Stdout)
		if err := pathPlot(account).Text(env.Stdout, o.env.Style); err != nil {
			return err
		}
	}
	if account.Status != string(equilibria.Converged) {
		why := account.Stopped
		if why == "" {
			why = fmt.Sprintf("NashConv %.3g in the worst state", account.Final.NashConvMax)
		}
		return coded{exitNoAnswer, fmt.Errorf("%s: %s", account.Status, why)}
	}
	return nil
}

// plan runs the curriculum, saying how far it is.
func (env Env) plan(ctx context.Context, t *catalog.Table, variant stochastic.Variant, along curriculum.Settings, starts int, seed uint64) (*curriculum.Account, error) {
	if t.Markov == nil {
		if len(t.Game.Info().Vector) > 0 {
			return nil, fmt.Errorf("%s is no Markov game: planning needs its states as a table; --mode sampled learns by playing it", t.Name)
		}
		return nil, fmt.Errorf("%s is no Markov game: planning needs its states as a table", t.Name)
	}
	compiled, err := t.Compiled()
	if err != nil {
		return nil, err
	}
	policy := func(p markov.Policy) games.Policy {
		named := compiled.Policy(p)
		named.Game = t.Name
		return named
	}
	var account *curriculum.Account
	if variant == stochastic.Saddle {
		line, points := env.stage.line, 0
		along.Watch = func(p curriculum.Point) {
			points++
			line.waiting("")
			line.say(func() string {
				return fmt.Sprintf("temperature %d: %.4g and %.4g, NashConv below %.4g", points, p.TauP, p.TauA, p.Bound)
			})
		}
		path, err := curriculum.Solve(ctx, t.Markov, along)
		if err != nil {
			return nil, err
		}
		account = path.Account(policy)
	} else {
		branch, err := curriculum.Follow(ctx, t.Markov, variant, along, starts, seed)
		if err != nil {
			return nil, err
		}
		account = branch.Account(policy)
	}
	account.Game = t.Name
	account.Named = games.NamesOf(t.Game.Info(), &account.Policy)
	return account, nil
}

// pathPlot draws what the players get as temperatures fall: against that of the
// adversary, or, where that stays, of the protagonist.
func pathPlot(a *curriculum.Account) figure.Plot {
	p := figure.Plot{Title: a.Game + " · " + a.Learner, X: "temperature of the adversary", Y: "payoff of player 0", LogX: true}
	rows := a.Curve
	at := func(r curriculum.Row) float64 { return r.TauA }
	if rows[0].TauA == rows[len(rows)-1].TauA {
		p.X, at = "temperature of the protagonist", func(r curriculum.Row) float64 { return r.TauP }
	}
	for _, curve := range []struct {
		name string
		y    func(curriculum.Row) float64
	}{
		{"value, with the regulariser", func(r curriculum.Row) float64 { return r.Value }},
		{"return", func(r curriculum.Row) float64 { return r.Return }},
		{"worst case", func(r curriculum.Row) float64 { return r.WorstCase }},
	} {
		s := figure.Series{Name: curve.name}
		for _, r := range rows {
			if y := curve.y(r); y == y {
				s.X, s.Y = append(s.X, at(r)), append(s.Y, y)
			}
		}
		if len(s.X) > 0 {
			p.Series = append(p.Series, s)
		}
	}
	if b := a.Branch; b != nil {
		for _, t := range b.Folds {
			p.Marks = append(p.Marks, figure.Mark{Name: "turns", X: t})
		}
	}
	return p
}
