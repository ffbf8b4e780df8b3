package report

import (
	"io"
	"strings"

	"arbiter/internal/document"
)

// Numbers is a copy, [] of nil.
func Numbers(xs []float64) []float64 { return append([]float64{}, xs...) }

// JSON writes v as one indented object. Characters that do something to a
// terminal are escaped in its strings.
func JSON(w io.Writer, v any) error {
	body, err := document.Indent(v)
	if err != nil {
		return err
	}
	_, err = w.Write(escapeJSON(body))
	return err
}

// bare is a number as it stands in JSON, without quotes; nothing for NaN.
func bare(x float64) string {
	if x != x {
		return ""
	}
	return strings.Trim(document.Number(x), `"`)
}
