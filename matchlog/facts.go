package matchlog

// Facts are what a ranking must know of a log beyond sums of payoffs, in a form
// that can be stored with them.
type Facts struct {
	Wins      bool  `json:"wins,omitempty"`      // all payoffs are those of wins, draws and losses
	Seated    bool  `json:"seated,omitempty"`    // First of Duels is known
	Clustered bool  `json:"clustered,omitempty"` // matches depend on each other
	Means     int64 `json:"means,omitempty"`     // matches given as means
	// Duels are the pairs that met in a single population, by I, J.
	Duels []Duel `json:"duels,omitempty"`
	Self  []Self `json:"self,omitempty"` // matches of agents with themselves, by Agent
	// Failed are the matches in which an agent failed, which no Duel has.
	Failed []Failure `json:"failed,omitempty"`
}

// Duel is a Pair without its payoffs.
type Duel struct {
	I     int     `json:"i"`               // place among the agents
	J     int     `json:"j"`               // likewise, above I
	All   Results `json:"r"`               // of I
	First Results `json:"f"`               // of I when it sat first
	Means int64   `json:"means,omitempty"` // matches given as means
	Score float64 `json:"score,omitempty"` // points of I in Means
	Vague bool    `json:"vague,omitempty"` // the means are no points
}

// Facts are those of the log.
func (l *Log) Facts() *Facts {
	f := &Facts{Wins: l.Wins, Seated: l.Seated, Clustered: l.Clusters != nil, Self: l.Self, Means: l.means, Failed: l.Failures}
	for _, p := range l.Pairs {
		d := Duel{I: p.I, J: p.J, All: Results{p.Wins, p.Draws, p.Losses}, First: p.First, Means: p.Means, Score: p.Score, Vague: p.Vague}
		f.Duels = append(f.Duels, d)
	}
	return f
}
