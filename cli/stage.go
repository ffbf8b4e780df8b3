package cli

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// stage is how far a command is, for one who interrupts it. Most of what a
// command does leaves nothing behind, so the process may end in the middle of it,
// whether or not the code looks at its context; two things may not be cut short:
// matches that are being stored, and the result that is being written.
type stage struct {
	mu      sync.Mutex
	orderly bool   // ends soon by itself when the context is cancelled
	ending  bool   // the result is being written
	stored  string // the database that holds what was done so far

	line *progress // nil: it is quiet
}

// abandon reports whether the command may end here and now.
func (s *stage) abandon() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.orderly && !s.ending
}

// finish begins the writing of the result.
func (s *stage) finish() {
	s.line.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ending = true
}

// storing runs what stores its work in a database and heeds its context. Who
// calls it says what was stored if the context was cancelled meanwhile.
func (s *stage) storing(ctx context.Context, database string, work func() error) error {
	s.mu.Lock()
	s.orderly, s.stored = true, database
	s.mu.Unlock()
	err := work()
	s.mu.Lock()
	s.orderly = err != nil || ctx.Err() != nil // what went wrong is said, too
	s.mu.Unlock()
	return err
}

// guard ends the process when the context is cancelled, as soon as the stage
// permits it. The function it returns ends the guard.
func (env Env) guard(ctx context.Context, args []string) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		if env.Exit != nil && env.stage.abandon() {
			env.interrupted(args, "interrupted")
			env.Exit(exitInterrupted)
		}
	})
}

// interrupted says what to type to go on. It is the last thing on stderr.
func (env Env) interrupted(args []string, what string) {
	env.stage.line.clear()
	again := "start again with"
	if env.stage.stored != "" {
		again = "resume with"
	}
	fmt.Fprintf(env.Stderr, "arbiter: %s\n%s: %s\n", what, again, env.commandLine(args))
}

// called is the program as it was called. What "go run" builds is gone afterwards.
func (env Env) called() string {
	switch {
	case env.Name == "":
		return "arbiter"
	case strings.Contains(env.Name, string(filepath.Separator)+"go-build"):
		return "go run ."
	}
	return quoted(env.Name)
}

// command is the program's name before that of a command.
var command = regexp.MustCompile(`(^|[^\w/.-])arbiter( (?:` + strings.Join(slices.Sorted(maps.Keys(examples)), "|") + `)\b)`)

// asCalled puts the program as it was called into text that shows a command.
func (env Env) asCalled(text string) string {
	return command.ReplaceAllString(text, "${1}"+strings.ReplaceAll(env.called(), "$", "$$")+"$2")
}

// commandLine prints the command as a shell would read it.
func (env Env) commandLine(args []string) string {
	parts := []string{env.called()}
	for _, a := range args {
		parts = append(parts, quoted(a))
	}
	return strings.Join(parts, " ")
}

func quoted(word string) string {
	if word == "" || strings.ContainsAny(word, " \t\n\"'`$&|;<>()*?[]{}~#!\\") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}
