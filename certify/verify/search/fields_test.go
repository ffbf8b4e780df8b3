package search

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"arbiter/certify"
)

// The reader here is its own on purpose: a verifier that read with the builder's type
// would share what it must check. But there is no field of a certificate that it does
// not know, and none that it waits for in vain.
func TestEveryFieldIsKnown(t *testing.T) {
	written, known := map[string]bool{}, map[string]bool{}
	fieldsOf(reflect.TypeFor[certify.File](), "", written)
	fieldsOf(reflect.TypeFor[Claim](), "", known)
	waived := func(path string) bool {
		if path == "stages" || strings.HasPrefix(path, "stages.") { // of a form that verify/stages checks
			return true
		}
		return slices.ContainsFunc(unchecked, func(u Unchecked) bool { return path == u.Field || strings.HasPrefix(path, u.Field+".") })
	}
	for path := range written {
		if !known[path] && !waived(path) {
			t.Errorf("%s is written and neither known nor listed as unchecked", path)
		}
	}
	for path := range known {
		if !written[path] && path != "best.lyapunov.bound" && path != "best.lyapunov.weights" && path != "best.lyapunov.dual" &&
			!strings.HasPrefix(path, "best.signed.metric") && !strings.HasPrefix(path, "best.true_block.metric") && !strings.HasSuffix(path, ".condition") {
			t.Errorf("%s is waited for and nobody writes it", path)
		}
	}
	for _, path := range append(slices.Clone(present), needed...) {
		if !written[path] {
			t.Errorf("%s must be there and nobody writes it", path)
		}
	}
	for _, of := range presentOf {
		for _, f := range strings.Fields(of.fields) {
			if !written[of.part+"."+f] {
				t.Errorf("%s.%s must be there and nobody writes it", of.part, f)
			}
		}
	}
	if len(written) < 90 {
		t.Errorf("%d fields were found: too few", len(written))
	}
}

// fieldsOf collects the paths of fields of t in files: by their tags, or else, as
// encoding/json finds them, their names in small letters.
func fieldsOf(t reflect.Type, at string, into map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Grid]() || t == reflect.TypeFor[certify.Matrix]() {
		return
	}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() || f.Anonymous {
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		into[at+name] = true
		fieldsOf(f.Type, at+name+".", into)
	}
}
