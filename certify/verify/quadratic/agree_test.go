package quadratic

import (
	"context"
	"encoding/json"
	"math"
	"testing"

	build "arbiter/certify/quadratic"
	"arbiter/certify/verify"
	"arbiter/certify/verify/search"
	"arbiter/dice"
)

// What holds at the witnesses holds in the search too, also of files in which a number
// was changed; and a file that the search refuses is not confirmed here, unless for
// something that was not checked.
func TestKernelAgreesWithSearch(t *testing.T) {
	games := 12
	if testing.Short() {
		games = 2
	}
	refused, compared := 0, 0
	for seed := range games {
		body := fileOf(t, randomGame(uint64(1000+seed)), build.Options{})
		var file any
		if err := json.Unmarshal(body, &file); err != nil {
			t.Fatal(err)
		}
		leaves, key := leavesOf(file), dice.New(uint64(seed))
		for k := range 4 {
			changed := body
			if k > 0 {
				l := leaves[int(dice.Float64(key.Word(2*k))*float64(len(leaves)))]
				by := math.Pow(10, -1-5*dice.Float64(key.Word(2*k+1)))
				changed = altered(t, body, l.path, l.x*(1+by)+by/100)
			}
			c, err := verify.Read(changed, "file")
			if err != nil {
				continue
			}
			r, err := Verify(context.Background(), c)
			if err != nil {
				continue
			}
			claim, err := search.Read(changed, "file")
			if err != nil {
				continue
			}
			s, err := search.Quadratic(context.Background(), claim)
			if err != nil {
				t.Fatal(err)
			}
			bad, first := map[string]bool{}, ""
			for _, f := range s.Findings {
				if bad[f.What] = bad[f.What] || !f.Holds; !f.Holds {
					first = f.What + ": " + f.Note
				}
			}
			open := false
			for _, f := range r.Findings {
				open = open || f.State == verify.NotChecked && bad[f.What]
				if f.State == verify.Holds && bad[f.What] {
					t.Errorf("game %d, change %d: %s holds, and fails in the search", seed, k, f.What)
				}
				compared++
			}
			if !s.Holds() {
				if refused++; r.Confirmed() && !open {
					t.Errorf("game %d, change %d: confirmed, and refused by the search for %s", seed, k, first)
				}
			} else if k == 0 && fails(r) {
				t.Errorf("game %d: refused, and confirmed by the search", seed)
			}
		}
	}
	if refused < games/2 || compared < 100*games {
		t.Errorf("%d refused, %d findings compared: the test has lost its mixture", refused, compared)
	}
}
