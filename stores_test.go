package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// Databases of every format and rule there has been show, rank and export what
// their own programs did. Tournaments played by an older rule are not continued:
// asked for again they are runs of their own.
func TestOldStores(t *testing.T) {
	files, err := filepath.Glob("testdata/stores/*.db")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d stores, %v", len(files), err)
	}
	for _, file := range files {
		kept := strings.TrimSuffix(filepath.Base(file), ".db")
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		db := filepath.Join(t.TempDir(), "old.db")
		if err := os.WriteFile(db, body, 0o644); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(strings.TrimSuffix(file, ".db") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var want []map[string]any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		for pass := range 2 { // the second after the file was brought up to date
			for i, w := range want {
				run := strconv.Itoa(i + 1)
				for _, how := range [][]string{{"show", run}, {"rank", "--run", run}} {
					got := map[string]any{}
					if err := json.Unmarshal([]byte(result(t, append(how, "--db", db, "--format", "json")...)), &got); err != nil {
						t.Fatal(err)
					}
					compare(t, kept+" run "+run, w, got)
				}
				exported, isExported := w["export"].(string)
				if got := w["name"]; got == "matches" {
					continue // imported: not exported
				}
				out := result(t, "export", run, "--db", db)
				if isExported && out != exported {
					t.Errorf("%s run %s: exported\n%s\nexpected\n%s", kept, run, out, exported)
				}
				if pass == 0 {
					var r struct{ Identical bool }
					if err := json.Unmarshal([]byte(result(t, "replay", run, "--db", db, "--format", "json")), &r); err != nil || !r.Identical {
						t.Errorf("%s run %s: played again its matches are others", kept, run)
					}
				}
			}
			if pass == 0 {
				readers := db
				if now, err := os.ReadFile(readers); err != nil || !bytes.Equal(now, body) {
					t.Errorf("%s: readers have changed the file", kept)
				}
				added := 1
				if kept == "56aaec9" {
					added = 0 // of the rule there is now
				}
				result(t, "run", "testdata/stores/kuhn.toml", "--db", db)
				var runs struct{ Runs []struct{ Name string } }
				if err := json.Unmarshal([]byte(result(t, "runs", "--db", db, "--format", "json")), &runs); err != nil || len(runs.Runs) != len(want)+added {
					t.Errorf("%s: %d runs after a tournament of it was asked for again, expected %d", kept, len(runs.Runs), len(want)+added)
				}
			}
		}
	}
}

// compare checks the fields a kept result has, within the rounding of
// solvers; what was sampled must be equal.
func compare(t *testing.T, what string, want, got map[string]any) {
	t.Helper()
	for key, w := range want {
		switch key {
		case "export":
		case "ranking":
			mass := map[string]float64{}
			for _, row := range got[key].([]any) {
				r := row.(map[string]any)
				mass[asJSON(r["profile"])] = r["mass"].(float64)
			}
			for _, row := range w.([]any) {
				r := row.(map[string]any)
				if m, ok := mass[asJSON(r["profile"])]; !ok || m-r["mass"].(float64) > 1e-9 || r["mass"].(float64)-m > 1e-9 {
					t.Errorf("%s: %s has mass %g, expected %g", what, asJSON(r["profile"]), m, r["mass"])
				}
			}
		case "payoffs":
			for _, p := range []any{w, got[key]} {
				if want["name"] == "matches" || strings.HasPrefix(what, "eaec974") || strings.HasPrefix(what, "16b0d85") && want["resolved_edges"] == 0. {
					for _, row := range p.([]any) {
						delete(row.(map[string]any), "lower")
						delete(row.(map[string]any), "upper")
					}
				}
			}
			fallthrough
		default:
			if !reflect.DeepEqual(w, got[key]) {
				t.Errorf("%s: %s is\n%v\nexpected\n%v", what, key, asJSON(got[key]), asJSON(w))
			}
		}
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
