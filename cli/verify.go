package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/certify/verify"
	"arbiter/certify/verify/entropic"
	"arbiter/certify/verify/quadratic"
	"arbiter/certify/verify/search"
	"arbiter/certify/verify/stages"
	"arbiter/internal/files"
	"arbiter/report"
)

// verify checks the certificate of a file: at its witnesses, or, where it has none or
// --search is given, by looking for proofs.
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
	claim, err := verify.Read(body, file)
	if err != nil {
		return usage(err)
	}
	r := &report.Verification{
		Schema: "arbiter/verification/v1", File: file, Game: claim.Game, Form: claim.Form, Digest: claim.Digest,
		Certified: claim.Certified, NotChecked: []report.Unchecked{},
	}
	switch {
	case c.Bool("search") && claim.Form == "soft-shapley":
		return usagef("%s: form: found %q, which is checked without --search: nothing has to be looked for", file, claim.Form)
	case c.Bool("search"):
		r.Mode = report.AskedSearch
		err = env.searched(c.Context, body, file, r)
	case !claim.Witnessed():
		r.Mode = report.ForcedSearch
		err = env.searched(c.Context, body, file, r)
	default:
		r.Mode = report.AtWitnesses
		err = env.checked(c.Context, claim, r)
	}
	if errors.Is(err, context.Canceled) {
		return coded{exitInterrupted, errors.New("interrupted")}
	}
	if err != nil {
		return usage(err)
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

// checked fills r with what holds at the witnesses of a claim.
func (env Env) checked(ctx context.Context, c *verify.Claim, r *report.Verification) error {
	found, err := env.atWitnesses(ctx, c)
	if err != nil {
		return fmt.Errorf("%s: %w", r.File, err)
	}
	r.Confirmed = found.Confirmed()
	for _, f := range found.Findings {
		if f.State == verify.NotChecked {
			r.NotChecked = append(r.NotChecked, report.Unchecked{Field: f.What, Why: f.Note})
			continue
		}
		proved := math.NaN()
		if f.State == verify.Holds {
			proved = f.Claimed
		}
		r.Findings = append(r.Findings, report.Finding{What: f.What, Claimed: f.Claimed, Found: proved, Holds: f.State == verify.Holds, Note: f.Note})
	}
	return nil
}

// atWitnesses opens what a claim is about and checks it at its witnesses.
func (env Env) atWitnesses(ctx context.Context, c *verify.Claim) (*verify.Result, error) {
	if c.Form == "quadratic" {
		return quadratic.Verify(ctx, c)
	}
	t, digest, err := env.subject(c.Game)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Digest != digest:
		return verify.OtherData(c, digest), nil
	case c.Form == "normal" && t.Payoffs != nil:
		return entropic.Table(ctx, c, *t.Payoffs, digest)
	case (c.Form == "agent" || c.Form == "sequence") && t.Payoffs == nil && t.Markov == nil:
		b, err := t.Board()
		if err != nil {
			return nil, err
		}
		if c.Form == "sequence" {
			return entropic.Sequence(ctx, c, b, digest)
		}
		return entropic.Board(ctx, c, b, digest)
	case c.Form == "soft-shapley" && t.Markov != nil:
		return stages.Verify(ctx, c, t.Markov, digest)
	case c.Form == "markov" && t.Markov != nil:
		return entropic.Markov(ctx, c, t.Markov, digest)
	case slices.Contains([]string{"normal", "agent", "sequence", "markov", "soft-shapley"}, c.Form):
		return nil, fmt.Errorf("form: found %q with witnesses, which %s does not have", c.Form, t.Name)
	}
	return nil, fmt.Errorf("form: found %.40q with witnesses, expected quadratic, normal, agent, sequence, markov or soft-shapley", c.Form)
}

// subject is the game of a name, and the digest of its data.
func (env Env) subject(name string) (*catalog.Table, string, error) {
	t, err := env.Catalog.Open(name, "")
	if err != nil {
		return nil, "", fmt.Errorf("game: %w", err)
	}
	digest, err := t.Digest()
	return t, digest, err
}

// searched fills r with what was proved of the certificate in a file.
func (env Env) searched(ctx context.Context, body []byte, file string, r *report.Verification) error {
	claim, err := search.Read(body, file)
	if err != nil {
		return err
	}
	found, err := env.search(ctx, claim)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	r.Confirmed = found.Holds()
	for _, f := range found.Findings {
		r.Findings = append(r.Findings, report.Finding{What: f.What, Claimed: f.Claimed, Found: f.Found, Holds: f.Holds, Note: f.Note})
	}
	for _, u := range found.NotChecked {
		r.NotChecked = append(r.NotChecked, report.Unchecked{Field: u.Field, Why: u.Why})
	}
	return nil
}

// search opens what a claim is about and has proofs looked for.
func (env Env) search(ctx context.Context, c *search.Claim) (*search.Result, error) {
	switch c.Form {
	case "quadratic":
		return search.Quadratic(ctx, c)
	case "smooth":
		return search.Smooth(ctx, c)
	}
	t, digest, err := env.subject(c.Game)
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
