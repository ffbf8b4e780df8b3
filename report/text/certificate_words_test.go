package text

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"arbiter/certify/quadratic"
	"arbiter/report"
)

func certificateOf(t *testing.T, matrix [][]float64) *report.Proof {
	t.Helper()
	g := &quadratic.Game{Blocks: []int{1, 1}, Matrix: matrix}
	c, err := quadratic.Certify(context.Background(), g, quadratic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &report.Proof{Certificate: c}
}

// A narrow terminal takes the best step and the factor of the table of steps first;
// how large a step may be, and what says so, stay.
func TestStepsKeepWhatMatters(t *testing.T) {
	r := certificateOf(t, [][]float64{{2, 1}, {-3, 4}})
	for width, want := range map[int][]string{
		0:   {"scheme", "largest step", "best step", "factor", "status", "bound"},
		120: {"scheme", "largest step", "best step", "factor", "status", "bound"},
		80:  {"scheme", "largest step", "status", "bound"},
		60:  {"scheme", "largest step", "status"},
	} {
		var b bytes.Buffer
		if err := Print(&b, r, Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		head := ""
		for line := range strings.Lines(b.String()) {
			if strings.HasPrefix(strings.TrimSpace(line), "scheme") {
				head = strings.TrimSpace(line)
			}
		}
		var got []string
		for _, title := range strings.Split(head, "  ") {
			if title = strings.TrimSpace(title); title != "" {
				got = append(got, title)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("width %d: columns %q, expected %q", width, got, want)
		}
		if width == 80 && (!strings.Contains(b.String(), "guideline, no cert") || !strings.Contains(b.String(), "h < 1/beta")) {
			t.Errorf("status or bounds are cut:\n%s", b.String())
		}
	}
}
