package standing

import (
	"math"

	"arbiter/ranking"
)

// Scores is the standing of the agents of one population by a method other than
// alpha-Rank.
type Scores struct {
	Schema     string  `json:"schema"`               // arbiter/ranking/v1
	Name       string  `json:"name,omitempty"`       // of the run, "" for none
	Game       string  `json:"game,omitempty"`       // canonical spec or imported, "" for none
	Method     string  `json:"method"`               // its name
	Population string  `json:"population"`           // single
	Confidence float64 `json:"confidence,omitempty"` // of each interval alone
	Assumes    string  `json:"assumes,omitempty"`    // what the intervals take for granted
	Payoffs    string  `json:"payoffs_are"`          // wins, rates of wins, or real
	Compared   string  `json:"compared"`             // wins within each match, or means of payoffs
	Matches    int64   `json:"matches,omitempty"`    // 0 of exact payoffs
	// Failures are among the matches. They are no wins, draws or losses; where
	// payoffs are compared they count as forfeits.
	Failures []Failures `json:"failures,omitempty"`
	// FirstSeat is the advantage of sitting first, in Elo points.
	FirstSeat  *float64  `json:"first_seat,omitempty"`
	FirstLower *float64  `json:"first_seat_lower,omitempty"` // limits at Confidence; nil: not known
	FirstUpper *float64  `json:"first_seat_upper,omitempty"` // likewise
	Ranking    []Score   `json:"ranking"`                    // best first, all agents
	Smith      []Profile `json:"smith_set,omitempty"`        // of method smith: all members
	// Cycles are shortest cycles of majorities, each agent beating the next.
	Cycles   [][]Profile `json:"cycles,omitempty"`
	Groups   [][]Profile `json:"groups"` // that never met each other; none if all are connected
	*Edges               // pairs, where payoffs were sampled
	Warnings []string    `json:"warnings"` // never nil

	Title string `json:"-"` // of what the method says of an agent
}

// Score is one agent. Which numbers there are depends on the method.
type Score struct {
	Rank    *int    `json:"rank"`    // nil: unrated
	Profile Profile `json:"profile"` // the agent's name alone
	*Elo
	Rating *float64 `json:"rating,omitempty"` // elo: Elo points, mean 0; nash-averaging: score rate above ½ against the average
	Lower  *float64 `json:"lower,omitempty"`  // limits of Rating at Confidence; nil or NaN: not known
	Upper  *float64 `json:"upper,omitempty"`  // likewise
	Mass   *float64 `json:"mass,omitempty"`   // nash-averaging
	Wins   *int     `json:"score,omitempty"`  // copeland: agents beaten minus agents lost to
	Member *bool    `json:"member,omitempty"` // smith
}

// Elo is what elo says of an agent beside its rating.
type Elo struct {
	Games     *float64 `json:"games"`      // played, of a table one per pair
	Unrated   *string  `json:"unrated"`    // never_lost, never_won or not_connected; nil: rated
	FirstSeat float64  `json:"first_seat"` // the advantage of sitting first, the same for all
	Anchor    *float64 `json:"anchor"`     // none can be set yet
}

// setOpen fills in which pairs are known, where payoffs were sampled.
func (r *Scores) setOpen(n Names, g ranking.Graph, open []bool) {
	if open == nil {
		return
	}
	r.Edges = &Edges{Unresolved: [][2]Profile{}, TotalEdges: len(g.Edges)}
	for i, e := range g.Edges {
		if open[i] {
			r.Unresolved = append(r.Unresolved, [2]Profile{n.Profile(int(e.U)), n.Profile(int(e.V))})
		}
	}
	r.ResolvedEdges = len(g.Edges) - len(r.Unresolved)
}

// Several are standings of the same agents by several methods.
type Several struct {
	Schema   string     `json:"schema"`   // arbiter/rankings/v1
	Rankings []Standing `json:"rankings"` // in the order they were asked for
}

// interval is a number with limits z standard errors away; none if the error is
// not known.
func interval(x, se, z float64) (rating, lower, upper *float64) {
	r := x
	if math.IsNaN(se) || math.IsInf(se, 0) {
		return &r, nil, nil
	}
	lo, hi := x-z*se, x+z*se
	return &r, &lo, &hi
}
