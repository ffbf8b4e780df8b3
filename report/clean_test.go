package report

import "testing"

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain – naïve 日本": "plain – naïve 日本", "a\tb\n": `a\tb\n`, "\x1b[1m": `\x1b[1m`, "\u009b": `\u009b`, "\xff\xfe": `\xff\xfe`, "\u202e": `\u202e`,
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q is written %q, expected %q", text, got, want)
		}
	}
	if got := CleanLines("a\nb\x00"); got != "a\nb\\x00" {
		t.Errorf("%q", got)
	}
}
