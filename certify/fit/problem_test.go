package fit

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"arbiter/certify"
)

// FuzzProblem gives a file of any content to certify --problem: it is certified, or
// not, or refused with one line that names the file.
func FuzzProblem(f *testing.F) {
	list, err := filepath.Glob("../../testdata/certify/*.json")
	if err != nil || len(list) < 5 {
		f.Fatalf("%d files, %v", len(list), err)
	}
	for _, file := range list {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(0), body)
	}
	for i, body := range []string{
		`{"kind":"smooth_game","blocks":[1],"field":["exp(x1)/1.797e308-0.8*x1"],"region":{"lower":[709.45],"upper":[709.5]}}`,
		`{"kind":"smooth_game","blocks":[1,1],"costs":["abs(x1)^3+a*x1*x2","max(x2,0)^2+x2^2"],"parameters":{"a":1e308},"box":{"lower":[-1,0],"upper":[1,null]},"region":{"lower":[-1,0],"upper":[1,1]}}`,
		`{"kind":"quadratic_game","blocks":[2],"matrix":[[12,23142],[23142,44629346.99999999]],"metric":[[[4,7714],[7714,14876450]]],"natural":true}`,
		`{"kind":"quadratic_game","blocks":[1,1],"matrix":[[1e308,-1e-308],[5e-324,1e308]],"offset":[1,1]}`,
		`{"kind":"smooth_game","blocks":[1],"costs":["` + strings.Repeat("-(", 150) + "x1" + strings.Repeat(")", 150) + `"],"box":{"lower":[0],"upper":[1]}}`,
	} {
		f.Add(byte(i), []byte(body))
	}
	f.Fuzz(func(t *testing.T, method byte, body []byte) {
		if strings.Count(string(body), ",") > 400 {
			return // large games take their time
		}
		dir := t.TempDir()
		file := filepath.Join(dir, "p.json")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		methods := []certify.Method{"", certify.Interval, certify.Sampled, certify.GridLipschitz, certify.Exact}
		o := Options{Method: methods[int(method)%len(methods)], MaxCells: 3, Points: 1, Samples: 5}
		c, err := Problem(context.Background(), Forms(), file, o)
		if err != nil {
			if text := strings.ReplaceAll(err.Error(), dir, ""); !strings.Contains(text, "p.json") && !strings.Contains(text, "--method") || strings.Contains(text, "\n") || len(text) > 1000 {
				t.Errorf("error %.1500q", text)
			}
			return
		}
		if c.Certified() && !(c.Margin > 0) {
			t.Errorf("certified with margin %v", c.Margin)
		}
		for _, s := range c.Steps {
			if s.Status == certify.Theorem && !(s.Max > 0) {
				t.Errorf("row %+v", s)
			}
		}
	})
}
