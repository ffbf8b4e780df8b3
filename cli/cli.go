// Package cli is the command line: a command reads flags and files, asks the rooms
// below and hands what they say to report. Only this package prints, and only Main decides
// on exit codes. It is larger than 2,500 lines since its commands share flags, where they
// print and what an error exits with, which would be public between rooms.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/db"
	"arbiter/equilibria"
	"arbiter/internal/files"
	"arbiter/lp"
	"arbiter/ranking/standing"
	"arbiter/report"
	"arbiter/report/text"
	"arbiter/spec"
)

// Exit codes.
const (
	exitDone        = 0
	exitFailed      = 1   // failed while running
	exitUsage       = 2   // bad usage or bad input; nothing was written
	exitNoAnswer    = 3   // no answer of the kind asked for; the result says so
	exitInterrupted = 130 // all finished work is stored
)

// Version of the program.
const Version = "0.1.0"

// Env is the world a command runs in.
type Env struct {
	Name           string           // the program as it was called; "": arbiter
	Catalog        *catalog.Catalog // what there is; nil: catalog.Standard
	Stdout, Stderr io.Writer        // results go to Stdout, progress, warnings and errors to Stderr
	Style          text.Style       // of Stdout
	Progress       bool             // Stderr is a terminal
	Columns        int              // of that terminal; 0: not known
	// Exit ends the process. With it an interrupt ends every command at once, but
	// for what must not be cut short; without it only those that heed the context.
	Exit func(code int)

	stage *stage
	seen  func(report.Document) // what is printed, for tests
}

// coded is an error with the exit code it asks for.
type coded struct {
	code int
	err  error
}

func (e coded) Error() string { return e.err.Error() }
func (e coded) Unwrap() error { return e.err }

// usage marks an error as the user's: exit 2.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return coded{exitUsage, err}
}

func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

// codeOf is the exit code of an error: what it was marked with, but for a valid game
// without an answer of the kind asked for, whoever asked for it and wherever, as an
// agent that plays what a solver finds.
func codeOf(err error) int {
	c, misfit, unknown := coded{}, (*standing.MisfitError)(nil), (*standing.UnknownError)(nil)
	marked := errors.As(err, &c)
	switch {
	case marked && c.code == exitInterrupted:
	case errors.Is(err, equilibria.ErrNoAnswer), errors.Is(err, lp.ErrNumeric), errors.As(err, &unknown):
		return exitNoAnswer
	case errors.As(err, &misfit):
		return exitUsage
	}
	if !marked {
		return exitFailed
	}
	return c.code
}

// Main runs the program on args, without the program's name, and returns its
// exit code.
func Main(ctx context.Context, args []string, env Env) int {
	env.stage = &stage{}
	if env.Catalog == nil {
		env.Catalog = catalog.Standard()
	}
	out := &watched{Writer: env.Stdout}
	env.Stdout = out
	defer env.guard(ctx, args)()
	app := env.app(args)
	ordered, err := order(app, args)
	if err == nil {
		err = app.RunContext(ctx, append([]string{"arbiter"}, ordered...))
	}
	env.stage.line.clear()
	if err == nil {
		err = out.err // of what nobody asked, help and the like
	}
	if err == nil {
		return exitDone
	}
	code := codeOf(err)
	c := coded{}
	switch {
	case errors.As(err, &c) && c.err == nil:
		// The result has said it.
	case code == exitInterrupted:
		env.interrupted(args, env.message(err))
	case ctx.Err() != nil && code != exitNoAnswer && !errors.Is(err, db.ErrGone) && !errors.Is(err, db.ErrLocked) && !errors.Is(err, db.ErrDamaged):
		// Whatever a library makes of a cancelled context.
		code = exitInterrupted
		env.interrupted(args, "interrupted")
	default:
		fmt.Fprintln(env.Stderr, "arbiter:", env.message(err))
	}
	return code
}

// watched remembers the first error of a writer.
type watched struct {
	io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

func (env Env) app(args []string) *cli.App {
	app := &cli.App{
		Name:    "arbiter",
		Usage:   "who is better, how far from equilibrium, and how sure",
		Version: Version,
		Description: "exit codes: 0 done · 1 failed while running · 2 bad usage or input · " +
			"3 no answer of the kind asked for · 130 interrupted",
		Writer:    env.Stdout,
		ErrWriter: env.Stderr,
		Commands: []*cli.Command{
			env.runCommand(), env.rankCommand(), env.importCommand(), env.evaluateCommand(), env.solveCommand(), env.certifyCommand(), env.convertCommand(), env.trainCommand(),
			env.playCommand(), env.gamesCommand(), env.agentsCommand(), env.solversCommand(),
			env.runsCommand(), env.showCommand(), env.replayCommand(), env.exportCommand(),
		},
		HideHelpCommand:           true,
		DisableSliceFlagSeparator: true,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              func(_ *cli.Context, err error, _ bool) error { return usage(err) },
		CommandNotFound:           func(*cli.Context, string) {},
		Action: func(c *cli.Context) error {
			return cli.ShowAppHelp(c)
		},
	}
	for _, c := range app.Commands {
		c.OnUsageError = app.OnUsageError
		c.HideHelpCommand = true
		c.Flags = append(c.Flags, common(c.Name)...)
		c.CustomHelpTemplate = template(env.help(c))
		do := c.Action
		c.Action = func(c *cli.Context) error { return origin(c, do(c)) }
	}
	app.CustomAppHelpTemplate = template(env.overview(app))
	return app
}

// origin names the flag or argument that an error of a file came from, unless the
// error does: the name of the file itself, or one inside of a spec.
func origin(c *cli.Context, err error) error {
	var of *fs.PathError
	if !errors.As(err, &of) || of.Path == "" {
		return err
	}
	from := ""
	look := func(name, text string) {
		if text == of.Path || from == "" && strings.Contains(text, of.Path) {
			from = name
		}
	}
	for i, text := range c.Args().Slice() {
		look(fmt.Sprintf("argument %d", i+1), text)
	}
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		switch value := c.Value(name).(type) {
		case string:
			look("--"+name, value)
		case cli.StringSlice:
			for _, text := range value.Value() {
				look("--"+name, text)
			}
		}
	}
	if said := strings.TrimPrefix(from, "--") + ":"; from == "" || strings.Contains(err.Error(), said) {
		return err
	}
	return fmt.Errorf("%s: %w", from, err)
}

// common are the flags of every command, those hidden that do nothing for it.
func common(command string) []cli.Flag {
	hide := func(flag string) bool { return !slices.Contains(idle[flag], command) }
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Value: "table", Usage: "table, json, csv or markdown", Category: "output", Hidden: hide("format")},
		&cli.BoolFlag{Name: "no-color", Usage: "no colours (also: NO_COLOR)", Category: "output"},
		&cli.BoolFlag{Name: "quiet", Usage: "no progress", Category: "output", Hidden: hide("quiet")},
		&cli.Int64Flag{Name: "seed", Value: 1, Usage: "seed `N` of all that is random; overrides a file only when given", Category: "work", Hidden: hide("seed")},
		&cli.IntFlag{Name: "workers", DefaultText: "all cores", Usage: "`N` goroutines; results do not depend on it", Category: "work", Hidden: hide("workers")},
	}
}

func dbFlag() cli.Flag {
	return &cli.StringFlag{Name: "db", Value: "arbiter.db", Usage: "database `FILE`", Category: "storage"}
}

// output is how a command's result is wanted.
type output struct {
	env    Env
	format string
}

func (o output) print(d report.Document) error {
	if o.env.seen != nil {
		o.env.seen(d)
	}
	o.env.stage.finish()
	if o.format == "table" {
		return text.Print(o.env.Stdout, d, o.env.Style)
	}
	return report.Write(o.env.Stdout, d, o.format)
}

// out reads the common flags and the number of arguments.
func (env Env) out(c *cli.Context, least, most int, what string) (output, error) {
	o := output{env: env}
	formats := append([]string{"table"}, report.Formats...)
	if o.format = c.String("format"); !slices.Contains(formats, o.format) {
		return o, usagef("--format: found %q, expected %s", o.format, strings.Join(formats, ", "))
	}
	if c.Bool("no-color") {
		o.env.Style.Color = false
	}
	if !c.Bool("quiet") {
		env.stage.line = env.begin()
		env.stage.line.waiting(c.Command.Name)
	}
	if n := c.Int("top"); n < 0 {
		return o, usagef("--top: found %d, expected a number of rows, 0 for all", n)
	}
	if n := c.NArg(); n < least {
		return o, usagef("%s: expected %s", c.Command.Name, what)
	} else if n > most {
		return o, usagef("%s: unexpected argument %q", c.Command.Name, c.Args().Get(most))
	}
	return o, nil
}

// write writes a file that a flag names.
func (o output) write(file string, body []byte) error {
	o.env.stage.finish()
	return files.Write(file, body)
}

// inputs are the files that the flags of a command read, those inside of specs too.
func inputs(c *cli.Context) []string {
	var all []string
	var inside func(s spec.Spec)
	inside = func(s spec.Spec) {
		for _, a := range s.Args {
			all = append(all, a.Text)
			if in, err := spec.Parse(a.Text); err == nil && len(in.Args) > 0 {
				inside(in)
			}
		}
	}
	for _, flag := range []string{"game", "problem", "payoffs", "matches", "policy", "from", "solver"} {
		if text, ok := c.Value(flag).(string); ok && text != "" {
			all = append(all, text)
			if s, err := spec.Parse(text); err == nil {
				inside(s)
			}
		}
	}
	return all
}

// writable tries the files that the flags name, before the work is done that
// they are for, and refuses one named twice and one that is read.
func (o output) writable(c *cli.Context, flags ...string) error {
	named := map[string]string{}
	for _, flag := range flags {
		file := c.String(flag)
		if file == "" {
			if c.IsSet(flag) {
				return usagef("--%s: found no name, expected a file", flag)
			}
			continue
		}
		path, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		if other, twice := named[path]; twice {
			return usagef("--%s and --%s: found %s for both, expected two files", other, flag, file)
		}
		named[path] = flag
		if out, err := os.Stat(file); err == nil && out.Mode().IsRegular() {
			for _, input := range inputs(c) {
				if in, err := os.Stat(input); err == nil && os.SameFile(in, out) {
					return usagef("--%s: found the input itself, %s, expected another file", flag, file)
				}
			}
		}
		if err := files.Writable(file); err != nil {
			return fmt.Errorf("--%s: %w", flag, err)
		}
	}
	return nil
}

// longestMessage is how many bytes of an error are shown: it may quote its input.
const longestMessage = 2000

// message is an error in words that do nothing to a terminal.
func (env Env) message(err error) string {
	said := report.CleanLines(env.asCalled(err.Error()))
	if len(said) > longestMessage {
		half := longestMessage / 2
		said = strings.ToValidUTF8(said[:half], "") + " … " + strings.ToValidUTF8(said[len(said)-half:], "")
	}
	return said
}

// order puts the command first, then its flags, then its arguments, because
// the library takes flags after arguments for arguments. Unknown commands and
// flags are refused here, with the nearest known ones.
func order(app *cli.App, args []string) ([]string, error) {
	at := slices.IndexFunc(args, func(a string) bool { return !strings.HasPrefix(a, "-") })
	// Skip values of flags that stand before the command.
	for at > 0 && takesValue(common(""), args[at-1]) {
		next := slices.IndexFunc(args[at+1:], func(a string) bool { return !strings.HasPrefix(a, "-") })
		if next < 0 {
			at = -1
		} else {
			at += 1 + next
		}
	}
	if at < 0 {
		for _, a := range args {
			if !slices.Contains([]string{"-h", "--help", "-v", "--version", "--no-color", "--quiet"}, a) {
				return nil, usagef("unknown flag %s before a command", a)
			}
		}
		return args, nil
	}
	if args[at] == "help" {
		return append(slices.Concat(args[:at], args[at+1:]), "--help"), nil
	}
	command := app.Command(args[at])
	if command == nil {
		var names []string
		for _, c := range app.Commands {
			names = append(names, c.Name)
		}
		return nil, usagef("no command is called %q; %s", args[at], spec.Nearest(args[at], names))
	}
	rest := slices.Concat(args[:at], args[at+1:])
	flags, positional, given := []string{command.Name}, []string{}, map[string]bool{}
	for i := 0; i < len(rest); i++ {
		a := rest[i]
		switch {
		case a == "--":
			positional = append(positional, rest[i+1:]...)
			i = len(rest)
		case !strings.HasPrefix(a, "-") || a == "-":
			positional = append(positional, a)
		default:
			name, _, hasValue := strings.Cut(strings.TrimLeft(a, "-"), "=")
			if !known(command.Flags, name) && name != "help" && name != "h" {
				return nil, usagef("%s has no flag --%s; %s", command.Name, name, spec.Nearest("--"+name, flagNames(command.Flags)))
			}
			if given[name] {
				return nil, usagef("%s: flag --%s is given twice", command.Name, name)
			}
			given[name] = !repeatable(command.Flags, name)
			flags = append(flags, a)
			if !hasValue && takesValue(command.Flags, a) {
				if i+1 == len(rest) {
					return nil, usagef("%s: flag --%s needs a value", command.Name, name)
				}
				i++
				flags = append(flags, rest[i])
			}
		}
	}
	return append(append(flags, "--"), positional...), nil
}

func flagNames(flags []cli.Flag) []string {
	var names []string
	for _, f := range flags {
		for _, name := range f.Names() {
			names = append(names, "--"+name)
		}
	}
	return names
}

func known(flags []cli.Flag, name string) bool { return slices.Contains(flagNames(flags), "--"+name) }

// repeatable reports whether a flag takes a value each time it is given.
func repeatable(flags []cli.Flag, name string) bool {
	return slices.ContainsFunc(flags, func(f cli.Flag) bool {
		_, many := f.(cli.DocGenerationSliceFlag)
		return many && f.(cli.DocGenerationSliceFlag).IsSliceFlag() && slices.Contains(f.Names(), name)
	})
}

// takesValue reports whether the word is a flag followed by its value.
func takesValue(flags []cli.Flag, word string) bool {
	if !strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
		return false
	}
	for _, f := range flags {
		if slices.Contains(f.Names(), strings.TrimLeft(word, "-")) {
			_, isBool := f.(*cli.BoolFlag)
			return !isBool
		}
	}
	return false
}
