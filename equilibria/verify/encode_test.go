package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"arbiter/equilibria/smallgain"
)

// written is the certificate file of c, as maps, so that tests can forge it.
func written(t testing.TB, c *smallgain.Certificate, form string, problem []byte, temperature []float64) map[string]any {
	t.Helper()
	m := map[string]any{
		"schema": "arbiter/certificate/v1", "game": c.Game, "digest": "", "form": form,
		"certified": c.Certified(), "verdict": string(c.Verdict()), "method": string(c.Method),
		"concept": c.Concept, "field": c.Field, "norm": c.Norm, "blocks": c.Blocks,
		"mu": plain(c.Mu), "ell": plain(c.Ell), "coupling": plain(c.Coupling), "weights": plain(c.Weights),
		"attained": c.Attained, "xi": plain(c.Xi), "gain": plain(c.Gain), "margin": plain(c.Margin), "source": c.Source,
		"margins": map[string]any{
			"sgn": plain(c.Margins.SGN), "signed": plain(c.Margins.Signed), "true_block": plain(c.Margins.TrueBlock),
			"lyapunov": plain(c.Margins.Lyapunov), "blockmax": plain(c.Margins.BlockMax),
		},
		"supremum": plain(c.Supremum), "best": []any{}, "euclidean_margin": plain(c.Euclidean), "spectral_abscissa": plain(c.Abscissa),
		"timescale_band": plain(c.Band[:]), "bands": []any{}, "box_factor": plain(c.BoxFactor),
		"lipschitz": plain(c.Lipschitz), "cocoercivity": plain(c.Cocoercivity), "rate": plain(c.Rate),
		"euler_max_step": plain(c.EulerMax), "rk4_max_step": plain(c.RK4Max), "steps": []any{},
		"region": nil, "equilibrium": plain(c.Equilibrium), "residual": plain(c.Residual), "unstable": nil,
		"reasons": append([]string{}, c.Reasons...), "cells": c.Cells, "samples": c.Samples, "seed": c.Seed,
	}
	if math.IsNaN(c.Band[0]) {
		m["timescale_band"] = nil
	}
	if c.Source == "" {
		m["source"] = "blockmax"
		switch {
		case c.Method == smallgain.Sampled:
			m["source"] = "sgn"
		case c.Norm == "l2":
			m["source"] = "true_block"
		case strings.HasPrefix(c.Norm, "kl"):
			m["source"] = "signed"
		}
	}
	if c.Method != smallgain.Exact {
		m["supremum"] = nil
	}
	for _, b := range c.Best {
		m["best"] = append(m["best"].([]any), map[string]any{"kind": b.Kind, "margin": plain(b.Margin), "weights": plain(b.Weights)})
	}
	for _, b := range c.Bands {
		m["bands"] = append(m["bands"].([]any), plain(b[:]))
	}
	for _, s := range c.Steps {
		m["steps"] = append(m["steps"].([]any), map[string]any{
			"scheme": s.Scheme, "bound": s.Bound, "max": plain(s.Max), "best": plain(s.Best), "factor": plain(s.Factor), "status": s.Status,
		})
	}
	if g := c.Region; g != nil {
		m["region"] = map[string]any{
			"shape": g.Shape, "norm": g.Norm, "centre": plain(g.Centre), "radius": plain(g.Radius), "lower": plain(g.Lower), "upper": plain(g.Upper),
			"ball": plain(g.Ball), "invariant": plain(g.Invariant), "unique": g.Unique, "distance": plain(g.Distance),
		}
	}
	if u := c.Unstable; u != nil {
		m["unstable"] = map[string]any{"re": u.Re, "im": u.Im, "vector": u.Vector}
	}
	if e := c.Entropy; e != nil {
		m["entropy"] = map[string]any{
			"temperature": plain(e.Temperature), "interaction": plain(e.Interaction.Rows()), "exact": e.Exact, "swayed": plain(e.Swayed.Rows()),
			"unsigned": plain(e.Unsigned), "xi": plain(e.Xi), "unsigned_weights": plain(e.UnsignedWeights), "lipschitz": plain(e.Lipschitz),
			"optimal": e.Optimal, "unsigned_threshold": plain(e.UnsignedThreshold), "threshold": plain(e.Threshold), "distance": plain(e.Distance),
			"primal": map[string]any{"mu": plain(e.Primal.Mu), "coupling": plain(e.Primal.Coupling), "margin": plain(e.Primal.Margin)},
		}
	}
	if temperature != nil {
		m["temperature"] = plain(temperature)
	}
	if problem != nil {
		var b bytes.Buffer
		if err := json.Compact(&b, problem); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b.Bytes())
		m["game"], m["problem"], m["digest"] = "", json.RawMessage(problem), hex.EncodeToString(sum[:])
	}
	return m
}

// plain turns numbers into what JSON holds.
func plain(x any) any {
	switch x := x.(type) {
	case float64:
		switch {
		case math.IsNaN(x):
			return nil
		case math.IsInf(x, 1):
			return "inf"
		case math.IsInf(x, -1):
			return "-inf"
		}
		return x
	}
	v := reflect.ValueOf(x)
	if v.IsNil() {
		return nil
	}
	out := []any{}
	for i := range v.Len() {
		out = append(out, plain(v.Index(i).Interface()))
	}
	return out
}

func read(t testing.TB, m map[string]any) *Claim {
	t.Helper()
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Read(body, "certificate.json")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// confirmed wants all findings to hold.
func confirmed(t testing.TB, what string, f []Finding, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if len(f) == 0 {
		t.Errorf("%s: no findings", what)
	}
	for _, x := range f {
		if !x.Holds {
			t.Errorf("%s: %s: claimed %.17g, found %.17g: %s", what, x.What, x.Claimed, x.Found, x.Note)
		}
	}
}

// refused wants a finding that does not hold, whose name begins with one of names.
func refused(t testing.TB, what string, f []Finding, err error, names ...string) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	var failed []string
	for _, x := range f {
		if x.Holds {
			continue
		}
		failed = append(failed, x.What)
		for _, name := range names {
			if strings.HasPrefix(x.What, name) {
				return
			}
		}
	}
	t.Errorf("%s: refused for %q, expected %q", what, failed, names)
}
