package search

import (
	"strings"
	"testing"
)

// A list of what is best is no form that anything writes.
func TestBestIsAnObject(t *testing.T) {
	const start = `{"schema":"arbiter/certificate/v1","best":`
	if _, err := Read([]byte(start+`[{"kind":"signed","margin":1,"weights":[1]}]}`), "c.json"); err == nil || !strings.Contains(err.Error(), "best") {
		t.Errorf("a list: %v", err)
	}
	if _, err := Read([]byte(start+`{"signed":{"value":1,"weights":[1]}}}`), "c.json"); err != nil && strings.Contains(err.Error(), "best") {
		t.Errorf("an object: %v", err)
	}
}
