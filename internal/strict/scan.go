package strict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Limits of a text of JSON, 0 for none: Values and brackets in it, Depth the brackets
// open at once, Text the bytes of a string.
type Limits struct{ Values, Depth, Text int }

// level is an open bracket.
type level struct {
	fields map[string]bool // nil of a list
	name   string          // of the field that is read
	index  int
	into   reflect.Type // what it is decoded into; nil: not known
}

// Scan refuses text beyond the limits and objects that have a field twice, of which
// the library would take the last without a word. The error names the field and is
// found at that byte. to is what the text is decoded into: the library does not tell
// upper from lower case in the names of a struct's fields; nil tells them apart.
// Whether the text is JSON is left to the decoder.
func Scan(body []byte, most Limits, to any) (at int, err error) {
	var open []level
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
				return 0, nil // the decoder finds the end
			}
			text := body[at+1 : end]
			if most.Text > 0 && len(text) > most.Text {
				return at, fmt.Errorf("%s: found a text of %d bytes, expected at most %d", path(open), len(text), most.Text)
			}
			if key {
				l := &open[len(open)-1]
				l.name = string(text)
				if bytes.IndexByte(text, '\\') >= 0 && json.Unmarshal(body[at:end+1], &l.name) != nil {
					return 0, nil
				}
				id := l.name
				if l.into != nil && l.into.Kind() == reflect.Struct {
					id = strings.ToLower(strings.ToUpper(id))
				}
				if l.fields[id] {
					return at, fmt.Errorf("%s: found twice, expected once", path(open))
				}
				l.fields[id], key = true, false
			}
			at = end
		case '{', '[':
			if most.Depth > 0 && len(open) == most.Depth {
				return at, fmt.Errorf("%s: found more than %d open brackets", path(open), most.Depth)
			}
			values++
			l := level{into: inside(open, to)}
			if key = c == '{'; key {
				l.fields = map[string]bool{}
			}
			open = append(open, l)
		case '}', ']':
			if len(open) == 0 {
				return 0, nil
			}
			open, key = open[:len(open)-1], false
		case ',':
			values++
			if len(open) == 0 {
				return 0, nil
			}
			l := &open[len(open)-1]
			l.index++
			key = l.fields != nil
		}
		if most.Values > 0 && values > most.Values {
			return at, fmt.Errorf("%s: found more than %d values up to here, too many for a certificate", path(open), most.Values)
		}
	}
	return 0, nil
}

// inside is the type of what stands next within the open brackets.
func inside(open []level, to any) reflect.Type {
	t := reflect.TypeOf(to)
	if len(open) > 0 {
		l := open[len(open)-1]
		if t = l.into; t == nil {
			return nil
		}
		switch t.Kind() {
		case reflect.Map, reflect.Slice, reflect.Array:
			t = t.Elem()
		case reflect.Struct:
			field, ok := t.FieldByNameFunc(func(name string) bool {
				f, _ := t.FieldByName(name)
				tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				return strings.EqualFold(name, l.name) && tag == "" || strings.EqualFold(tag, l.name)
			})
			if !ok {
				return nil
			}
			t = field.Type
		default:
			return nil
		}
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// path names what is read, in characters that can be printed.
func path(open []level) string {
	var b strings.Builder
	for _, l := range open[:min(len(open), 8)] {
		if l.fields == nil {
			fmt.Fprintf(&b, "[%d]", l.index)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if name := fmt.Sprintf("%.60q", l.name); name != `"`+l.name+`"` {
			b.WriteString(name)
		} else {
			b.WriteString(l.name)
		}
	}
	if b.Len() == 0 {
		return "the file"
	}
	return b.String()
}
