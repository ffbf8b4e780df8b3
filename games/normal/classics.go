package normal

import "strconv"

// Classic is a game of the textbooks.
type Classic struct {
	Name, Doc string // of the spec; one line of help, Doc
	Table     Table  // the payoffs; read only
}

// symmetric makes a symmetric game of the payoffs of row against column.
func symmetric(strategies []string, rows ...[]float64) Table {
	t := Table{Single: true, Strategies: [][]string{strategies}, Payoffs: [][]float64{nil}}
	for _, r := range rows {
		t.Payoffs[0] = append(t.Payoffs[0], r...)
	}
	return t
}

// Classics lists the games without parameters.
func Classics() []Classic {
	return []Classic{
		{"matching_pennies", "Matching pennies: player 0 wants equal sides, player 1 different ones.", Table{
			Strategies: [][]string{{"heads", "tails"}, {"heads", "tails"}},
			Payoffs:    [][]float64{{1, -1, -1, 1}, {-1, 1, 1, -1}},
		}},
		{"rock_paper_scissors", "Rock, paper, scissors: a win pays 1.", symmetric([]string{"rock", "paper", "scissors"},
			[]float64{0, -1, 1}, []float64{1, 0, -1}, []float64{-1, 1, 0})},
		{"biased_rock_paper_scissors", "Rock, paper, scissors in which rock wins 2 and paper 3; equilibrium 1/6, 1/3, 1/2.", symmetric([]string{"rock", "paper", "scissors"},
			[]float64{0, -3, 2}, []float64{3, 0, -1}, []float64{-2, 1, 0})},
		{"prisoners_dilemma", "Prisoner's dilemma with payoffs 3, 0, 5, 1 (Axelrod 1984).", symmetric([]string{"cooperate", "defect"},
			[]float64{3, 0}, []float64{5, 1})},
		{"stag_hunt", "Stag hunt: the stag needs both, the hare is safe.", symmetric([]string{"stag", "hare"},
			[]float64{4, 1}, []float64{3, 3})},
		{"chicken", "Chicken: both want to dare, not both at once (Aumann 1974).", symmetric([]string{"dare", "yield"},
			[]float64{0, 7}, []float64{2, 6})},
		{"battle_of_the_sexes", "Battle of the sexes: together, but where (Luce and Raiffa 1957).", Table{
			Strategies: [][]string{{"opera", "football"}, {"opera", "football"}},
			Payoffs:    [][]float64{{2, 0, 0, 1}, {1, 0, 0, 2}},
		}},
		{"shapleys_game", "Shapley's game, in which fictitious play cycles (Shapley 1964).", Table{
			Strategies: [][]string{{"top", "middle", "bottom"}, {"left", "centre", "right"}},
			Payoffs:    [][]float64{{1, 0, 0, 0, 1, 0, 0, 0, 1}, {0, 1, 0, 0, 0, 1, 1, 0, 0}},
		}},
		{"inspection_game", "Inspection: working costs 4 and earns wage 6, inspecting costs 1, work is worth 10 (Fudenberg and Tirole 1991).", Table{
			Strategies: [][]string{{"shirk", "work"}, {"inspect", "trust"}},
			Payoffs:    [][]float64{{0, 6, 2, 2}, {-1, -6, 3, 4}},
		}},
	}
}

// TravellersDilemma is the game of Basu (1994): both claim low to high, both
// get the lower claim, and bonus goes from the higher claimant to the lower.
func TravellersDilemma(low, high, bonus int) Table {
	n := high - low + 1
	t := Table{Single: true, Strategies: [][]string{make([]string, n)}, Payoffs: [][]float64{make([]float64, n*n)}}
	for i := range n {
		t.Strategies[0][i] = strconv.Itoa(low + i)
		for j := range n {
			x := float64(low + min(i, j))
			switch {
			case i < j:
				x += float64(bonus)
			case i > j:
				x -= float64(bonus)
			}
			t.Payoffs[0][i*n+j] = x
		}
	}
	return t
}
