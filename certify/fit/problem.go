package fit

import (
	"context"
	"fmt"

	"arbiter/certify"
	"arbiter/certify/enclose"
	"arbiter/certify/quadratic"
	"arbiter/certify/smooth"
	"arbiter/certify/trial"
	"arbiter/internal/strict"
)

// quadraticKind is the "kind" of files of quadratic games.
const quadraticKind = "quadratic_game"

type quadraticFile struct {
	Kind       string
	Provenance string
	Blocks     []int
	Matrix     [][]float64
	Offset     []float64
	Metric     [][][]float64
	Natural    bool
}

func (c *draft) quadratic(ctx context.Context, q Question, o Options) error {
	body, file := q.Body, q.File
	var f quadraticFile
	if line, err := strict.Decode(body, "problem", &f); err != nil {
		return fmt.Errorf("%s:%d: %w", file, line, err)
	}
	if err := only(o.Method, certify.Exact, "a quadratic game"); err != nil {
		return err
	}
	g := &quadratic.Game{Name: file, Blocks: f.Blocks, Matrix: f.Matrix, Offset: f.Offset, Metric: f.Metric, Natural: f.Natural}
	found, err := quadratic.Certify(ctx, g, quadratic.Options{Radius: o.Radius})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	c.Certificate = found
	c.simulate = func(ctx context.Context, s trial.Trials) ([]certify.Trial, error) {
		return trial.Quadratic(ctx, g, found, s)
	}
	return nil
}

func (c *draft) smooth(ctx context.Context, q Question, o Options) error {
	body, file := q.Body, q.File
	g, err := smooth.Read(body, file, file)
	if err != nil {
		return err
	}
	if o.Radius != 0 {
		return fmt.Errorf("--radius: found %g, expected none: %s has its own region", o.Radius, file)
	}
	var found *certify.Certificate
	switch o.Method {
	case "", certify.Interval:
		found, err = g.Certify(ctx, enclose.Options{MaxCells: o.MaxCells})
	case certify.Sampled:
		found, err = g.Sampled(ctx, enclose.Sample{Random: o.Samples, Seed: o.Seed})
	case certify.GridLipschitz:
		found, err = g.GridLipschitz(ctx, smooth.Grid{Points: o.Points})
	default:
		return fmt.Errorf("--method: found %s, expected interval, grid+lipschitz or sampled for a smooth game", o.Method)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	c.Certificate = found
	c.simulate = func(ctx context.Context, s trial.Trials) ([]certify.Trial, error) {
		return trial.Smooth(ctx, g, found, s)
	}
	return nil
}
