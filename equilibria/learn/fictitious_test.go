package learn_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"arbiter/equilibria/learn"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/kuhn"
)

// The meta-games of Kuhn poker that the paper builds from fictitious play:
// strategy 0 is uniform, strategy t the answer found in iteration t.
func TestKuhnMetagames(t *testing.T) {
	body, err := os.ReadFile("../../testdata/kuhn_metagames.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Tables map[string][][]float64 }
	if err := json.Unmarshal(body, &f); err != nil || len(f.Tables) < 5 {
		t.Fatal(err, len(f.Tables))
	}
	for name, tables := range f.Tables {
		var players, iterations int
		if _, err := fmt.Sscanf(name, "%dp_%diter", &players, &iterations); err != nil {
			t.Fatal(err)
		}
		g, _ := kuhn.New(players)
		b, err := flat.Compile(g, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		pool := [][]games.Behaviour{b.Uniform()}
		for i := range iterations {
			best, _ := learn.FictitiousPlay(b, i+1)
			pool = append(pool, best)
		}
		v, p := make([]float64, players), make([]games.Behaviour, players)
		for profile := range tables[0] {
			id := profile
			for k := players - 1; k >= 0; k-- { // the last player runs fastest
				p[k], id = pool[id%len(pool)][k], id/len(pool)
			}
			b.Values(v, p)
			for k := range v {
				if want := tables[k][profile]; math.Abs(v[k]-want) > 1e-12 {
					t.Errorf("%s, profile %d, player %d: %g, expected %g", name, profile, k, v[k], want)
				}
			}
		}
	}
}

// The average approaches equilibrium.
func TestFictitiousPlayConverges(t *testing.T) {
	g, _ := kuhn.New(2)
	b, err := flat.Compile(g, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	_, few := learn.FictitiousPlay(b, 10)
	_, many := learn.FictitiousPlay(b, 2000)
	if a, z := b.Evaluate(few).NashConv, b.Evaluate(many).NashConv; z > .01 || z > a/5 {
		t.Errorf("NashConv %g after 10 iterations, %g after 2000", a, z)
	}
}
