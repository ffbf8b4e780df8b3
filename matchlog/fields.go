package matchlog

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
)

// field is a value of a row. Its text lives as long as the line it is from.
type field struct {
	text   []byte // without space around it
	given  bool
	quoted bool // a JSON string
}

// splitCSV calls each for the fields of a line and returns their number.
func splitCSV(line []byte, each func(i int, f field)) (int, error) {
	if bytes.IndexByte(line, '"') < 0 {
		n := 0
		for more := true; more; n++ {
			var text []byte
			text, line, more = bytes.Cut(line, []byte(","))
			each(n, field{text: bytes.TrimSpace(text), given: true})
		}
		return n, nil
	}
	r := csv.NewReader(bytes.NewReader(line))
	r.TrimLeadingSpace = true
	row, err := r.Read()
	if err != nil {
		var at *csv.ParseError
		if errors.As(err, &at) {
			err = fmt.Errorf("byte %d: %w", at.Column, at.Err)
		}
		return 0, err
	}
	for i, text := range row {
		each(i, field{text: bytes.TrimSpace([]byte(text)), given: true})
	}
	return len(row), nil
}

// splitJSON calls each for the members of a flat object, until it returns an
// error. Any unquoted text passes for a value: whoever uses the value checks
// it, and can say where it stands.
func splitJSON(line []byte, each func(key []byte, f field) error) error {
	c := cursor{line}
	if !c.take('{') {
		return fmt.Errorf("found %s, expected one object {…} per line", c.shown())
	}
	for end := c.take('}'); !end; {
		key, err := c.quoted()
		if err != nil {
			return fmt.Errorf("name of a field: %w", err)
		}
		if !c.take(':') {
			return fmt.Errorf("%s: found %s, expected : and a value", key, c.shown())
		}
		f := field{given: true, quoted: bytes.HasPrefix(c.rest, []byte(`"`))}
		if f.quoted {
			f.text, err = c.quoted()
		} else {
			f.text, err = c.bare()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if err := each(key, f); err != nil {
			return err
		}
		if end = c.take('}'); !end && !c.take(',') {
			return fmt.Errorf("after %s: found %s, expected , or }", key, c.shown())
		}
	}
	if len(c.rest) > 0 {
		return fmt.Errorf("found %s after the object, expected the end of the line", c.shown())
	}
	return nil
}

// cursor is what is left of a line. No space comes first after a take.
type cursor struct{ rest []byte }

// take skips space, the byte b if it is next, and space after it.
func (c *cursor) take(b byte) bool {
	c.rest = bytes.TrimLeft(c.rest, " \t")
	if len(c.rest) == 0 || c.rest[0] != b {
		return false
	}
	c.rest = bytes.TrimLeft(c.rest[1:], " \t")
	return true
}

// quoted takes a JSON string.
func (c *cursor) quoted() ([]byte, error) {
	if len(c.rest) == 0 || c.rest[0] != '"' {
		return nil, fmt.Errorf("found %s, expected text in quotes", c.shown())
	}
	escaped := false
	for i := 1; i < len(c.rest); i++ {
		switch c.rest[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			token := c.rest[:i+1]
			c.rest = c.rest[i+1:]
			if !escaped {
				return bytes.TrimSpace(token[1:i]), nil
			}
			var text string
			if err := json.Unmarshal(token, &text); err != nil {
				return nil, fmt.Errorf("found %s: %w", token, err)
			}
			return bytes.TrimSpace([]byte(text)), nil
		}
	}
	return nil, fmt.Errorf("found %s, expected a closing quote", c.shown())
}

// bare takes a value without quotes, up to what ends one.
func (c *cursor) bare() ([]byte, error) {
	n := bytes.IndexAny(c.rest, ", \t{}[]\":")
	if n <= 0 {
		return nil, fmt.Errorf("found %s, expected one value and what closes the object, on this line", c.shown())
	}
	text := c.rest[:n]
	c.rest = c.rest[n:]
	return text, nil
}

// shown is the beginning of what is left, for an error message.
func (c *cursor) shown() string {
	if len(c.rest) == 0 {
		return "the end of the line"
	}
	return fmt.Sprintf("%.20q", c.rest)
}
