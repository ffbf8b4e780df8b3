package games

import "arbiter/dice"

// Row is an information state of a seat.
type Row struct {
	Key   string   // names it within the seat, as State.Key
	Moves int      // at least 1
	Names []string // of the moves, nil if the game has none; read only
	Label string   // beside the key, "" for none
}

// Behaviour is what one seat does: the probabilities of its moves per information
// state, in the order of Form.Rows and of the moves. Rows sum to 1.
type Behaviour [][]float64

// Form is a game of which all information states are known: a flat.Board or a
// markov.Arena.
type Form interface {
	Info() Info          // of the game; Lo and Hi are read only
	Rows(seat int) []Row // read only
	// Reached tells which rows a seat can get to that behaves so, whatever chance
	// and the others do.
	Reached(seat int, b Behaviour) []bool
	Uniform() []Behaviour        // all moves evenly, per seat
	Policy(p []Behaviour) Policy // p with the names of rows and moves
}

// Judge is a Form that says how good behaviour is, exactly up to rounding.
type Judge interface {
	Form
	Values(dst []float64, p []Behaviour)                       // expected payoffs, per seat
	BestResponse(seat int, p []Behaviour) (float64, Behaviour) // the lowest move on ties
	Evaluate(p []Behaviour) Evaluation                         // p against best responses, all seats
}

// Deck is a Form that plays matches of behaviour, a word of a stream a decision.
type Deck interface {
	Form
	Bind(seat int, b Behaviour) []dice.Slot // alias tables, for Match
	// Match plays one match and writes what it pays. The c-th chance turn takes
	// chance.Word(c), the d-th decision moves.Word(d), whoever decides.
	Match(tables [][]dice.Slot, chance, moves dice.Key, dst []float64)
}

// Evaluation tells how far a policy is from equilibrium.
type Evaluation struct {
	Values             []float64 // expected payoff per seat
	BestResponseValues []float64 // what each seat could get alone
	Gaps               []float64 // the difference, per seat, at least 0
	NashConv           float64   // sum of the gaps
	Exploitability     float64   // NashConv per seat
}
