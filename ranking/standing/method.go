package standing

import (
	"fmt"
	"slices"
)

// Standing is what a method says: *AlphaRank, *Scores or *Several.
type Standing interface{ standing() }

func (*AlphaRank) standing() {}
func (*Scores) standing()    {}
func (*Several) standing()   {}

// Method is a way to rank.
type Method struct {
	Name string                                     // unique; what ranking.method and --method take
	Doc  string                                     // one line
	Rank func(Evidence, Settings) (Standing, error) // not nil without an error, which is a *MisfitError, an *UnknownError or of the mathematics
}

// Methods are those of this package.
func Methods() []Method {
	return []Method{
		{"alpharank", "Masses of the evolutionary dynamics of alpha-Rank (Omidshafiei et al. 2019).", alphaRank},
		scored("elo", "Elo", "Ratings of Bradley and Terry (1952) in Elo points, with intervals.", elo),
		scored("nash-averaging", "Nash mass", "The maxent Nash equilibrium of the table of score rates (Balduzzi et al. 2018).", nashAverage),
		scored("copeland", "Copeland", "Agents beaten by majority minus agents lost to.", copeland),
		scored("smith", "Smith set", "The smallest set of agents that beat all others by majority.", smith),
	}
}

// known tells whether s is a standing that can be laid out: a method of one's own may
// forget to give one, or wrap one.
func known(s Standing) bool {
	switch r := s.(type) {
	case *AlphaRank:
		return r != nil
	case *Scores:
		return r != nil
	case *Several:
		return r != nil && !slices.ContainsFunc(r.Rankings, func(s Standing) bool { return !known(s) })
	}
	return false
}

// Rank ranks evidence by every method of the settings: one standing, or Several.
// The errors are a *MisfitError, where other settings would do, an *UnknownError,
// where the evidence has no answer, or of the mathematics.
func Rank(e Evidence, s Settings) (Standing, error) {
	if err := s.Check(); err != nil {
		return nil, misfitOf(err)
	}
	all := &Several{Schema: "arbiter/rankings/v1"}
	for _, m := range s.Methods {
		if e.large() && (len(s.Methods) > 1 || m.Name != "alpharank") {
			return nil, misfit("ranking.method: %d profiles are too many for other methods than alpharank", e.Payoffs.N())
		}
		r, err := m.Rank(e, s)
		if err != nil {
			return nil, err
		}
		if !known(r) {
			return nil, fmt.Errorf("ranking.method %q: found a standing of %T without an error, expected one of AlphaRank, Scores or Several that is not nil: this is a fault of the method", m.Name, r)
		}
		all.Rankings = append(all.Rankings, r)
	}
	if len(all.Rankings) == 1 {
		return all.Rankings[0], nil
	}
	return all, nil
}
