// Command arbiter evaluates agents in games.
package main

import (
	"os"

	"golang.org/x/term"

	"arbiter/cli"
	"arbiter/internal/interrupt"
	"arbiter/report"
)

func main() {
	out := int(os.Stdout.Fd())
	style := report.Style{ASCII: report.ASCII(os.Getenv)}
	if term.IsTerminal(out) {
		style.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		style.Width, _, _ = term.GetSize(out)
	}
	code := cli.Main(interrupt.Context, os.Args[1:], cli.Env{
		Name: os.Args[0], Stdout: os.Stdout, Stderr: os.Stderr, Style: style,
		Progress: term.IsTerminal(int(os.Stderr.Fd())), Exit: os.Exit,
	})
	interrupt.Stop()
	os.Exit(code)
}
