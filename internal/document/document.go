// Package document writes results as JSON. Results are plain structs of float64s,
// among which are infinities and numbers that are not known: an infinity is the
// string "inf" or "-inf", a NaN is null. All else is as encoding/json has it, whose
// tags it reads, but that it leaves <, > and & as they are. A list that is nil is
// null, or, if the tag says `json:"name,list"`, [].
package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Stand is implemented by a value in whose place another one is written.
type Stand interface {
	JSON() any // what to write instead
}

// Marshal is v in one line.
func Marshal(v any) ([]byte, error) {
	var w writer
	err := w.value(reflect.ValueOf(v))
	return w.Bytes(), err
}

// Indent is v over several lines, indented by two blanks a level, with a line
// break at its end.
func Indent(v any) ([]byte, error) {
	line, err := Marshal(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, line, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// Number is x as it stands in JSON.
func Number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "null"
	case math.IsInf(x, 1):
		return `"inf"`
	case math.IsInf(x, -1):
		return `"-inf"`
	}
	b, _ := json.Marshal(x) // of a finite number it cannot fail
	return string(b)
}

type writer struct{ bytes.Buffer }

func (w *writer) value(v reflect.Value) error {
	if !v.IsValid() {
		w.WriteString("null")
		return nil
	}
	nilled := (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil()
	if v.CanInterface() && !nilled {
		switch x := v.Interface().(type) {
		case Stand:
			return w.value(reflect.ValueOf(x.JSON()))
		case json.Marshaler:
			b, err := x.MarshalJSON()
			if err != nil {
				return err
			}
			return json.Compact(&w.Buffer, b)
		}
	}
	switch v.Kind() {
	case reflect.Float64, reflect.Float32:
		w.WriteString(Number(v.Float()))
		return nil
	case reflect.Pointer, reflect.Interface:
		if nilled {
			w.WriteString("null")
			return nil
		}
		return w.value(v.Elem())
	case reflect.Struct:
		return w.object(v)
	case reflect.Map:
		return w.table(v)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && (v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8) {
			return w.plain(v.Interface())
		}
		return w.list('[', ']', v.Len(), func(i int) error { return w.value(v.Index(i)) })
	}
	return w.plain(v.Interface())
}

// plain is what encoding/json makes of a value without floats.
func (w *writer) plain(v any) error {
	e := json.NewEncoder(&w.Buffer)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	w.Truncate(len(bytes.TrimRight(w.Bytes(), "\n")))
	return err
}

func (w *writer) list(opening, closing byte, n int, item func(i int) error) error {
	w.WriteByte(opening)
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := item(i); err != nil {
			return err
		}
	}
	w.WriteByte(closing)
	return nil
}

// entry is a name and its value in an object.
type entry struct {
	name  string
	value reflect.Value
}

func (w *writer) entries(all []entry) error {
	return w.list('{', '}', len(all), func(i int) error {
		if err := w.plain(all[i].name); err != nil {
			return err
		}
		w.WriteByte(':')
		return w.value(all[i].value)
	})
}

// object writes a struct: the fields that encoding/json would, in its order.
func (w *writer) object(v reflect.Value) error {
	var all []entry
	for _, f := range reflect.VisibleFields(v.Type()) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if name == "-" || !f.IsExported() || f.Anonymous && name == "" && inner.Kind() == reflect.Struct {
			continue // the fields of what is embedded come by themselves
		}
		field, err := v.FieldByIndexErr(f.Index)
		if err != nil || options == "omitempty" && empty(field) {
			continue // inside something embedded that is nil
		}
		if name == "" {
			name = f.Name
		}
		if options == "list" && field.IsNil() {
			field = reflect.ValueOf([]any{})
		}
		all = append(all, entry{name, field})
	}
	return w.entries(all)
}

// empty is what omitempty leaves out.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// table writes a map with text as keys, in their order.
func (w *writer) table(v reflect.Value) error {
	if v.IsNil() {
		return w.plain(nil)
	}
	if v.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("document: a map has keys of type %s, expected text", v.Type().Key())
	}
	var all []entry
	for _, key := range v.MapKeys() {
		all = append(all, entry{key.String(), v.MapIndex(key)})
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return w.entries(all)
}
