package matchlog

import (
	"reflect"
	"strings"
	"testing"
)

// Matches in which an agent failed count in payoffs, and in nothing that counts
// wins; whose they are is told whatever the order of rows and seats.
func TestForfeits(t *testing.T) {
	rows := []string{
		"a,b,1,0,2,ok,,x", "b,a,0,1,1,,,x", "b,a,0,1,3,crash,0,x", "a,b,0.25,0.75,2,resign,0,y", "c,b,1,0,4,illegal,1,y", "b,c,1,0,1,ok,,z", "a,c,.5,.5,1,host?,,z",
	}
	header := "agent_0,agent_1,payoff_0,payoff_1,count,outcome,failed,cluster\n"
	l := parse(t, header+strings.Join(rows, "\n"), "a.csv", Options{})
	want := []Failure{{0, -1, "host?", 1}, {0, 0, "resign", 2}, {0, 1, "crash", 3}, {0, 1, "illegal", 4}}
	if !reflect.DeepEqual(l.Failures, want) {
		t.Errorf("failures %+v, expected %+v", l.Failures, want)
	}
	if f := l.Facts(); !reflect.DeepEqual(f.Failed, want) || f.Means != 0 {
		t.Errorf("facts %+v", f)
	}
	pairs := []Pair{
		{I: 0, J: 1, N: 8, X: [2]float64{6.5, 1.5}, XX: [2]float64{6.125, 1.125}, D: 5, DD: 6.5, Wins: 3, First: Results{Wins: 2}},
		{I: 0, J: 2, N: 1, X: [2]float64{.5, .5}, XX: [2]float64{.25, .25}},
		{I: 1, J: 2, N: 5, X: [2]float64{1, 4}, XX: [2]float64{1, 4}, D: -3, DD: 5, Wins: 1, First: Results{Wins: 1}},
	}
	if !reflect.DeepEqual(l.Pairs, pairs) {
		t.Errorf("pairs %+v, expected %+v", l.Pairs, pairs)
	}
	n := int64(0)
	for _, c := range l.Clusters {
		n += c.N
	}
	if n != 4 || l.Matches != 14 {
		t.Errorf("%d matches in clusters of %d, expected 4 of 14", n, l.Matches)
	}
	for i := range rows { // from another first row on, agents have other numbers
		turned := parse(t, header+strings.Join(append(append([]string{}, rows[i:]...), rows[:i]...), "\n"), "a.csv", Options{})
		if !reflect.DeepEqual(turned.Failures, want) || !reflect.DeepEqual(turned.Pairs, pairs) {
			t.Errorf("from row %d: %+v, %+v", i, turned.Failures, turned.Pairs)
		}
	}
	multi := parse(t, "agent_0,agent_1,payoff_0,payoff_1,outcome,failed\na,a,1,0,crash,1\nb,a,0,1,ok,\na,b,0,0,crash,0\n", "a.csv", Options{Population: Multi})
	if want := []Failure{{0, 0, "crash", 1}, {1, 0, "crash", 1}}; !reflect.DeepEqual(multi.Failures, want) {
		t.Errorf("of two populations: %+v, expected %+v", multi.Failures, want)
	}
	json := parse(t, `{"winner":"a","loser":"b","outcome":"flood","failed":1}`+"\n"+`{"winner":"b","loser":"a","outcome":null,"failed":null}`, "a.jsonl", Options{})
	if want := []Failure{{0, 1, "flood", 1}}; !reflect.DeepEqual(json.Failures, want) || json.Pairs[0].Losses != 1 || json.Pairs[0].Wins != 0 || json.Pairs[0].N != 2 {
		t.Errorf("json: %+v, %+v", json.Failures, json.Pairs)
	}
}

func TestForfeitsThatAreNone(t *testing.T) {
	for row, want := range map[string]string{
		"a,b,1,0,ok,1":      `:3: failed: found "1" where outcome is ok`,
		"a,b,1,0,,0":        `:3: failed: found "0" where outcome is ok`,
		"a,b,1,0,crash,2":   `:3: failed: found "2", expected the seat of the agent that failed, 0 to 1`,
		"a,b,1,0,crash,b":   `:3: failed: found "b"`,
		"a,b,1,0,cr\aash,1": `:3: outcome: found`,
	} {
		_, err := Parse(strings.NewReader("agent_0,agent_1,payoff_0,payoff_1,outcome,failed\na,b,1,0,ok,\n"+row+"\n"), "a.csv", Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %q", row, err, want)
		}
	}
}
