//go:build race

package smallgain

// slowed tells that the race detector runs, ten times slower.
const slowed = true
