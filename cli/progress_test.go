package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// On a terminal the line stays within it and is taken away; elsewhere it is one a
// minute; a quiet command has none.
func TestProgress(t *testing.T) {
	long := func() string { return strings.Repeat("word ", 30) }
	var b bytes.Buffer
	p := Env{Stderr: &b, Progress: true, Columns: 40}.begin()
	p.say(long)
	if b.Len() != 0 {
		t.Errorf("at once: %q", b.String())
	}
	p.last = p.last.Add(-redrawn)
	p.say(long)
	if text, drawn := strings.CutPrefix(b.String(), "\r\x1b[K"); !drawn || len([]rune(text)) > 39 || strings.Contains(text, "\n") {
		t.Errorf("drawn: %q", b.String())
	}
	p.clear()
	p.last = time.Time{}
	p.say(long)
	if !strings.HasSuffix(b.String(), "…\r\x1b[K") {
		t.Errorf("cleared: %q", b.String())
	}

	b.Reset()
	p = Env{Stderr: &b}.begin()
	p.last = p.last.Add(-logged)
	p.say(func() string { return "3 matches" })
	p.say(func() string { return "4 matches" })
	p.clear()
	if b.String() != "3 matches, 0s\n" {
		t.Errorf("in a log: %q", b.String())
	}

	p = nil
	p.waiting("solve")
	p.say(long)
	p.clear()
}
