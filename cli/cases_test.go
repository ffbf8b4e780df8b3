package cli_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Problems people reported of other tools, by the public thread they are from,
// with values known by hand; inputs are our own.

type row struct {
	Rank            *int
	Profile         []string
	Rating, Mass    *float64
	Lower, Upper    *float64
	Score           *int
	Member          *bool
	Unrated         *string
	Games           *float64
	First_seat      *float64
	Anchor          *float64
	Outweighs, Open *int
}

type scoresJSON struct {
	Ranking    []row
	Confidence *float64
	Payoffs_are,
	Compared, Claim string
	First_seat *float64
	Groups     [][][]string
	Unresolved [][2][]string
	Warnings   []string
}

func (s scoresJSON) of(name string) row {
	for _, r := range s.Ranking {
		if r.Profile[0] == name {
			return r
		}
	}
	return row{}
}

func (s scoresJSON) warned(part string) bool {
	return strings.Contains(strings.Join(s.Warnings, "\n"), part)
}

func ranked(t *testing.T, log, method string, more ...string) scoresJSON {
	t.Helper()
	write(t, "log.csv", log)
	return ok[scoresJSON](t, append([]string{"rank", "--matches", "log.csv", "--method", method}, more...)...)
}

func about(x *float64, want float64) bool { return x != nil && math.Abs(*x-want) < .005 }

func TestCasesOfRatings(t *testing.T) {
	t.Chdir(t.TempDir())
	// sublee/trueskill#63: two games, one each, in either order.
	for _, log := range []string{"winner,loser\nann,ben\nben,ann\n", "winner,loser\nben,ann\nann,ben\n"} {
		for _, method := range []string{"alpharank", "elo", "nash-averaging", "copeland", "smith"} {
			if s := ranked(t, log, method); *s.Ranking[0].Rank != 1 || *s.Ranking[1].Rank != 1 {
				t.Errorf("%s: ranks differ", method)
			}
		}
	}
	// wdm0006/elote#58: a newcomer who won its only game has no finite rating.
	s := ranked(t, "winner,loser,count\nking,duke,60\nduke,king,40\nking,page,70\npage,king,30\nduke,page,60\npage,duke,40\nnewbie,page,1\n", "elo")
	if r := s.of("newbie"); r.Rank != nil || r.Unrated == nil || *r.Unrated != "never_lost" || r.Rating != nil {
		t.Errorf("the newcomer: %+v", r)
	}
	if r := s.of("king"); r.Rank == nil || *r.Rank != 1 || r.Unrated != nil || !about(r.Rating, 72.4495) || !about(r.Games, 200) || r.Anchor != nil {
		t.Errorf("the first of the pool: %+v", r)
	}
	if code, out, _ := run("rank", "--matches", "log.csv", "--method", "elo"); code != 0 || !strings.Contains(out, "–  newbie  never lost") {
		t.Errorf("table:\n%s", out)
	}
	// autogluon/tabarena#502: ratings whatever the names.
	const games = "winner,loser,count\nm00,m01,5\nm01,m00,1\nm00,m02,6\nm00,m03,7\nm01,m02,5\nm02,m01,1\nm01,m03,6\nm02,m03,5\nm03,m02,1\n"
	for _, names := range [][4]string{{"m00", "m01", "m02", "m03"}, {"zz", "yy", "xx", "ww"}, {"b", "Z", "a", "10"}} {
		s := ranked(t, strings.NewReplacer("m00", names[0], "m01", names[1], "m02", names[2], "m03", names[3]).Replace(games), "elo")
		for i, want := range []float64{488.03, 173.80, -173.80, -488.03} {
			if r := s.of(names[i]); !about(r.Rating, want) {
				t.Errorf("%v: %+v, expected %g", names, r, want)
			}
		}
	}
	// vivekjoshy/openskill.py#181: nine wins by 1:0, one loss by 0:31.
	goals := "agent_0,agent_1,payoff_0,payoff_1,count\na,b,1,0,9\nb,a,31,0,1\n"
	s = ranked(t, goals, "elo")
	if !about(s.of("a").Rating, 190.85) || !about(s.of("b").Rating, -190.85) || s.Payoffs_are != "real" || s.Compared != "wins" || !s.warned("seats are unbalanced") {
		t.Errorf("goals: %+v", s)
	}
	if s := ranked(t, goals, "copeland"); *s.of("a").Score != 1 {
		t.Errorf("goals: %+v", s)
	}
	if s := ranked(t, goals, "smith"); !*s.of("a").Member || *s.of("b").Member {
		t.Errorf("goals: %+v", s)
	}
	if s := ranked(t, goals, "nash-averaging"); s.Compared != "means" || !s.warned("mean payoffs are compared") {
		t.Errorf("goals: %+v", s)
	}
}

func TestCasesOfMajorities(t *testing.T) {
	t.Chdir(t.TempDir())
	// Equal-Vote/bettervoting#1468: two Copeland winners, both first.
	m := "winner,loser,count\nB,A,10\nA,C,10\nA,D,10\nE,A,10\nB,C,10\nB,D,10\nE,B,10\nD,C,10\nE,C,10\nD,E,10\n"
	s := ranked(t, m, "copeland")
	for name, want := range map[string]int{"B": 2, "E": 2, "A": 0, "D": 0, "C": -4} {
		if r := s.of(name); *r.Score != want {
			t.Errorf("Copeland score of %s is %d, expected %d", name, *r.Score, want)
		}
	}
	if *s.of("B").Rank != 1 || *s.of("E").Rank != 1 || *s.of("A").Rank != 3 {
		t.Errorf("ranks: %+v", s.Ranking)
	}
	// karpathy/llm-council#128.
	s = ranked(t, "winner,loser,count\nA,B,2\nB,A,1\nA,C,3\nB,C,2\nC,B,1\n", "copeland")
	for name, want := range map[string]int{"A": 2, "B": 0, "C": -2} {
		if r := s.of(name); *r.Score != want {
			t.Errorf("Copeland score of %s is %d, expected %d", name, *r.Score, want)
		}
	}
	if len(s.Unresolved) != 3 || !s.warned("3 of 3 pairs are open") {
		t.Errorf("what is open: %v, %v", s.Unresolved, s.Warnings)
	}
	// michiguel/Ordo#14: a pair that never met is named, whatever the method.
	for _, method := range []string{"alpharank", "elo", "nash-averaging", "copeland", "smith"} {
		s := ranked(t, "winner,loser,count\na,b,60\nb,a,40\nb,c,55\nc,b,45\n", method)
		if !s.warned("1 of 3 pairs never met, they count as even and stay open: a and c") || s.Groups == nil || len(s.Groups) != 0 {
			t.Errorf("%s: %v %v", method, s.Groups, s.Warnings)
		}
		s = ranked(t, "winner,loser\na,b\nb,a\nc,d\nd,c\n", method)
		if fmt.Sprint(s.Groups) != "[[[a] [b]] [[c] [d]]]" || !s.warned("2 groups") {
			t.Errorf("%s: %v %v", method, s.Groups, s.Warnings)
		}
	}
}

func TestCasesOfAlphaRank(t *testing.T) {
	t.Chdir(t.TempDir())
	// google-deepmind/open_spiel#1616, by the closed form of three states.
	write(t, "t.json", `{"kind":"payoff_table","population":"single","strategies":["A","B","C"],"payoffs":[[0,100,-0.001],[-100,0,0],[0.001,0,0]]}`)
	write(t, "coord.json", `{"kind":"payoff_table","population":"multi","strategies":[["a","b"],["x","y"]],"payoffs":[[[10,0],[0,10]],[[10,0],[0,10]]]}`)
	for _, c := range []struct {
		args string
		want map[string]float64
	}{
		{"t.json --alpha 482.36", map[string]float64{"C": .95121, "A": .03014, "B": .01865}},
		{"t.json --alpha 1e9", map[string]float64{"C": 51. / 53, "A": 1. / 53, "B": 1. / 53}},
		{"t.json", map[string]float64{"C": .6, "A": .2, "B": .2}},
		{"coord.json", map[string]float64{"a": .5, "b": .5}},
		{"coord.json --infinite-alpha limit", map[string]float64{"a": .5, "b": .5}},
	} {
		s := ok[scoresJSON](t, append([]string{"rank", "--payoffs"}, strings.Fields(c.args)...)...)
		for name, want := range c.want {
			if r := s.of(name); r.Mass == nil || math.Abs(*r.Mass-want) > 1e-5 {
				t.Errorf("%s: %s has %v, expected %g", c.args, name, r.Mass, want)
			}
		}
	}
	if code, _, errs := run("rank", "--payoffs", "t.json", "--alpha", "1e300"); code != 2 || !strings.Contains(errs, "too large") {
		t.Errorf("alpha 1e300: exit %d, %s", code, errs)
	}
	// Axelrod-Python/Axelrod#1251: self-play counts under population selection.
	const log = "agent_0,agent_1,payoff_0,payoff_1\nTFT,ALLD,0.99,1.04\nALLC,ALLD,0,5\nTFT,ALLC,3,3\n"
	population := strings.Fields("--selection population --alpha 1 --population-size 20")
	write(t, "noself.csv", log)
	for _, more := range []string{"", "TFT,TFT,3,3\nALLD,ALLD,1,1\n"} {
		write(t, "noself.csv", log+more)
		code, out, errs := run(append([]string{"rank", "--matches", "noself.csv"}, population...)...)
		if code != 3 || out != "" || !strings.Contains(errs, "ALLC") || strings.Contains(errs, "ALLD") != (more == "") {
			t.Errorf("exit %d, %s%s", code, out, errs)
		}
	}
	s := ranked(t, log+"TFT,TFT,3,3\nALLD,ALLD,1,1\nALLC,ALLC,2,4\n", "alpharank", population...)
	for name, want := range map[string]float64{"TFT": .7726, "ALLD": .1861, "ALLC": .0414} {
		if r := s.of(name); math.Abs(*r.Mass-want) > 1e-4 {
			t.Errorf("%s has %g, expected %g", name, *r.Mass, want)
		}
	}
	ok[any](t, "import", "log.csv")
	if again := ok[scoresJSON](t, append([]string{"rank", "--run", "log"}, population...)...); *again.of("TFT").Mass != *s.of("TFT").Mass {
		t.Error("the imported run forgets self-play")
	}
	write(t, "r.toml", "game = \"metagame(file=t.csv,noise=bernoulli)\"\n[sampling]\nmax_matches = 100\n")
	write(t, "t.csv", "x,a,b\na,.5,.9\nb,.3,.5\n")
	if code, _, errs := run(append([]string{"run", "r.toml"}, population...)...); code != 3 || !strings.Contains(errs, "a, b") {
		t.Errorf("a run has no self-play: exit %d, %s", code, errs)
	}
}

// Shapes of logs that are not read are refused with those that are.
func TestCasesOfShapes(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ name, log, part string }{
		{"bojieli/ai-agent-book#77", "model_a,model_b,winner\nA,B,model_a\nA,B,tie (bothbad)\n", "winner,loser"},
		{"seats and a winner", "agent_0,agent_1,winner\nA,B,agent_0\n", "expected one kind"},
		{"more columns", "id,winner,loser,map\n1,a,b,island\n", `"id" is unknown; expected`},
		{"JSON lines", `{"model_a": "m1", "model_b": "m2", "winner": "model_a"}`, "agent_0,agent_1,payoff_0,payoff_1"},
		{"PGN", "[Event \"test\"]\n[White \"a\"]\n", "CSV with a header"},
		{"sublee/trueskill#15, all against all", "agent_0,agent_1,agent_2,payoff_0,payoff_1,payoff_2\na,b,c,1,0,0\n", "free-for-all"},
		{"google-deepmind/open_spiel#1056, agents by tasks", "agent,task1,task2\na,1,2\n", "expected agent_0"},
	} {
		write(t, "log", c.log)
		if code, out, errs := run("rank", "--matches", "log"); code != 2 || out != "" || !strings.Contains(errs, c.part) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit %d, %s%s", c.name, code, out, errs)
		}
	}
}

// The sitter who is always first looks better than an equal: nothing is claimed
// of it, unless seats are said to mean nothing.
func TestSeatsOfLogs(t *testing.T) {
	t.Chdir(t.TempDir())
	r := rand.New(rand.NewPCG(44, 1))
	for trial := range 6 {
		balanced := trial%2 == 0
		var b strings.Builder
		b.WriteString("agent_0,agent_1,payoff_0,payoff_1\n")
		for k := range 4000 {
			first, second := "A", "B"
			if balanced && k%2 == 1 {
				first, second = second, first
			}
			won := 0
			if r.Float64() < .55 {
				won = 1
			}
			fmt.Fprintf(&b, "%s,%s,%d,%d\n", first, second, won, 1-won)
		}
		s := ranked(t, b.String(), "alpharank")
		if (s.Confidence != nil) != balanced || strings.Contains(s.Claim, "none of them guaranteed") == balanced || strings.Contains(s.Claim, "correct") || len(s.Unresolved) != 1 || s.warned("seats are unbalanced") == balanced {
			t.Errorf("balanced %v: confidence %v, %q, open %v, %v", balanced, s.Confidence, s.Claim, s.Unresolved, s.Warnings)
		}
		if !balanced {
			if s.Ranking[0].Lower != nil {
				t.Error("bounds are claimed")
			}
			if s := ranked(t, b.String(), "alpharank", "--seats", "ignore"); s.Confidence == nil || len(s.Unresolved) != 0 {
				t.Errorf("seats ignored: %+v", s)
			}
		}
		s = ranked(t, b.String(), "elo")
		if balanced && (s.First_seat == nil || math.Abs(*s.First_seat-400*math.Log10(.55/.45)) > 25 || *s.Ranking[0].First_seat != *s.First_seat) {
			t.Errorf("the first seat is worth %v, expected about 35", s.First_seat)
		}
		if (s.Confidence != nil && *s.Confidence > 0) != balanced || (s.Ranking[0].Lower != nil) != balanced || (s.Ranking[1].Upper != nil) != balanced {
			t.Errorf("balanced %v: elo has confidence %v, bounds %v", balanced, s.Confidence, s.Ranking[0].Lower)
		}
		if s := ranked(t, b.String(), "elo", "--seats", "ignore"); s.Confidence == nil || s.Ranking[0].Lower == nil {
			t.Errorf("elo, seats ignored: %+v", s)
		}
		if !balanced && (s.First_seat != nil || !s.warned("seats are unbalanced")) {
			t.Errorf("the first seat: %v, %v", s.First_seat, s.Warnings)
		}
	}
}

// Means of a count and clusters are no independent matches.
func TestMeansAndClusters(t *testing.T) {
	t.Chdir(t.TempDir())
	s := ranked(t, "agent_0,agent_1,payoff_0,payoff_1,count\nA,B,.52,.48,500\nB,A,.48,.52,500\n", "elo")
	if s.Ranking[0].Lower != nil || s.Confidence != nil && *s.Confidence > 0 || !s.warned("given as means") || !about(s.of("A").Rating, 200*math.Log10(.52/.48)) {
		t.Errorf("means: %+v", s)
	}
	if s := ranked(t, "agent_0,agent_1,payoff_0,payoff_1,count\nA,B,.52,.48,500\nB,A,.48,.52,500\n", "alpharank"); s.Confidence != nil || len(s.Unresolved) != 1 || s.Ranking[0].Lower != nil {
		t.Errorf("means: %+v", s)
	}
	write(t, "goals.csv", "agent_0,agent_1,payoff_0,payoff_1,count\nA,B,2.1,1.7,10\n")
	if code, out, errs := run("rank", "--matches", "goals.csv", "--method", "copeland"); code != 3 || out != "" || !strings.Contains(errs, "10 matches are given as means") {
		t.Errorf("means of goals: exit %d %s%s", code, out, errs)
	}
	var b strings.Builder
	b.WriteString("winner,loser,count,cluster\n")
	for k := range 40 {
		if k%8 < 5 {
			fmt.Fprintf(&b, "A,B,50,p%d\n", k)
		} else {
			fmt.Fprintf(&b, "B,A,50,p%d\n", k)
		}
	}
	s = ranked(t, b.String(), "elo")
	if a := s.of("A"); !(*a.Lower < 0 && *a.Upper > 0) || *s.Confidence != .95 {
		t.Errorf("25 of 40 clusters: %+v", a)
	}
	if s := ranked(t, b.String(), "alpharank"); s.Confidence != nil || len(s.Unresolved) != 1 || !s.warned("cluster") {
		t.Errorf("clusters: %+v", s)
	}
}

// Adaptive sampling plays close pairs far more often than clear ones. Ratings of
// what it found are those of the table, by an own fit to pairs that count alike,
// and not of how often pairs met.
func TestEloOfAdaptiveRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "m.csv", "x,A,B,C\nA,.5,.52,.35\nB,.48,.5,.9\nC,.65,.1,.5\n")
	truth := map[string]float64{"A": -31.78, "B": 92.82, "C": -61.04}
	exact := ok[scoresJSON](t, "rank", "--payoffs", "m.csv", "--method", "elo")
	for name, want := range truth {
		if r := exact.of(name); !about(r.Rating, want) || exact.Payoffs_are != "rates" {
			t.Errorf("%s has %v, expected %g", name, r.Rating, want)
		}
	}
	held, of := 0, 0
	for seed := range 10 {
		write(t, "r.toml", fmt.Sprintf("name = \"r%d\"\ngame = \"metagame(file=m.csv,noise=bernoulli)\"\nseed = %d\n[sampling]\nmax_matches = 20000\n[ranking]\nmethod = \"elo\"\n", seed, seed))
		s := ok[scoresJSON](t, "run", "r.toml", "--db", fmt.Sprint(seed, ".db"))
		if s.Ranking[0].Profile[0] != "B" || s.Payoffs_are != "wins" {
			t.Errorf("seed %d: %v is first of %s", seed, s.Ranking[0].Profile, s.Payoffs_are)
		}
		for name, want := range truth {
			of++
			if r := s.of(name); *r.Lower <= want && want <= *r.Upper {
				held++
			}
		}
	}
	if held < of*8/10 {
		t.Errorf("%d of %d intervals hold the truth", held, of)
	}
	write(t, "real.json", `{"kind":"payoff_table","population":"single","strategies":["A","B"],"payoffs":[[0,3],[-1,0]]}`)
	if code, out, errs := run("rank", "--payoffs", "real.json", "--method", "elo"); code != 2 || out != "" || !strings.Contains(errs, "rates of wins") {
		t.Errorf("ratings of real payoffs: exit %d, %s%s", code, out, errs)
	}
	if s := ok[scoresJSON](t, "rank", "--payoffs", "real.json", "--method", "copeland"); s.Payoffs_are != "real" || s.Compared != "means" || !s.warned("mean payoffs are compared") {
		t.Errorf("majorities of real payoffs: %+v", s)
	}
}

// Whatever a log holds, ranking it ends in an answer or in one line of error.
func FuzzRankLog(f *testing.F) {
	f.Add("winner,loser,draw,count\na,b,0,3\nb,a,1,1\n", uint8(0))
	f.Add("agent_0,agent_1,payoff_0,payoff_1,count,cluster\na,b,1,0,9,x\nb,a,31,0,1,y\na,a,1,2,1,\n", uint8(1))
	f.Add("agent_0,agent_1,agent_2,payoff_0,payoff_1,payoff_2\na,b,c,1,0,0\nd,b,c,1,.5,0\n", uint8(2))
	f.Add("agent_0,agent_1,payoff_0,payoff_1\na,b,1e100,-1e100\nb,c,1e-300,0\nc,a,.1,.2\n", uint8(3))
	f.Add(`{"winner":"a","loser":"b","cluster":"p"}`+"\n"+`{"winner":"b","loser":"a"}`, uint8(4))
	f.Add("[{\"winner\":1}]", uint8(5))
	f.Add("winner,loser,count\na,b,9007199254740992\n", uint8(6))
	hows := []string{"", "--method elo,copeland,smith,nash-averaging,alpharank", "--population multi", "--seats ignore --alpha 2", "--method elo --skip-bad", "--alpha auto --sweep", "--selection population --alpha 1", "--infinite-alpha limit", "--infinite-alpha mcc"}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, log string, how uint8) {
		t.Chdir(dir)
		write(t, "log", log)
		args := append([]string{"rank", "--matches", "log", "--format", "json"}, strings.Fields(hows[int(how)%len(hows)])...)
		code, out, errs := run(args...)
		switch {
		case code == 0 && (!strings.HasPrefix(out, "{") || errs != ""):
			t.Errorf("%q: %s%s", log, out, errs)
		case code != 0 && (code != 2 && code != 3 || out != "" || strings.Count(errs, "\n") != 1):
			t.Errorf("%q: exit %d, %q, %q", log, code, out, errs)
		}
	})
}
