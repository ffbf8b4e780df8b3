//go:build !race

package qarl

// raced tells that the race detector is on, which allocates where the program does not.
const raced = false
