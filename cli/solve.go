package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/equilibria/choose"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/report"
)

func (env Env) solveCommand() *cli.Command {
	return &cli.Command{
		Name: "solve", Usage: "an equilibrium of a game",
		Description: "The gap of what is found is worked out by other code than the solver's. Exit 3\nif the tolerance was not reached. arbiter solvers lists the solvers.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "game", Usage: "game `SPEC` or file"},
			&cli.StringFlag{Name: "solver", Value: "nash", Usage: "`NAME` of a solver"},
			&cli.Float64Flag{Name: "tolerance", DefaultText: "the solver's own", Usage: "of every player's gap in units of its own payoff range (learners stop when their sum is), of the error of soft values, or of the residual of quantal responses, a probability"},
			&cli.IntFlag{Name: "max-iterations", Value: 100_000, Usage: "an iteration updates all players"},
			&cli.StringFlag{Name: "temperature", Usage: "`T[,T_1]` of entropy, one or one per player"},
			&cli.StringFlag{Name: "step", Value: "auto", Usage: "of mmd at a temperature: auto, or certified for one that is proved to converge"},
			&cli.StringFlag{Name: "lambda", Usage: "`L`, instead of temperature 1/L"},
			&cli.StringFlag{Name: "regulariser", Value: string(stochastic.KL), Usage: "of soft-shapley: kl or entropy"},
			&cli.StringFlag{Name: "objective", Value: "welfare", Usage: "of ce and cce: welfare, min-welfare, entropy, player0, …"},
			&cli.StringFlag{Name: "form", Value: string(quantal.FormAgent), Usage: "of logit on trees: agent, reach-weighted, sequence or reduced-normal"},
			&cli.StringFlag{Name: "variant", Usage: "of logit on Markov games: saddle, own-entropy or plain; else what fits"},
			&cli.IntFlag{Name: "starts", Usage: "`N` random starts: of logit on Markov games, to find others; of support-enumeration of many players, per support"},
			&cli.StringFlag{Name: "selection", Usage: "of several equilibria put on top: max-welfare, max-entropy, lowest-support or principal-branch"},
			&cli.BoolFlag{Name: "exact", Usage: "probabilities and values as fractions, where they are known"},
			&cli.BoolFlag{Name: "arms", Usage: "of logit: also follow the branches that leave at bifurcations"},
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
	opts := choose.Settings{
		Limits:      equilibria.Limits{Iterations: c.Int("max-iterations"), Tolerance: c.Float64("tolerance")},
		Regulariser: stochastic.Regulariser(c.String("regulariser")), Objective: c.String("objective"),
	}
	if c.IsSet("temperature") && c.IsSet("lambda") {
		return usagef("solve: expected one of --temperature and --lambda")
	}
	if opts.Temperature, opts.Lambdas, err = precisions(c); err != nil {
		return usage(err)
	}
	if c.String("solver") != "logit" {
		for _, flag := range []string{"form", "arms", "plot", "plot-file"} {
			if c.IsSet(flag) {
				return usagef("--%s is for --solver logit, found %s", flag, c.String("solver"))
			}
		}
		switch {
		case len(opts.Lambdas) > 1:
			return usagef("--lambda: found %q, expected one number; --solver logit takes a list", c.String("lambda"))
		case len(opts.Lambdas) == 1 && opts.Lambdas[0] == 0:
			return usagef("--lambda: found 0, expected a positive number; --solver logit takes 0")
		case len(opts.Lambdas) == 1:
			opts.Temperature, opts.Lambdas = []float64{1 / opts.Lambdas[0]}, nil
		}
	}
	if c.Bool("plot") && o.format != "table" {
		return usagef("--plot draws below the table, found --format %s; use --plot-file", o.format)
	}
	opts.Variant, opts.Starts, opts.Seed = stochastic.Variant(c.String("variant")), c.Int("starts"), uint64(c.Int64("seed"))
	if opts.Starts < 0 {
		return usagef("--starts: found %d, expected at least 0", opts.Starts)
	}
	if opts.Selection = c.String("selection"); opts.Selection != "" && !slices.Contains(choose.Selections(), opts.Selection) {
		return usagef("--selection: found %q, expected one of %s", opts.Selection, strings.Join(choose.Selections(), ", "))
	}
	opts.Exact = c.Bool("exact")
	opts.Form, opts.Arms = quantal.Form(c.String("form")), c.Bool("arms")
	if !slices.Contains(quantal.Forms(), opts.Form) {
		return usagef("--form: found %q, expected one of %v", opts.Form, quantal.Forms())
	}
	if err := opts.Limits.Check(); err != nil {
		return usage(err)
	}
	if step := c.String("step"); step != "auto" && step != "certified" {
		return usagef("--step: found %q, expected auto or certified", step)
	}
	if opts.Certified = c.String("step") == "certified"; opts.Certified && (c.String("solver") != "mmd" || opts.Temperature == nil) {
		return usagef("--step certified is for --solver mmd with --temperature or --lambda")
	}
	if err := o.writable(c, "out", "trace", "plot-file"); err != nil {
		return err
	}
	t, err := env.Catalog.Open(c.String("game"), "")
	if err != nil {
		return usage(err)
	}
	if c.IsSet("from") {
		if opts.Limits.From, err = startOf(t, c.String("from")); err != nil {
			return usage(fmt.Errorf("--from: %w", err))
		}
	}
	found, err := t.Solve(c.Context, c.String("solver"), opts)
	if errors.Is(err, context.Canceled) {
		return coded{exitInterrupted, errors.New("interrupted; nothing was written")}
	}
	if err != nil {
		return usage(err)
	}
	if (c.IsSet("out") && found.Policy == nil) || (c.IsSet("trace") && found.Curve == nil) {
		return usagef("solve: --out is for solvers that find a policy, --trace for learners; %s does not fit", found.Solver)
	}
	r, err := t.Verdict(found)
	if err != nil {
		return err
	}
	if c.IsSet("lambda") {
		r.ByLambda(found.Temperature)
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
		what, size := "residual", float64(r.Residual)
		if found.Temperature == nil && r.NashConv != nil {
			what, size = "NashConv", float64(*r.NashConv)
		}
		return coded{exitNoAnswer, fmt.Errorf("%s %.3g after %d iterations, the tolerance is %g", what, size, found.Iterations, float64(r.Tolerance))}
	}
	return nil
}

// startOf is the policy of a file or an agent, of all seats.
func startOf(t *catalog.Table, text string) ([]games.Behaviour, error) {
	board, err := t.Board()
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(filepath.Ext(text), ".json") {
		text = policyAgent(text)
	}
	_, p, err := tabulate(t, board, text)
	return p, err
}

// precisions are the temperatures, one per player, or the lambdas of the flags,
// nil if there are none.
func precisions(c *cli.Context) (temperatures, lambdas []float64, err error) {
	for _, name := range []string{"temperature", "lambda"} {
		if !c.IsSet(name) {
			continue
		}
		var list []float64
		for _, text := range strings.Split(c.String(name), ",") {
			x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			switch {
			case (err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < 0) && name == "lambda":
				return nil, nil, fmt.Errorf("--lambda: found %q, expected a number not below 0", text)
			case err != nil || math.IsNaN(x) || math.IsInf(x, 0) || x < 0:
				return nil, nil, fmt.Errorf("--%s: found %q, expected a positive number", name, text)
			case name == "temperature" && (x == 0 || math.IsInf(1/x, 0)):
				return nil, nil, fmt.Errorf("--%s: found %q, expected a positive number", name, text)
			}
			list = append(list, x)
		}
		if name == "temperature" {
			temperatures = list
		} else {
			lambdas = list
		}
	}
	return temperatures, lambdas, nil
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
				entries = append(entries, report.Entry{Name: s.Name, Doc: s.Doc})
			}
			return env.list(c, "solvers", entries, nil)
		},
	}
}
