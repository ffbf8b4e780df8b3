package certify

// Stages is what a certificate of regularised value iteration says of a zero-sum Markov
// game beyond the common fields: sweeps V ← TV contract, and so does play in the game of
// a state while V stays. Lists have a number per state.
type Stages struct {
	Regulariser string  `json:"regulariser"` // kl: temperatures weigh the divergence from even play
	Discount    float64 `json:"discount"`    // of the game
	Contraction float64 `json:"contraction"` // of sweeps, max norm: discount times the largest mass of a row of transitions, rounded up
	// Lower and Upper bound values that sweeps never leave, at any temperature: T of
	// what lies between lies between.
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"` // see Lower
	// Interaction is D of the stage games, the largest |Q_ab - Q_a'b - Q_ab' + Q_a'b'|
	// for values between Lower and Upper, Lipschitz L = D/4. For step sizes up to Step,
	// T/L², the proximal step shrinks the divergence to Factor of it, 1/(1+ηT) at
	// η = Step; T, the lesser temperature, is the rate of the flow.
	Interaction []float64 `json:"interaction,list"`
	Lipschitz   []float64 `json:"lipschitz,list"` // see Interaction
	Rate        float64   `json:"rate"`           // T
	Step        []float64 `json:"step,list"`      // +Inf where nothing sways
	Factor      []float64 `json:"factor,list"`    // 0 where Step is +Inf
}
