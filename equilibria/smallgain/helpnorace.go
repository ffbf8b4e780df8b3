//go:build !race

package smallgain

const slowed = false
