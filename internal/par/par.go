// Package par does numbered jobs on all cores. Whoever computes on more than
// one goroutine does it here, so that the program starts them in one place,
// joins them before it goes on and loses neither an error nor a panic.
package par

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Workers is how many goroutines For uses when asked for n: at least one, all
// cores for n ≤ 0.
func Workers(n int) int {
	if n <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return n
}

// For calls job(worker, i) for i = 0 … n-1 on up to that many workers and
// returns once all calls have. Jobs are begun in order; worker, below
// Workers(workers), tells whose room a job may write to. One worker is the
// goroutine of the caller.
//
// After an error, a panic or the end of ctx no further job is begun. The error
// is that of the lowest job that has one, the same for any number of workers;
// else ctx.Err() if jobs were left out. A panic goes on in the caller as a
// *Panic, before any error.
func For(ctx context.Context, workers, n int, job func(worker, i int) error) error {
	workers = min(Workers(workers), n)
	if workers == 1 {
		for i := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := job(0, i); err != nil {
				return err
			}
		}
		return nil
	}
	type failure struct {
		at    int
		err   error
		panic *Panic
	}
	var (
		next  atomic.Int64
		ended atomic.Bool
		wait  sync.WaitGroup
		first = make([]failure, workers) // of each worker, which stops there
	)
	for w := range workers {
		wait.Go(func() {
			mine := failure{at: n}
			defer func() {
				if v := recover(); v != nil {
					ended.Store(true)
					mine.panic = &Panic{v, debug.Stack()}
				}
				first[w] = mine
			}()
			for !ended.Load() && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				mine.at = i
				if mine.err = job(w, i); mine.err != nil {
					ended.Store(true)
					return
				}
			}
		})
	}
	wait.Wait()
	low := failure{at: n}
	for _, f := range first {
		if f.panic != nil {
			panic(f.panic)
		}
		if f.err != nil && f.at < low.at {
			low = f
		}
	}
	if low.err == nil && next.Load() < int64(n) {
		return ctx.Err()
	}
	return low.err
}

// Panic is a panic of a job, with the stack of the goroutine it happened in.
type Panic struct {
	Value any    // what was passed to panic
	Stack []byte // as debug.Stack prints it
}

// Error is the value and, below an empty line, the stack.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap is the value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}
