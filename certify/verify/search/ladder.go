package search

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// common are fields that every form has: what the data is. digest is that of the
// data at hand.
func (r *report) common(digest string) {
	c := r.claim
	r.seen("schema", "form", "game", "blocks") // by Read and by who opens the game
	r.plain("digest", c.Digest == digest, fmt.Sprintf("the certificate is about data of digest %.12s…, this is %.12s…", c.Digest, digest))
	if c.Problem != nil {
		r.is("game", c.Game, "a problem has no name", "")
	}
}

// names wants the blocks to be called as they are.
func (r *report) names(name func(i int) string) {
	for i, claimed := range r.claim.Blocks {
		if right := name(i); claimed != right {
			r.plain(pathOf("blocks", i), false, fmt.Sprintf("found %.60q, expected %.60q", claimed, right))
			return
		}
	}
	r.plain("blocks", true, "in the order of the game")
}

func (r *report) players() { r.names(func(i int) string { return fmt.Sprintf("player %d", i) }) }

// has tells whether the file has a field of the top.
func (r *report) has(field string) bool {
	return slices.ContainsFunc(r.claim.values, func(v value) bool {
		return v.field == field || strings.HasPrefix(v.field, field+".")
	})
}

func proves(method string) bool {
	return slices.Contains([]string{"exact", "analytic", "interval", "grid+lipschitz"}, method)
}

// ladder checks certified and verdict: proved tells that a margin above 0 is, best
// is the verdict of a certificate. A certificate may say less than is proved, but
// verdict, margin and flag must agree.
func (r *report) ladder(proved bool, best string) {
	c := r.claim
	says := proves(c.Method) && c.Margin > 0 && c.Unstable == nil
	switch {
	case c.Certified && !proved:
		r.plain("certified", false, "a margin above 0 was not proved")
	default:
		r.flag("certified", c.Certified, says, "as method, margin and unstable have it")
	}
	verdict := "sampled evidence only"
	switch {
	case c.Unstable != nil:
		verdict = "refuted"
	case c.Certified:
		verdict = best
	case !(c.Margin > 0) || proves(c.Method):
		verdict = "not certified"
	}
	r.is("verdict", c.Verdict, "as the rest has it: "+verdict, verdict)
}

// converges checks the flag of that name; here tells that an equilibrium is proved
// to be in the region.
func (r *report) converges(here bool) {
	if r.has("converges") {
		r.flag("converges", r.claim.Converges, r.claim.Certified && here, "whether an equilibrium is proved to be in the region")
	}
}

// everywhere is the region of a certificate that holds everywhere.
func (r *report) everywhere(norm string, unique bool) {
	g := r.claim.Region
	if g == nil || g.Shape != "all" {
		r.plain("region.shape", false, "expected all")
		return
	}
	r.plain("region.shape", true, "all")
	r.is("region.norm", g.Norm, "that of the certificate", norm)
	r.seen("region.radius", "region.ball") // any are true
	stay := 0.0
	if unique {
		stay = math.Inf(1)
	}
	r.atMost("region.invariant", float64(g.Invariant), stay, "of starts that converge")
	r.flag("region.unique", g.Unique, unique, "what contracts everywhere has one zero")
}

// OtherData is the result for a certificate of other data than that at hand.
func OtherData(c *Claim, digest string) *Result {
	r := newReport(c)
	r.common(digest)
	return &r.result
}
