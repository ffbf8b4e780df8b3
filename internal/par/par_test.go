package par

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// Every job is done once, by a worker of the right number, and all are done when
// For returns.
func TestForDoesEveryJobOnce(t *testing.T) {
	for _, workers := range []int{0, 1, 2, 7, 100} {
		for _, n := range []int{0, 1, 2, 3, 1000} {
			done := make([]int, n)
			perWorker := make([]int, Workers(workers)) // not shared: -race would tell
			err := For(context.Background(), workers, n, func(w, i int) error {
				done[i]++
				perWorker[w]++
				return nil
			})
			sum := 0
			for _, k := range perWorker {
				sum += k
			}
			if err != nil || sum != n || slices.ContainsFunc(done, func(k int) bool { return k != 1 }) {
				t.Errorf("%d workers, %d jobs: %v, %d done, %v", workers, n, err, sum, done)
			}
		}
	}
}

// The error is that of the lowest job that has one, however the jobs fall.
func TestForReturnsTheLowestError(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		for range 200 {
			err := For(context.Background(), workers, 100, func(_, i int) error {
				if i%7 == 6 {
					return fmt.Errorf("job %d", i)
				}
				return nil
			})
			if err == nil || err.Error() != "job 6" {
				t.Fatalf("%d workers: %v", workers, err)
			}
		}
	}
}

// The end of the context leaves jobs out and says so; if it comes with the last
// job, nothing was left out.
func TestForStopsWithItsContext(t *testing.T) {
	for _, workers := range []int{1, 3} {
		ctx, cancel := context.WithCancel(context.Background())
		var done atomic.Int64
		err := For(ctx, workers, 1000, func(_, i int) error {
			if done.Add(1) == 10 {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) || done.Load() > 20 {
			t.Errorf("%d workers: %v after %d jobs", workers, err, done.Load())
		}
		ctx, cancel = context.WithCancel(context.Background())
		if err := For(ctx, workers, 1, func(int, int) error { cancel(); return nil }); err != nil {
			t.Errorf("%d workers: %v though all was done", workers, err)
		}
	}
}

// A panic of a job is one of the caller, with the stack it had.
func TestForPanicsInTheCaller(t *testing.T) {
	cause := errors.New("broken")
	defer func() {
		p, ok := recover().(*Panic)
		if !ok || !errors.Is(p, cause) || !strings.Contains(p.Error(), "par_test.go") {
			t.Errorf("recovered %v", p)
		}
	}()
	For(context.Background(), 2, 10, func(_, i int) error {
		if i == 3 {
			panic(cause)
		}
		return nil
	})
	t.Error("no panic")
}
