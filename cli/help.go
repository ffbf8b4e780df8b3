package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/urfave/cli/v2"
)

// idle are the flags of every command that do nothing for some: accepted there,
// so that scripts may give them always, and not shown. The lists are of the
// commands that heed them.
var idle = map[string][]string{
	"seed":    {"run", "play", "solve", "certify", "train"},
	"workers": {"run", "play", "rank", "show", "replay", "train"},
	"quiet":   {"run", "train"},
	"format":  {"run", "rank", "import", "evaluate", "solve", "certify", "train", "play", "games", "agents", "solvers", "runs", "show", "replay", "export"},
}

// examples are what --help ends with, one or more per command.
var examples = map[string][]string{
	"run":      {"run testdata/kuhn.toml", "run testdata/kuhn.toml --max-matches 100000 --format json"},
	"rank":     {"rank --payoffs table.json --alpha 10", "rank --run 1 --format json", "rank --matches matches.csv --method alpharank,elo,nash-averaging,copeland,smith"},
	"import":   {"import matches.csv", "import matches.jsonl --population multi --skip-bad"},
	"evaluate": {"evaluate --game kuhn_poker --agent 'cfr(iterations=100)'", "evaluate --game kuhn_poker --policy policy.json --opponents 'uniform,always(action=bet)'"},
	"solve": {"solve --game leduc_poker --solver lp", "solve --game leduc_poker --solver dcfr --tolerance 1e-4 --out policy.json --trace gap.csv",
		"solve --game chicken --solver extreme", "solve --game chicken --solver ce --objective welfare", "solve --game markov_soccer --solver soft-shapley --temperature 0.1"},
	"certify": {"certify --problem game.json --out certificate.json", "certify --game kuhn_poker --temperature 0.3 --simulate", "certify --game kuhn_poker --form sequence --temperature 0.01",
		"certify --game chicken --temperature auto", "certify --game markov.json --temperature 1 --radius 0.2", "certify --verify certificate.json"},
	"train": {"train qarl markov_soccer --plot", "train qarl markov_soccer --tau-p 0.03 --tau-a 'log(from=10,to=0.03)' --no-polish --out policy.json", "train qarl game.json --variant own-entropy --starts 20",
		"train qarl wind_grid --mode sampled --compare rarl,none,fixed --seeds 40", "train qarl 'pendulum(force=1.4)' --mode sampled --checkpoint pendulum.ckpt"},
	"convert": {"convert --game kuhn_poker --out kuhn.efg", "convert --game chicken --out chicken.nfg"},
	"play":    {"play --game kuhn_poker --agents 'uniform,cfr(iterations=100)' --matches 10000", "play --game 'kuhn_poker(players=3)' --agents 'uniform,always(action=bet)' --matches 1000"},
	"games":   {"games", "games leduc_poker", "games 'liars_dice(sides=3)' --format json"},
	"agents":  {"agents", "agents cfr"},
	"solvers": {"solvers", "solvers logit"},
	"runs":    {"runs", "runs --db night.db --format csv"},
	"show":    {"show 1", "show kuhn-ladder --alpha 0.5"},
	"replay":  {"replay 1", "replay kuhn-ladder --profile 'uniform,cfr(iterations=10)' --match 3"},
	"export":  {"export 1 > matches.csv", "export kuhn-ladder --format json"},
}

// columns are those of --format csv, where a line of them needs saying.
var columns = map[string]string{
	"run": rankingColumns, "rank": rankingColumns, "show": rankingColumns,
	"import":   "run, name, rows, matches, skipped, again.",
	"evaluate": "player, value, best_response_value, gap; with --opponents agent_0, agent_1, who sit there, and a row per seating and player.",
	"solve":    "solution, player, state, move, probability; of ce and cce state, profile, probability.",
	"certify":  "constant, index (block, pair of blocks, step or coordinate), value; with --verify what, claimed, found, holds, note.",
	"train":    "tau_p, tau_a, value, return, worst_case, nash_conv, nash_conv_max, bound, residual; of --mode sampled episode, temperature, return, worst_case; of --compare algorithm, seed, nominal, last, worst_case, map_mean.",
	"play":     "profile, place, agent, matches, mean, stderr.",
	"games":    entryColumns, "agents": entryColumns, "solvers": entryColumns,
	"runs":   "run, name, game, seed, matches, decisions, created.",
	"replay": "run, matches, identical; with --profile seat, state, move, of, name, odds.",
}

const entryColumns = "name, doc; of one a row per key, name, doc, key, default, values, meaning, spec, seats, " +
	"information_states, decision_nodes, chance_nodes, terminals."

const rankingColumns = "rank, profile, mass, log_mass, lower, upper; of other methods rank, profile, rating, lower, upper, games, " +
	"unrated, mass, score, member; of several profile and, by method, rank, value, lower and upper."

// help is the text of --help of a command: flags in groups, both in the order in
// which they were written down, which is that of use.
func (env Env) help(c *cli.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\n", env.called(), c.Name, strings.TrimSpace("[flags] "+c.ArgsUsage))
	fmt.Fprintf(&b, "\n%s\n", c.Usage)
	if c.Description != "" {
		fmt.Fprintf(&b, "\n%s\n", env.asCalled(c.Description))
	}
	if csv := columns[c.Name]; csv != "" {
		b.WriteString("\n" + env.Style.Wrap("csv: "+csv, 2))
	}
	var groups []string
	lines := map[string][][2]string{}
	widest := 0
	for _, f := range c.Flags {
		if v, ok := f.(cli.VisibleFlag); ok && !v.IsVisible() {
			continue
		}
		group := "flags"
		if g, ok := f.(cli.CategorizableFlag); ok && g.GetCategory() != "" {
			group = g.GetCategory()
		}
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
		line := describe(f)
		lines[group] = append(lines[group], line)
		widest = max(widest, runewidth.StringWidth(line[0]))
	}
	for _, g := range groups {
		fmt.Fprintf(&b, "\n%s\n", g)
		for _, line := range lines[g] {
			b.WriteString(env.Style.Wrap("  "+runewidth.FillRight(line[0], widest)+"  "+line[1], widest+4))
		}
	}
	fmt.Fprint(&b, "\nexamples\n")
	for _, x := range examples[c.Name] {
		fmt.Fprintf(&b, "  %s %s\n", env.called(), x)
	}
	return b.String()
}

// describe is a flag with the name of its value, and what it means.
func describe(f cli.Flag) [2]string {
	d := f.(cli.DocGenerationFlag)
	value, usage := "", d.GetUsage()
	if parts := strings.SplitN(usage, "`", 3); len(parts) == 3 {
		value, usage = parts[1], parts[0]+parts[1]+parts[2]
	}
	if d.TakesValue() {
		if value == "" {
			value = "VALUE"
		}
		if text := d.GetDefaultText(); text != "" && text != `""` {
			usage += " (default " + strings.Trim(text, `"`) + ")"
		}
	}
	return [2]string{strings.TrimSpace("--" + f.Names()[0] + " " + value), usage}
}

// overview is the text of --help of the program.
func (env Env) overview(app *cli.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n\n%s\n", env.called(), app.Version, app.Usage)
	for _, group := range []struct{ title, commands string }{
		{"who is better", "run rank import play"},
		{"how far from equilibrium, and does it converge", "evaluate solve train certify convert"},
		{"what there is", "games agents solvers"},
		{"what was stored", "runs show replay export"},
	} {
		fmt.Fprintf(&b, "\n%s\n", group.title)
		for _, name := range strings.Fields(group.commands) {
			b.WriteString(env.Style.Wrap(fmt.Sprintf("  %-8s  %s", name, app.Command(name).Usage), 12))
		}
	}
	fmt.Fprintf(&b, "\nexamples\n")
	for _, x := range []string{examples["run"][0], examples["rank"][2], examples["solve"][0], examples["certify"][3]} {
		fmt.Fprintf(&b, "  %s %s\n", env.called(), x)
	}
	fmt.Fprintf(&b, "\n%s COMMAND --help shows the flags of a command.\n%s", env.called(), env.Style.Wrap(app.Description, 2))
	return b.String()
}

// template is text as the library's templates have it.
func template(text string) string { return strings.ReplaceAll(text, "{{", `{{"{{"}}`) }
