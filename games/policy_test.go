package games

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

const good = `{"kind":"policy","game":"kuhn_poker","player_0":{"2":[0.25,0.75],"0":[1,0],"0pb":[0,1]},"player_1":[0.5,0.5]}`

func TestPolicyRoundTrip(t *testing.T) {
	p, err := ReadPolicy(strings.NewReader(good), "p.json")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Seats[0].Keys; !slices.Equal(got, []string{"2", "0", "0pb"}) {
		t.Errorf("keys %q are not in the order of the file", got)
	}
	b, err := json.Marshal(p)
	if err != nil || string(b) != good {
		t.Errorf("written: %s, %v", b, err)
	}
}

func TestPolicyErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, "ends too early"},
		{`[]`, "found [, expected an object"},
		{`{"kind":"policy"`, "ends too early"},
		{`{"kind":"policy"}`, "found no player_0"},
		{`{"kind":"table","player_0":[1]}`, `found "table", expected "policy"`},
		{`{"kind":3}`, "kind: found 3, expected text"},
		{"{\"kind\":\"policy\",\n\"plyer_0\":[1]}", `p.json:2: unknown key "plyer_0"`},
		{`{"kind":"policy","player_x":[1]}`, "expected player_0, player_1"},
		{`{"kind":"policy","player_-1":[1]}`, "expected player_0, player_1"},
		{`{"kind":"policy","player_999":[1]}`, "expected player_0, player_1"},
		{`{"kind":"policy","player_0":[1],"player_0":[1]}`, `key "player_0" stands twice`},
		{`{"kind":"policy","player_0":{"a":[1],"a":[1]}}`, `key "a" stands twice`},
		{`{"kind":"policy","player_0":3}`, "player_0: found 3, expected an object"},
		{`{"kind":"policy","player_0":{}}`, "player_0 is empty"},
		{`{"kind":"policy","player_0":{"a":[0.5,0.6]}}`, `player_0["a"]: probabilities sum to 1.1`},
		{`{"kind":"policy","player_0":{"a":[]}}`, "sum to 0"},
		{`{"kind":"policy","player_0":{"a":[1.5,-0.5]}}`, "probability 1 is -0.5"},
		{`{"kind":"policy","player_0":{"a":[1,null]}}`, "probability 1 is null"},
		{`{"kind":"policy","player_0":{"a":["1"]}}`, "expected a list of probabilities"},
		{`{"kind":"policy","player_0":{"a":[1e400]}}`, "expected a list of probabilities"},
		{`{"kind":"policy","player_0":{"a":[NaN]}}`, "invalid character"},
		{`{"kind":"policy","player_0":[1]} more`, "more text"},
	} {
		if _, err := ReadPolicy(strings.NewReader(c.text), "p.json"); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "p.json:") {
			t.Errorf("%s: error %v, want one with %q", c.text, err, c.want)
		}
	}
}

func FuzzReadPolicy(f *testing.F) {
	f.Add(good)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPolicy(strings.NewReader(text), "p.json")
		if err != nil {
			return
		}
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadPolicy(strings.NewReader(string(b)), "p.json"); err != nil {
			t.Errorf("%q is read, but what it is written as, %q, is not: %v", text, b, err)
		}
	})
}
