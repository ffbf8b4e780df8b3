package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"arbiter/internal/files"
	"arbiter/internal/strict"
)

// Schema names the format of checkpoints: a line of JSON, then the bytes that the
// learner saved.
const Schema = "arbiter/checkpoint/v1"

// Checkpoint is a learner between two steps, with what it takes to go on.
type Checkpoint struct {
	Learner string // canonical spec
	Game    string // canonical spec
	Seed    uint64 // of the whole training
	Step    int64  // steps done
	Body    []byte // what the learner saved
}

// header is the first line.
type header struct {
	Schema  string `json:"schema"`
	Learner string `json:"learner"`
	Game    string `json:"game"`
	Seed    uint64 `json:"seed,string"`
	Step    int64  `json:"step"`
	Bytes   int    `json:"bytes"`
	SHA256  string `json:"sha256"`
}

// Encode is the checkpoint as a file.
func (c Checkpoint) Encode() []byte {
	sum := sha256.Sum256(c.Body)
	line, err := json.Marshal(header{Schema, c.Learner, c.Game, c.Seed, c.Step, len(c.Body), hex.EncodeToString(sum[:])})
	if err != nil {
		panic("train: a header of texts and numbers is no JSON: " + err.Error())
	}
	return append(append(line, '\n'), c.Body...)
}

// Decode reads what Encode wrote. Files that are cut, changed or of another kind
// are errors.
func Decode(b []byte) (Checkpoint, error) {
	line, body, _ := bytes.Cut(b, []byte("\n"))
	var h header
	if _, err := strict.Decode(line, "checkpoint", &h); err != nil {
		return Checkpoint{}, fmt.Errorf("line 1: %w", err)
	}
	if h.Schema != Schema {
		return Checkpoint{}, fmt.Errorf("schema: found %.40q, expected %q", h.Schema, Schema)
	}
	if h.Step < 0 {
		return Checkpoint{}, fmt.Errorf("step: found %d, expected a number not below 0", h.Step)
	}
	if len(body) != h.Bytes {
		return Checkpoint{}, fmt.Errorf("bytes: found %d after line 1, expected %d", len(body), h.Bytes)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != h.SHA256 {
		return Checkpoint{}, fmt.Errorf("sha256: what follows line 1 has been changed")
	}
	return Checkpoint{h.Learner, h.Game, h.Seed, h.Step, body}, nil
}

// Write makes the checkpoint the content of a file, all of it or none.
func (c Checkpoint) Write(path string) error { return files.Write(path, c.Encode()) }

// Read reads the checkpoint of a file.
func Read(path string) (Checkpoint, error) {
	b, err := files.Read(path)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := Decode(b)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}
