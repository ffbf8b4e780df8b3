package standing

import (
	"strings"

	"arbiter/profile"
)

// Profile names one strategy per player; a single one in a single population.
type Profile []string

// String joins the names.
func (p Profile) String() string { return strings.Join(p, " | ") }

// Names turns profile ids into names.
type Names struct {
	Space  profile.Space // of the profiles
	Labels [][]string    // per population
}

// Profile names profile id.
func (n Names) Profile(id int) Profile {
	if n.Space.Single {
		return Profile{n.Labels[0][id]}
	}
	p := make(Profile, len(n.Space.Shape))
	for k := len(p) - 1; k >= 0; k-- {
		size := n.Space.Shape[k]
		p[k], id = n.Labels[k][id%size], id/size
	}
	return p
}

func (n Names) profiles(ids []int) []Profile {
	out := make([]Profile, len(ids))
	for i, id := range ids {
		out[i] = n.Profile(id)
	}
	return out
}
