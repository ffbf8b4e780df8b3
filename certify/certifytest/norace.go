//go:build !race

package certifytest

// Slowed tells that the race detector runs, ten times slower.
const Slowed = false
