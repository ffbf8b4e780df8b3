package cli_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// ok runs a command that must succeed and decodes its JSON.
func ok[T any](t *testing.T, args ...string) T {
	t.Helper()
	code, out, errs := run(append(args, "--format", "json")...)
	if code != 0 {
		t.Fatalf("arbiter %s: exit %d, %s", strings.Join(args, " "), code, errs)
	}
	var x T
	if err := json.Unmarshal([]byte(out), &x); err != nil {
		t.Fatal(err)
	}
	return x
}

type rankingJSON struct {
	Method  string
	Ranking []struct {
		Rank         int
		Profile      []string
		Mass         *float64
		Lower, Upper *float64
		Rating       *float64
		Outweighs    *int
	}
	Sinks          [][][]string
	Sink_laws      [][]float64
	Cycles         [][][]string
	Smith_set      [][]string
	Unresolved     [][2][]string
	Resolved       [][2][]string
	Ties           [][2][]string
	Resolved_edges int
	Matches        int64
	Stopped        string
	Alpha          any
	Alpha_reason   string
	Bounds         string
	Confidence     *float64
	Claim          string
	Sweep          []any
	Warnings       []string
	Balance        *struct{ Profiles, Cuts float64 }
	Omitted        int
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A log in the shape of a chess engine list: a cycle of three, a fourth that
// loses to all, and two that only met each other.
func TestRankMatches(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "log.csv", `agent_0,agent_1,payoff_0,payoff_1,count
rock,scissors,1,0,900
scissors,rock,1,0,100
scissors,paper,1,0,900
paper,scissors,1,0,80
paper,scissors,0.5,0.5,20
paper,rock,1,0,900
rock,paper,1,0,100
rock,fool,1,0,50
paper,fool,1,0,50
scissors,fool,1,0,50
ann,bob,1,0,1
bob,ann,1,0,1
`)
	r := ok[rankingJSON](t, "rank", "--matches", "log.csv", "--seats", "ignore")
	if r.Matches != 3152 || r.Resolved_edges != 6 || len(r.Unresolved) != 9 {
		t.Errorf("%d matches, %d resolved, %d open; expected 3152, 6, 9", r.Matches, r.Resolved_edges, len(r.Unresolved))
	}
	warnings := strings.Join(r.Warnings, "\n")
	for _, part := range []string{"8 of 15 pairs never met", "2 groups", "ann, bob | fool, paper, rock, scissors"} {
		if !strings.Contains(warnings, part) {
			t.Errorf("warnings %q, expected them to hold %q", warnings, part)
		}
	}

	all := ok[struct{ Rankings []rankingJSON }](t, "rank", "--matches", "log.csv", "--method", "alpharank,elo,nash-averaging,copeland,smith")
	for i, method := range []string{"alpharank", "elo", "nash-averaging", "copeland", "smith"} {
		if all.Rankings[i].Method != method || len(all.Rankings[i].Ranking) != 6 {
			t.Errorf("ranking %d is %s of %d agents, expected %s of 6", i, all.Rankings[i].Method, len(all.Rankings[i].Ranking), method)
		}
	}
	if c := fmt.Sprint(all.Rankings[3].Cycles); c != "[[[paper] [rock] [scissors]]]" {
		t.Errorf("cycles %s, expected the one of three", c)
	}
	// Ann and Bob tie with everyone they did not meet, fool with them.
	if n := len(all.Rankings[4].Smith_set); n != 6 {
		t.Errorf("Smith set of %d, expected all 6", n)
	}
	_, text, _ := run("rank", "--matches", "log.csv", "--method", "alpharank,elo,copeland")
	for _, part := range []string{"cycle     paper > rock > scissors > paper", "Elo", "Copeland"} {
		if !strings.Contains(text, part) {
			t.Errorf("found\n%s\nexpected it to hold %q", text, part)
		}
	}
}

// Two agents: the Elo difference is known by hand, and so is its interval.
func TestEloOfTwo(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "log.jsonl", `{"winner":"a","loser":"b","count":75}`+"\n"+`{"winner":"b","loser":"a","count":25}`+"\n")
	r := ok[rankingJSON](t, "rank", "--matches", "log.jsonl", "--method", "elo")
	want := 400 * math.Log10(3) / 2
	if x := *r.Ranking[0].Rating; math.Abs(x-want) > 1e-6 {
		t.Errorf("rating %g, expected %g", x, want)
	}
	// The difference has variance 1/(n·p·q) in logits, each rating a quarter.
	half := 1.959963984540054 * 400 / math.Ln10 / math.Sqrt(100*.75*.25) / 2
	if w := (*r.Ranking[0].Upper - *r.Ranking[0].Lower) / 2; math.Abs(w-half) > 1e-6 {
		t.Errorf("half width %g, expected %g", w, half)
	}
}

func TestImport(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "log.csv", "winner,loser,draw\na,b,0\nb,c,0\nc,a,1\nc,b\na,b,no\n")
	if code, _, errs := run("import", "log.csv"); code != 2 || !strings.Contains(errs, "log.csv:5:") {
		t.Errorf("exit %d, %q; expected 2 and the line", code, errs)
	}
	if _, err := os.Stat("arbiter.db"); err == nil {
		t.Error("a bad log made a database")
	}
	type imported struct {
		Run, Matches, Skipped int64
		Again                 bool
		Warnings              []string
	}
	first := ok[imported](t, "import", "log.csv", "--skip-bad")
	if first.Again || first.Matches != 4 || first.Skipped != 1 || !strings.Contains(strings.Join(first.Warnings, " "), "line 5") {
		t.Errorf("%+v, expected 4 matches and line 5 skipped", first)
	}
	if again := ok[imported](t, "import", "log.csv", "--skip-bad"); !again.Again || again.Run != first.Run {
		t.Errorf("%+v, expected run %d to be recognised", again, first.Run)
	}
	_, direct, _ := run("rank", "--matches", "log.csv", "--skip-bad", "--method", "elo", "--format", "csv")
	if _, stored, _ := run("show", "log", "--method", "elo", "--format", "csv"); stored != direct || stored == "" {
		t.Errorf("stored\n%s\ndirect\n%s", stored, direct)
	}
	if code, _, errs := run("replay", "log"); code != 2 || !strings.Contains(errs, "imported") {
		t.Errorf("replay of an imported run: exit %d, %q", code, errs)
	}
}

func TestPlayReplayExport(t *testing.T) {
	t.Chdir(t.TempDir())
	type play struct {
		Matches  int64
		Profiles []struct {
			Profile      []string
			Matches      int64
			Mean, Stderr []float64
		}
	}
	args := []string{"play", "--game", "kuhn_poker", "--agents", "uniform,always(action=bet)", "--matches", "20000"}
	p := ok[play](t, args...)
	if len(p.Profiles) != 1 || p.Matches != 20000 || fmt.Sprint(p.Profiles[0].Profile) != "[uniform always(action=bet)]" {
		t.Fatalf("%+v", p)
	}
	// The exact value is -0.375: half the games against a bettor it calls.
	e := ok[struct{ Cross [][][]float64 }](t, "evaluate", "--game", "kuhn_poker", "--agent", "uniform", "--opponents", "always(action=bet)")
	want := (e.Cross[0][1][0] + e.Cross[1][0][1]) / 2
	if x := p.Profiles[0]; math.Abs(x.Mean[0]-want) > 4*x.Stderr[0] || x.Stderr[0] > .02 {
		t.Errorf("mean %g ± %g, expected %g", x.Mean[0], x.Stderr[0], want)
	}
	_, one, _ := run(append(args, "--workers", "1")...)
	if _, many, _ := run(append(args, "--workers", "7")...); one != many {
		t.Error("the result depends on the number of workers")
	}

	write(t, "k.toml", "game = \"kuhn_poker\"\nagents = [\"uniform\", \"always(action=bet)\", \"policy(file=p.json)\"]\n[sampling]\nmax_matches = 3000\n")
	write(t, "p.json", `{"kind":"policy","game":"kuhn_poker","player_0":{"0":[1,0],"1":[1,0],"2":[0,1],"0pb":[1,0],"1pb":[0,1],"2pb":[0,1]},"player_1":{"0p":[1,0],"1p":[1,0],"2p":[0,1],"0b":[1,0],"1b":[1,0],"2b":[0,1]}}`)
	r := ok[rankingJSON](t, "run", "k.toml")
	// The run keeps the files it was made from.
	if err := os.Remove("p.json"); err != nil {
		t.Fatal(err)
	}
	type replay struct {
		Matches   int64
		Identical bool
		Match     struct {
			Seats   []string
			Steps   []struct{ Seat int }
			Payoffs []float64
		}
	}
	if x := ok[replay](t, "replay", "k"); !x.Identical || x.Matches != r.Matches {
		t.Errorf("%+v, expected %d matches, identical", x, r.Matches)
	}
	x := ok[replay](t, "replay", "k", "--profile", "always(action=bet),uniform", "--match", "2")
	if !x.Identical || fmt.Sprint(x.Match.Seats) != "[always(action=bet) uniform]" || len(x.Match.Steps) < 4 || x.Match.Payoffs[0]+x.Match.Payoffs[1] != 0 {
		t.Errorf("%+v", x)
	}

	_, log, _ := run("export", "k")
	write(t, "k.csv", log)
	back := ok[rankingJSON](t, "rank", "--matches", "k.csv")
	if back.Matches != r.Matches {
		t.Errorf("the export has %d matches, expected %d", back.Matches, r.Matches)
	}
	for bad, part := range map[string]string{
		"play --agents uniform,cfr --matches 2":                   "--game",
		"play --game kuhn_poker --agents uniform,cfr":             "--matches",
		"play --game kuhn_poker --agents uniform,cfr --matches 3": "found 3",
		"play --game kuhn_poker --agents uniform --matches 2":     "at least 2",
		"replay k --match 3":                                      "--profile",
		"replay k --profile uniform":                              "expected 2",
		"replay k --profile uniform,nobody":                       `"nobody"`,
		"replay nothing":                                          "nothing",
		"export":                                                  "RUN",
		"rank --matches nosuch.csv":                               "nosuch.csv",
		"rank --matches k.toml":                                   "k.toml",
		"import k.toml":                                           "k.toml",
	} {
		if code, out, errs := run(strings.Fields(bad)...); code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("%s: exit %d, %q; expected 2 and %q", bad, code, errs, part)
		}
	}
	code, _, errs := run("replay", "k", "--profile", "uniform,always(action=bet)", "--match", "100000")
	if code != 2 || !strings.Contains(errs, "expected 1 to") {
		t.Errorf("exit %d, %q", code, errs)
	}
}

// The readings of alpha, the sweep and formats, on a game with two sinks.
func TestReadings(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "hunt.json", `{"kind":"payoff_table","population":"multi","strategies":[["a","b"],["a","b"]],"payoffs":[[[2,0],[0,1]],[[2,0],[0,1]]]}`)
	for _, c := range []struct {
		args string
		mass float64
	}{
		{"", .5},
		{"--infinite-alpha limit", 1},
		{"--alpha auto", 1},
	} {
		r := ok[rankingJSON](t, append([]string{"rank", "--payoffs", "hunt.json"}, strings.Fields(c.args)...)...)
		if x := *r.Ranking[0].Mass; math.Abs(x-c.mass) > 1e-3 || fmt.Sprint(r.Ranking[0].Profile) != "[a a]" {
			t.Errorf("%s: mass %g of %v, expected %g of [a a]", c.args, x, r.Ranking[0].Profile, c.mass)
		}
		if strings.Contains(c.args, "auto") && r.Alpha_reason == "" {
			t.Error("alpha auto gives no reason")
		}
	}
	r := ok[rankingJSON](t, "rank", "--payoffs", "hunt.json", "--infinite-alpha", "mcc", "--sweep")
	if len(r.Sink_laws) != 2 || r.Ranking[0].Mass != nil || len(r.Sweep) == 0 {
		t.Errorf("mcc: %d laws, mass %v, %d steps; expected 2, null and a sweep", len(r.Sink_laws), r.Ranking[0].Mass, len(r.Sweep))
	}
	if _, out, _ := run("rank", "--payoffs", "hunt.json", "--format", "csv"); !strings.HasPrefix(out, "rank,profile,mass,log_mass,lower,upper\n1,a | a,0.5,") {
		t.Errorf("csv:\n%s", out)
	}
	if _, out, _ := run("rank", "--payoffs", "hunt.json", "--format", "markdown"); !strings.HasPrefix(out, "| rank | profile |") {
		t.Errorf("markdown:\n%s", out)
	}
	for args, part := range map[string]string{
		"--selection population":                     "finite alpha",
		"--alpha 3 --perturbation 0.1":               "perturbation",
		"--method elo":                               "single population",
		"--method elo,elo":                           "twice",
		"--skip-bad":                                 "--matches",
		"--infinite-alpha mcc --perturbation 0.1":    "perturbation",
		"--matches hunt.json":                        "expected one of",
		"--population-size 1":                        "at least 2",
		"--alpha -1":                                 "alpha",
		"--method median":                            `"median"`,
		"--infinite-alpha limit --perturbation 0.25": "perturbation",
	} {
		code, out, errs := run(append([]string{"rank", "--payoffs", "hunt.json"}, strings.Fields(args)...)...)
		if code != 2 || out != "" || !strings.Contains(errs, part) {
			t.Errorf("rank %s: exit %d, %q; expected 2 and %q", args, code, errs, part)
		}
	}
}

// A field beyond a dense chain: one sink, a rock-paper-scissors of the first
// three strategies of both players.
func TestLargeTable(t *testing.T) {
	t.Chdir(t.TempDir())
	const n = 90
	var rows, negative []string
	for i := range n {
		var row, minus []string
		for j := range n {
			x := 0
			switch {
			case i < 3 && j < 3:
				x = []int{0, 1, -1}[(i-j+3)%3]
			case i < 3:
				x = 2
			case j < 3:
				x = -2
			default:
				x = (j - i) // the lower the better
			}
			row, minus = append(row, fmt.Sprint(x)), append(minus, fmt.Sprint(-x))
		}
		rows, negative = append(rows, "["+strings.Join(row, ",")+"]"), append(negative, "["+strings.Join(minus, ",")+"]")
	}
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("%q", fmt.Sprint("s", i)))
	}
	list := "[" + strings.Join(names, ",") + "]"
	write(t, "big.json", fmt.Sprintf(`{"kind":"payoff_table","population":"multi","strategies":[%s,%s],"payoffs":[[%s],[%s]]}`, list, list, strings.Join(rows, ","), strings.Join(negative, ",")))
	r := ok[rankingJSON](t, "rank", "--payoffs", "big.json", "--top", "9")
	if len(r.Sinks) != 1 || len(r.Sinks[0]) != 9 || len(r.Ranking) != 9 || r.Omitted != n*n-9 || math.Abs(*r.Ranking[0].Mass-1./9) > 1e-12 {
		t.Errorf("%d sinks, %d rows, %d omitted, mass %g", len(r.Sinks), len(r.Ranking), r.Omitted, *r.Ranking[0].Mass)
	}
	r = ok[rankingJSON](t, "rank", "--payoffs", "big.json", "--alpha", "1", "--top", "9")
	if r.Balance == nil || r.Balance.Profiles > 1e-9 || r.Balance.Cuts > 1e-9 || math.Abs(*r.Ranking[0].Mass-1./9) > 1e-3 {
		t.Errorf("balance %+v, mass %g", r.Balance, *r.Ranking[0].Mass)
	}
	if code, _, errs := run("rank", "--payoffs", "big.json", "--alpha", "auto"); code != 2 || !strings.Contains(errs, "alpha") {
		t.Errorf("alpha auto of a large field: exit %d, %q", code, errs)
	}
}
