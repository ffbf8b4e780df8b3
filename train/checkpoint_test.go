package train

import (
	"bytes"
	"path/filepath"
	"reflect"
	"testing"
)

// A checkpoint comes back from a file as it was; one that is cut or changed by a
// byte does not.
func TestCheckpointFiles(t *testing.T) {
	c := Checkpoint{Learner: "soft_q", Game: "kuhn_poker(players=2)", Seed: 1<<63 + 1, Step: 7, Body: []byte("{\n\x00}\n")}
	path := filepath.Join(t.TempDir(), "c")
	if err := c.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := Read(path)
	if err != nil || !reflect.DeepEqual(got, c) {
		t.Fatalf("read %+v, %v", got, err)
	}
	b := c.Encode()
	for i := range b {
		if _, err := Decode(b[:i]); err == nil {
			t.Errorf("the first %d of %d bytes are read", i, len(b))
		}
		d := bytes.Clone(b)
		d[i] ^= 1
		if got, err := Decode(d); err == nil && reflect.DeepEqual(got, c) {
			t.Errorf("byte %d is not read", i)
		}
	}
}
