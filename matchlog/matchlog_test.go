package matchlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func parse(t *testing.T, text, file string, o Options) *Log {
	t.Helper()
	l, err := Parse(strings.NewReader(text), file, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The same three matches in every form a log may have.
func TestForms(t *testing.T) {
	want := []Pair{
		{I: 0, J: 1, N: 2, X: [2]float64{1.5, .5}, XX: [2]float64{1.25, .25}, D: 1, DD: 1, Wins: 1, Draws: 1},
		{I: 1, J: 2, N: 1, X: [2]float64{0, 1}, XX: [2]float64{0, 1}, D: -1, DD: 1, Losses: 1},
	}
	for _, c := range []struct{ name, file, text string }{
		{"csv", "a.csv", "agent_0,agent_1,payoff_0,payoff_1\na,b,1,0\nb,a,.5,5e-1\nb,c,0,1\n"},
		{"any order, count, timestamp", "a.csv", "timestamp,payoff_1,agent_1,count,payoff_0,agent_0\nx,0,b,1,1,a\n\"1,2\",0.5,b,1,0.5,a\n,1,c,1,0,b"},
		{"byte order mark, CRLF, space, blank lines", "A.CSV", "\xef\xbb\xbfagent_0 , agent_1,payoff_0,payoff_1\r\n\r\n a,\"b\", 1 ,0\r\n  \r\nb,a,0.5,0.5\r\nb, \"c\",0,1"},
		{"duels", "a.csv", "winner,loser,draw\na,b,0\nb,a,YES\nc,b,\n"},
		{"duels without draws", "a.csv", "winner,loser,count,draw\na,b,1,no\nb,a,1,1\nc,b,1,False\n"},
		{"json", "a.jsonl", `{"agent_0":"a","agent_1":"b","payoff_0":1,"payoff_1":0}
{"payoff_0":0.5,"payoff_1":5e-1,"agent_0":"b","agent_1":"\u0061","timestamp":null}

 { "agent_1" : "c" , "agent_0":" b ","payoff_1":1,"payoff_0":0,"count":1 } `},
		{"json duels", "a.ndjson", `{"winner":"a","loser":"b"}` + "\n" + `{"winner":"b","loser":"a","draw":true}` + "\r\n" + `{"winner":"c","loser":"b","draw":"no","timestamp":"2026-01-01"}`},
		{"json by its first byte", "-", `{"winner":"a","loser":"b"}` + "\n" + `{"winner":"b","loser":"a","draw":1}` + "\n" + `{"winner":"c","loser":"b","draw":0}`},
		{"csv by its first byte", "-", "winner,loser,draw\na,b,0\nb,a,1\nc,b,0\n"},
	} {
		l := parse(t, c.text, c.file, Options{})
		for i := range l.Pairs {
			l.Pairs[i].First = Results{} // see TestCountsAndSeats
		}
		if !l.Single || !reflect.DeepEqual(l.Agents, [][]string{{"a", "b", "c"}}) || !reflect.DeepEqual(l.Pairs, want) {
			t.Errorf("%s: found %+v", c.name, l)
		}
		if l.Rows != 3 || l.Matches != 3 || l.Lo != 0 || l.Hi != 1 || !l.ConstantSum || l.Sum != 1 || l.Binary {
			t.Errorf("%s: found %+v", c.name, l)
		}
	}
}

func TestCountsAndSeats(t *testing.T) {
	text := "agent_0,agent_1,payoff_0,payoff_1,count\nx,a,2,-1,3\na,x,1,0,1\nx,x,0,1,2\n"
	l := parse(t, text, "a.csv", Options{Population: Multi})
	want := []Profile{
		{[]int{0, 1}, 1, []float64{1, 0}, []float64{1, 0}},
		{[]int{1, 0}, 3, []float64{6, -3}, []float64{12, 3}},
		{[]int{1, 1}, 2, []float64{0, 2}, []float64{0, 2}},
	}
	if !reflect.DeepEqual(l.Agents, [][]string{{"a", "x"}, {"a", "x"}}) || !reflect.DeepEqual(l.Profiles, want) || l.Single {
		t.Errorf("found %+v", l)
	}
	if l.Rows != 3 || l.Matches != 6 || l.Lo != -1 || l.Hi != 2 || !l.ConstantSum || l.Sum != 1 || l.Binary || l.Missing() != 1 {
		t.Errorf("found %+v, %g missing", l, l.Missing())
	}
	three := parse(t, "agent_0,agent_1,agent_2,payoff_0,payoff_1,payoff_2\na,a,b,1,0,1\nc,a,b,0,0,1\n", "a.csv", Options{Population: Multi})
	if three.Single || len(three.Profiles) != 2 || three.ConstantSum || !three.Binary || three.Missing() != 0 {
		t.Errorf("found %+v", three)
	}
}

func TestGroups(t *testing.T) {
	l := parse(t, "winner,loser\nf,b\na,e\ne,c\nd,f\na,c\n", "a.csv", Options{})
	if got := l.Groups(); !reflect.DeepEqual(got, [][]int{{0, 2, 4}, {1, 3, 5}}) {
		t.Errorf("groups %v", got)
	}
	if got := l.Missing(); got != 10 {
		t.Errorf("%g pairs missing, want 15 less 5", got)
	}
}

// Whatever a line gets wrong is named with its file, line and column.
func TestErrors(t *testing.T) {
	const seats = "agent_0,agent_1,payoff_0,payoff_1\n"
	const count = "agent_0,agent_1,payoff_0,payoff_1,count\n"
	const good = `{"agent_0":"a","agent_1":"b","payoff_0":1,"payoff_1":0}` + "\n"
	multi := Options{Population: Multi}
	for _, c := range []struct {
		file, text string
		o          Options
		want       string // parts, by |
	}{
		{"a.csv", "", Options{}, "a.csv: the file is empty"},
		{"a.csv", " \n\r\n", Options{}, "a.csv: the file is empty"},
		{"a.csv", seats, Options{}, "a.csv: found no match"},
		{"a.csv", "agent_0,agent_1,payof_0,payoff_1\na,b,1,0", Options{}, `a.csv:1: column "payof_0" is unknown, expected payoff_0`},
		{"a.csv", "agent_0,agent_1,payoff_0,payoff_1,cuont\n", Options{}, `a.csv:1: column "cuont" is unknown, expected count`},
		{"a.csv", "Winner,loser\n", Options{}, `a.csv:1: column "Winner" is unknown, expected winner`},
		{"a.csv", "agent_00,agent_1,payoff_0,payoff_1\n", Options{}, `a.csv:1: column "agent_00" is unknown, expected agent_0`},
		{"a.csv", "agent_0,agent_1,payoff_0\n", Options{}, "a.csv:1: column payoff_1 is missing"},
		{"a.csv", "agent_0,agent_2,payoff_0,payoff_1,payoff_2\n", Options{}, "a.csv:1: column agent_1 is missing"},
		{"a.csv", "agent_0,payoff_0\n", Options{}, "a.csv:1: column agent_1 is missing"},
		{"a.csv", "agent_0,agent_999999999999,payoff_0,payoff_1\n", Options{}, "a.csv:1: column agent_1 is missing"},
		{"a.csv", "winner\n", Options{}, "a.csv:1: column loser is missing"},
		{"a.csv", "winner,loser,payoff_0\n", Options{}, "a.csv:1: found columns of seats"},
		{"a.csv", "winner,loser,winner\n", Options{}, `a.csv:1: column "winner" stands twice`},
		{"a.csv", "\n\nwinner,looser\n", Options{SkipBad: true}, `a.csv:3: column "looser" is unknown, expected loser`},
		{"a.csv", "winner,loser,elo_before\na,b,3", Options{}, `a.csv:1: found the columns "winner", "loser", "elo_before"|winner,loser and optional draw|ann,ben,3`},
		{"a.csv", "model_a,model_b,winner\na,b,a", Options{}, `a.csv:1: found the columns "model_a", "model_b", "winner": "model_a" is unknown; expected|agent_0,agent_1,payoff_0,payoff_1`},
		{"a.pgn", "[Event \"x\"]\n", Options{}, "a.pgn:1: found \"[Event|winner,loser"},
		{"a.csv", "winner,loser\na,b", multi, "a.csv:1: winner and loser do not say who sat where"},
		{"a.csv", "agent_0,agent_1,agent_2,payoff_0,payoff_1,payoff_2\n", Options{Population: Single}, "a.csv:1: matches of 3 agents of one pool (free-for-all) are not read|multi"},
		{"a.csv", "agent_0,agent_1,agent_2,payoff_0,payoff_1,payoff_2\na,b,c,1,0,0\n", Options{}, "a.csv: one profile only|free-for-all"},
		{"a.csv", "agent_0,agent_1,agent_2,payoff_0,payoff_1,payoff_2\na,b,c,1,0,0\nb,c,a,1,0,0\n", Options{}, `a.csv: "b" sits in seats 0 and 1; |free-for-all`},
		{"a.csv", seats + "a,b,1,0\na,b,1\n", Options{}, "a.csv:3: found 3 fields, expected 4"},
		{"a.csv", seats + "\na,b,1,0,2\n", Options{}, "a.csv:3: found 5 fields, expected 4"},
		{"a.csv", seats + "a,b,1,\n", Options{}, `a.csv:2: payoff_1: found "", expected a number`},
		{"a.csv", seats + "a,b,1e400,0\n", Options{}, `a.csv:2: payoff_0: found "1e400", expected a number of at most 1e+100 in size`},
		{"a.csv", seats + "a,b,0,NaN\n", Options{}, `a.csv:2: payoff_1: found "NaN"`},
		{"a.csv", seats + "a,b,-Inf,0\n", Options{}, `a.csv:2: payoff_0: found "-Inf"`},
		{"a.csv", seats + "a,b,0x10,0\n", Options{}, `a.csv:2: payoff_0: found "0x10"`},
		{"a.csv", seats + "a,b,\"0,5\",0\n", Options{}, `a.csv:2: payoff_0: found "0,5"`},
		{"a.csv", seats + "a, ,1,0\n", Options{}, "a.csv:2: agent_1: is empty, expected a name"},
		{"a.csv", seats + "a,a,1,0\n", Options{}, "a.csv: found no match between two agents"},
		{"a.csv", seats + "a\x1b[2J,b,1,0\n", Options{}, `a.csv:2: agent_0: found "a\x1b[2J", expected a name of printable`},
		{"a.csv", seats + "a\xff,b,1,0\n", Options{}, `a.csv:2: agent_0: found "a\xff"`},
		{"a.csv", seats + "\"a,b,1,0\nc,d,1,0\n", Options{}, `a.csv:2: byte |quote`},
		{"a.csv", count + "a,b,1,0,0\n", Options{}, `a.csv:2: count: found "0", expected a whole number from 1`},
		{"a.csv", count + "a,b,1,0,1.5\n", Options{}, `a.csv:2: count: found "1.5"`},
		{"a.csv", count + "a,b,1,0,-1\n", Options{}, `a.csv:2: count: found "-1"`},
		{"a.csv", count + "a,b,1,0,\n", Options{}, `a.csv:2: count: found ""`},
		{"a.csv", count + "a,b,1,0,9007199254740992\na,b,1,0,1\n", Options{}, `a.csv:3: count: found 1, expected at most 2^53`},
		{"a.csv", "winner,loser,draw\na,b,maybe\n", Options{}, `a.csv:2: draw: found "maybe", expected 1, true or yes`},
		{"a.csv", "winner,loser\na,b\n" + strings.Repeat("x", longest+1) + "\na,b\n", Options{}, "a.csv:3: the line is longer than"},
		{"a.csv", strings.Repeat("x", longest+1), Options{SkipBad: true}, "a.csv:1: the line is longer than"},
		{"a.csv", "winner,loser\na,\n\nb,\n", Options{SkipBad: true}, "a.csv: all 2 rows are bad; line 2: loser: is empty"},
		{"a.json", "[" + good + "]", Options{}, `a.json:1: found "[{`},
		{"a.json", "{\n\"winner\":\"a\"}", Options{}, "a.json:1: |the end of the line"},
		{"a.jsonl", `{"winner":"a","looser":"b"}`, Options{}, `a.jsonl:1: column "looser" is unknown, expected loser`},
		{"a.jsonl", good + `{"agent_0":"a","agent_1":"b","payoff_0":1}`, Options{}, "a.jsonl:2: payoff_1 is missing"},
		{"a.jsonl", good + `{"agent_0":"a","agent_1":"b","payoff_0":1,"payoff_2":0}`, Options{}, "a.jsonl:2: payoff_2 is unknown, expected payoff_0"},
		{"a.jsonl", good + `{"agent_0":"a","agent_0":"b"}`, Options{}, "a.jsonl:2: agent_0 stands twice"},
		{"a.jsonl", good + `{"agent_0":"a","agent_1":"b","payoff_0":NaN,"payoff_1":0}`, Options{}, `a.jsonl:2: payoff_0: found "NaN"`},
		{"a.jsonl", good + `{"agent_0":"a","agent_1":"b","payoff_0":"1","payoff_1":0}`, Options{}, `a.jsonl:2: payoff_0: found "1" in quotes`},
		{"a.jsonl", good + `{"agent_0":7,"agent_1":"b","payoff_0":1,"payoff_1":0}`, Options{}, `a.jsonl:2: agent_0: found 7, expected a name in quotes`},
		{"a.jsonl", good + `{"agent_0":["a"],"agent_1":"b"}`, Options{}, `a.jsonl:2: agent_0: found "[`},
		{"a.jsonl", good + `{"agent_0":"a\q","agent_1":"b"}`, Options{}, `a.jsonl:2: agent_0: found`},
		{"a.jsonl", good + good[:20], Options{}, `a.jsonl:2: `},
		{"a.jsonl", good + good[:30] + "}", Options{}, `a.jsonl:2: `},
		{"a.jsonl", good + strings.TrimSpace(good) + " x", Options{}, `a.jsonl:2: found "x" after the object`},
	} {
		l, err := Parse(strings.NewReader(c.text), c.file, c.o)
		if err == nil {
			t.Errorf("%.60q: no error, %+v; want %s", c.text, l, c.want)
			continue
		}
		for part := range strings.SplitSeq(c.want, "|") {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%.60q: %v; want %s", c.text, err, c.want)
			}
		}
	}
	broken := errors.New("disk on fire")
	_, err := Parse(io.MultiReader(strings.NewReader("winner,loser\na,b\n"), iotest.ErrReader(broken)), "a.csv", Options{SkipBad: true})
	if !errors.Is(err, broken) {
		t.Errorf("a reader's error came back as %v", err)
	}
}

// Bad rows leave no trace but their count and place, not even names.
func TestSkipBad(t *testing.T) {
	text := "winner,loser,count\na,b,1\nghost,c,0\nb,a,2\n\"x,y,1\n" + strings.Repeat("z", 2*longest) + "\nc,c,-1\na,b\n" + strings.Repeat("a,,1\n", 30)
	l := parse(t, text, "a.csv", Options{SkipBad: true})
	clean := parse(t, "winner,loser,count\na,b,1\nb,a,2\n", "a.csv", Options{SkipBad: true})
	if l.Skipped != 35 || len(l.Bad) != kept || l.Rows != 2 {
		t.Errorf("skipped %d, listed %d, read %d", l.Skipped, len(l.Bad), l.Rows)
	}
	var lines []int
	for _, b := range l.Bad[:6] {
		lines = append(lines, b.Line)
	}
	if !slices.Equal(lines, []int{3, 5, 6, 7, 8, 9}) {
		t.Errorf("bad lines %v", lines)
	}
	if l.Bad[0].Reason != `count: found "0", expected a whole number from 1` {
		t.Errorf("reason %q", l.Bad[0].Reason)
	}
	l.Skipped, l.Bad, l.Digest = 0, nil, clean.Digest
	if !reflect.DeepEqual(l, clean) {
		t.Errorf("found %+v, want %+v", l, clean)
	}
}

// rows is a random log: its header and its rows.
func rows(r *rand.Rand, agents, n int) (string, []string) {
	var out []string
	for range n {
		i, j := r.IntN(agents), r.IntN(agents-1)
		if j >= i {
			j++
		}
		out = append(out, fmt.Sprintf("agent-%d,agent-%d,%g,%g,%d", i, j, math.Round(r.NormFloat64()*100)/100, r.NormFloat64()*1e6, 1+r.IntN(3)))
	}
	return "agent_0,agent_1,payoff_0,payoff_1,count\n", out
}

// The order of rows changes the digest and nothing else.
func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	header, lines := rows(r, 12, 3000)
	for _, p := range []Population{Single, Multi} {
		o := Options{Population: p}
		a := parse(t, header+strings.Join(lines, "\n"), "a.csv", o)
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		b := parse(t, header+strings.Join(lines, "\n"), "a.csv", o)
		if a.Digest == b.Digest {
			t.Error("different bytes have one digest")
		}
		b.Digest = a.Digest
		if !reflect.DeepEqual(a, b) {
			t.Errorf("population %d: another order gives another log", p)
		}
		again := parse(t, header+strings.Join(lines, "\n"), "b.csv", o)
		if again.Digest != parse(t, header+strings.Join(lines, "\n"), "c.csv", o).Digest {
			t.Error("one content has two digests")
		}
	}
}

// A pair holds what its rows add up to, seats put right.
func TestSums(t *testing.T) {
	l := parse(t, "agent_0,agent_1,payoff_0,payoff_1,count\nb,a,3,1,2\na,b,-2,5,1\n", "a.csv", Options{})
	want := Pair{I: 0, J: 1, N: 3, X: [2]float64{2*1 - 2, 2*3 + 5}, XX: [2]float64{2*1 + 4, 2*9 + 25}, D: -2*2 - 7, DD: 2*4 + 49, Losses: 1, First: Results{Losses: 1}, Means: 2, Vague: true}
	if len(l.Pairs) != 1 || l.Pairs[0] != want {
		t.Errorf("found %+v, want %+v", l.Pairs, want)
	}
	// 0.1 a million times, and a payoff that would drown it in plain sums.
	l = parse(t, "agent_0,agent_1,payoff_0,payoff_1\na,b,1e17,0\n"+strings.Repeat("a,b,0.1,0\n", 1000)+"a,b,-1e17,0\n", "a.csv", Options{})
	if got := l.Pairs[0].X[0]; math.Abs(got-100) > 1e-9 {
		t.Errorf("sum %g, want 100", got)
	}
}

// million is a log of a million matches of 100 agents, of 24 MB in CSV.
func million(form string) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(2, 2))
	if form == "csv" {
		b.WriteString("agent_0,agent_1,payoff_0,payoff_1\n")
	}
	for range 1_000_000 {
		i, j, x := r.IntN(50), 50+r.IntN(50), r.IntN(2)
		if form == "csv" {
			fmt.Fprintf(&b, "player-%d,player-%d,%d,%d\n", i, j, x, 1-x)
		} else {
			fmt.Fprintf(&b, `{"agent_0": "player-%d", "agent_1": "player-%d", "payoff_0": %d, "payoff_1": %d}`+"\n", i, j, x, 1-x)
		}
	}
	return b.Bytes()
}

func BenchmarkMillion(b *testing.B) {
	for _, form := range []string{"csv", "jsonl"} {
		text := million(form)
		b.Run(form, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Parse(bytes.NewReader(text), "a."+form, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Memory is that of the cells, not of the rows: no allocation per row.
func TestNoAllocationPerRow(t *testing.T) {
	for _, form := range []string{"a,b,1.25,0\n", "b,a,0,1\n"} {
		text := "agent_0,agent_1,payoff_0,payoff_1\n" + strings.Repeat(form, 20_000)
		n := testing.AllocsPerRun(1, func() { parse(t, text, "a.csv", Options{}) })
		if n > 500 {
			t.Errorf("%g allocations for 20,000 rows", n)
		}
	}
}

// Nothing panics, and what is accepted is consistent.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "winner,loser\na,b\n", "winner,loser,draw,count,timestamp\na,b,1,2,x\n\"c\",d,,1,\n",
		"agent_0,agent_1,payoff_0,payoff_1\na,b,1,0\nb,\"a\"\"\",1e400,\n",
		"agent_0,agent_1,agent_2,payoff_0,payoff_1,payoff_2\na,b,c,1,0,.5\n",
		`{"winner":"a","loser":"b\n","draw":null}`, `{"agent_0":"a","agent_1":"b","payoff_0":1,"payoff_1":-0}`,
		"\xef\xbb\xbfwinner,loser\r\na,b\r\n", "{}", "[]", "{\"a\":[", "{\"winner\":\"\\u00", "agent_0", "\x00",
	} {
		f.Add(seed, uint8(0), false)
		f.Add(seed, uint8(5), true)
	}
	f.Fuzz(func(t *testing.T, text string, how uint8, skip bool) {
		file := []string{"-", "a.csv", "a.json"}[how%3]
		l, err := Parse(strings.NewReader(text), file, Options{Population: Population(how / 3 % 3), SkipBad: skip})
		if err != nil {
			return
		}
		matches := int64(0)
		for _, p := range l.Pairs {
			matches += p.N
			if !(p.I < p.J) || p.Wins+p.Losses+p.Draws+p.Means != p.N || math.IsInf(p.XX[0]+p.XX[1]+p.DD, 0) {
				t.Errorf("pair %+v", p)
			}
		}
		for _, p := range l.Profiles {
			matches += p.N
		}
		if matches != l.Matches || l.Rows == 0 || l.Missing() < 0 || !(l.Lo <= l.Hi) {
			t.Errorf("log %+v", l)
		}
		if l.Single && len(l.Agents[0]) < 100 {
			l.Groups()
			if _, err := json.Marshal(l.Facts()); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestUnknownAgents(t *testing.T) {
	const text = "winner,loser\na,b\nb,c\n"
	_, err := Parse(strings.NewReader(text), "log.csv", Options{Agents: []string{"a", "b"}})
	if err == nil || !strings.Contains(err.Error(), `log.csv:3: loser: found "c", expected one of a, b`) {
		t.Errorf("found %v, expected the line and the name", err)
	}
	l, err := Parse(strings.NewReader(text), "log.csv", Options{Agents: []string{"a", "b"}, SkipBad: true})
	if err != nil || l.Skipped != 1 || l.Matches != 1 {
		t.Errorf("%+v %v, expected one row skipped", l, err)
	}
}

// Who sat first, means, clusters and self-play, kept apart from the sums.
func TestFacts(t *testing.T) {
	l := parse(t, "agent_0,agent_1,payoff_0,payoff_1,count,cluster\nb,a,1,0,3,x\na,b,1,0,2,x\na,b,.5,.5,1,\na,b,.52,.48,100,y\nc,a,5,2,4,\na,a,1,2,3,x\nz,z,9,9,1,x\n", "a.csv", Options{})
	want := []Duel{
		{I: 0, J: 1, All: Results{2, 1, 3}, First: Results{2, 1, 0}, Means: 100, Score: 52},
		{I: 0, J: 2, Means: 4, Vague: true},
	}
	f := l.Facts()
	if !reflect.DeepEqual(f.Duels, want) || !f.Seated || !f.Clustered || f.Wins || f.Means != 104 || !reflect.DeepEqual(f.Self, []Self{{0, 3, 9}}) {
		t.Errorf("facts %+v", f)
	}
	if !reflect.DeepEqual(l.Agents, [][]string{{"a", "b", "c"}}) || l.Matches != 110 || l.Rows != 7 {
		t.Errorf("log %+v", l)
	}
	parts := []Cluster{{0, 0, 1, 5, 2}, {1, 0, 1, 1, .5}, {2, 0, 1, 100, 52}}
	if got := l.Clusters[:3]; !reflect.DeepEqual(got, parts) {
		t.Errorf("clusters %v, expected %v", got, parts)
	}
	// A constant sum is judged by the payoffs of its own match.
	for text, want := range map[string]bool{"a,b,1e9,-1e9\nb,a,.1,-.2\n": false, "a,b,.1,.2\nb,a,.3,0\n": true, "a,b,1e-9,0\nb,a,0,2e-9\n": false} {
		if l := parse(t, "agent_0,agent_1,payoff_0,payoff_1\n"+text, "a.csv", Options{}); l.ConstantSum != want {
			t.Errorf("%s: constant sum %v", text, l.ConstantSum)
		}
	}
}
