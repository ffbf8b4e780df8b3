package curriculum

import (
	"fmt"
	"math"
	"slices"

	"arbiter/equilibria"
	"arbiter/equilibria/stochastic"
	"arbiter/games"
	"arbiter/games/markov"
)

// Account is what came of planning along a curriculum, as a document has it.
type Account struct {
	Schema      string `json:"schema"`                // arbiter/training/v1
	Learner     string `json:"learner"`               // qarl
	Mode        string `json:"mode"`                  // planning
	Game        string `json:"game"`                  // canonical spec
	Episodes    int64  `json:"episodes"`              // 0: planning plays no matches
	Variant     string `json:"variant"`               // saddle, own-entropy or plain
	Regulariser string `json:"regulariser,omitempty"` // kl or entropy; "" of plain
	games.Named

	Curve []Row `json:"curve"` // by falling temperature
	Final Row   `json:"final"` // the last of them, or the Nash equilibrium it was polished to
	// Concept is what Final and Policy are: nash, soft_qre or agent_qre.
	Concept string    `json:"concept"`
	Status  string    `json:"status"`            // converged, limit or stalled
	Stopped string    `json:"stopped,omitempty"` // why the curve ends before its schedule does
	Missed  []float64 `json:"missed,omitempty"`  // temperatures of player 0 that were not reached

	Branch *Walk        `json:"branch,omitempty"` // nil of the saddle variant
	Others []Other      `json:"others,omitempty"` // that starts led to at the last temperatures
	Parity *int         `json:"parity,omitempty"` // sum of their indices: 1 if none is missing
	Policy games.Policy `json:"policy"`           // of all players, of Final
}

// Row is a point of the curve. Numbers at a start are means over the start of the
// game, those without regulariser by best responses that share no code with solvers.
type Row struct {
	TauP        float64 `json:"tau_p"`         // temperature of player 0; 0 of the Nash equilibrium
	TauA        float64 `json:"tau_a"`         // of player 1
	Value       float64 `json:"value"`         // at the start, to player 0, with the regulariser
	Return      float64 `json:"return"`        // at the start, to player 0, without
	WorstCase   float64 `json:"worst_case"`    // at the start, of Return against the worst adversary; null where rewards do not sum to 0
	NashConv    float64 `json:"nash_conv"`     // at the start
	NashConvMax float64 `json:"nash_conv_max"` // in the state where it is largest
	// Bound is what theory has NashConvMax keep to; null where it is not known.
	Bound    float64 `json:"bound"`
	Residual float64 `json:"residual"` // of the equations

	// Of the saddle variant.
	Error      *float64 `json:"error,omitempty"`       // bound on that of values, from residual and gaps
	StageGap   *float64 `json:"stage_gap,omitempty"`   // the largest duality gap of a stage game, and rounding
	ValueSlack *float64 `json:"value_slack,omitempty"` // of the bound on values by the Nash equilibrium
	WorstSlack *float64 `json:"worst_slack,omitempty"` // of that on worst cases
	EntropyP   *float64 `json:"entropy_p,omitempty"`   // mean over states, in nats
	EntropyA   *float64 `json:"entropy_a,omitempty"`   // likewise, of player 1
	Sweeps     *int     `json:"sweeps,omitempty"`      // over all states
	Inner      *int     `json:"inner_steps,omitempty"` // Newton steps within them

	// Of branches.
	Returns  []float64 `json:"returns,omitempty"`  // per player, at the start
	Gains    []float64 `json:"gains,omitempty"`    // per player: the most in a state by any other policy
	Crossing int       `json:"crossing,omitempty"` // 1, 2, …: a branch may meet temperatures several times
	Index    *int      `json:"index,omitempty"`    // sign of the determinant, +1, -1 or 0
	Unique   *bool     `json:"unique,omitempty"`   // proved to be the only one
}

// Walk tells how a branch went.
type Walk struct {
	Status       string    `json:"status"`       // complete, folds passed, lost or stalled
	Steps        int       `json:"steps"`        // that were taken
	End          float64   `json:"end"`          // temperature of player 0 to which it was followed
	Folds        []float64 `json:"folds"`        // temperatures at which it turns
	Bifurcations []float64 `json:"bifurcations"` // at which another branch crosses
	Limit        bool      `json:"limit"`        // it leads to a Nash equilibrium, the policy
}

// Other is an equilibrium that random starts led to.
type Other struct {
	Values []float64 `json:"values"` // per player, at the start, without regulariser
	Gains  []float64 `json:"gains"`  // per player, the most in a state
	Index  int       `json:"index"`  // +1, -1 or 0
	Hits   int       `json:"hits"`   // starts that led there; 0: only the branch did
}

// Account is the path as a document has it.
func (path *Path) Account(policy func(markov.Policy) games.Policy) *Account {
	a := &Account{
		Schema: schema, Learner: "qarl", Mode: "planning", Game: path.Game.Name, Variant: string(stochastic.Saddle),
		Regulariser: string(path.Regulariser), Concept: "soft_qre", Status: string(equilibria.Converged), Stopped: path.Stopped,
		Curve: path.Rows(),
	}
	for _, p := range path.Points {
		if p.Status != equilibria.Converged {
			a.Status = string(p.Status)
		}
	}
	last := path.Last()
	a.Final, a.Policy = path.row(last), policy(last.Policy)
	if path.Nash != nil {
		a.Concept, a.Status = "nash", string(path.Status())
	}
	return a
}

const schema = "arbiter/training/v1"

// polished is what NashConv may be at the end, in units of the range of values.
const polished = 1e-9

// Status is Converged if the end of the path is what it was to be: the Nash
// equilibrium up to NashConv of 1e-9 in every state, or a soft one to its tolerance.
func (path *Path) Status() equilibria.Status {
	last := path.Last()
	switch {
	case path.Nash != nil && slices.Max(last.NashConv) > polished*max(1, unit(path.Game)):
		return equilibria.Stalled
	case path.Nash == nil && path.Stopped != "":
		return equilibria.Stalled
	case path.Nash == nil:
		return last.Status
	}
	return equilibria.Converged
}

// Rows are the points of the path, the Nash equilibrium left out.
func (path *Path) Rows() []Row {
	rows := []Row{}
	for _, p := range path.Points {
		rows = append(rows, path.row(p))
	}
	return rows
}

func (path *Path) row(p Point) Row {
	gap := slices.Max(p.Gap)
	r := Row{
		TauP: p.TauP, TauA: p.TauA, Value: path.AtStart(p.Value), Return: path.AtStart(p.Return), WorstCase: path.AtStart(p.WorstCase),
		NashConv: path.AtStart(p.NashConv), NashConvMax: slices.Max(p.NashConv), Bound: p.Bound, Residual: p.Residual,
		Error: &p.Error, StageGap: &gap, EntropyP: &p.Entropy[0], EntropyA: &p.Entropy[1], Sweeps: &p.Sweeps, Inner: &p.Inner,
	}
	if path.Nash != nil {
		r.ValueSlack, r.WorstSlack = &p.Slack.Value, &p.Slack.WorstCase
	}
	return r
}

// Account is the branch as a document has it.
func (br *Branch) Account(policy func(markov.Policy) games.Policy) *Account {
	g, f := br.Game, &br.Followed
	a := &Account{
		Schema: schema, Learner: "qarl", Mode: "planning", Game: g.Name, Variant: string(br.Variant),
		Regulariser: string(br.Regulariser), Concept: "soft_qre", Status: string(equilibria.Converged), Missed: br.Missed,
		Branch: &Walk{Status: string(f.Status), Steps: f.Steps, End: 1 / f.Last.Lambda, Folds: []float64{}, Bifurcations: []float64{}},
	}
	if br.Variant == stochastic.Plain {
		a.Concept = "agent_qre"
	}
	for _, l := range f.Folds {
		a.Branch.Folds = append(a.Branch.Folds, 1/l)
	}
	for _, l := range f.Bifurcations {
		a.Branch.Bifurcations = append(a.Branch.Bifurcations, 2/(l[0]+l[1]))
	}
	a.Curve = br.Rows()
	last := br.Passages[len(br.Passages)-1]
	a.Final, a.Policy = a.Curve[len(a.Curve)-1], policy(last.Policy)
	if f.Limit != nil {
		a.Branch.Limit, a.Concept, a.Policy = true, "nash", policy(f.Limit)
		a.Final = br.row(Passage{Point: stochastic.Point{Policy: f.Limit, Gains: f.LimitGains}})
		a.Final.Residual, a.Final.Bound, a.Final.Index, a.Final.Unique, a.Final.Crossing = slices.Max(f.LimitGains), 0, nil, nil, 0
	}
	if !br.Complete() {
		a.Status = string(equilibria.Stalled)
		a.Stopped = fmt.Sprintf("the branch was followed to temperature %.6g: %s", a.Branch.End, f.Status)
	}
	if br.Others != nil {
		a.Parity = &br.Others.Index
		for i, p := range br.Others.Points {
			o := Other{Gains: p.Gains, Index: p.Index, Hits: br.Others.Hits[i]}
			for k := range g.Players {
				o.Values = append(o.Values, g.AtStart(g.Value(k, p.Policy)))
			}
			a.Others = append(a.Others, o)
		}
	}
	return a
}

// Rows are the points of the branch at the temperatures asked for.
func (br *Branch) Rows() []Row {
	rows := []Row{}
	for _, p := range br.Passages {
		rows = append(rows, br.row(p))
	}
	return rows
}

func (br *Branch) row(p Passage) Row {
	g := br.Game
	e := g.Evaluate(p.Policy)
	r := Row{
		TauP: p.TauP, TauA: p.TauA, Return: e.Values[0], Value: e.Values[0], WorstCase: math.NaN(), NashConv: e.NashConv, NashConvMax: e.Worst,
		Bound: math.NaN(), Residual: p.Residual, Returns: e.Values, Gains: p.Gains, Crossing: p.Number, Index: &p.Index, Unique: &p.Unique,
	}
	if p.Value != nil {
		r.Value = g.AtStart(p.Value[0])
	}
	if g.ZeroSum() {
		r.WorstCase = -e.BestResponseValues[1]
	}
	switch {
	case br.Variant == stochastic.Saddle && p.Bound != nil:
		r.Bound = p.Bound[0]
	case p.Bound != nil:
		r.Bound = 0
		for _, b := range p.Bound {
			r.Bound += b
		}
	}
	return r
}
