// Command arbiter evaluates agents in games.
package main

import (
	"os"

	"golang.org/x/term"

	"arbiter/cli"
	"arbiter/internal/interrupt"
	"arbiter/report/text"
)

func main() {
	out := int(os.Stdout.Fd())
	style := text.Style{ASCII: text.ASCII(os.Getenv)}
	if term.IsTerminal(out) {
		style.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		style.Width, _, _ = term.GetSize(out)
	}
	env := cli.Env{Name: os.Args[0], Stdout: os.Stdout, Stderr: os.Stderr, Style: style, Exit: os.Exit}
	if errs := int(os.Stderr.Fd()); term.IsTerminal(errs) {
		env.Progress = true
		env.Columns, _, _ = term.GetSize(errs)
	}
	code := cli.Main(interrupt.Context, os.Args[1:], env)
	interrupt.Stop()
	os.Exit(code)
}
