package fit

import (
	"context"
	"errors"
	"testing"

	"arbiter/games/kuhn"
	"arbiter/games/posed"
)

// Every form has a name and a line of help, and none is asked for a question that
// has neither game nor problem.
func TestForms(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Forms() {
		if f.Name == "" || f.Doc == "" || len(f.Params) == 0 || seen[f.Name] {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
		if f.Fits(Question{}, Options{}) {
			t.Errorf("%s fits nothing at all", f.Name)
		}
	}
}

// The first form that fits is taken: one more in front of the list is asked before
// the others, and only where it fits.
func TestFirstFormThatFits(t *testing.T) {
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	own := errors.New("my own form")
	mine := Form{Name: "mine", Doc: "a test", Params: []string{"form"},
		Fits:    func(q Question, o Options) bool { return o.Form == "mine" },
		Certify: func(context.Context, Question, Options) (*Certified, error) { return nil, own },
	}
	forms := append([]Form{mine}, Forms()...)
	if _, err := Game(context.Background(), forms, posed.New(g), 2, Options{Form: "mine"}); err != own {
		t.Errorf("found %v", err)
	}
	for form, want := range map[string]string{"": "agent", "sequence": "sequence"} {
		c, err := Game(context.Background(), forms, posed.New(g), 2, Options{Form: form, Temperature: []float64{3}})
		if err != nil || c.Form != want || !c.Certified() {
			t.Errorf("form %q: %+v, %v", form, c, err)
		}
	}
	if _, err := Game(context.Background(), []Form{mine}, posed.New(g), 2, Options{}); err == nil {
		t.Error("a list without a form that fits certifies")
	}
}

// No temperature is no temperature, whether the list of them is nil or empty.
func TestNoTemperature(t *testing.T) {
	g, err := kuhn.New(2)
	if err != nil {
		t.Fatal(err)
	}
	var found []float64
	for _, none := range [][]float64{nil, {}} {
		c, err := Game(context.Background(), Forms(), posed.New(g), 4, Options{Temperature: none})
		if err != nil || !c.Certified() {
			t.Fatalf("%v: %v", none, err)
		}
		found = append(found, c.Temperature[0])
	}
	if found[0] != found[1] {
		t.Errorf("temperatures %v", found)
	}
}
