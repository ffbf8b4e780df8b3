package catalog

import (
	"fmt"
	"io"

	"arbiter/games/gambit"
)

// WriteNormal writes the reduced normal form of the game as a .nfg file.
func (t *Table) WriteNormal(w io.Writer) error {
	n, err := t.normal()
	if err != nil {
		return err
	}
	file := gambit.Normal{Title: t.Spec, Payoffs: n.Payoffs}
	for k, m := range n.Shape {
		file.Players = append(file.Players, fmt.Sprint("Player ", k+1))
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
	if g, ok := t.Game.(*gambit.Game); ok {
		return g.Tree().Write(w)
	}
	board, err := t.Board()
	if err != nil {
		return err
	}
	return gambit.FromBoard(t.Spec, board).Write(w)
}
