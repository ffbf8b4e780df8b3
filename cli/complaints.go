package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"arbiter/report"
	"arbiter/tournament"
)

// fewComplaints are those that are said on stderr.
const fewComplaints = 8

// sayComplaints says on stderr why agents failed in matches that were played just
// now: results tell how often, not what agents said.
func (env Env) sayComplaints(c *cli.Context, plan tournament.Plan, field *tournament.Field) {
	all := field.Complaints()
	if len(all) == 0 || c.Bool("quiet") {
		return
	}
	env.stage.line.clear()
	for i, x := range all {
		if i == fewComplaints {
			fmt.Fprintf(env.Stderr, "arbiter: … %d kinds of failures in all\n", len(all))
			break
		}
		fmt.Fprintln(env.Stderr, report.Clean(fmt.Sprintf("arbiter: %s failed (%s), first in match %d of %s: %s", x.Agent, x.Kind, x.Match+1, profileOf(plan, x.Cell), x.Text)))
	}
}
