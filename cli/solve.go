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
	"arbiter/equilibria/exact"
	"arbiter/equilibria/quantal"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/posed"
	"arbiter/ranking/standing"
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
	r, err := solution(t, found)
	if err != nil {
		return err
	}
	r.Tolerance = report.Number(found.Tolerance)
	if c.IsSet("lambda") && found.Temperature != nil {
		r.Lambda, r.Temperature = one(found.Temperature, func(t float64) float64 { return 1 / t }), nil
	}
	if strings.HasSuffix(found.Concept, "ce") {
		r.Objective = opts.Objective
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
	if err := o.print(r); err != nil {
		return err
	}
	if c.Bool("plot") {
		fmt.Fprintln(env.Stdout)
		if err := plotOf(t, found).Text(env.Stdout, o.env.Style); err != nil {
			return err
		}
	}
	if found.Status != equilibria.Converged && (found.Branch != nil || found.MarkovBranch != nil) {
		return coded{exitNoAnswer, fmt.Errorf("the branch was followed to lambda %.6g: %s", branchEnd(found), found.Status)}
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

// one is a number if all are equal, else the list.
func one(xs []float64, f func(float64) float64) any {
	out := make([]report.Number, len(xs))
	same := true
	for i, x := range xs {
		out[i] = report.Number(f(x))
		same = same && x == xs[0]
	}
	if same {
		return out[0]
	}
	return out
}

// solution judges what was found.
func solution(t *catalog.Table, found *choose.Answer) (*report.Solution, error) {
	r := &report.Solution{
		Schema: "arbiter/solution/v1", Game: t.Name, Solver: found.Solver, Chosen: found.Chosen, Concept: found.Concept,
		Selection: found.Selection, Iterations: found.Iterations, Status: string(found.Status), Residual: report.Number(found.Residual),
		Step: found.Step, Warnings: append([]string{}, found.Warnings...),
	}
	if found.Temperature != nil {
		r.Temperature, r.Regulariser = one(found.Temperature, func(t float64) float64 { return t }), string(found.Regulariser)
	}
	r.Named = report.NamesOf(t.Game.Info(), nil)
	switch {
	case found.Stages != nil:
		stages(r, t, found.Stages)
		return r, nil
	case found.Correlated != nil:
		joint(r, found)
		return r, nil
	}
	game, err := t.Compiled()
	if err != nil {
		return nil, err
	}
	as := func(p []games.Behaviour, e games.Evaluation) report.Equilibrium {
		policy := game.Policy(p)
		policy.Game = t.Name
		return report.Equilibrium{Policy: policy, Values: report.Numbers(e.Values), Gaps: report.Numbers(e.Gaps), BestResponses: report.Numbers(e.BestResponseValues), NashConv: report.Number(e.NashConv), Unreached: unreached(game, p)}
	}
	var failed error
	judge := func(p []games.Behaviour) report.Equilibrium {
		e, _, err := t.Judge(p)
		if err != nil && failed == nil {
			failed = err
		}
		return as(p, e)
	}
	ratios := func(e *report.Equilibrium, x *choose.Ratios) {
		if board, ok := game.(*flat.Board); ok && x != nil {
			board.SetExact(e.Policy, x.Policy)
			e.PolicyExact, e.ValuesExact = (*report.RowRatios)(&e.Policy), report.Ratios(x.Values)
		}
	}
	e := as(found.Policy, found.Evaluation)
	ratios(&e, found.Exact)
	r.PolicyExact, r.ValuesExact = e.PolicyExact, e.ValuesExact
	exploitability := e.NashConv / report.Number(len(e.Gaps))
	r.Policy, r.Values, r.Gaps, r.NashConv, r.Exploitability = &e.Policy, e.Values, e.Gaps, &e.NashConv, &exploitability
	r.BestResponses, r.Unreached = e.BestResponses, e.Unreached
	r.Named = report.NamesOf(t.Game.Info(), r.Policy)
	if x := found.Induction; x != nil && x.Exact {
		unique := len(x.Ties) == 0
		perfect := true
		r.SubgamePerfect, r.Unique = &perfect, &unique
		for _, tie := range x.Ties {
			r.Ties = append(r.Ties, report.Tie{Player: tie.Player, State: tieKey(game, tie), Moves: tie.Moves})
		}
	}
	if found.Temperature == nil && found.Branch == nil && t.Markov == nil {
		for _, gap := range e.Gaps {
			r.Residual = max(r.Residual, gap)
		}
	}
	if t.Markov != nil {
		r.StateValues = stateValues(t, t.Markov.Evaluate(found.Policy).State)
		if found.Values != nil {
			r.SoftStateValues = stateValues(t, found.Values)
			for _, v := range found.Values {
				r.SoftValues = append(r.SoftValues, report.Number(t.Markov.AtStart(v)))
			}
		}
		r.Variant = string(found.Variant)
	}
	if found.Branch != nil || found.Points != nil {
		branch(r, t, found, judge)
	}
	if found.Several {
		for i, p := range found.Others {
			e := as(p, found.Evaluations[i])
			if found.OthersExact != nil {
				ratios(&e, found.OthersExact[i])
			}
			r.Solutions = append(r.Solutions, e)
		}
		for i, x := range found.Indices {
			r.Solutions[i].Index = &x
		}
		for i, x := range found.Proved {
			r.Solutions[i].Proved = &x
		}
		r.Known = &report.Known{Complete: found.Complete, Degenerate: found.Degenerate}
		r.Components, r.ComponentsSampled, r.NashSubsets = found.Components, found.Sampled, found.NashSubsets
		for _, x := range found.Eliminated {
			r.Eliminated = append(r.Eliminated, report.Eliminated{Player: x[0], Strategy: found.Normal.StrategyName(x[0], x[1])})
		}
	}
	return r, failed
}

// unreached are, by player, the information states that a policy of all players never
// gets to: what it does there follows from nothing. It is nil if there are none.
func unreached(game posed.Compiled, p []games.Behaviour) [][]string {
	board, ok := game.(*flat.Board)
	if !ok {
		return nil
	}
	some := false
	out := make([][]string, len(p))
	for k, rows := range board.Never(p) {
		out[k] = []string{}
		for _, row := range rows {
			out[k] = append(out[k], board.Rows(k)[row].Key)
			some = true
		}
	}
	if !some {
		return nil
	}
	return out
}

// tieKey is the information state of a tie.
func tieKey(game posed.Compiled, tie exact.Tie) string {
	return game.(*flat.Board).Rows(tie.Player)[tie.Row].Key
}

// branch reports a branch of quantal responses.
func branch(r *report.Solution, t *catalog.Table, found *choose.Answer, judge func([]games.Behaviour) report.Equilibrium) {
	if n := len(found.Points); n > 0 && found.Temperature == nil {
		if r.Lambda = report.Number(found.Points[n-1].Lambda); found.Points[n-1].Policy == nil {
			r.Lambda = report.Number(branchEnd(found))
		}
	}
	r.Residual = report.Number(found.Residual)
	for _, p := range found.Points {
		q := report.LogitPoint{Lambda: report.Number(p.Lambda), Crossing: p.Crossing, Status: string(p.Status), Residual: report.Number(p.Residual), Values: []report.Number{}}
		if p.Policy == nil {
			q.Residual = report.Number(math.NaN())
		} else {
			e := judge(p.Policy)
			q.Policy, q.Values = &e.Policy, e.Values
			for _, v := range p.Values {
				q.SoftValues = append(q.SoftValues, report.Number(t.Markov.AtStart(v)))
			}
		}
		if t.Markov != nil {
			q.Unique, q.Index = &p.Unique, &p.Index
		}
		r.Points = append(r.Points, q)
	}
	var b report.Branch
	if found.Branch != nil {
		b = branchOf(found.Branch, found.Tolerance, judge)
	} else if m := found.MarkovBranch; m != nil {
		b = report.Branch{Concept: found.Concept, Turning: report.Numbers(m.Folds), Steps: m.Steps, End: report.Number(m.Last.Lambda), Stalled: m.Status == equilibria.Stalled || m.Status == equilibria.Lost, Bifurcations: []report.Bifurcation{}}
		for _, f := range m.Bifurcations {
			b.Bifurcations = append(b.Bifurcations, report.Bifurcation{Lambda: report.Number((f[0] + f[1]) / 2), Directions: 1})
		}
		if m.Limit != nil {
			e := judge(m.Limit)
			b.Limit = &e
		}
	} else {
		return // backward induction
	}
	r.Branch = &b
}

// branchEnd is the lambda to which a branch was followed.
func branchEnd(found *choose.Answer) float64 {
	switch {
	case found.Branch != nil:
		return found.Branch.End
	case found.MarkovBranch != nil:
		return found.MarkovBranch.Last.Lambda
	}
	return math.Inf(1)
}

func branchOf(br *quantal.Branch, tolerance float64, judge func([]games.Behaviour) report.Equilibrium) report.Branch {
	b := report.Branch{Concept: br.Concept, Turning: report.Numbers(br.Turning), Steps: br.Steps, End: report.Number(br.End), Stalled: br.Stalled, Merged: br.Merged, Bifurcations: []report.Bifurcation{}}
	for _, f := range br.Bifurcations {
		b.Bifurcations = append(b.Bifurcations, report.Bifurcation{Lambda: report.Number(f.Lambda), Directions: f.Kernel})
	}
	if br.Limit != nil {
		e := judge(br.Limit)
		b.Limit = &e
	}
	for _, a := range br.Arms {
		arm := report.Arm{From: report.Number(a.From), Branch: branchOf(&a.Branch, tolerance, judge)}
		for _, c := range a.Crossings {
			e, status := judge(c.Policy), equilibria.Converged
			if !(c.Residual <= tolerance) {
				status = equilibria.AtLimit
			}
			arm.Points = append(arm.Points, report.LogitPoint{Lambda: report.Number(c.Lambda), Crossing: c.Number, Policy: &e.Policy, Values: e.Values, Residual: report.Number(c.Residual), Status: string(status)})
		}
		b.Arms = append(b.Arms, arm)
	}
	return b
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

// stateValues are values as files order them: [player][state], with a horizon
// [step][player][state].
func stateValues(t *catalog.Table, v [][][]float64) any {
	if t.Markov.Horizon == 0 {
		var out [][]report.Number
		for _, player := range v {
			out = append(out, report.Numbers(player[0]))
		}
		return out
	}
	var out [][][]report.Number
	for h := range t.Markov.Horizon {
		var step [][]report.Number
		for _, player := range v {
			step = append(step, report.Numbers(player[h]))
		}
		out = append(out, step)
	}
	return out
}

// joint reports a correlated equilibrium.
func joint(r *report.Solution, found *choose.Answer) {
	n, c := found.Normal, found.Correlated
	r.Values, r.Gaps = report.Numbers(c.Values), report.Numbers(c.Gains)
	entropy := report.Number(c.Entropy)
	r.Entropy = &entropy
	for k, gain := range c.Gains {
		r.Residual = max(r.Residual, report.Number(gain))
		r.BestResponses = append(r.BestResponses, r.Values[k]+report.Number(gain))
	}
	r.Residual = max(r.Residual, report.Number(c.Gap))
	for cell, p := range c.Joint {
		if p == 0 {
			continue
		}
		profile := make(standing.Profile, len(n.Shape))
		for k, rest := len(n.Shape)-1, cell; k >= 0; k-- {
			profile[k] = n.StrategyName(k, rest%n.Shape[k])
			rest /= n.Shape[k]
		}
		r.Joint = append(r.Joint, report.JointAction{Profile: profile, Probability: report.Number(p)})
	}
}

// stages reports the correlated equilibria of a Markov game's stages.
func stages(r *report.Solution, t *catalog.Table, c *stochastic.StageCorrelated) {
	g := t.Markov
	for k := range g.Players {
		r.Values = append(r.Values, report.Number(g.AtStart(c.Value[k])))
		r.Gaps = append(r.Gaps, report.Number(c.Gains[k]))
		r.BestResponses = append(r.BestResponses, r.Values[k]+r.Gaps[k])
		r.Residual = max(r.Residual, r.Gaps[k])
	}
	r.Iterations = g.Horizon
	r.Selection = "best stage by stage, last step first"
	r.StateValues = stateValues(t, c.Value)
	for h, states := range c.Joint {
		for s, list := range states {
			for cell, p := range list {
				if p == 0 {
					continue
				}
				profile := make(standing.Profile, g.Players)
				for k, rest := g.Players-1, cell; k >= 0; k-- {
					m := g.Actions[k][s]
					profile[k] = strconv.Itoa(rest % m)
					if names := g.Names(k, s); names != nil {
						profile[k] = names[rest%m]
					}
					rest /= m
				}
				r.Joint = append(r.Joint, report.JointAction{State: g.Key(h, s), Profile: profile, Probability: report.Number(p)})
			}
		}
	}
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
