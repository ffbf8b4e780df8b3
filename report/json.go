package report

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
)

// Number is a float64 that JSON can hold: infinities are the strings "inf" and
// "-inf", NaN is null.
type Number float64

// MarshalJSON prints the shortest form that reads back as the same number.
func (x Number) MarshalJSON() ([]byte, error) {
	switch f := float64(x); {
	case math.IsInf(f, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(f, -1):
		return []byte(`"-inf"`), nil
	case math.IsNaN(f):
		return []byte("null"), nil
	default:
		return json.Marshal(f)
	}
}

// String is the JSON form, empty for NaN.
func (x Number) String() string {
	if math.IsNaN(float64(x)) {
		return ""
	}
	b, _ := x.MarshalJSON()
	return string(b)
}

// Numbers converts a slice.
func Numbers(xs []float64) []Number {
	out := make([]Number, len(xs))
	for i, x := range xs {
		out[i] = Number(x)
	}
	return out
}

// JSON writes v as one indented object. Characters that do something to a
// terminal are escaped in its strings.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(b.Bytes()))
	return err
}
