package strict

import "encoding/json"

// List splits a list into its elements without copying them. n is the number of
// elements, of which at most limit are returned; ok is false if raw is no list. raw
// must be valid JSON, as a part of a decoded file is.
func List(raw json.RawMessage, limit int) (parts []json.RawMessage, n int, ok bool) {
	at := 0
	skip := func() {
		for at < len(raw) && (raw[at] == ' ' || raw[at] == '\t' || raw[at] == '\r' || raw[at] == '\n') {
			at++
		}
	}
	if skip(); at == len(raw) || raw[at] != '[' {
		return nil, 0, false
	}
	at++
	if skip(); at < len(raw) && raw[at] == ']' {
		return nil, 0, true
	}
	parts = make([]json.RawMessage, 0, min(limit, 1024))
	for depth, start := 0, at; at < len(raw); at++ {
		switch raw[at] {
		case '"':
			for at++; raw[at] != '"'; at++ {
				if raw[at] == '\\' {
					at++
				}
			}
		case '[', '{':
			depth++
		case ']', '}', ',':
			if depth == 0 {
				if n++; n <= limit {
					part := raw[start:at]
					for len(part) > 0 && part[len(part)-1] <= ' ' {
						part = part[:len(part)-1]
					}
					parts = append(parts, part)
				}
				at++
				skip()
				start = at
				at--
			} else if raw[at] != ',' {
				depth--
			}
		}
	}
	return parts, n, true
}
