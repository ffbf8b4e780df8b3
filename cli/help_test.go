package cli_test

import (
	"regexp"
	"strings"
	"testing"
)

// Every command's help has examples, whose flags there are, and shows no flag
// without a meaning of its value.
func TestHelp(t *testing.T) {
	code, out, errs := run("--help")
	if code != 0 || errs != "" || !strings.Contains(out, "exit codes: 0 done") {
		t.Fatalf("exit %d, %q\n%s", code, errs, out)
	}
	commands := regexp.MustCompile(`(?m)^  (\w+) {2,}\w`).FindAllStringSubmatch(out, -1)
	if len(commands) != 16 {
		t.Errorf("%d commands are shown, expected 16", len(commands))
	}
	for _, c := range commands {
		code, out, errs := run(c[1], "--help")
		if code != 0 || errs != "" {
			t.Errorf("%s --help: exit %d, %q", c[1], code, errs)
		}
		_, list, found := strings.Cut(out, "\nexamples\n")
		if !found || list == "" {
			t.Errorf("%s --help has no examples:\n%s", c[1], out)
		}
		for line := range strings.Lines(list) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " > ")
			args := append(words(strings.TrimPrefix(line, "arbiter ")), "--help")
			if code, _, errs := run(args...); code != 0 || !strings.HasPrefix(line, "arbiter "+c[1]) {
				t.Errorf("the example %q of %s: exit %d, %s", line, c[1], code, errs)
			}
		}
		if strings.Contains(out, "false)") || strings.Contains(out, "`") {
			t.Errorf("%s --help:\n%s", c[1], out)
		}
	}
}

// words splits a command line at blanks outside single quotes.
func words(line string) []string {
	var out []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}
