package report

import "fmt"

// Import is what came of importing a log.
type Import struct {
	Schema     string     `json:"schema"`     // arbiter/import/v1
	Run        int64      `json:"run"`        // its id
	Name       string     `json:"name"`       // of the run
	Population string     `json:"population"` // single or multi
	Agents     [][]string `json:"agents"`     // per population
	Rows       int64      `json:"rows"`       // read, bad ones not counted
	Matches    int64      `json:"matches"`    // rows, each as often as its count says
	Skipped    int64      `json:"skipped"`    // bad rows
	Again      bool       `json:"again"`      // it had been imported before; nothing was added
	Warnings   []string   `json:"warnings"`   // what the log does not show
}

// Records are one row.
func (m *Import) Records() ([]string, [][]any) {
	return []string{"run", "name", "rows", "matches", "skipped", "again"},
		[][]any{{m.Run, m.Name, m.Rows, m.Matches, m.Skipped, m.Again}}
}

// Sections say it in a few lines.
func (m *Import) Sections() []Section {
	agents := 0
	for _, names := range m.Agents {
		agents += len(names)
	}
	what := fmt.Sprintf("run %d, %s: %s matches of %d agents in %s rows", m.Run, m.Name, thousands(m.Matches), agents, thousands(m.Rows))
	if m.Again {
		what += ", imported before; nothing was added"
	}
	return []Section{notes(append([]string{what}, warningLines(m.Warnings)...)...)}
}
