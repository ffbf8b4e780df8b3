package standing

// AlphaRank is the standing of profiles by alpha-Rank.
type AlphaRank struct {
	Schema         string  `json:"schema"`                   // arbiter/ranking/v1
	Name           string  `json:"name,omitempty"`           // of the run, "" for none
	Game           string  `json:"game,omitempty"`           // canonical spec or imported, "" for none
	Method         string  `json:"method"`                   // alpharank
	Alpha          float64 `json:"alpha"`                    // ranking intensity, at least 0; +Inf: the limit
	AlphaReason    string  `json:"alpha_reason,omitempty"`   // with alpha auto
	Reading        string  `json:"infinite_alpha,omitempty"` // perturbed, mcc or limit, with alpha inf
	Perturbation   float64 `json:"perturbation,omitempty"`   // 0: its limit
	PopulationSize int     `json:"population_size"`          // individuals in the model of the dynamics, at least 2
	Selection      string  `json:"selection,omitempty"`      // local or population
	Population     string  `json:"population"`               // single or multi
	*Sampled

	Ranking   []Row       `json:"ranking"`          // by mass, the largest first; profiles that tie share a rank
	Marginals []Marginal  `json:"marginals"`        // by player, then strategy
	Sinks     [][]Profile `json:"sinks"`            // sink components of the response graph
	Bounds    string      `json:"bounds,omitempty"` // of masses: exact or outer
	Sweep     []Step      `json:"sweep,omitempty"`  // by alpha
	// SinkLaws holds one distribution per sink where the reading gives no
	// single one.
	SinkLaws [][]float64  `json:"sink_laws,omitempty"`
	Ties     [][2]Profile `json:"ties"` // edges whose two ends are equally good
	*Edges
	Theory *Theory `json:"theory,omitempty"` // nil where nothing is proved
	// Duels are the pairs of a small single population.
	Duels []Duel `json:"head_to_head,omitempty"`
	// Balance is how well a law found by iteration balances.
	Balance  *Balance    `json:"balance,omitempty"`
	Omitted  int         `json:"omitted,omitempty"` // rows left out
	Groups   [][]Profile `json:"groups"`            // of one population, that never met each other; none if all are connected
	Warnings []string    `json:"warnings"`          // never nil

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
	Profile Profile    `json:"profile"` // the two names
	Mean    [2]float64 `json:"mean"`    // payoff of each against the other
	Matches int64      `json:"matches"` // between the two
	Edge    string     `json:"edge"`    // resolved: first, second or tie is better; else open
}

// Balance is the largest |in-out|/(in+out) of the flows of a law found by
// iteration: over profiles, and over cuts around near-sinks.
type Balance struct {
	Sweeps   int     `json:"sweeps"`    // of the iteration
	Profiles float64 `json:"profiles"`  // in [0, 1]
	Cuts     float64 `json:"cuts"`      // in [0, 1]
	CutCount int     `json:"cut_count"` // cuts that were looked at
}

// Step is the leader at one intensity.
type Step struct {
	Alpha  float64 `json:"alpha"`  // ranking intensity, at least 0
	Leader Profile `json:"leader"` // of most mass there
	Mass   float64 `json:"mass"`   // its mass, in [0, 1]
}

// Sampled describes how payoffs were sampled.
type Sampled struct {
	Seed    uint64  `json:"seed"`    // of the run
	Scheme  string  `json:"scheme"`  // as sampling.Config has it, like what follows
	Bound   string  `json:"bound"`   // never auto
	Level   string  `json:"level"`   // simultaneous or per-look
	Delta   float64 `json:"delta"`   // error probability, in (0, 1)
	Epsilon float64 `json:"epsilon"` // part of the payoff range within which edges are ties; 0: none
	Slack   float64 `json:"slack"`   // part of the payoff range by which intervals may overlap; 0: none
	Batch   float64 `json:"batch"`   // growth of the plays per decision
	Matches int64   `json:"matches"` // in all
	// Failures are among the matches; they count as forfeits in payoffs.
	Failures []Failures `json:"failures,omitempty"`
	Stopped  string     `json:"stopped"` // resolved, settled, budget or time
	Payoffs  []Mean     `json:"payoffs"` // per strategy, averaged over what the others play
	// Confidence and Sure are those of the Claim.
	Confidence *float64 `json:"confidence"`
	Sure       string   `json:"claim"`
}

// Failures are the matches in which an agent failed in one way.
type Failures struct {
	Agent   string `json:"agent"`            // its name
	Player  *int   `json:"player,omitempty"` // whose population it is of; nil of one population
	Outcome string `json:"outcome"`          // how it failed: resign, illegal, crash, …
	Count   int64  `json:"count"`            // matches, at least 1
}

// Edges tells which directions are known.
type Edges struct {
	Resolved      *[][2]Profile `json:"resolved,omitempty"` // worse, better
	Unresolved    [][2]Profile  `json:"unresolved"`         // by edge
	ResolvedEdges int           `json:"resolved_edges"`     // how many, ties included
	TotalEdges    int           `json:"total_edges"`        // how many there are
}

// Row is one profile of the ranking, best first.
type Row struct {
	Rank    int      `json:"rank"`            // from 1
	Profile Profile  `json:"profile"`         // its names
	Mass    float64  `json:"mass"`            // in [0, 1]; NaN: the reading gives no single one
	LogMass float64  `json:"log_mass"`        // natural logarithm of Mass, finite where that underflows
	Lower   *float64 `json:"lower,omitempty"` // where payoffs were sampled; NaN: no bound is claimed
	Upper   *float64 `json:"upper,omitempty"` // likewise
	// Outweighs is the number of profiles that have less mass than this one
	// however the open edges turn out. It says nothing of who beats whom.
	Outweighs *int `json:"outweighs,omitempty"`
}

// Marginal is the mass of one strategy of one player.
type Marginal struct {
	Player   int     `json:"player"`   // from 0
	Strategy string  `json:"strategy"` // its name
	Mass     float64 `json:"mass"`     // in [0, 1]
}

// Mean is the mean payoff of a strategy against uniformly mixed opponents.
type Mean struct {
	Player   int     `json:"player"`   // from 0
	Strategy string  `json:"strategy"` // its name
	Mean     float64 `json:"mean"`     // in payoffs
	Lower    float64 `json:"lower"`    // of an interval around Mean; NaN: none is claimed
	Upper    float64 `json:"upper"`    // likewise
	Matches  int64   `json:"matches"`  // of the strategy
}
