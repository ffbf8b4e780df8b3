// Package reporttest checks that a document keeps its contract. Every command that
// prints one runs it.
package reporttest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"arbiter/report"
	"arbiter/report/text"
)

// Run prints a document in every way: JSON is one object with a schema; csv has its
// columns in every line; a terminal of 80 columns and more is kept to, without escapes
// where no colour was asked for; nothing is said twice in another way.
func Run(t *testing.T, d report.Document) {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, d, "json"); err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(b.Bytes(), &object); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	if schema, _ := object["schema"].(string); !strings.HasPrefix(schema, "arbiter/") || !strings.HasSuffix(schema, "/v1") {
		t.Errorf("the schema is %v", object["schema"])
	}
	b.Reset()
	if err := report.Write(&b, d, "csv"); err != nil {
		t.Fatal(err)
	}
	columns, rows := d.Records()
	lines, err := csv.NewReader(&b).ReadAll() // which refuses lines of other lengths
	if err != nil || len(lines) != len(rows)+1 || len(lines[0]) != len(columns) {
		t.Errorf("%v: %d lines of csv for %d rows", err, len(lines), len(rows))
	}
	if len(d.Sections()) == 0 {
		t.Error("nothing is said to people")
	}
	for _, width := range []int{80, 120, 0} {
		b.Reset()
		if err := text.Print(&b, d, text.Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Error("colour that was not asked for")
		}
		for line := range strings.Lines(b.String()) {
			if w := runewidth.StringWidth(strings.TrimRight(line, " \n")); width > 0 && w > width && strings.Contains(strings.TrimSpace(line), "  ") {
				t.Errorf("width %d: a line has %d columns: %s", width, w, line)
			}
		}
	}
}
