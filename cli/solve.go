package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/equilibria"
	"arbiter/games/flat"
	"arbiter/report"
)

func (env Env) solveCommand() *cli.Command {
	return &cli.Command{
		Name: "solve", Usage: "an equilibrium of a game, by a learner",
		Description: "The gap of what is found is worked out by other code than the solver's. Exit 3 if the\ntolerance was not reached. arbiter solvers lists the solvers.\n" +
			"Examples:\n  arbiter solve --game kuhn_poker --solver pcfr+\n  arbiter solve --game leduc_poker --solver dcfr --tolerance 1e-4 --out policy.json --trace gap.csv",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "game", Usage: "game `SPEC`"},
			&cli.StringFlag{Name: "solver", Value: "dcfr", Usage: "`NAME` of a solver"},
			&cli.Float64Flag{Name: "tolerance", Value: 1e-3, Usage: "NashConv to stop at, in units of payoff"},
			&cli.IntFlag{Name: "max-iterations", Value: 100_000, Usage: "an iteration updates all players"},
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
	t, err := catalog.Open(c.String("game"), "")
	if err != nil {
		return usage(err)
	}
	board, err := t.Board()
	if err != nil {
		return usage(err)
	}
	found, err := equilibria.Learn(c.Context, board, c.String("solver"), equilibria.Limits{Iterations: c.Int("max-iterations"), Tolerance: c.Float64("tolerance")})
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return usage(err)
	}
	if interrupted {
		return coded{exitInterrupted, fmt.Errorf("interrupted after %d iterations; nothing was written", found.Iterations)}
	}
	r := solution(t, board, found)
	r.Solver, r.Tolerance = c.String("solver"), report.Number(c.Float64("tolerance"))
	if file := c.String("trace"); file != "" {
		if err := writeFile(file, trace(found.Curve)); err != nil {
			return err
		}
	}
	if file := c.String("out"); file != "" {
		body, err := json.MarshalIndent(r.Policy, "", " ")
		if err != nil {
			return err
		}
		if err := writeFile(file, append(body, '\n')); err != nil {
			return err
		}
	}
	if err := o.print(r); err != nil {
		return err
	}
	if found.Status != equilibria.Converged {
		return coded{exitNoAnswer, fmt.Errorf("NashConv %.3g after %d iterations, the tolerance is %g", float64(r.NashConv), found.Iterations, c.Float64("tolerance"))}
	}
	return nil
}

// solution judges a policy.
func solution(t *catalog.Table, board *flat.Board, found equilibria.Solution) *report.Solution {
	e := board.Evaluate(found.Policy)
	r := &report.Solution{
		Schema: "arbiter/solution/v1", Game: t.Spec, Concept: "nash", Policy: board.Policy(found.Policy),
		Values: report.Numbers(e.Values), Gaps: report.Numbers(e.Gaps),
		NashConv: report.Number(e.NashConv), Exploitability: report.Number(e.Exploitability),
		Iterations: found.Iterations, Status: string(found.Status), Warnings: []string{},
	}
	r.Policy.Game = t.Spec
	for _, gap := range e.Gaps {
		r.Residual = max(r.Residual, report.Number(gap))
	}
	if info := board.Info(); info.Seats != 2 || !info.ConstantSum {
		r.Warnings = append(r.Warnings, "these learners converge for two players with constant sum; here nothing but the gap says what was found")
	}
	return r
}

func trace(curve []equilibria.Point) []byte {
	var b bytes.Buffer
	b.WriteString("iteration,nash_conv\n")
	for _, p := range curve {
		fmt.Fprintf(&b, "%d,%s\n", p.Iteration, strconv.FormatFloat(p.NashConv, 'g', -1, 64))
	}
	return b.Bytes()
}

// writeFile writes a whole file or none.
func writeFile(file string, body []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".arbiter-*")
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

func (env Env) solversCommand() *cli.Command {
	return &cli.Command{
		Name: "solvers", Usage: "the solvers there are, or one", ArgsUsage: "[NAME]",
		Action: func(c *cli.Context) error {
			var entries []report.Entry
			for _, l := range equilibria.Learners() {
				entries = append(entries, report.Entry{Name: l.Name, Doc: l.Doc})
			}
			return env.list(c, "solvers", entries, nil)
		},
	}
}
