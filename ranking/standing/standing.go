package standing

// AlphaRank is the standing of profiles by alpha-Rank.
type AlphaRank struct {
	Schema         string  `json:"schema"`
	Name           string  `json:"name,omitempty"`
	Game           string  `json:"game,omitempty"`
	Method         string  `json:"method"`
	Alpha          float64 `json:"alpha"`
	AlphaReason    string  `json:"alpha_reason,omitempty"`   // with alpha auto
	Reading        string  `json:"infinite_alpha,omitempty"` // perturbed, mcc or limit, with alpha inf
	Perturbation   float64 `json:"perturbation,omitempty"`   // 0: its limit
	PopulationSize int     `json:"population_size"`
	Selection      string  `json:"selection,omitempty"`
	Population     string  `json:"population"`
	*Sampled

	Ranking   []Row       `json:"ranking"`
	Marginals []Marginal  `json:"marginals"`
	Sinks     [][]Profile `json:"sinks"`
	Bounds    string      `json:"bounds,omitempty"` // of masses: exact or outer
	Sweep     []Step      `json:"sweep,omitempty"`
	// SinkLaws holds one distribution per sink where the reading gives no
	// single one.
	SinkLaws [][]float64  `json:"sink_laws,omitempty"`
	Ties     [][2]Profile `json:"ties"`
	*Edges
	Theory *Theory `json:"theory,omitempty"`
	// Duels are the pairs of a small single population.
	Duels []Duel `json:"head_to_head,omitempty"`
	// Balance is how well a law found by iteration balances.
	Balance  *Balance    `json:"balance,omitempty"`
	Omitted  int         `json:"omitted,omitempty"` // rows left out
	Groups   [][]Profile `json:"groups"`            // of one population, that never met each other; none if all are connected
	Warnings []string    `json:"warnings"`

	Title string `json:"-"` // of masses, in a table
}

// Theory is what is proved about the matches of a run like this one, at the
// means so far. Infinite where means tie.
type Theory struct {
	Gap            float64  `json:"gap"`                                  // least advantage, part of the payoff range
	Lower          *float64 `json:"lower_bound_matches,omitempty"`        // 0/1 payoffs: mean of any method that errs with probability delta at most
	Uniform        float64  `json:"uniform_matches"`                      // Theorem 3.2 of Rowland et al. (2019)
	Adaptive       float64  `json:"adaptive_matches"`                     // Theorem 4.2, by instance
	LogUniformMass *float64 `json:"log10_uniform_mass_matches,omitempty"` // Theorem 3.1: masses at this alpha to 0.1
}

// Duel is what two agents came to against each other.
type Duel struct {
	Profile Profile    `json:"profile"`
	Mean    [2]float64 `json:"mean"`
	Matches int64      `json:"matches"`
	Edge    string     `json:"edge"` // resolved: first, second or tie is better; else open
}

// Balance is the largest |in-out|/(in+out) of the flows of a law found by
// iteration: over profiles, and over cuts around near-sinks.
type Balance struct {
	Sweeps   int     `json:"sweeps"`
	Profiles float64 `json:"profiles"`
	Cuts     float64 `json:"cuts"`
	CutCount int     `json:"cut_count"`
}

// Step is the leader at one intensity.
type Step struct {
	Alpha  float64 `json:"alpha"`
	Leader Profile `json:"leader"`
	Mass   float64 `json:"mass"`
}

// Sampled describes how payoffs were sampled.
type Sampled struct {
	Seed    uint64  `json:"seed"`
	Scheme  string  `json:"scheme"`
	Bound   string  `json:"bound"`
	Level   string  `json:"level"`
	Delta   float64 `json:"delta"`
	Epsilon float64 `json:"epsilon"`
	Slack   float64 `json:"slack"`
	Batch   float64 `json:"batch"`
	Matches int64   `json:"matches"`
	Stopped string  `json:"stopped"` // resolved, settled, budget or time
	Payoffs []Mean  `json:"payoffs"` // per strategy, averaged over what the others play
	// Confidence and Sure are those of the Claim.
	Confidence *float64 `json:"confidence"`
	Sure       string   `json:"claim"`
}

// Edges tells which directions are known.
type Edges struct {
	Resolved      *[][2]Profile `json:"resolved,omitempty"` // worse, better
	Unresolved    [][2]Profile  `json:"unresolved"`
	ResolvedEdges int           `json:"resolved_edges"`
	TotalEdges    int           `json:"total_edges"`
}

// Row is one profile of the ranking, best first.
type Row struct {
	Rank    int      `json:"rank"`
	Profile Profile  `json:"profile"`
	Mass    float64  `json:"mass"`
	LogMass float64  `json:"log_mass"`
	Lower   *float64 `json:"lower,omitempty"` // where payoffs were sampled; NaN: no bound is claimed
	Upper   *float64 `json:"upper,omitempty"`
	// Outweighs is the number of profiles that have less mass than this one
	// however the open edges turn out. It says nothing of who beats whom.
	Outweighs *int `json:"outweighs,omitempty"`
}

// Marginal is the mass of one strategy of one player.
type Marginal struct {
	Player   int     `json:"player"`
	Strategy string  `json:"strategy"`
	Mass     float64 `json:"mass"`
}

// Mean is the mean payoff of a strategy against uniformly mixed opponents.
type Mean struct {
	Player   int     `json:"player"`
	Strategy string  `json:"strategy"`
	Mean     float64 `json:"mean"`
	Lower    float64 `json:"lower"`
	Upper    float64 `json:"upper"`
	Matches  int64   `json:"matches"`
}
