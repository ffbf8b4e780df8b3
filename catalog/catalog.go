// Package catalog is the only list of names: which games, agents, solvers, rankings,
// learners and forms of certificates there are, with their parameters, and what a
// spec string stands for.
// Lists, help, completion and error messages all follow from it. A Catalog is a
// value: a test, or a main of one's own, adds to Standard and passes it on.
package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"arbiter/agents"
	"arbiter/certify/fit"
	"arbiter/equilibria/choose"
	"arbiter/games"
	"arbiter/games/flat"
	"arbiter/games/markov"
	"arbiter/games/posed"
	"arbiter/internal/files"
	"arbiter/ranking/standing"
	"arbiter/spec"
	"arbiter/train"
	"arbiter/train/qarl"
	"arbiter/train/tabular"
)

// File is a file a spec refers to, as it was read.
type File struct {
	Path   string // as written
	Digest string // SHA-256, hex
	Body   []byte // all of it
}

// Catalog is what there is, by kind. Names are unique within a kind. It is not
// changed once it is in use.
type Catalog struct {
	Games    []Game            // in the order of lists, like the others
	Agents   []Agent           // that may sit at games
	Solvers  []choose.Solver   // ways to find out how a game should be played
	Rankings []standing.Method // ways to rank agents
	Learners []train.Method    // ways to learn a game by playing it
	Forms    []fit.Form        // of certificates; the first that fits is taken
}

// Standard is what this program has.
func Standard() *Catalog {
	return &Catalog{Games: standardGames(), Agents: standardAgents(), Solvers: choose.Solvers(), Rankings: standing.Methods(), Learners: []train.Method{tabular.SoftQ(), tabular.SoftMinimaxQ(), qarl.Method()}, Forms: fit.Forms()}
}

// Game is a game by name.
type Game struct {
	Name, Doc string                             // of specs; one line of help, Doc
	Params    []spec.Param                       // keys of its specs; nil: none
	Samples   []string                           // specs of games small enough for every test, the first for all of them; nil: the name
	Open      func(*Opening) (games.Game, error) // a new game of a spec; errors are of its keys and files
}

// Agent is a kind of agent by name. The agents it opens are safe for concurrent
// use.
type Agent struct {
	Name, Doc string                                       // of specs; one line of help, Doc
	Params    []spec.Param                                 // keys of its specs; nil: none
	Open      func(*Opening, *Table) (agents.Agent, error) // a new agent of a spec, for that table
}

// Opening is a spec being turned into the thing it names.
type Opening struct {
	spec.Args        // by key, checked and completed
	Name      string // the canonical spec

	spec  spec.Spec
	base  string
	kept  []File // read from these, if not nil
	files []File
}

// Read returns the file the key names. A relative path starts at the folder of the
// file the spec stands in.
func (o *Opening) Read(key string) (path string, body []byte, err error) {
	path = o.Args[key]
	if o.kept != nil {
		i := slices.IndexFunc(o.kept, func(f File) bool { return f.Path == path })
		if i < 0 {
			return path, nil, fmt.Errorf("%s: the run keeps no file %s", o.Name, path)
		}
		o.files = append(o.files, o.kept[i])
		return path, o.kept[i].Body, nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(o.base, path)
	}
	body, err = files.Read(path)
	if err != nil {
		return path, nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	sum := sha256.Sum256(body)
	o.files = append(o.files, File{o.Args[key], hex.EncodeToString(sum[:]), body})
	return path, body, nil
}

// board is the game of t compiled.
func (o *Opening) board(t *Table) (*flat.Board, error) {
	b, err := t.Board()
	if err != nil {
		return nil, fmt.Errorf("%s needs the whole game: %w", o.Name, err)
	}
	return b, nil
}

// compiled is the game of t with all its information states.
func (o *Opening) compiled(t *Table) (posed.Compiled, error) {
	c, err := t.Compiled()
	if err != nil {
		return nil, fmt.Errorf("%s needs the whole game: %w", o.Name, err)
	}
	return c, nil
}

// seat opens the agent a key names; the canonical spec then holds its own.
func (o *Opening) seat(t *Table, key string) (Seated, error) {
	s, err := t.Seat(o.Args[key])
	if err != nil {
		return s, fmt.Errorf("%s: %w", o.Name, err)
	}
	for i := range o.spec.Args {
		if o.spec.Args[i].Key == key {
			o.spec.Args[i].Text = s.Spec
		}
	}
	o.Name = o.spec.String()
	o.files = append(o.files, s.Files...)
	return s, nil
}

// Table is an opened game: the place agents are invited to.
type Table struct {
	*posed.Game
	Files []File // that the game was read from, nested specs' included
	Base  string // folder relative paths of its agents start at

	catalog *Catalog
	kept    []File
	solving *choose.Game // once it was asked for
}

// Open opens the game a spec names. Relative paths in it start at base.
func (c *Catalog) Open(text, base string) (*Table, error) { return c.open(text, base, nil) }

// OpenKept opens a game whose files, and those of its agents, were kept.
func (c *Catalog) OpenKept(text string, files []File) (*Table, error) {
	return c.open(text, "", append([]File{}, files...))
}

func (c *Catalog) open(text, base string, kept []File) (*Table, error) {
	s, err := spec.Parse(text)
	if err != nil {
		return nil, err
	}
	if len(s.Args) == 0 {
		switch file := (spec.Arg{Key: "file", Text: s.Name}); strings.ToLower(filepath.Ext(s.Name)) {
		case ".json", ".nfg":
			o := Opening{Name: s.Name, Args: spec.Args{"file": s.Name}, base: base, kept: kept}
			_, body, err := o.Read("file")
			if err != nil {
				return nil, err
			}
			s = spec.Spec{Name: "metagame", Args: []spec.Arg{file, {Key: "noise", Text: "none"}}}
			if markov.Kind(body) == "markov_game" {
				s = spec.Spec{Name: "markov_game", Args: []spec.Arg{file}}
			}
		case ".efg":
			s = spec.Spec{Name: "efg", Args: []spec.Arg{file}}
		}
	}
	all := c.Games
	i := slices.IndexFunc(all, func(g Game) bool { return g.Name == s.Name })
	if i < 0 {
		return nil, fmt.Errorf("no game is called %q; %s", s.Name, spec.Nearest(s.Name, names(all, func(g Game) string { return g.Name })))
	}
	canonical, args, err := spec.Bind(s, all[i].Params)
	if err != nil {
		return nil, err
	}
	o := Opening{Name: canonical.String(), spec: canonical, Args: args, base: base, kept: kept}
	g, err := all[i].Open(&o)
	if err != nil {
		return nil, err
	}
	t := &Table{Game: posed.New(g), Files: o.files, Base: base, catalog: c, kept: kept}
	t.Name = o.Name
	return t, nil
}

// Seated is an agent by spec, ready to play at a Table.
type Seated struct {
	agents.Agent
	Spec  string // canonical
	Label string // to show: the strategy of a payoff table, else the spec
	Files []File // that it was read from
}

// Seat opens the agent a spec names. In a payoff-table game the name of a
// strategy is an agent too, the one that always plays it.
func (t *Table) Seat(text string) (Seated, error) {
	s, err := spec.Parse(text)
	all := t.catalog.Agents
	known := func(name string) int { return slices.IndexFunc(all, func(a Agent) bool { return a.Name == name }) }
	if t.strategy(text) && (err != nil || known(s.Name) < 0) {
		s, err = spec.Spec{Name: "always", Args: []spec.Arg{{Key: "action", Text: text}}}, nil
	}
	if err != nil {
		return Seated{}, err
	}
	i := known(s.Name)
	if i < 0 {
		list := names(all, func(a Agent) string { return a.Name })
		if t.Payoffs != nil {
			for _, pool := range t.Payoffs.Strategies {
				list = append(list, pool...)
			}
		}
		return Seated{}, fmt.Errorf("no agent is called %q; %s", s.Name, spec.Nearest(s.Name, list))
	}
	canonical, args, err := spec.Bind(s, all[i].Params)
	if err != nil {
		return Seated{}, err
	}
	o := Opening{Name: canonical.String(), spec: canonical, Args: args, base: t.Base, kept: t.kept}
	agent, err := all[i].Open(&o, t)
	if err != nil {
		return Seated{}, err
	}
	label := o.Name
	if s.Name == "always" && t.strategy(args["action"]) {
		label = args["action"]
	}
	return Seated{Agent: agent, Spec: o.Name, Label: label, Files: o.files}, nil
}

// strategy reports whether a payoff-table game has a strategy of that name.
func (t *Table) strategy(name string) bool {
	return t.Payoffs != nil && slices.ContainsFunc(t.Payoffs.Strategies, func(pool []string) bool { return slices.Contains(pool, name) })
}

func names[T any](list []T, name func(T) string) []string {
	var out []string
	for _, x := range list {
		out = append(out, name(x))
	}
	return out
}
