package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"arbiter/games"
	"arbiter/ranking/standing"
)

// Solution is what a solver found, judged by other code than the solver's.
type Solution struct {
	Schema      string `json:"schema"`
	Game        string `json:"game"`
	Solver      string `json:"solver"`
	Chosen      string `json:"chosen,omitempty"` // by nash
	Concept     string `json:"concept"`
	Selection   string `json:"selection,omitempty"` // which of several equilibria this is
	Objective   string `json:"objective,omitempty"`
	Lambda      any    `json:"lambda,omitempty"`      // a Number, or one per player
	Temperature any    `json:"temperature,omitempty"` // likewise
	Regulariser string `json:"regulariser,omitempty"`
	Variant     string `json:"variant,omitempty"`
	Named

	Policy          *games.Policy `json:"policy,omitempty"`
	PolicyExact     *RowRatios    `json:"policy_exact,omitempty"` // where it is known, with --exact
	ValuesExact     []string      `json:"values_exact,omitempty"`
	SubgamePerfect  *bool         `json:"subgame_perfect,omitempty"` // true, or it is not known
	Unique          *bool         `json:"unique,omitempty"`          // of subgame-perfect equilibria
	Ties            []Tie         `json:"ties,omitempty"`            // where they differ
	Values          []Number      `json:"values"`                    // of the policy, without a regulariser
	Gaps            []Number      `json:"gaps"`                      // of correlated equilibria: the largest gain by deviating
	BestResponses   []Number      `json:"best_response_values"`
	SoftValues      []Number      `json:"soft_values,omitempty"` // with the regulariser
	NashConv        *Number       `json:"nash_conv,omitempty"`
	Exploitability  *Number       `json:"exploitability,omitempty"`
	StateValues     any           `json:"state_values,omitempty"`      // [player][state], or [step][player][state]
	SoftStateValues any           `json:"soft_state_values,omitempty"` // likewise
	Unreached       [][]string    `json:"unreached,omitempty"`         // by player, where the policy never gets to
	Residual        Number        `json:"residual"`                    // of the concept: for nash the largest gap
	Iterations      int           `json:"iterations"`
	Status          string        `json:"status"` // converged, limit or stalled
	Tolerance       Number        `json:"tolerance"`
	Step            string        `json:"step,omitempty"` // and why it is certified

	Points []LogitPoint `json:"points,omitempty"`
	Branch *Branch      `json:"branch,omitempty"`

	Solutions []Equilibrium `json:"solutions,omitempty"`
	*Known                  // of Solutions, else nil
	// Of Solutions, by index: what is connected, and what can be combined and mixed at
	// will.
	Components        [][]int       `json:"components,omitempty"`
	ComponentsSampled bool          `json:"components_sampled,omitempty"` // seen to be connected, not proved
	NashSubsets       [][]int       `json:"nash_subsets,omitempty"`
	Eliminated        []Eliminated  `json:"eliminated,omitempty"`
	Joint             []JointAction `json:"joint,omitempty"`
	Entropy           *Number       `json:"entropy,omitempty"` // of Joint, in nats
	Warnings          []string      `json:"warnings"`
}

// Known says of several equilibria whether they are all, and whether the game is
// degenerate; nil where the solver does not know.
type Known struct {
	Complete   *bool `json:"complete"`
	Degenerate *bool `json:"degenerate"`
}

// sampled counts the solutions of many players that are not proved: from a
// continuum of equilibria any number of points can be found.
func (r *Solution) sampled() int {
	n := 0
	for _, e := range r.Solutions {
		if e.Proved != nil && !*e.Proved {
			n++
		}
	}
	return n
}

// complete tells whether the solutions are known to be all.
func (r *Solution) complete() bool { return r.Known != nil && r.Complete != nil && *r.Complete }

// Equilibrium is one of several.
type Equilibrium struct {
	Policy        games.Policy `json:"policy"`
	Values        []Number     `json:"values"`
	Gaps          []Number     `json:"gaps"`
	BestResponses []Number     `json:"best_response_values"`
	NashConv      Number       `json:"nash_conv"`
	Unreached     [][]string   `json:"unreached,omitempty"`
	Index         *int         `json:"index,omitempty"` // +1 or -1, 0 where it is singular
	Proved        *bool        `json:"proved,omitempty"`

	PolicyExact *RowRatios `json:"policy_exact,omitempty"`
	ValuesExact []string   `json:"values_exact,omitempty"`
}

// Tie is an information state at which several moves are best, by backward
// induction.
type Tie struct {
	Player int    `json:"player"`
	State  string `json:"state"`
	Moves  []int  `json:"moves"`
}

// Eliminated is a strategy that iterated strict dominance leaves out.
type Eliminated struct {
	Player   int    `json:"player"`
	Strategy string `json:"strategy"`
}

// JointAction is a profile of strategies and its probability, at a state (and
// step) of a Markov game.
type JointAction struct {
	State       string           `json:"state,omitempty"`
	Profile     standing.Profile `json:"profile"`
	Probability Number           `json:"probability"`
}

// Records are a row per information set and move.
func (r *Solution) Records() ([]string, [][]any) {
	var rows [][]any
	if r.Policy == nil {
		for _, j := range r.Joint {
			rows = append(rows, []any{j.State, strings.Join(j.Profile, " | "), j.Probability})
		}
		return []string{"state", "profile", "probability"}, rows
	}
	all := []Equilibrium{{Policy: *r.Policy}}
	if len(r.Solutions) > 0 {
		all = r.Solutions
	}
	for i, e := range all {
		for seat, s := range e.Policy.Seats {
			for at, key := range s.Keys {
				for move, p := range s.Probs[at] {
					rows = append(rows, []any{i, seat, key, move, Number(p)})
				}
			}
		}
	}
	return []string{"solution", "player", "state", "move", "probability"}, rows
}

// LogitPoint is a point of a branch at a lambda that was asked for. Crossing is 0,
// and there is no policy, if the branch was not followed that far.
type LogitPoint struct {
	Lambda     Number        `json:"lambda"`
	Crossing   int           `json:"crossing"`
	Policy     *games.Policy `json:"policy"`
	Values     []Number      `json:"values"`
	SoftValues []Number      `json:"soft_values,omitempty"` // with the regulariser
	Residual   Number        `json:"residual"`
	Status     string        `json:"status"`
	Unique     *bool         `json:"unique,omitempty"` // of Markov games: proved to be the only one
	Index      *int          `json:"index,omitempty"`
}

// Branch tells how a branch of quantal responses went.
type Branch struct {
	Concept      string        `json:"concept"`
	Turning      []Number      `json:"turning"`
	Bifurcations []Bifurcation `json:"bifurcations"`
	Limit        *Equilibrium  `json:"limit"`
	End          Number        `json:"end"`
	Steps        int           `json:"steps"`
	Stalled      bool          `json:"stalled"`
	Merged       bool          `json:"merged,omitempty"`
	Arms         []Arm         `json:"arms,omitempty"`
}

// Bifurcation is where other branches cross, in so many directions.
type Bifurcation struct {
	Lambda     Number `json:"lambda"`
	Directions int    `json:"directions"`
}

// Arm is a branch that leaves at a bifurcation.
type Arm struct {
	From   Number       `json:"from"`
	Points []LogitPoint `json:"points,omitempty"`
	Branch
}

// fewStates is the number of information sets up to which a table shows them,
// fewSolutions that of equilibria.
const fewStates, fewSolutions = 40, 20

// Sections are values and gaps, the policy if it is small, and what is known.
func (r *Solution) Sections() []Section {
	solver := r.Solver
	if r.Chosen != "" {
		solver += " (" + r.Chosen + ")"
	}
	out := []Section{title(r.Title, r.Game, solver, r.Concept), r.values()}
	switch {
	case len(r.Joint) > 0:
		out = append(out, r.joint())
	case len(r.Points) > 1:
		out = append(out, r.points())
		fallthrough
	case r.Policy != nil && len(r.Solutions) < 2:
		out = append(out, policySection(r.Named, *r.Policy, r.Unreached))
	case len(r.Solutions) > 1:
		out = append(out, r.several()...)
	}
	return append(out, notes(append(r.facts(), warningLines(r.Warnings)...)...))
}

// values are those of the players, and what they could gain.
func (r *Solution) values() *Grid {
	gap := "gap"
	if r.Policy == nil {
		gap = "gain by deviating"
	}
	g := &Grid{Columns: []Column{{Title: "player", Left: r.Players != nil}, {Title: "value"}, {Title: gap}}}
	for k := range r.Values {
		value := precise(r.Values[k])
		if r.ValuesExact != nil && len(r.ValuesExact[k]) <= longRatio {
			value = r.ValuesExact[k]
		}
		g.add(r.player(k), value, precise(r.Gaps[k]))
	}
	return g
}

// several are the solutions one by one.
func (r *Solution) several() (out []Section) {
	kind := "equilibrium"
	if strings.HasSuffix(r.Concept, "qre") {
		kind = "solution"
	}
	if r.SubgamePerfect != nil {
		out = append(out, policySection(r.Named, *r.Policy, r.Unreached))
	}
	for i, e := range r.Solutions[:min(len(r.Solutions), fewSolutions)] {
		values := join(e.Values)
		if e.ValuesExact != nil && len(strings.Join(e.ValuesExact, "")) <= longRatio*len(e.Values) {
			values = strings.Join(e.ValuesExact, ", ")
		}
		mark := ""
		if e.Proved != nil && !*e.Proved {
			mark = " ~ not proved, may be a sample of a continuum"
		}
		above := fmt.Sprintf("%s %d, values %s%s", kind, i+1, values, mark)
		switch x := policySection(r.Named, e.Policy, e.Unreached).(type) {
		case *Grid:
			x.Above = []string{above}
			out = append(out, x)
		case Lines:
			out = append(out, Lines{2, append([]string{above}, x.Text...)})
		}
	}
	if n := len(r.Solutions); n > fewSolutions {
		out = append(out, Lines{2, []string{fmt.Sprintf("… and %d more; --format json has all", n-fewSolutions)}})
	}
	return out
}

// facts are the lines below the tables.
func (r *Solution) facts() []string {
	var out []string
	if r.NashConv != nil {
		out = append(out, fmt.Sprintf("NashConv  %s, exploitability %s", precise(*r.NashConv), precise(*r.Exploitability)))
	}
	if r.Temperature != nil || r.Lambda != nil {
		text := fmt.Sprintf("at        temperature %v", r.Temperature)
		if r.Lambda != nil {
			text = fmt.Sprintf("at        lambda %v", r.Lambda)
		}
		if r.Regulariser != "" {
			text += ", regulariser " + r.Regulariser
		}
		out = append(out, fmt.Sprintf("%s, residual %s", text, precise(r.Residual)))
	}
	if r.Objective != "" {
		text := "best by   " + r.Objective
		if r.Entropy != nil {
			text += fmt.Sprintf(", entropy %s nats", precise(*r.Entropy))
		}
		out = append(out, text)
	}
	if len(r.Solutions) > 0 {
		text := fmt.Sprintf("found     %d extreme equilibria", len(r.Solutions))
		if len(r.NashSubsets) == 0 {
			text = fmt.Sprintf("found     %d, proved to be all", len(r.Solutions))
		}
		if r.Solutions[0].Proved != nil {
			text = fmt.Sprintf("found     %d equilibria, proved to be all", len(r.Solutions))
		}
		switch {
		case !r.complete():
			text = fmt.Sprintf("found     %d, there may be more", len(r.Solutions))
			if n := r.sampled(); n > 0 {
				text = fmt.Sprintf("found     %d proved equilibria, there may be more; %d further points (~) may be samples of continua, of which any number can be found", len(r.Solutions)-n, n)
			}
			if r.ComponentsSampled {
				text += fmt.Sprintf("; all in %d components: %s, as far as samples are seen to be connected", len(r.Components), strings.Join(counted(r.Components), ", "))
			}
		case len(r.Components) > 0 && len(r.Components) < len(r.Solutions):
			text += fmt.Sprintf(" in %d components: %s", len(r.Components), strings.Join(counted(r.Components), ", "))
		}
		out = append(out, text)
	}
	if r.Branch != nil {
		out = append(out, r.Branch.story("branch    ")...)
	}
	if r.Unique != nil {
		text := "subgame   perfect: best at every node; no other is"
		if !*r.Unique {
			text = fmt.Sprintf("subgame   perfect: best at every node; so are others, which may pay differently: moves tie %s", r.tied())
		}
		out = append(out, text)
	}
	if r.Selection != "" {
		out = append(out, "shown     "+r.Selection)
	}
	if r.Step != "" {
		out = append(out, "step      "+r.Step)
	}
	status := fmt.Sprintf("status    %s after %s iterations", r.Status, thousands(int64(r.Iterations)))
	if r.Tolerance > 0 {
		status += ", tolerance " + precise(r.Tolerance)
	}
	return append(out, status)
}

// fewTies is the number of ties that a table lists.
const fewTies = 5

// tied tells where moves are equally good.
func (r *Solution) tied() string {
	var list []string
	for _, t := range r.Ties[:min(len(r.Ties), fewTies)] {
		rows, moves := r.Policy.Seats[t.Player], []string{}
		at := slices.Index(rows.Keys, t.State)
		for _, m := range t.Moves {
			name := strconv.Itoa(m)
			if rows.Names != nil && rows.Names[at] != nil {
				name = Clean(rows.Names[at][m])
			}
			moves = append(moves, name)
		}
		list = append(list, fmt.Sprintf("at %s of player %s (%s)", Clean(t.State), r.player(t.Player), strings.Join(moves, ", ")))
	}
	text := strings.Join(list, ", ")
	if n := len(r.Ties); n > fewTies {
		text += fmt.Sprintf(" and at %d more", n-fewTies)
	}
	return text
}

// counted are components by the numbers that tables show, from 1.
func counted(components [][]int) []string {
	var out []string
	for _, c := range components {
		var members []string
		for _, x := range c {
			members = append(members, fmt.Sprint(x+1))
		}
		out = append(out, "{"+strings.Join(members, " ")+"}")
	}
	return out
}

func join(xs []Number) string {
	var text []string
	for _, x := range xs {
		text = append(text, precise(x))
	}
	return strings.Join(text, ", ")
}

// points are what the branch is at the lambdas asked for.
func (r *Solution) points() *Grid {
	g := &Grid{Columns: []Column{{Title: "lambda"}, {Title: "crossing"}, {Title: "values"}, {Title: "residual"}, {Title: "status", Left: true}}}
	for _, p := range r.Points {
		crossing := fmt.Sprint(p.Crossing)
		if p.Crossing == 0 {
			crossing = ""
		}
		g.add(precise(p.Lambda), crossing, join(p.Values), precise(p.Residual), p.Status)
	}
	return g
}

// story tells how a branch went, a line each.
func (b *Branch) story(what string) []string {
	text := fmt.Sprintf("%s%d steps to lambda %s", what, b.Steps, precise(b.End))
	for i, l := range b.Turning {
		text += []string{", back at ", ", forth at "}[i%2] + precise(l)
	}
	for _, f := range b.Bifurcations {
		if text += ", crossed at " + precise(f.Lambda); f.Directions > 1 {
			text += fmt.Sprintf(" in %d directions", f.Directions)
		}
	}
	out := []string{text}
	switch {
	case b.Limit != nil:
		worst := Number(0)
		for _, gap := range b.Limit.Gaps {
			worst = max(worst, gap)
		}
		out = append(out, fmt.Sprintf("leads to  a Nash equilibrium of values %s, regret %s", join(b.Limit.Values), precise(worst)))
	case b.Stalled:
		out = append(out, "leads to  unknown: it could not be followed on, and where it stopped is no Nash equilibrium")
	default:
		out = append(out, "leads to  unknown: it was not followed on")
	}
	for _, a := range b.Arms {
		out = append(out, a.story("arm       from "+precise(a.From)+", ")...)
	}
	return out
}

// joint is a distribution over profiles.
func (r *Solution) joint() *Grid {
	states := r.Joint[0].State != ""
	g := &Grid{Columns: []Column{{Title: "profile", Left: true, Name: true}, {Title: "probability"}}}
	if states {
		g.Columns = append([]Column{{Title: "state", Left: true}}, g.Columns...)
	}
	for _, j := range r.Joint[:min(len(r.Joint), fewStates)] {
		row := []string{strings.Join(j.Profile, " | "), mass(j.Probability)}
		if states {
			row = append([]string{j.State}, row...)
		}
		g.add(row...)
	}
	if n := len(r.Joint); n > fewStates {
		g.Below = []string{fmt.Sprintf("… and %d more; --format json has all", n-fewStates)}
	}
	return g
}
