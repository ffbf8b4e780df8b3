package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/report"
	"arbiter/spec"
)

func (env Env) solveCommand() *cli.Command {
	return &cli.Command{
		Name: "solve", Usage: "an equilibrium of a game",
		Description: "The gap of what is found is worked out by other code than the solver's. Exit 3\nif the tolerance was not reached. arbiter solvers lists the solvers, and the keys\nof one.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "game", Usage: "game `SPEC` or file"},
			&cli.StringFlag{Name: "solver", Value: "nash", Usage: "`SPEC` of a solver, as logit(lambda=2); flags of its keys are short for these"},
			&cli.Float64Flag{Name: "tolerance", DefaultText: "the solver's own", Usage: "of every player's gap in units of its own payoff range (learners stop when their sum is), of the error of soft values, or of the residual of quantal responses, a probability"},
			&cli.IntFlag{Name: "max-iterations", Value: 100_000, Usage: "an iteration updates all players"},
			&cli.StringFlag{Name: "temperature", Usage: "`T[,T_1]` of entropy, one or one per player"},
			&cli.StringFlag{Name: "step", Value: "auto", Usage: "of mmd at a temperature: auto, or certified for one that is proved to converge"},
			&cli.StringFlag{Name: "lambda", Usage: "`L`, instead of temperature 1/L"},
			&cli.StringFlag{Name: "regulariser", Value: string(stochastic.KL), Usage: "of soft-shapley and qarl: kl or entropy"},
			&cli.StringFlag{Name: "objective", Value: "welfare", Usage: "of ce and cce: welfare, min-welfare, entropy, player0, …"},
			&cli.StringFlag{Name: "form", Value: string(quantal.FormAgent), Usage: "of logit on trees: agent, reach-weighted, sequence or reduced-normal"},
			&cli.StringFlag{Name: "variant", Usage: "of logit on Markov games: saddle, own-entropy or plain; else what fits"},
			&cli.IntFlag{Name: "starts", Usage: "`N` random starts: of logit on Markov games, to find others; of support-enumeration of many players, per support"},
			&cli.StringFlag{Name: "selection", Usage: "of several equilibria put on top: max-welfare, max-entropy, lowest-support or principal-branch"},
			&cli.BoolFlag{Name: "exact", Usage: "probabilities and values as fractions, where they are known"},
			&cli.BoolFlag{Name: "arms", Usage: "of logit: also follow the branches that leave at bifurcations"},
			&cli.StringFlag{Name: "crossings", Value: "all", Usage: "of logit on trees: all, or first to end when every lambda was met once"},
			&cli.StringFlag{Name: "tau-p", Aliases: []string{"tau_p"}, Value: "auto", Usage: "of qarl: falling temperatures `L` of player 0, T, A,B,C, 'log(from=1,to=0.01)' or linear; auto: those of player 1"},
			&cli.StringFlag{Name: "tau-a", Aliases: []string{"tau_a"}, Value: "auto", Usage: "of qarl: falling temperatures `L` of player 1; auto: those of player 0, or down from the range of values"},
			&cli.StringFlag{Name: "polish", Value: "true", Usage: "of qarl: true to end with a Nash equilibrium, false to end with the last temperature"},
			&cli.StringFlag{Name: "from", Usage: "policy `FILE` or agent spec that learners start from"},
			&cli.BoolFlag{Name: "plot", Usage: "of logit: draw the branch below the table"},
			&cli.StringFlag{Name: "plot-file", Usage: "of logit: draw the branch to `FILE.svg` or .png"},
			&cli.StringFlag{Name: "out", Usage: "write the policy to `FILE.json`"},
			&cli.StringFlag{Name: "trace", Usage: "write iterations and gaps to `FILE.csv`"},
		},
		Action: env.solve,
	}
}

func (env Env) solve(c *cli.Context) error {
	o, err := env.out(c, 0, 0, "")
	if err != nil {
		return err
	}
	if c.String("game") == "" {
		return usagef("solve: expected --game SPEC")
	}
	solver, err := solverOf(c)
	if err != nil {
		return usage(err)
	}
	if _, _, err := choose.Find(env.Catalog.Solvers, solver.String()); err != nil {
		return usage(flagged(c, err))
	}
	if (c.IsSet("plot") || c.IsSet("plot-file")) && solver.Name != "logit" {
		return usagef("--plot and --plot-file are for --solver logit, found %s", solver.Name)
	}
	if c.Bool("plot") && o.format != "table" {
		return usagef("--plot draws below the table, found --format %s; use --plot-file", o.format)
	}
	opts := choose.Settings{Limits: equilibria.Limits{Iterations: c.Int("max-iterations"), Tolerance: c.Float64("tolerance")}, Seed: uint64(c.Int64("seed"))}
	if err := opts.Limits.Check(); err != nil {
		return usage(err)
	}
	if err := o.writable(c, "out", "trace", "plot-file"); err != nil {
		return err
	}
	t, err := env.Catalog.Open(c.String("game"), "")
	if err != nil {
		return usage(err)
	}
	found, err := t.Solve(c.Context, solver.String(), opts)
	if errors.Is(err, context.Canceled) {
		return coded{exitInterrupted, errors.New("interrupted; nothing was written")}
	}
	if err != nil {
		return usage(flagged(c, err))
	}
	if (c.IsSet("out") && found.Policy == nil) || (c.IsSet("trace") && found.Curve == nil) {
		return usagef("solve: --out is for solvers that find a policy, --trace for learners; %s does not fit", found.Solver)
	}
	r, err := t.Verdict(found)
	if err != nil {
		return err
	}
	if file := c.String("plot-file"); file != "" {
		env.stage.finish()
		if err := plotOf(t, found).File(file); err != nil {
			return usage(err)
		}
	}
	if file := c.String("trace"); file != "" {
		if err := o.write(file, trace(found)); err != nil {
			return err
		}
	}
	if file := c.String("out"); file != "" {
		body, err := json.MarshalIndent(r.Policy, "", " ")
		if err != nil {
			return err
		}
		if err := o.write(file, append(body, '\n')); err != nil {
			return err
		}
	}
	if err := o.print(report.Solution(r)); err != nil {
		return err
	}
	if c.Bool("plot") {
		fmt.Fprintln(env.Stdout)
		if err := plotOf(t, found).Text(env.Stdout, o.env.Style); err != nil {
			return err
		}
	}
	if found.Status != equilibria.Converged && (found.Branch != nil || found.MarkovBranch != nil) {
		return coded{exitNoAnswer, fmt.Errorf("the branch was followed to lambda %.6g: %s", found.End(), found.Status)}
	}
	if found.Status != equilibria.Converged {
		what, size := "residual", r.Residual
		if found.Temperature == nil && r.NashConv != nil {
			what, size = "NashConv", *r.NashConv
		}
		return coded{exitNoAnswer, fmt.Errorf("%s %.3g after %d iterations, the tolerance is %g", what, size, found.Iterations, r.Tolerance)}
	}
	return nil
}

// shortForms are the flags that stand for a key of the solver's spec, of the same name.
var shortForms = []string{"temperature", "step", "lambda", "regulariser", "objective", "form", "variant", "starts", "selection", "exact", "arms", "crossings", "from", "tau_p", "tau_a", "polish"}

// solverOf is the spec of the solver, with the keys that flags stand for.
func solverOf(c *cli.Context) (spec.Spec, error) {
	s, err := spec.Parse(c.String("solver"))
	if err != nil {
		return s, fmt.Errorf("--solver: %w", err)
	}
	for _, key := range shortForms {
		if !c.IsSet(key) {
			continue
		}
		if slices.ContainsFunc(s.Args, func(a spec.Arg) bool { return a.Key == key }) {
			return s, fmt.Errorf("%s is given twice, by --%s and in --solver %s", key, key, c.String("solver"))
		}
		s.Args = append(s.Args, spec.Arg{Key: key, Text: fmt.Sprint(c.Value(key))})
	}
	slices.SortFunc(s.Args, func(a, b spec.Arg) int { return strings.Compare(a.Key, b.Key) })
	return s, nil
}

// flagged names the flag that gave the key which an error is of, if one did.
func flagged(c *cli.Context, err error) error {
	if of := (*spec.KeyError)(nil); errors.As(err, &of) && slices.Contains(shortForms, of.Key) && c.IsSet(of.Key) {
		return fmt.Errorf("--%s: %w", of.Key, err)
	}
	return err
}

// temperatures are those of a flag, one for all players or one per player.
func temperatures(text string) (list []float64, err error) {
	for _, text := range strings.Split(text, ",") {
		x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || !(x > 0) || math.IsInf(x, 1) || math.IsInf(1/x, 1) {
			return nil, fmt.Errorf("--temperature: found %q, expected a positive number", text)
		}
		list = append(list, x)
	}
	return list, nil
}

// clipped takes gaps that rounding makes negative for 0.
func clipped(e games.Evaluation) games.Evaluation {
	e.NashConv = 0
	for k, gap := range e.Gaps {
		e.Gaps[k] = max(0, gap)
		e.NashConv += e.Gaps[k]
	}
	e.Exploitability = e.NashConv / float64(len(e.Gaps))
	return e
}

func trace(found *choose.Answer) []byte {
	var b bytes.Buffer
	what := "nash_conv"
	if found.Temperature != nil {
		what = "residual"
	}
	fmt.Fprintf(&b, "iteration,%s\n", what)
	for _, p := range found.Curve {
		fmt.Fprintf(&b, "%d,%s\n", p.Iteration, strconv.FormatFloat(p.NashConv, 'g', -1, 64))
	}
	return b.Bytes()
}

func (env Env) solversCommand() *cli.Command {
	return &cli.Command{
		Name: "solvers", Usage: "the solvers there are, or one", ArgsUsage: "[NAME]",
		Action: func(c *cli.Context) error {
			var entries []report.Entry
			for _, s := range env.Catalog.Solvers {
				entries = append(entries, report.Entry{Name: s.Name, Doc: s.Doc, Params: s.Params})
			}
			return env.list(c, "solvers", entries, nil)
		},
	}
}
