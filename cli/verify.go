package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"arbiter/certify/verify/search"
	"arbiter/internal/files"
	"arbiter/report"
)

// verify checks the certificate of a file.
func (env Env) verify(c *cli.Context, o output) error {
	for _, name := range []string{"problem", "game", "temperature", "form", "radius", "method", "samples", "max-cells", "out", "simulate"} {
		if c.IsSet(name) {
			return usagef("--verify: found --%s beside it, expected the file alone: it says what it is about", name)
		}
	}
	file := c.String("verify")
	body, err := files.Read(file)
	if err != nil {
		return usage(err)
	}
	claim, err := search.Read(body, file)
	if err != nil {
		return usage(err)
	}
	found, err := env.check(c.Context, claim)
	if errors.Is(err, context.Canceled) {
		return coded{exitInterrupted, errors.New("interrupted")}
	}
	if err != nil {
		return usage(fmt.Errorf("%s: %w", file, err))
	}
	r := &report.Verification{
		Schema: "arbiter/verification/v1", File: file, Game: claim.Game, Form: claim.Form, Digest: claim.Digest,
		Certified: claim.Certified, Confirmed: found.Holds(), NotChecked: []report.Unchecked{},
	}
	for _, f := range found.Findings {
		r.Findings = append(r.Findings, report.Finding{What: f.What, Claimed: f.Claimed, Found: f.Found, Holds: f.Holds, Note: f.Note})
	}
	for _, u := range found.NotChecked {
		r.NotChecked = append(r.NotChecked, report.Unchecked{Field: u.Field, Why: u.Why})
	}
	if err := o.print(r); err != nil {
		return err
	}
	switch {
	case !r.Confirmed:
		return coded{exitNoAnswer, errors.New("the certificate is not confirmed")}
	case !r.Certified:
		return coded{exitNoAnswer, errors.New("the certificate certifies nothing")}
	}
	return nil
}

// check opens what a claim is about and has it verified.
func (env Env) check(ctx context.Context, c *search.Claim) (*search.Result, error) {
	switch c.Form {
	case "quadratic":
		return search.Quadratic(ctx, c)
	case "smooth":
		return search.Smooth(ctx, c)
	}
	t, err := env.Catalog.Open(c.Game, "")
	if err != nil {
		return nil, fmt.Errorf("game: %w", err)
	}
	digest, err := t.Digest()
	if err != nil {
		return nil, err
	}
	if c.Digest != digest {
		return search.OtherData(c, digest), nil
	}
	switch {
	case c.Form == "normal" && t.Payoffs != nil:
		return search.Normal(ctx, c, *t.Payoffs, digest)
	case (c.Form == "agent" || c.Form == "sequence") && t.Payoffs == nil && t.Markov == nil:
		b, err := t.Board()
		if err != nil {
			return nil, err
		}
		if c.Form == "agent" {
			return search.Agent(ctx, c, b, digest)
		}
		return search.Sequence(ctx, c, b, digest)
	case c.Form == "markov" && t.Markov != nil:
		return search.Markov(ctx, c, t.Markov, digest)
	}
	return nil, fmt.Errorf("form: found %q, which %s does not have", c.Form, t.Name)
}
