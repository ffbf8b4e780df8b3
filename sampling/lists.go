package sampling

import "slices"

// schemes is the list.
var schemes = []*schemeKind{&uniformExhaustive, &uniform, &valenceWeighted, &countWeighted, &fixedBudget, &imported}

// Schemes lists the schemes that play.
func Schemes() []string {
	var names []string
	for _, s := range schemes {
		if !s.elsewhere {
			names = append(names, s.name)
		}
	}
	return names
}

// scheme is the line of the Config's scheme, nil for none.
func (c *Config) scheme() *schemeKind {
	if i := slices.IndexFunc(schemes, func(s *schemeKind) bool { return s.name == c.Scheme }); i >= 0 {
		return schemes[i]
	}
	return nil
}

// bounds is the list: first those that test an edge, then those that separate
// the confidence intervals of two means.
var bounds = []*boundKind{&pairs, &bernstein, &hoeffding, &clopperPearson, &mixture, &betting}

// Bounds lists the bounds.
func Bounds() []string {
	var names []string
	for _, b := range bounds {
		names = append(names, b.name)
	}
	return names
}

// bound is the line of the Config's bound, nil for none.
func (c *Config) bound() *boundKind {
	if i := slices.IndexFunc(bounds, func(b *boundKind) bool { return b.name == c.Bound }); i >= 0 {
		return bounds[i]
	}
	return nil
}
