package text

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"arbiter/certify"
	"arbiter/certify/quadratic"
	"arbiter/certify/trial"
	"arbiter/report"
)

// Certificates keep the width from 40 columns on, whatever the verdict; all say it
// before anything else.
func TestCertificatesKeepTheWidth(t *testing.T) {
	for verdict, m := range map[string][][]float64{
		"certified":     {{1, 10}, {.05, 1}},
		"refuted":       {{1, 2}, {2, 1}},
		"not certified": {{0, 2}, {-2, 0}},
	} {
		g := &quadratic.Game{Blocks: []int{1, 1}, Matrix: m}
		c, err := quadratic.Certify(context.Background(), g, quadratic.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := &report.Proof{Certificate: c, Title: "game.json"}
		c.Game = ""
		trials, err := trial.Quadratic(context.Background(), g, c, trial.Trials{Starts: 2, Steps: 2})
		if err != nil {
			t.Fatal(err)
		}
		r.Simulation = certify.SimulationOf(trials, 0)
		for _, width := range []int{40, 60, 80, 120, 0} {
			var b bytes.Buffer
			if err := Print(&b, r, Style{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(b.String()) {
				line = strings.TrimSuffix(line, "\n")
				if w := runewidth.StringWidth(line); width > 0 && w > width && strings.Contains(line, "  ") && !strings.HasPrefix(line, "digest") {
					t.Errorf("width %d: a line has %d columns: %s", width, w, line)
				}
			}
			if _, after, _ := strings.Cut(b.String(), "\n\n"); !strings.HasPrefix(after, "verdict   "+verdict) {
				t.Errorf("%s: starts with %.80q", verdict, after)
			}
		}
		if columns, rows := r.Records(); len(columns) != 3 || len(rows) < 30 {
			t.Errorf("%s: %d rows of %v", verdict, len(rows), columns)
		}
	}
}
