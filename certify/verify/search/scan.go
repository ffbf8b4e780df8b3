package search

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Limits of a certificate file: values and brackets in it, brackets open at once,
// bytes of a string. A field that stands twice is refused too: it would be read as one
// thing and hashed as another.
const mostValues, mostDepth, mostText = 3_000_000, 32, 1 << 16

// value is a value of the file that is no bracket, or an empty one: its path
// (steps[3].max), the same without indices, and whether it claims nothing: null, or
// empty.
type value struct {
	path, field string
	empty       bool
}

// values lists the file but what problem holds, which is the digest's to vouch for.
func values(body []byte) ([]value, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var all map[string]any
	if err := d.Decode(&all); err != nil {
		return nil, err
	}
	delete(all, "problem")
	var out []value
	var walk func(path, field string, x any)
	walk = func(path, field string, x any) {
		switch x := x.(type) {
		case map[string]any:
			for name, y := range x {
				if path != "" {
					name = "." + name
				}
				walk(path+name, field+name, y)
			}
			if len(x) == 0 {
				out = append(out, value{path, field, true})
			}
		case []any:
			for i, y := range x {
				walk(fmt.Sprintf("%s[%d]", path, i), field, y)
			}
			if len(x) == 0 {
				out = append(out, value{path, field, true})
			}
		default:
			out = append(out, value{path, field, x == nil})
		}
	}
	walk("", "", all)
	return out, nil
}
