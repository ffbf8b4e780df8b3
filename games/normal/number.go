package normal

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"arbiter/internal/strict"
)

// aNumber is what tables hold.
const aNumber = `a finite number, or a fraction such as "1/3"`

// mostDigits is the number of significant digits of decimals that 64-bit floating
// point always tells apart; longest the number of characters up to which numbers
// are read.
const mostDigits, longest = 15, 3000

// numbers reads the payoffs of a file: as floating point, and with exact as
// ratios too, all tables in one list.
type numbers struct {
	exact  bool
	ratios []*big.Rat
	long   bool // some are longer than floating point
}

var fraction = regexp.MustCompile(`^-?[0-9]+/[0-9]+$`)

// number reads a decimal or a fraction that fits in 64-bit floating point.
func (n *numbers) number(text string) (x float64, ok bool) {
	if len(text) > longest {
		return 0, false
	}
	long := false
	if fraction.MatchString(text) {
		r, ok := new(big.Rat).SetString(text)
		if !ok {
			return 0, false
		}
		long = true
		x, _ = r.Float64()
		if x == 0 && r.Sign() != 0 {
			return 0, false
		}
	} else {
		var err error
		if x, err = strconv.ParseFloat(text, 64); err != nil {
			return 0, false
		}
		digits := significant(text)
		if x == 0 && digits > 0 {
			return 0, false
		}
		long = digits > mostDigits || x != 0 && math.Abs(x) < 0x1p-1022
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false
	}
	n.long = n.long || long
	if n.exact {
		r, ok := new(big.Rat).SetString(text)
		if !ok { // hexadecimal, with an underscore, …
			r = new(big.Rat).SetFloat64(x)
		}
		n.ratios = append(n.ratios, r)
	}
	return x, true
}

// significant counts the digits of a decimal from the first that is not 0 to the
// last that is not 0.
func significant(text string) int {
	count, zeros := 0, 0
	for _, c := range text {
		switch {
		case c == 'e' || c == 'E':
			return count
		case c == '0' && count > 0:
			zeros++
		case c >= '1' && c <= '9':
			count += zeros + 1
			zeros = 0
		}
	}
	return count
}

// tensor flattens nested lists of the given shape, row-major.
func (n *numbers) tensor(raw json.RawMessage, where string, shape []int, dst []float64) ([]float64, error) {
	if len(shape) == 0 {
		text := string(raw)
		if strings.HasPrefix(text, `"`) {
			var inner string
			if json.Unmarshal(raw, &inner) == nil && fraction.MatchString(inner) {
				text = inner
			}
		}
		x, ok := n.number(text)
		if !ok {
			return dst, fmt.Errorf("%s: found %.40s, expected %s", where, raw, aNumber)
		}
		return append(dst, x), nil
	}
	list, count, ok := strict.List(raw, shape[0])
	if !ok {
		return dst, fmt.Errorf("%s: found %.40s, expected a list of %d", where, raw, shape[0])
	}
	if count != shape[0] {
		return dst, fmt.Errorf("%s: found %d entries, expected %d", where, count, shape[0])
	}
	var err error
	for i, x := range list {
		if dst, err = n.tensor(x, fmt.Sprintf("%s[%d]", where, i), shape[1:], dst); err != nil {
			return dst, err
		}
	}
	return dst, nil
}
