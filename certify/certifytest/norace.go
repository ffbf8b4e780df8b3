//go:build !race

package certifytest

const Slowed = false
