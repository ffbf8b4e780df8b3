package document

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
)

type inner struct {
	A float64  `json:"a"`
	B *float64 `json:"b,omitempty"`
	H string   `json:"h"`
}

type Deep struct {
	C []float64 `json:"c,omitempty"`
	H string    `json:"h"` // hidden by outer's
}

type marshaled struct{}

func (marshaled) MarshalJSON() ([]byte, error) { return []byte("{ \"own\": 1 }"), nil }

type stand struct{ xs []float64 }

func (s stand) JSON() any { return s.xs }

type outer struct {
	H  string `json:"h"`
	In inner  `json:"in"`
	*Deep
	Nil     *Deep              `json:"nil"`
	No      *inner             `json:"no,omitempty"`
	M       map[string]float64 `json:"m"`
	Any     any                `json:"any"`
	List    []any              `json:"list"`
	Own     marshaled          `json:"own"`
	OwnP    *marshaled         `json:"ownp"`
	Zero    float64            `json:"zero,omitempty"`
	NilList []int              `json:"nil_list"`
	Array   [2]bool            `json:"array"`
	Skip    int                `json:"-"`
	Plain   uint8
	hidden  int
}

// Of values without NaN and infinities it writes what encoding/json does.
func TestAsEncodingJSON(t *testing.T) {
	x := 1e-7
	o := outer{
		H: "<a>&\u2028\"", In: inner{A: 1e21, B: &x, H: "in"}, M: map[string]float64{"z": 1, "a": -0.1},
		Any: []any{1, "x", nil, 2.5, map[string]any{}}, List: []any{}, OwnP: &marshaled{}, hidden: 1,
	}
	for _, v := range []any{o, &o, outer{Deep: &Deep{C: []float64{1, 2}, H: "deep"}}, nil, 3, "text", []float64{}, []float64(nil), map[string]int(nil), struct{}{}} {
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		got, err := Indent(v)
		if err != nil || string(got) != want.String() {
			t.Errorf("%+v: %v\n%s\nexpected\n%s", v, err, got, want.String())
		}
	}
}

func TestNumbersThatJSONHasNot(t *testing.T) {
	nan := math.NaN()
	got, err := Marshal(map[string]any{
		"a": inner{A: math.Inf(1), B: &nan}, "b": []float64{math.Inf(-1), 0, math.Copysign(0, -1), 5e-324}, "c": stand{[]float64{nan}},
	})
	want := `{"a":{"a":"inf","b":null,"h":""},"b":["-inf",0,-0,5e-324],"c":[null]}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nexpected\n%s", err, got, want)
	}
	if _, err := Marshal(map[int]int{1: 1}); err == nil {
		t.Error("a map whose keys are numbers is written")
	}
	if _, err := Marshal([]any{func() {}}); err == nil {
		t.Error("a function is written")
	}
}
