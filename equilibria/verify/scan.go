package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Limits of a certificate file: values and brackets in it, brackets open at once,
// bytes of a string.
const mostValues, mostDepth, mostText = 3_000_000, 32, 1 << 16

// scan refuses text that would take too much room to decode, and objects that have
// a field twice, which would be read as one thing and hashed as another. It names
// the field. Whether the text is JSON is left to the decoder.
func scan(body []byte) error {
	type level struct {
		fields map[string]bool // nil of a list
		name   string          // of the field that is read
		index  int
	}
	var open []level
	path := func() string {
		var b strings.Builder
		for _, l := range open[:min(len(open), 8)] {
			switch {
			case l.fields == nil:
				fmt.Fprintf(&b, "[%d]", l.index)
			case b.Len() > 0:
				b.WriteByte('.')
				fallthrough
			default:
				b.WriteString(l.name)
			}
		}
		if b.Len() == 0 {
			return "the file"
		}
		return b.String()
	}
	values, key := 0, false
	for at := 0; at < len(body); at++ {
		switch c := body[at]; c {
		case '"':
			end := at + 1
			for end < len(body) && body[end] != '"' {
				if body[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(body) {
				return nil // the decoder finds the end
			}
			text := body[at+1 : end]
			if len(text) > mostText {
				return fmt.Errorf("%s: found a text of %d bytes, expected at most %d", path(), len(text), mostText)
			}
			if key {
				l := &open[len(open)-1]
				name := string(text)
				if bytes.IndexByte(text, '\\') >= 0 {
					if json.Unmarshal(body[at:end+1], &name) != nil {
						return nil
					}
				}
				// Only what can be printed.
				if l.name = fmt.Sprintf("%.60q", name); l.name == `"`+name+`"` {
					l.name = name
				}
				if l.fields[name] {
					return fmt.Errorf("%s: found twice, expected once", path())
				}
				l.fields[name], key = true, false
			}
			at = end
		case '{', '[':
			if len(open) == mostDepth {
				return fmt.Errorf("%s: found more than %d open brackets", path(), mostDepth)
			}
			values++
			l := level{}
			if key = c == '{'; key {
				l.fields = map[string]bool{}
			}
			open = append(open, l)
		case '}', ']':
			if len(open) == 0 {
				return nil
			}
			open, key = open[:len(open)-1], false
		case ',':
			values++
			if len(open) == 0 {
				return nil
			}
			l := &open[len(open)-1]
			l.index++
			key = l.fields != nil
		}
		if values > mostValues {
			return fmt.Errorf("%s: found more than %d values up to here, too many for a certificate", path(), mostValues)
		}
	}
	return nil
}

// leaf is a value of the file that is no bracket, or an empty one: its path
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
