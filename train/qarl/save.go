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
		p := &l.players[seat]
		s.Players[seat] = savedPlayer{Moves: p.made, States: []savedState{}, Weights: len(p.weights)}
		for _, n := range p.named {
			s.Players[seat].States = append(s.Players[seat].States, savedState{n.key, n.names, n.moves})
		}
		for _, x := range p.weights {
			body = binary.LittleEndian.AppendUint64(body, math.Float64bits(x))
		}
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
		p := &fresh[seat]
		p.keys, p.named, p.weights, p.made = map[string]int32{}, nil, nil, 0
		switch {
		case p.tiles == nil && from.Moves != 0, p.tiles != nil && len(from.States) > 0:
			return fmt.Errorf("players[%d]: found values of another kind of game", seat)
		case from.Moves > 0:
			if err := p.lay(from.Moves); err != nil {
				return fmt.Errorf("players[%d]: %w", seat, err)
			}
		}
		for i, st := range from.States {
			if _, twice := p.keys[st.Key]; twice || st.Moves < 1 || st.Moves > len(body) || st.Names != nil && len(st.Names) != st.Moves {
				return fmt.Errorf("players[%d].states[%d]: expected a state of its own with a name per move", seat, i)
			}
			p.meet(st.Key, st.Names, st.Moves)
		}
		if len(p.weights) != from.Weights || len(body) < 8*len(p.weights) {
			return fmt.Errorf("players[%d].weights: found %d and %d bytes, expected %d of 8 bytes each", seat, from.Weights, len(body), len(p.weights))
		}
		for i := range p.weights {
			x := math.Float64frombits(binary.LittleEndian.Uint64(body[8*i:]))
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("players[%d].weights[%d]: found %g, expected a number", seat, i, x)
			}
			p.weights[i] = x
		}
		body = body[8*len(p.weights):]
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
