package tournament

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"arbiter/agents"
)

// Complaint is why an agent failed in the first match, by cell and number, of those
// a field has played in which it failed in one way. Nothing stored depends on it.
type Complaint struct {
	Agent string      // its label
	Kind  agents.Kind // how it failed
	Text  string      // what it says
	Cell  int         // of the match
	Match int64       // its number there, from 0
}

// complaints are those of a field so far, which many workers share.
type complaints struct {
	mu    sync.Mutex
	first map[who]Complaint
}

// complain notes a failure in a match of a cell, at which these sat, as places in
// their populations.
func (f *Field) complain(cell int, match int64, seated []int, x *agents.Failed) {
	w := who{0, seated[x.Seat], x.Kind}
	if !f.plan.Single() {
		w.pool = x.Seat
	}
	f.complaints.mu.Lock()
	defer f.complaints.mu.Unlock()
	old, known := f.complaints.first[w]
	if known && cmp.Or(cmp.Compare(old.Cell, cell), cmp.Compare(old.Match, match)) <= 0 {
		return
	}
	if !known && f.complaints.first == nil {
		f.complaints.first = map[who]Complaint{}
	}
	f.complaints.first[w] = Complaint{f.plan.Labels[w.pool][w.place], x.Kind, x.Text, cell, match}
}

// Complaints are those of all agents that failed in matches the field has played, in
// the order of the plan.
func (f *Field) Complaints() (out []Complaint) {
	f.complaints.mu.Lock()
	defer f.complaints.mu.Unlock()
	for _, w := range slices.SortedFunc(maps.Keys(f.complaints.first), who.compare) {
		out = append(out, f.complaints.first[w])
	}
	return out
}
