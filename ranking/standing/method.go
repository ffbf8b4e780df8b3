package standing

// Standing is what a method says: *AlphaRank, *Scores or *Several.
type Standing interface{ standing() }

func (*AlphaRank) standing() {}
func (*Scores) standing()    {}
func (*Several) standing()   {}

// Method is a way to rank.
type Method struct {
	Name string                                     // unique; what ranking.method and --method take
	Doc  string                                     // one line
	Rank func(Evidence, Settings) (Standing, error) // the error is a *MisfitError, an *UnknownError or of the mathematics
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
		all.Rankings = append(all.Rankings, r)
	}
	if len(all.Rankings) == 1 {
		return all.Rankings[0], nil
	}
	return all, nil
}
