package search

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"arbiter/certify"
	"arbiter/internal/document"
)

// data is the digest of named games in tests.
const data = "digest of the data"

// written is the certificate file of c as the program writes it, as maps, so that
// tests can forge it.
func written(t testing.TB, c *certify.Certificate, form string, problem []byte, temperature []float64) map[string]any {
	t.Helper()
	r := *c
	r.Form, r.Digest, r.Temperature = form, data, temperature
	if problem != nil {
		var b bytes.Buffer
		if err := json.Compact(&b, problem); err != nil {
			t.Fatal(err)
		}
		r.Game, r.Problem = "", b.Bytes()
		r.Digest = (&Claim{Problem: b.Bytes()}).ProblemDigest()
	}
	body, err := document.Marshal(&r)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if problem != nil {
		m["problem"] = json.RawMessage(problem)
	}
	return m
}

func claimOf(t testing.TB, m map[string]any) *Claim {
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
func confirmed(t testing.TB, what string, r *Result, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	if len(r.Findings) == 0 {
		t.Errorf("%s: no findings", what)
	}
	for _, x := range r.Findings {
		if !x.Holds {
			t.Errorf("%s: %s: claimed %.17g, found %.17g: %s", what, x.What, x.Claimed, x.Found, x.Note)
		}
	}
}

// refused wants a finding that does not hold, whose name begins with one of names.
func refused(t testing.TB, what string, r *Result, err error, names ...string) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	var failed []string
	for _, x := range r.Findings {
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
