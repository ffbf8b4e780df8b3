package strict

import (
	"encoding/json"
	"testing"
)

// FuzzList compares the elements with those of the library.
func FuzzList(f *testing.F) {
	for _, text := range []string{`[]`, ` [ 1 , "a,]\"" , [2,[]] , {"k":[3]} ] `, `{"a":[1]}`, `3`, `[[],[{}],"\\"]`, "[null\n]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		var want []json.RawMessage
		err := json.Unmarshal([]byte(text), &want)
		got, n, ok := List(json.RawMessage(text), 3)
		if ok != (err == nil && want != nil) || n != len(want) || len(got) != min(n, 3) {
			t.Fatalf("%q: %d elements, %d returned, %v; expected %d", text, n, len(got), ok, len(want))
		}
		for i, x := range got {
			if string(x) != string(want[i]) {
				t.Errorf("%q: element %d is %q, expected %q", text, i, x, want[i])
			}
		}
	})
}
