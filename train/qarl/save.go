package qarl

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"arbiter/internal/strict"
)

// saved is the first line of what Save writes; the weights of both follow, eight bytes
// each, the lowest first.
type saved struct {
	Teacher json.RawMessage `json:"teacher"`
	Curve   []savedRow      `json:"curve"`
	Players [2]savedPlayer  `json:"players"`
}

// savedRow is a Row.
type savedRow struct {
	Temperature *float64 `json:"temperature,omitempty"` // none where no adversary learns
	Return      float64  `json:"return"`
	Worst       *float64 `json:"worst,omitempty"`
}

type savedPlayer struct {
	Moves   int          `json:"moves"` // of all views, of tiles
	States  []savedState `json:"states"`
	Weights int          `json:"weights"`
	// Networks are so many bytes instead of weights.
	Networks int `json:"networks,omitempty"`
}

type savedState struct {
	Key   string   `json:"key"`
	Names []string `json:"names,omitempty"`
	Moves int      `json:"moves"`
}

// Save writes what Load reads.
func (l *Learner) Save(w io.Writer) error {
	var t bytes.Buffer
	if err := l.teacher.Save(&t); err != nil {
		return err
	}
	s := saved{Teacher: bytes.TrimSpace(t.Bytes()), Curve: []savedRow{}}
	for _, r := range l.curve {
		s.Curve = append(s.Curve, savedRow{known(r.Temperature), r.Return, known(r.Worst)})
	}
	var body []byte
	for seat := range l.players {
		from, bytes, err := l.players[seat].save()
		if err != nil {
			return err
		}
		s.Players[seat], body = from, append(body, bytes...)
	}
	line, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = w.Write(append(append(line, '\n'), body...))
	return err
}

// known is x, nil for NaN; or is the other way.
func known(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

func or(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

// Load takes over what a learner of the same spec and game saved.
func (l *Learner) Load(r io.Reader) error {
	all, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	line, body, _ := bytes.Cut(all, []byte("\n"))
	var s saved
	if _, err := strict.Decode(line, "qarl", &s); err != nil {
		return fmt.Errorf("line 1: %w", err)
	}
	fresh := l.players
	for seat, from := range s.Players {
		if fresh[seat], body, err = fresh[seat].load(from, body); err != nil {
			return fmt.Errorf("players[%d]: %w", seat, err)
		}
	}
	if len(body) > 0 {
		return fmt.Errorf("weights: found %d bytes after the last", len(body))
	}
	if err := l.teacher.Load(bytes.NewReader(s.Teacher)); err != nil {
		return err
	}
	l.players, l.curve = fresh, nil
	for i, r := range s.Curve {
		l.curve = append(l.curve, Row{int64(i+1) * int64(2*len(l.taus)), or(r.Temperature), r.Return, or(r.Worst)})
	}
	return nil
}

func (p *player) save() (savedPlayer, []byte, error) {
	s := savedPlayer{Moves: p.made, States: []savedState{}, Weights: len(p.weights)}
	for _, n := range p.named {
		s.States = append(s.States, savedState{n.key, n.names, n.moves})
	}
	var body []byte
	for _, x := range p.weights {
		body = binary.LittleEndian.AppendUint64(body, math.Float64bits(x))
	}
	return s, body, nil
}

func (p *player) load(from savedPlayer, body []byte) (pupil, []byte, error) {
	c := *p
	c.keys, c.named, c.weights, c.made = map[string]int32{}, nil, nil, 0
	switch {
	case p.tiles == nil && from.Moves != 0, p.tiles != nil && len(from.States) > 0, from.Networks != 0:
		return nil, nil, fmt.Errorf("found values of another kind of game or learner")
	case from.Moves > 0:
		if err := c.lay(from.Moves); err != nil {
			return nil, nil, err
		}
	}
	for i, st := range from.States {
		if _, twice := c.keys[st.Key]; twice || st.Moves < 1 || st.Moves > len(body) || st.Names != nil && len(st.Names) != st.Moves {
			return nil, nil, fmt.Errorf("states[%d]: expected a state of its own with a name per move", i)
		}
		c.meet(st.Key, st.Names, st.Moves)
	}
	if len(c.weights) != from.Weights || len(body) < 8*len(c.weights) {
		return nil, nil, fmt.Errorf("weights: found %d and %d bytes, expected %d of 8 bytes each", from.Weights, len(body), len(c.weights))
	}
	for i := range c.weights {
		x := math.Float64frombits(binary.LittleEndian.Uint64(body[8*i:]))
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, nil, fmt.Errorf("weights[%d]: found %g, expected a number", i, x)
		}
		c.weights[i] = x
	}
	return &c, body[8*len(c.weights):], nil
}
