package cli

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/urfave/cli/v2"
)

// Knobs are the fields of a struct that have a toml tag: its name is the key in a
// file and, with hyphens, the flag; the doc tag is the help of the flag, without
// which it has none. A field of type any may be text in a flag.

// knobFlags are the flags of the knobs, with the values they have as defaults.
func knobFlags(knobs any, category string) (flags []cli.Flag) {
	eachKnob(knobs, func(name, doc string, at reflect.Value) {
		switch x := at.Interface().(type) {
		case int64:
			flags = append(flags, &cli.Int64Flag{Name: name, Value: x, Usage: doc, Category: category})
		case int:
			flags = append(flags, &cli.IntFlag{Name: name, Value: x, Usage: doc, Category: category})
		case float64:
			flags = append(flags, &cli.Float64Flag{Name: name, Value: x, Usage: doc, Category: category})
		default:
			flags = append(flags, &cli.StringFlag{Name: name, Value: fmt.Sprint(x), Usage: doc, Category: category})
		}
	})
	return flags
}

// override sets the knobs, given by pointer, whose flags were given.
func override(c *cli.Context, knobs any) {
	eachKnob(knobs, func(name, _ string, at reflect.Value) {
		if !c.IsSet(name) {
			return
		}
		switch at.Interface().(type) {
		case int64:
			at.SetInt(c.Int64(name))
		case int:
			at.SetInt(int64(c.Int(name)))
		case float64:
			at.SetFloat(c.Float64(name))
		default:
			at.Set(reflect.ValueOf(c.String(name)))
		}
	})
}

func eachKnob(knobs any, visit func(name, doc string, at reflect.Value)) {
	v := reflect.Indirect(reflect.ValueOf(knobs))
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		if doc := tag.Get("doc"); doc != "" {
			visit(strings.ReplaceAll(tag.Get("toml"), "_", "-"), doc, v.Field(i))
		}
	}
}

// keysOf are the keys that a table of a file may have, by its name; "" is the file.
func keysOf(file any) map[string][]string {
	all := map[string][]string{}
	var walk func(table string, t reflect.Type)
	walk = func(table string, t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			key := f.Tag.Get("toml")
			if key == "" {
				continue
			}
			all[table] = append(all[table], key)
			if f.Type.Kind() == reflect.Struct {
				walk(key, f.Type)
			}
		}
	}
	walk("", reflect.TypeOf(file))
	return all
}
