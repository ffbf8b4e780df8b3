package report

import (
	"fmt"
	"strings"

	"arbiter/ranking/standing"
)

// failed says below a title in how many of all matches agents failed, and how:
// nothing where none did.
func failed(all []standing.Failures, matches int64) []Section {
	if len(all) == 0 {
		return nil
	}
	n := int64(0)
	for _, f := range all {
		n += f.Count
	}
	return []Section{notes(fmt.Sprintf("failed    %s of %s matches, forfeits in payoffs, neither wins nor losses: %s", thousands(n), thousands(matches), whoFailed(all)))}
}

// besides are failures beside a number, "" for none.
func besides(all []standing.Failures) string {
	if len(all) == 0 {
		return ""
	}
	return " (" + whoFailed(all) + ")"
}

// whoFailed lists failures by agent.
func whoFailed(all []standing.Failures) string {
	var parts []string
	for i, f := range all {
		text := fmt.Sprintf("%s %s", thousands(f.Count), f.Outcome)
		if i > 0 && all[i-1].Agent == f.Agent && same(all[i-1].Player, f.Player) {
			parts[len(parts)-1] += ", " + text
			continue
		}
		who := f.Agent
		if f.Player != nil {
			who = fmt.Sprintf("%s (player %d)", who, *f.Player)
		}
		parts = append(parts, who+" "+text)
	}
	if n := len(parts); n > mostFailed {
		parts = append(parts[:mostFailed], fmt.Sprintf("… %d agents in all", n))
	}
	return Clean(strings.Join(parts, "; "))
}

// mostFailed is the number of agents up to which text lists failures.
const mostFailed = 12

func same(a, b *int) bool { return a == nil || b == nil || *a == *b }
