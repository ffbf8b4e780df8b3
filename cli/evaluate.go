package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"arbiter/catalog"
	"arbiter/equilibria/choose"
	"arbiter/games"
	"arbiter/games/posed"
	"arbiter/report"
	"arbiter/spec"
)

func (env Env) evaluateCommand() *cli.Command {
	return &cli.Command{
		Name: "evaluate", Usage: "values, best responses and gap of a policy or an agent, exactly",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "game", Usage: "game `SPEC`"},
			&cli.StringFlag{Name: "policy", Usage: "policy `FILE`"},
			&cli.StringFlag{Name: "agent", Usage: "agent `SPEC`"},
			&cli.StringFlag{Name: "opponents", Usage: "agents `A,B,…` to meet in either seat"},
		},
		Action: env.evaluate,
	}
}

func (env Env) evaluate(c *cli.Context) error {
	o, err := env.out(c, 0, 0, "")
	if err != nil {
		return err
	}
	if c.String("game") == "" {
		return usagef("evaluate: expected --game SPEC")
	}
	if c.IsSet("policy") == c.IsSet("agent") {
		return usagef("evaluate: expected one of --policy and --agent")
	}
	t, err := env.Catalog.Open(c.String("game"), "")
	if err != nil {
		return usage(err)
	}
	board, err := t.Compiled()
	if err != nil {
		return usage(err)
	}
	text := c.String("agent")
	if c.IsSet("policy") {
		text = catalog.PolicyFile(c.String("policy"))
	}
	label, p, err := t.Tabulate(text, board)
	if err != nil {
		return usage(err)
	}
	e := clipped(board.Evaluate(p))
	r := report.Evaluation{
		Schema: "arbiter/evaluation/v1", Game: t.Name, Agent: label,
		Values: report.Numbers(e.Values), BestResponseValues: report.Numbers(e.BestResponseValues), Gaps: report.Numbers(e.Gaps),
		Named: games.NamesOf(t.Game.Info(), nil), NashConv: e.NashConv, Exploitability: e.Exploitability,
	}
	if t.Markov != nil {
		r.StateValues = choose.StateValues(t.Markov, t.Markov.Evaluate(p).State)
	}
	if c.IsSet("opponents") {
		if n := board.Info().Seats; n != 2 {
			return usagef("evaluate: --opponents is for games of two seats, this one has %d", n)
		}
		if err := cross(&r, t, board, p, spec.Split(c.String("opponents"))); err != nil {
			return usage(err)
		}
	}
	return o.print(r)
}

// cross values all seatings of the agent and its opponents.
func cross(r *report.Evaluation, t *catalog.Table, board posed.Compiled, p []games.Behaviour, opponents []string) error {
	r.Agents = []string{r.Agent}
	policies := [][]games.Behaviour{p}
	for _, text := range opponents {
		label, q, err := t.Tabulate(text, board)
		if err != nil {
			return fmt.Errorf("--opponents: %w", err)
		}
		r.Agents, policies = append(r.Agents, label), append(policies, q)
	}
	for _, first := range policies {
		var row [][]float64
		for _, second := range policies {
			v := make([]float64, 2)
			board.Values(v, []games.Behaviour{first[0], second[1]})
			row = append(row, report.Numbers(v))
		}
		r.Cross = append(r.Cross, row)
	}
	return nil
}
