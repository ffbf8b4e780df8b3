package report

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean is text in one line that does nothing to a terminal: control characters,
// those that turn the direction of writing and bytes that are no text are written
// as Go writes them in a string.
func Clean(text string) string { return clean(text, "") }

// CleanLines is Clean for text of several lines.
func CleanLines(text string) string { return clean(text, "\n") }

func clean(text, but string) string {
	if strings.IndexFunc(text, hidden) < 0 && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case hidden(r) && !strings.ContainsRune(but, r):
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	return b.String()
}

// hidden tells characters that change what is around them: controls, formats
// that turn the direction of writing, and separators of lines.
func hidden(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}

// escapeJSON writes the hidden characters that JSON allows as they are in the
// form \u009b: they stand only in its strings.
func escapeJSON(body []byte) []byte {
	if bytes.IndexFunc(body, func(r rune) bool { return hidden(r) && r != '\n' }) < 0 {
		return body
	}
	var b bytes.Buffer
	for _, r := range string(body) {
		if hidden(r) && r != '\n' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.Bytes()
}

// noFormula is text in a cell of CSV. A spreadsheet takes what begins like a formula
// for one, whoever wrote it; a quote before it makes it text.
func noFormula(text string) string {
	text = Clean(text)
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return "'" + text
		}
	}
	return text
}
