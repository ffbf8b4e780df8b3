// Package strict decodes JSON files and says where they are wrong.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// longest is how much of an error is shown.
const longest = 200

// Decode decodes a whole file, in which no field is unknown or stands twice and after
// which there is no more text. line is that of an error, from 1. what names the content.
func Decode(body []byte, what string, to any) (line int, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err = d.Decode(to); err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = fmt.Errorf("found more text after the %s", what)
		}
	}
	at := d.InputOffset()
	if err == nil {
		twice, err := Scan(body, Limits{}, to)
		if err == nil {
			return 0, nil
		}
		return lineOf(body, int64(twice)), err
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		at = syntax.Offset
	case errors.As(err, &kind):
		at = kind.Offset
		err = fmt.Errorf("%.60s: found %.40s, expected %s", strings.ToLower(kind.Field), kind.Value, kind.Type)
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		at = int64(len(body))
		err = errors.New("the file ends too early: a bracket or quote is not closed")
	}
	if text := err.Error(); len(text) > longest {
		// A name of the file stands in it.
		err = errors.New(strings.ToValidUTF8(text[:longest], "") + "…")
	}
	return lineOf(body, at), err
}

// lineOf is the line of a byte, from 1.
func lineOf(body []byte, at int64) int {
	return 1 + bytes.Count(body[:min(at, int64(len(body)))], []byte("\n"))
}
