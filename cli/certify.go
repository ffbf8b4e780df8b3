package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"arbiter/certify"
	"arbiter/certify/fit"
	"arbiter/certify/trial"
	"arbiter/report"
)

func (env Env) certifyCommand() *cli.Command {
	return &cli.Command{
		Name: "certify", Usage: "a proof that gradient play contracts to an equilibrium, or why there is none",
		Description: "Small-gain certificates: of quadratic and smooth games from a file, of payoff\ntables, trees and Markov games with entropy. Exit 3 if nothing was certified,\n" +
			"which is not divergence, or if --verify does not confirm it.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "problem", Usage: "`FILE.json` of a quadratic or smooth game"},
			&cli.StringFlag{Name: "game", Usage: "game `SPEC` or file"},
			&cli.StringFlag{Name: "temperature", Usage: "`T[,T_1]` of entropy, one or one per player, or auto for the smallest that is certified"},
			&cli.StringFlag{Name: "form", Usage: "of trees: agent (the default) or sequence; of zero-sum Markov games: soft-shapley, value iteration"},
			&cli.Float64Flag{Name: "radius", DefaultText: "none: everywhere", Usage: "`R` of the region: of Markov games the largest difference of logits from the equilibrium, of quadratic games in the metric"},
			&cli.StringFlag{Name: "method", Usage: "what it may rest on: exact, analytic, interval, grid+lipschitz or sampled; else what fits"},
			&cli.IntFlag{Name: "samples", Value: 10_000, Usage: "`N` random points of the method sampled, beside a grid"},
			&cli.IntFlag{Name: "points", DefaultText: "16", Usage: "`N` cells per axis of the method grid+lipschitz"},
			&cli.IntFlag{Name: "max-cells", DefaultText: "2500", Usage: "`N` cells of an enclosure"},
			&cli.StringFlag{Name: "out", Usage: "write the certificate to `FILE.json`"},
			&cli.StringFlag{Name: "verify", Usage: "check the certificate of `FILE` again, by other code: at its witnesses, if it has some"},
			&cli.BoolFlag{Name: "search", Usage: "with --verify: look for proofs of all numbers, without witnesses"},
			&cli.BoolFlag{Name: "simulate", Usage: "also play by the certified schemes from random starts"},
		},
		Action: env.certify,
	}
}

// certifyOptions reads the flags that say what to certify.
func certifyOptions(c *cli.Context) (fit.Options, error) {
	o := fit.Options{
		Form: c.String("form"), Radius: c.Float64("radius"), Method: certify.Method(c.String("method")),
		Samples: c.Int("samples"), MaxCells: c.Int("max-cells"), Points: c.Int("points"), Seed: uint64(c.Int64("seed")),
	}
	methods := []certify.Method{certify.Exact, certify.Analytic, certify.Interval, certify.GridLipschitz, certify.Sampled}
	switch {
	case c.IsSet("problem") == c.IsSet("game"):
		return o, errors.New("certify: expected one of --problem FILE and --game SPEC")
	case c.IsSet("game") && !c.IsSet("temperature"):
		return o, errors.New("certify: expected --temperature T or auto with --game")
	case c.IsSet("problem") && c.IsSet("temperature"):
		return o, errors.New("--temperature is for --game: a problem has the field it has")
	case o.Form != "" && !slices.Contains([]string{"agent", "sequence", "soft-shapley"}, o.Form):
		return o, fmt.Errorf("--form: found %q, expected agent, sequence or soft-shapley", o.Form)
	case c.IsSet("radius") && (!(o.Radius > 0) || math.IsInf(o.Radius, 0)):
		return o, fmt.Errorf("--radius: found %g, expected a number above 0", o.Radius)
	case o.Method != "" && !slices.Contains(methods, o.Method):
		return o, fmt.Errorf("--method: found %q, expected one of %v", o.Method, methods)
	case o.Samples < 0:
		return o, fmt.Errorf("--samples: found %d, expected at least 0", o.Samples)
	case o.Points < 0:
		return o, fmt.Errorf("--points: found %d, expected at least 0", o.Points)
	case o.Method == certify.Sampled && strings.TrimSpace(c.String("temperature")) == "auto":
		return o, errors.New("--temperature: found auto, expected a number: points certify no temperature")
	case o.MaxCells < 0:
		return o, fmt.Errorf("--max-cells: found %d, expected at least 0", o.MaxCells)
	}
	if c.IsSet("temperature") && strings.TrimSpace(c.String("temperature")) != "auto" {
		var err error
		if o.Temperature, err = temperatures(c.String("temperature")); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (env Env) certify(c *cli.Context) error {
	o, err := env.out(c, 0, 0, "")
	if err != nil {
		return err
	}
	if c.IsSet("verify") {
		return env.verify(c, o)
	}
	if c.IsSet("search") {
		return usagef("--search: expected --verify FILE beside it")
	}
	opts, err := certifyOptions(c)
	if err != nil {
		return usage(err)
	}
	if err := o.writable(c, "out"); err != nil {
		return err
	}
	found, err := env.certified(c.Context, c, opts)
	if errors.Is(err, context.Canceled) {
		return coded{exitInterrupted, errors.New("interrupted; nothing was written")}
	}
	if err != nil {
		return usage(err)
	}
	r := &report.Proof{Certificate: found.Certificate}
	if c.IsSet("problem") {
		r.Title = filepath.Base(c.String("problem"))
	}
	if c.Bool("simulate") {
		trials, err := found.Simulate(c.Context, trial.Trials{Seed: opts.Seed})
		if errors.Is(err, context.Canceled) {
			return coded{exitInterrupted, errors.New("interrupted; nothing was written")}
		}
		if err != nil {
			return err
		}
		r.Simulation = certify.SimulationOf(trials, opts.Seed)
	}
	if file := c.String("out"); file != "" {
		var body bytes.Buffer
		if err := report.JSON(&body, r); err != nil {
			return err
		}
		if err := o.write(file, body.Bytes()); err != nil {
			return err
		}
	}
	if err := o.print(r); err != nil {
		return err
	}
	switch {
	case r.Simulation != nil && !r.Simulation.Holds:
		return errors.New("a simulated step shrank less than certified: this is a bug, please report it with the certificate")
	case r.Verdict() == certify.NotCertified:
		return coded{exitNoAnswer, errors.New("not certified; this is not divergence")}
	case !r.Certified():
		return coded{exitNoAnswer, errors.New(string(r.Verdict()))}
	}
	return nil
}

func (env Env) certified(ctx context.Context, c *cli.Context, o fit.Options) (*fit.Certified, error) {
	if c.IsSet("problem") {
		return fit.Problem(ctx, env.Catalog.Forms, c.String("problem"), o)
	}
	t, err := env.Catalog.Open(c.String("game"), "")
	if err != nil {
		return nil, err
	}
	return t.Certify(ctx, env.Catalog.Forms, o)
}
