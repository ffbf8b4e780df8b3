package catalog

import (
	"fmt"
	"io"

	"arbiter/games/gambit"
)

// title is that of the file the game is from, or else its spec.
func (t *Table) title() string {
	if text := t.Game.Info().Title; text != "" {
		return text
	}
	return t.Name
}

// WriteNormal writes the reduced normal form of the game as a .nfg file: numbers
// that a file gave are written as it gave them.
func (t *Table) WriteNormal(w io.Writer) error {
	n, err := t.chooser().Normal()
	if err != nil {
		return err
	}
	file := gambit.Normal{Title: t.title(), Players: t.Game.Info().Players, Payoffs: n.Payoffs}
	for k, m := range n.Shape {
		if t.Game.Info().Players == nil {
			file.Players = append(file.Players, fmt.Sprint("Player ", k+1))
		}
		var names []string
		for s := range m {
			names = append(names, n.StrategyName(k, s))
		}
		file.Strategies = append(file.Strategies, names)
	}
	return file.Write(w)
}

// WriteTree writes the tree of the game as an .efg file: that of the file it is
// from, or else the compiled one.
func (t *Table) WriteTree(w io.Writer) error {
	if g, ok := t.Game.Game.(*gambit.Game); ok {
		return g.Tree().Write(w)
	}
	board, err := t.Board()
	if err != nil {
		return err
	}
	return gambit.FromBoard(t.title(), board).Write(w)
}
