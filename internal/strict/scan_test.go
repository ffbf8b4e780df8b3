package strict

import (
	"encoding/json"
	"strings"
	"testing"
)

// A field that stands twice is refused at its line, at any depth and in any spelling
// that the decoder takes for the same.
func TestTwice(t *testing.T) {
	type file struct {
		Kind   string
		Other  int `json:"else"`
		Region *struct{ Lower, Upper []float64 }
		Odds   []map[string]json.RawMessage
		Raw    json.RawMessage
	}
	for _, c := range []struct {
		text string
		line int // 0: nothing is wrong
		want string
	}{
		{"{\"kind\": \"a\",\n \"region\": {\"lower\": [1], \"upper\": [2]},\n \"odds\": [{\"a\": 1, \"A\": 2}], \"raw\": {\"x\": 1, \"X\": {\"x\": 2}}}", 0, ""},
		{"{\"kind\": \"kind\", \"else\": 1,\n \"raw\": [{\"kind\": 1}, {\"kind\": 1}]}", 0, ""},
		{"{\"kind\": \"a\",\n\"kind\": \"b\"}", 2, "kind"},
		{"{\"kind\": \"a\",\n\"Kind\": \"a\"}", 2, "Kind"},
		{"{\"kind\": \"a\",\n\n\"\\u006bind\": \"a\"}", 3, "kind"},
		{"{\"kind\": \"a\", \"\u212aind\": \"a\"}", 1, "\u212aind"}, // the Kelvin sign
		{"{\"else\": 1,\n\"ELSE\": 2}", 2, "ELSE"},
		{"{\"region\": {\"lower\": [1],\n \"upper\": [2],\n \"Lower\": [3]}}", 3, "region.Lower"},
		{"{\"odds\": [{\"a\": 1},\n {\"b\": 1, \"b\": 2}]}", 2, "odds[1].b"},
		{"{\"raw\": [[0], [{\"s\": {\"t\": 1, \"u\": \"}\\\"{\",\n \"t\": 1}}]]}", 2, "raw[1][0].s.t"},
	} {
		var f file
		line, err := Decode([]byte(c.text), "file", &f)
		if line != c.line || (err == nil) != (c.line == 0) || err != nil && err.Error() != c.want+": found twice, expected once" {
			t.Errorf("%s: line %d, %v; expected %d, %s", c.text, line, err, c.line, c.want)
		}
	}
}

func TestScanLimits(t *testing.T) {
	most := Limits{Values: 10, Depth: 3, Text: 5}
	for text, want := range map[string]string{
		`[[["12345"]]]`:              "",
		`[[[[]]]]`:                   "more than 3 open brackets",
		`{"a":"123456"}`:             "a: found a text of 6 bytes",
		`[1,2,3,4,5,6,7,8,9,10]`:     "",
		`[1,2,3,4,5,6,7,8,9,10,[1]]`: "more than 10 values",
	} {
		_, err := Scan([]byte(text), most, nil)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, expected %q", text, err, want)
		}
	}
}

// FuzzScan: what repeats no field is let through, text that is no JSON does not matter.
func FuzzScan(f *testing.F) {
	for _, text := range []string{`{"a":1,"b":{"a":[{"a":2},{"a":3}]}}`, `{"a":"\\","a\"":1}`, `]`, `,`, `{"`, `{"a":1,"a":1}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Scan([]byte(text), Limits{}, nil)
		if !json.Valid([]byte(text)) {
			return
		}
		var any map[string]json.RawMessage
		d := json.NewDecoder(strings.NewReader(text))
		if json.Unmarshal([]byte(text), &any) != nil || any == nil || strings.Count(text, "{") != 1 {
			return
		}
		// A flat object: its tokens are counted.
		keys := 0
		for key, depth := true, 0; d.More() || depth > 0; {
			token, e := d.Token()
			if e != nil {
				break
			}
			switch token {
			case json.Delim('{'), json.Delim('['):
				depth++
				key = token == json.Delim('{')
				continue
			case json.Delim('}'), json.Delim(']'):
				depth--
			default:
				if depth == 1 && key {
					keys++
					key = false
					continue
				}
			}
			if depth == 1 {
				key = true
			}
		}
		if (keys > len(any)) != (err != nil) {
			t.Errorf("%q: %d keys, %d different, %v", text, keys, len(any), err)
		}
	})
}
