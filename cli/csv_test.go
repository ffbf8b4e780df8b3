package cli_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"

	"arbiter/cli"
)

// csv holds what the table does: every seating with opponents, keys and sizes of a game.
func TestCSVHasWhatTheTableHas(t *testing.T) {
	read := func(args string) (rows [][]string) {
		t.Helper()
		code, out, errs := run(append(strings.Fields(args), "--format", "csv")...)
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if code != 0 || err != nil || len(rows) < 2 {
			t.Fatalf("%s: exit %d, %v, stdout %q, stderr %q", args, code, err, out, errs)
		}
		return rows
	}
	rows := read("evaluate --game kuhn_poker --agent uniform --opponents always(action=bet),always(action=pass)")
	value := map[string]string{}
	for _, r := range rows[1:] {
		value[r[0]+" "+r[4]+" "+r[5]] = r[1]
	}
	if len(rows) != 1+2*9 || len(value) != 18 {
		t.Errorf("%d rows of %d seatings and players, expected 2 players of 3 × 3 seatings: %q", len(rows), len(value), rows)
	}
	// Who always bets wins the ante of who always passes, at either seat.
	for _, key := range []string{"0 always(action=bet) always(action=pass)", "1 always(action=pass) always(action=bet)"} {
		if x, err := strconv.ParseFloat(value[key], 64); err != nil || math.Abs(x-1) > 1e-12 {
			t.Errorf("%s: %q, expected 1", key, value[key])
		}
	}
	if rows := read("evaluate --game kuhn_poker --agent uniform"); len(rows) != 3 || len(rows[0]) != 4 {
		t.Errorf("without opponents: %q", rows)
	}

	rows = read("games liars_dice")
	at := map[string]string{}
	for i, name := range rows[0] {
		at[name] = rows[1][i]
	}
	if at["key"] != "sides" || at["default"] == "" || at["spec"] == "" || at["seats"] != "2" || at["terminals"] == "" || at["information_states"] == "" {
		t.Errorf("liars_dice: %q", at)
	}
	if rows := read("agents nash"); len(rows) != 4 || rows[1][2] == "" || rows[1][5] == "" || rows[1][7] != "" {
		t.Errorf("nash: %q", rows)
	}
	if rows := read("solvers lp"); len(rows) != 2 {
		t.Errorf("lp: %q", rows)
	}
}

// Texts that show a command show it as the program was called.
func TestTextsUseTheNameAsCalled(t *testing.T) {
	for _, args := range []string{"solve --help", "show", "export --help", "show 1 --db gone.db"} {
		var o, e bytes.Buffer
		cli.Main(context.Background(), strings.Fields(args), cli.Env{Stdout: &o, Stderr: &e, Name: "./bin/ref$1"})
		text := o.String() + e.String()
		if !strings.Contains(text, "ref$1' ") || strings.Contains(strings.TrimPrefix(text, "arbiter: "), "arbiter ") {
			t.Errorf("%s: found %q, expected the name it was called by", args, text)
		}
	}
}
