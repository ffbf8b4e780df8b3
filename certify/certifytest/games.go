package certifytest

import (
	"fmt"

	"arbiter/dice"
)

// RandomField is a field on a box with up to four coordinates in blocks of one or
// two, as formulas.
func RandomField(seed int) (dims []int, field []string, lower, upper []float64) {
	key := dice.New(uint64(seed + 300))
	at := 0
	u := func() float64 { at++; return 2*dice.Float64(key.Word(at)) - 1 }
	dims = [][]int{{1, 1}, {1, 1, 1}, {2, 1}, {2, 2}}[seed%4]
	n := 0
	for _, d := range dims {
		n += d
	}
	for k := range n {
		i, j := 1+int(float64(n)*(u()+1)/2), 1+int(float64(n)*(u()+1)/2)
		text := fmt.Sprintf("%.3f*x%d + %.3f*tanh(x%d) + %.3f*sin(x%d+x%d) + %.3f*exp(%.2f*x%d)", 2+u(), k+1, .6*u(), i, .5*u(), j, k+1, .3*u(), u(), j)
		field = append(field, text)
		lower, upper = append(lower, -1-.3*u()), append(upper, 1+.3*u())
	}
	return dims, field, lower, upper
}
