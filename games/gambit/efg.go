package gambit

import (
	"fmt"
	"io"
	"math/big"
	"strings"
)

// Kinds of nodes of a Tree.
const (
	ChanceNode   = 'c'
	PersonalNode = 'p'
	TerminalNode = 't'
)

// Node is a node of a Tree.
type Node struct {
	Kind     byte   // ChanceNode, PersonalNode or TerminalNode
	Label    string // as written, "" for none
	Player   int    // of a personal node, from 0
	Set      int    // index into Tree.Sets[Player], or into Tree.Chance
	Outcome  int    // index into Tree.Outcomes, -1 for none
	Parent   int    // -1 at the root
	Children []int  // indices into Tree.Nodes, one per action; none of a terminal node
}

// Set is an information set, or a set of chance nodes.
type Set struct {
	Label   string     // as written, "" for none
	Actions []string   // labels of the moves, at least one
	Odds    []*big.Rat // of chance, summing to 1 exactly

	raw string // as the file defined it
}

// Outcome pays when play meets it.
type Outcome struct {
	Label   string     // as written, "" for none
	Payoffs []*big.Rat // per player

	raw string
}

// Tree is the content of an .efg file.
type Tree struct {
	Title, Comment string    // as written, "" for none
	Players        []string  // names; their number is that of the seats
	Nodes          []Node    // the root first, then depth first
	Sets           [][]Set   // per player, by first appearance: Gambit's number less 1
	Chance         []Set     // sets of chance nodes, by first appearance
	Outcomes       []Outcome // by first appearance
}

// most is the number of nodes up to which trees are read.
const most = 1 << 22

// ReadTree reads an .efg file. Errors name file, line and column. Text after the
// complete tree is ignored, as Gambit does.
func ReadTree(body []byte, file string) (*Tree, error) {
	s, err := newScanner(file, body)
	if err != nil {
		return nil, err
	}
	t := &Tree{}
	if t.Title, t.Players, err = s.head("EFG", "2"); err != nil {
		return nil, err
	}
	if s.next.kind == quoted {
		if t.Comment, err = s.label("comment"); err != nil {
			return nil, err
		}
	}
	r := treeReader{scanner: s, t: t, sets: make([]map[int]int, len(t.Players)+1), outcomes: map[int]int{}}
	for i := range r.sets {
		r.sets[i] = map[int]int{}
	}
	t.Sets = make([][]Set, len(t.Players))
	open := []int{-1} // parents still to get children, the next one last
	for len(open) > 0 {
		if s.next.kind == end {
			return nil, s.fail(s.next, "the file ends before the tree is complete: %d nodes are missing", len(open))
		}
		parent := open[len(open)-1]
		open = open[:len(open)-1]
		if len(t.Nodes) == most {
			return nil, s.fail(s.next, "the tree has more than %d nodes, the most that are read", most)
		}
		n, moves, err := r.node()
		if err != nil {
			return nil, err
		}
		n.Parent = parent
		at := len(t.Nodes)
		if parent >= 0 {
			t.Nodes[parent].Children = append(t.Nodes[parent].Children, at)
		}
		t.Nodes = append(t.Nodes, n)
		for range moves {
			open = append(open, at)
		}
		if len(open) > most {
			return nil, s.fail(s.next, "the tree has more than %d nodes, the most that are read", most)
		}
	}
	return t, nil
}

type treeReader struct {
	*scanner
	t        *Tree
	sets     []map[int]int // index by id in the file: per player, chance last
	outcomes map[int]int
}

func (r *treeReader) node() (n Node, moves int, err error) {
	word, err := r.word("c", "p", "t")
	if err != nil {
		return n, 0, err
	}
	n = Node{Kind: word[0]}
	if n.Label, err = r.label("node"); err != nil {
		return n, 0, err
	}
	if n.Kind != TerminalNode {
		sets, ids := &r.t.Chance, r.sets[len(r.t.Players)]
		if n.Kind == PersonalNode {
			player, err := r.whole("player", 1, len(r.t.Players))
			if err != nil {
				return n, 0, err
			}
			n.Player = player - 1
			sets, ids = &r.t.Sets[n.Player], r.sets[n.Player]
		}
		if n.Set, err = r.set(sets, ids, n.Kind == ChanceNode); err != nil {
			return n, 0, err
		}
		moves = len((*sets)[n.Set].Actions)
	}
	n.Outcome, err = r.outcome()
	return n, moves, err
}

// set reads a reference to a set, with or without its description.
func (r *treeReader) set(sets *[]Set, ids map[int]int, chance bool) (int, error) {
	id, err := r.whole("information set", 1, 1<<31-1)
	if err != nil {
		return 0, err
	}
	i, known := ids[id]
	if r.next.kind != quoted {
		if !known {
			return 0, r.fail(r.next, "information set %d: found %s, expected its label and actions, because it is new", id, r.next)
		}
		return i, nil
	}
	at := r.next
	var s Set
	if s.Label, err = r.label("information set"); err != nil {
		return 0, err
	}
	if err := r.open("actions"); err != nil {
		return 0, err
	}
	s.raw = fmt.Sprintf("%q", s.Label)
	sum := new(big.Rat)
	for !r.is("}") {
		l, err := r.label("action")
		if err != nil {
			return 0, err
		}
		s.Actions, s.raw = append(s.Actions, l), s.raw+fmt.Sprintf(" %q", l)
		if !chance {
			continue
		}
		odds := r.next
		text, p, err := r.number("probability")
		if err != nil {
			return 0, err
		}
		if p.Sign() < 0 {
			return 0, r.fail(odds, "probability: found %s, expected a number not below 0", text)
		}
		s.Odds, s.raw = append(s.Odds, p), s.raw+" "+text
		sum.Add(sum, p)
	}
	if len(s.Actions) == 0 {
		return 0, r.fail(r.next, "information set %d: found no action, expected at least one", id)
	}
	if chance && sum.Cmp(big.NewRat(1, 1)) != 0 {
		return 0, r.fail(at, "chance set %d: probabilities sum to %.30s, expected exactly 1; 1/3 is written 1/3", id, sum.RatString())
	}
	if err := r.close("actions"); err != nil {
		return 0, err
	}
	if known {
		if first := (*sets)[i].raw; first != s.raw {
			return 0, r.fail(at, "information set %d: found %.80s, expected what it was first, %.80s", id, s.raw, first)
		}
		return i, nil
	}
	s.Actions = unique(s.Actions)
	ids[id] = len(*sets)
	*sets = append(*sets, s)
	return ids[id], nil
}

func (r *treeReader) outcome() (int, error) {
	id, err := r.whole("outcome", 0, 1<<31-1)
	if err != nil {
		return 0, err
	}
	i, known := r.outcomes[id]
	if id == 0 || r.next.kind != quoted {
		if id == 0 {
			return -1, nil
		}
		if !known {
			return 0, r.fail(r.next, "outcome %d: found %s, expected its label and payoffs, because it is new", id, r.next)
		}
		return i, nil
	}
	at := r.next
	label, err := r.label("outcome")
	if err != nil {
		return 0, err
	}
	text, paid, err := r.payoffs(len(r.t.Players))
	if err != nil {
		return 0, err
	}
	raw := fmt.Sprintf("%q%s", label, text)
	if known {
		if first := r.t.Outcomes[i].raw; first != raw {
			return 0, r.fail(at, "outcome %d: found %.80s, expected what it was first, %.80s", id, raw, first)
		}
		return i, nil
	}
	r.outcomes[id] = len(r.t.Outcomes)
	r.t.Outcomes = append(r.t.Outcomes, Outcome{label, paid, raw})
	return r.outcomes[id], nil
}

// Write writes the tree. A set or outcome is described where it is first met.
func (t *Tree) Write(w io.Writer) error {
	if err := t.writable(); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "EFG 2 R %s {", quote(t.Title))
	for _, p := range t.Players {
		b.WriteString(" " + quote(p))
	}
	fmt.Fprintf(&b, " }\n%s\n", quote(t.Comment))
	sets := make([]numbering, len(t.Players)+1) // chance last
	var outcomes numbering
	for i := range t.Nodes {
		n := &t.Nodes[i]
		fmt.Fprintf(&b, "%c %s", n.Kind, quote(n.Label))
		if n.Kind != TerminalNode {
			owner, list := len(t.Players), t.Chance
			if n.Kind == PersonalNode {
				owner, list = n.Player, t.Sets[n.Player]
				fmt.Fprintf(&b, " %d", n.Player+1)
			}
			id, first := sets[owner].number(n.Set)
			fmt.Fprintf(&b, " %d", id)
			if first {
				s := list[n.Set]
				b.WriteString(" " + quote(s.Label) + " {")
				for m, a := range s.Actions {
					b.WriteString(" " + quote(a))
					if s.Odds != nil {
						b.WriteString(" " + s.Odds[m].RatString())
					}
				}
				b.WriteString(" }")
			}
		}
		if n.Outcome < 0 {
			b.WriteString(" 0\n")
			continue
		}
		id, first := outcomes.number(n.Outcome)
		fmt.Fprintf(&b, " %d", id)
		if first {
			o := t.Outcomes[n.Outcome]
			b.WriteString(" " + quote(o.Label) + " {")
			for _, x := range o.Payoffs {
				b.WriteString(" " + x.RatString())
			}
			b.WriteString(" }")
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *Tree) writable() error {
	all := [][]string{{t.Title, t.Comment}, t.Players}
	for _, list := range append([][]Set{t.Chance}, t.Sets...) {
		for _, s := range list {
			all = append(all, s.Actions, []string{s.Label})
		}
	}
	for _, o := range t.Outcomes {
		all = append(all, []string{o.Label})
	}
	for i := range t.Nodes {
		if l := t.Nodes[i].Label; l != "" {
			all = append(all, []string{l})
		}
	}
	return writable(all...)
}

// numbering gives numbers by first appearance, from 1.
type numbering struct {
	given []int // by index, 0 for none
	last  int
}

func (n *numbering) number(i int) (id int, first bool) {
	if i < len(n.given) && n.given[i] > 0 {
		return n.given[i], false
	}
	for len(n.given) <= i {
		n.given = append(n.given, 0)
	}
	n.last++
	n.given[i] = n.last
	return n.last, true
}
